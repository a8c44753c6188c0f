"""The commits that a forge would make to land a branch, made for real in a folder of objects that goes away again.

So the one engine judges them like any other commit. Nothing is written to the repository and no ref moves.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from gitspec.domain.commit import Identity
from gitspec.errors import CannotJudge
from gitspec.git.automatic_merge import merge_tree
from gitspec.git.commit_log import LoggedCommit
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.repository import Repository
from gitspec.git.run import git

NOBODY = Identity("Nobody", "nobody@invalid")
_UTF8 = ("utf-8", "surrogateescape")


class MergedTree(NamedTuple):
    """What Git's own merge gives, without drivers or configuration; ``conflicts`` are the paths that it leaves open."""

    tree: str
    conflicts: tuple[str, ...]


def merge(repo: Repository, ours: str, theirs: str) -> MergedTree:
    """Merge two commits. Raises CannotJudge G018 when they have nothing in common or Git gives no tree."""
    result = merge_tree(repo, ours, theirs, "--name-only", "-z")
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
    env = identities(author, committer)
    return (
        git(repo, "-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, *args, input=_bytes(message), env=env)
        .decode()
        .strip()
    )


def replayed(repo: Repository, commits: Sequence[LoggedCommit], onto: str, committer: Identity) -> list[str] | None:
    """The commits as a rebase makes them on ``onto``, merges left out; None when one of them does not apply."""
    batch = ObjectBatch(repo.object_format)
    made: list[str] = []
    trees = {commit.oid: commit.tree for commit in commits}
    tip, tree = onto, _tree(repo, onto)
    for commit in commits:
        if len(commit.parents) != 1:
            continue
        parent = commit.parents[0]
        if parent not in trees:
            trees[parent] = _tree(repo, parent)
        after = picked(repo, tree, trees[parent], commit.tree)
        if after is None:
            return None
        rows = (
            f"tree {after}",
            f"parent {tip}",
            f"author {_written(commit.author)}",
            f"committer {_written(committer)}",
        )
        tip, tree = batch.add("commit", "\n".join([*rows, ""]).encode(*_UTF8) + b"\n" + _bytes(commit.message)), after
        made.append(tip)
    batch.write(repo)
    return made


def picked(repo: Repository, ours: str, before: str, theirs: str) -> str | None:
    """The tree of a cherry-pick. Before Git 2.40 merge-tree takes no base, so two commits are made that have that one."""
    if ours == before:
        return theirs
    bottom = make_commit(repo, before, (), "base", NOBODY, NOBODY)
    sides = [make_commit(repo, side, [bottom], "side", NOBODY, NOBODY) for side in (ours, theirs)]
    found = merge(repo, sides[0], sides[1])
    return None if found.conflicts else found.tree


def _tree(repo: Repository, commit: str) -> str:
    return git(repo, "rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()


def _written(who: Identity) -> str:
    return f"{_plain(who.name) or NOBODY.name} <{_plain(who.email) or NOBODY.email}> 0 +0000"


def _bytes(message: str) -> bytes:
    """A message as it is recorded; it holds no NUL, which Git refuses."""
    return message.replace("\0", "").encode("utf-8", "surrogateescape" if _is_bytes(message) else "replace")


def _is_bytes(text: str) -> bool:
    """Whether every lone surrogate stands for a byte that was no UTF-8."""
    return all("\udc80" <= char <= "\udcff" for char in text if "\ud800" <= char <= "\udfff")


def identities(author: Identity, committer: Identity) -> dict[str, str | None]:
    """The variables that tell Git who commits."""
    found: dict[str, str | None] = {}
    for role, who in (("AUTHOR", author), ("COMMITTER", committer)):
        found[f"GIT_{role}_NAME"] = _plain(who.name) or NOBODY.name
        found[f"GIT_{role}_EMAIL"] = _plain(who.email) or NOBODY.email
    return found


def _plain(text: str) -> str:
    return "".join(c for c in text if c not in "<>\n\0").strip(" .,:;\"'\\")
