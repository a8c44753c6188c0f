"""The commits that a message says it reverts or was picked from, as far as the commit does what it says."""

import os
from collections.abc import Callable, Sequence

from gitspec.domain.origins import ORIGIN
from gitspec.git.landing import picked
from gitspec.git.ref_tips import commit_of, is_ancestor
from gitspec.git.repository import Repository
from gitspec.git.run import ask, git
from gitspec.git.scratch import scratch

_MOST = 20


def named_commits(
    repo: Repository, commit: str, message: str, bases: Sequence[str], is_protected: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """(id, message) of the commits that ``commit`` reverts or copies.

    Text proves nothing: the named commit must be reachable from one of ``bases`` or a protected branch, and the commit
    must be what Git makes of it on that parent, or make the same patch.
    """
    return [
        (oid, text)
        for oid, text, reverse in claimed_commits(repo, message)
        if _has_landed(repo, oid, bases, is_protected) and _does(repo, commit, oid, reverse=reverse)
    ]


def claimed_commits(repo: Repository, message: str) -> list[tuple[str, str, bool]]:
    """(id, message, whether it is reverted) of the commits that ``message`` names, as far as there are any of that name."""
    found = []
    for kind, name in list(dict.fromkeys(ORIGIN.findall(message)))[:_MOST]:
        if oid := commit_of(repo, name):
            text = git(repo, "log", "-1", "--no-walk", "--encoding=UTF-8", "--format=%B", oid)
            found.append((oid, text.decode("utf-8", "surrogateescape"), kind.startswith("This")))
    return found


def _has_landed(repo: Repository, oid: str, bases: Sequence[str], is_protected: Callable[[str], bool]) -> bool:
    if any(is_ancestor(repo, oid, base) for base in bases):
        return True
    listed = git(repo, "for-each-ref", f"--contains={oid}", "--format=%(refname)", "refs/heads", "refs/remotes")
    names = (ref.split("/", 3) for ref in os.fsdecode(listed).splitlines())
    return any(is_protected("/".join(parts[2:] if parts[1] == "heads" else parts[3:])) for parts in names)


def _does(repo: Repository, commit: str, named: str, *, reverse: bool) -> bool:
    before, after = _tree(repo, f"{named}^1") or _empty_tree(repo), _tree(repo, named)
    if reverse:
        before, after = after, before
    with scratch(repo) as own:
        parent = _tree(own, f"{commit}^1")
        if parent and picked(own, parent, before, after) == _tree(own, commit):
            return True
    patch = _patch_id(repo, named, reverse=reverse)
    return bool(patch) and patch == _patch_id(repo, commit)


def _tree(repo: Repository, commit: str) -> str:
    return os.fsdecode(ask(repo, "rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}") or b"").strip()


def _empty_tree(repo: Repository) -> str:
    return git(repo, "hash-object", "-t", "tree", "--stdin", input=b"").decode().strip()


def _patch_id(repo: Repository, commit: str, *, reverse: bool = False) -> str:
    """What the commit does to its first parent, free of line numbers and white space; empty if it does nothing."""
    # A reversed patch has its prefixes the other way round, and they count.
    direction = ("--src-prefix=a/", "--dst-prefix=a/", *(("-R",) if reverse else ()))
    options = (
        "-p",
        "-r",
        "--root",
        "--first-parent",
        "-m",
        "--no-ext-diff",
        "--no-textconv",
        "--full-index",
        "--binary",
    )
    patch = git(repo, "diff-tree", *options, *direction, commit)
    return git(repo, "patch-id", "--stable", input=patch).decode().split(" ")[0] if patch.strip() else ""
