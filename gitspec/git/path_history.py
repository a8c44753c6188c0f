"""The history of one file as ``git log -- <path>`` simplifies it, and what the commits of it say of themselves."""

import os
from collections.abc import Iterable, Sequence

from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.spec_history import Commit

_NO_GRAFTS: dict[str, str | None] = {"GIT_GRAFT_FILE": os.devnull}


def simplified(repo: Repository, tip: str, path: str) -> list[Commit]:
    """The commits that ``git log tip -- path`` shows, children first, each with the next ones of them as parents."""
    args = ("rev-list", "--topo-order", "--parents", "--end-of-options", tip, "--", path)
    return _commits(git(repo, *args, env=_NO_GRAFTS))


def real_parents(repo: Repository, commits: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The parents that commits have."""
    wanted = _lines(commits)
    if not wanted:
        return {}
    args = ("rev-list", "--no-walk=unsorted", "--parents", "--stdin")
    return {commit.oid: commit.parents for commit in _commits(git(repo, *args, input=wanted, env=_NO_GRAFTS))}


def topological(repo: Repository, tip: str) -> list[str]:
    """All commits that ``tip`` reaches, children first."""
    return git(repo, "rev-list", "--topo-order", "--end-of-options", tip, env=_NO_GRAFTS).decode().split()


def blobs_at(repo: Repository, places: Sequence[tuple[str, str]]) -> list[str | None]:
    """The id of the ordinary file that each commit has at the path given with it; one child for all."""
    if not places:
        return []
    wanted = os.fsencode("".join(f"{commit}:{path}\n" for commit, path in places))
    out = git(repo, "cat-file", "--batch-check=%(objecttype) %(objectname)", "--buffer", input=wanted)
    rows = [line.split(b" ") for line in out.split(b"\n")[:-1]]
    return [row[1].decode() if row[0] == b"blob" else None for row in rows]


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


def _commits(listed: bytes) -> list[Commit]:
    rows = (line.split() for line in listed.decode().splitlines())
    return [Commit(oid, tuple(parents)) for oid, *parents in rows]


def _lines(commits: Iterable[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in dict.fromkeys(commits)).encode()
