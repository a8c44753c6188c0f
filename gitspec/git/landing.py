"""The commits that a forge would make to land a branch, made for real in a folder of objects that goes away again.

So the one engine judges them like any other commit. Nothing is written to the repository and no ref moves.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from gitspec.domain.commit import Identity
from gitspec.errors import CannotJudge
from gitspec.git.commit_log import LoggedCommit
from gitspec.git.repository import Repository
from gitspec.git.run import git, run

NOBODY = Identity("Nobody", "nobody@invalid")
_PINNED = ("merge.renames=true", "merge.directoryRenames=conflict", "merge.conflictStyle=merge", "core.bare=true")


class MergedTree(NamedTuple):
    """What Git's own merge gives, without drivers or configuration; ``conflicts`` are the paths that it leaves open."""

    tree: str
    conflicts: tuple[str, ...]


@contextmanager
def scratch(repo: Repository) -> Iterator[Repository]:
    """The same repository, in which whatever is written is gone afterwards; who commits is fixed."""
    from tempfile import TemporaryDirectory

    real = os.environ.get("GIT_OBJECT_DIRECTORY") or f"{repo.common_dir}/objects"
    others = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")
    with TemporaryDirectory(prefix="gitspec-") as folder:
        env: dict[str, str | None] = {
            **repo.env,
            "GIT_OBJECT_DIRECTORY": folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{real}{os.pathsep}{others}" if others else real,
            **_identities(NOBODY, NOBODY),
        }
        yield Repository(repo.git_dir, repo.common_dir, repo.top, repo.object_format, env)


def merge(repo: Repository, ours: str, theirs: str) -> MergedTree:
    """Merge two commits. Raises CannotJudge G018 when they have nothing in common or Git gives no tree."""
    options = [part for value in _PINNED for part in ("-c", value)]
    asked = ("merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", ours, theirs)
    result = run(repo, *options, *asked, env={"GIT_WORK_TREE": None})
    if result.status not in (0, 1):
        why = result.err.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no merge"]
        raise CannotJudge(
            "G018", f"{theirs[:12]} cannot be merged into {ours[:12]}: {why[0]}", help="git fetch --unshallow"
        )
    tree, *names = os.fsdecode(result.out).rstrip("\0").split("\0")
    return MergedTree(tree, tuple(dict.fromkeys(name for name in names if name)))


def make_commit(
    repo: Repository, tree: str, parents: Sequence[str], message: str, author: Identity, committer: Identity
) -> str:
    """Write a commit object; its id."""
    args = [part for parent in parents for part in ("-p", parent)]
    data = message.replace("\0", "").encode("utf-8", "surrogateescape" if _is_bytes(message) else "replace")
    env = _identities(author, committer)
    return (
        git(repo, "-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, *args, input=data, env=env).decode().strip()
    )


def replayed(repo: Repository, commits: Sequence[LoggedCommit], onto: str, committer: Identity) -> list[str] | None:
    """The commits as a rebase makes them on ``onto``, merges left out; None when one of them does not apply."""
    made: list[str] = []
    tip = onto
    for commit in commits:
        if len(commit.parents) != 1:
            continue
        picked = _picked(repo, commit, tip)
        if picked is None:
            return None
        tip = make_commit(repo, picked, [tip], commit.message, commit.author, committer)
        made.append(tip)
    return made


def _picked(repo: Repository, commit: LoggedCommit, onto: str) -> str | None:
    """The tree of a cherry-pick. Before Git 2.40 merge-tree takes no base, so two commits are made that have that one."""
    parent = commit.parents[0]
    theirs, ours, before = _trees(repo, commit.oid, onto, parent)
    if ours == before:
        return theirs
    bottom = make_commit(repo, before, (), "base", NOBODY, NOBODY)
    sides = [make_commit(repo, side, [bottom], "side", NOBODY, NOBODY) for side in (ours, theirs)]
    found = merge(repo, sides[0], sides[1])
    return None if found.conflicts else found.tree


def _trees(repo: Repository, *commits: str) -> list[str]:
    return git(repo, "rev-parse", *(f"{commit}^{{tree}}" for commit in commits)).decode().split()


def _is_bytes(text: str) -> bool:
    """Whether every lone surrogate stands for a byte that was no UTF-8."""
    return all("\udc80" <= char <= "\udcff" for char in text if "\ud800" <= char <= "\udfff")


def _identities(author: Identity, committer: Identity) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for role, who in (("AUTHOR", author), ("COMMITTER", committer)):
        found[f"GIT_{role}_NAME"] = _plain(who.name) or "Nobody"
        found[f"GIT_{role}_EMAIL"] = _plain(who.email) or "nobody@invalid"
    return found


def _plain(text: str) -> str:
    return "".join(c for c in text if c not in "<>\n\0").strip(" .,:;\"'\\")
