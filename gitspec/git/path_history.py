"""The history of one file as ``git log -- <path>`` simplifies it, and what the commits of it say of themselves."""

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gitspec.git.repository import Repository
from gitspec.git.run import git

_NO_GRAFTS: dict[str, str | None] = {"GIT_GRAFT_FILE": os.devnull}


class FileCommit(NamedTuple):
    """A commit in the history of a file; ``parents`` are the next ones there, ``time`` is that of the committer."""

    oid: str
    parents: tuple[str, ...]
    time: int


def simplified(repo: Repository, tip: str, path: str) -> list[FileCommit]:
    """The commits that ``git log tip -- path`` shows, children first."""
    args = ("rev-list", "--topo-order", "--parents", "--timestamp", "--end-of-options", tip, "--", path)
    rows = map(str.split, git(repo, *args, env=_NO_GRAFTS).decode().splitlines())
    return [FileCommit(oid, tuple(parents), int(time)) for time, oid, *parents in rows]


def real_parents(repo: Repository, commits: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The parents that commits have."""
    wanted = _lines(commits)
    if not wanted:
        return {}
    args = ("rev-list", "--no-walk=unsorted", "--parents", "--stdin")
    rows = map(str.split, git(repo, *args, input=wanted, env=_NO_GRAFTS).decode().splitlines())
    return {oid: tuple(parents) for oid, *parents in rows}


def first_added(
    repo: Repository, tips: Sequence[str], without: Sequence[str], folder: str, name: str
) -> dict[str, str]:
    """The commit of a range that first brought each file called ``name`` below ``folder``, by its path, oldest first."""
    revs = [*tips, *(f"^{oid}" for oid in without)]
    out = git(
        repo, "log", "--topo-order", "--reverse", "--diff-merges=first-parent", "--diff-filter=A", "--name-only", "-z",
        "--no-renames", "--no-ext-diff", "--format=%H", *revs, "--", folder, env=_NO_GRAFTS,
    )  # fmt: skip
    found: dict[str, str] = {}
    commit = ""
    for field in os.fsdecode(out).split("\0"):
        row = field.strip("\n")
        if len(row) in (40, 64) and "/" not in row:
            commit = row
        elif row.endswith(f"/{name}"):
            found.setdefault(row, commit)
    return found


def _lines(commits: Iterable[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in dict.fromkeys(commits)).encode()
