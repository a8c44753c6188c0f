"""Commits by the names of refs: tips that are known already, the default branch, who is an ancestor of whom."""

import os
from collections.abc import Sequence

from gitspec.errors import CannotJudge
from gitspec.git.object_names import ids_of
from gitspec.git.repository import Repository
from gitspec.git.run import GitFailed, ask, git, run

HEADS = "refs/heads/"
REMOTES = "refs/remotes/"
_FATAL = 128


def known_tips(repo: Repository, patterns: Sequence[str]) -> list[str]:
    """The commits that refs name; ``patterns`` are ``--all`` or ``--remotes[=<name>]``. Refs to other things are left out."""
    prefixes = [_prefix(pattern) for pattern in patterns]
    form = "%(objecttype)%00%(*objecttype)%00%(objectname)%00%(*objectname)"
    listed = os.fsdecode(git(repo, "for-each-ref", f"--format={form}", *prefixes))
    found: dict[str, None] = {}
    for line in listed.splitlines():
        kind, peeled_kind, oid, peeled = line.split("\0")
        if kind == "commit":
            found[oid] = None
        elif peeled_kind == "commit":
            found[peeled] = None
    return list(found)


def _prefix(pattern: str) -> str:
    if pattern == "--all":
        return "refs/"
    name = pattern.removeprefix("--remotes").removeprefix("=")
    return f"{REMOTES}{name}/" if name else REMOTES


def commit_of(repo: Repository, name: str) -> str:
    """The full id of the commit that a ref or an id names; empty when there is none."""
    found = ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return os.fsdecode(found or b"").strip()


def commits_of(repo: Repository, oids: Sequence[str]) -> dict[str, str]:
    """What each object id, or ref, is in the end: the id of a commit, or empty for another type and for what is not there."""
    return dict(zip(oids, ids_of(repo, [f"{oid}^{{commit}}" for oid in oids], "commit"), strict=True))


def blobs_at(repo: Repository, commits: Sequence[str], path: str) -> dict[str, str]:
    """The id of what each commit has at ``path``; empty where there is nothing."""
    return dict(zip(commits, ids_of(repo, [f"{commit}:{path}" for commit in commits], "blob"), strict=True))


def type_of(repo: Repository, oid: str) -> str:
    """``commit``, ``tag``, ``tree`` or ``blob``; empty when the object is not there."""
    return os.fsdecode(run(repo, "cat-file", "-t", oid).out).strip()


def is_ancestor(repo: Repository, old: str, new: str) -> bool:
    """Whether ``new`` has ``old`` in its history. Raises CannotJudge G016 when commits that would tell are missing."""
    args = ("merge-base", "--is-ancestor", old, new)
    result = run(repo, *args, env={"GIT_GRAFT_FILE": os.devnull})
    if result.status == _FATAL:
        raise CannotJudge("G016", "the history that tells is missing here", help="git fetch --unshallow")
    if result.status not in (0, 1):
        raise GitFailed(args, result.status, result.err)
    return result.status == 0


def default_branch(repo: Repository, remote: str = "") -> str:
    """The full name of the default branch of this repository, or of a remote as far as it is known here; or empty."""
    if not remote:
        return os.fsdecode(ask(repo, "symbolic-ref", "--quiet", "HEAD") or b"").strip()
    name = os.fsdecode(ask(repo, "symbolic-ref", "--quiet", f"{REMOTES}{remote}/HEAD") or b"").strip()
    if name:
        return name
    candidates = (f"{REMOTES}{remote}/{branch}" for branch in ("main", "master"))
    return next((ref for ref in candidates if commit_of(repo, ref)), "")
