"""Which commits added folders to the archive: one walk over history, however many ask, remembered by where it began."""

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gitspec.git.run import git
from gitspec.git.spec_history import shallow_boundary
from gitspec.store import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitspec.git.repository import Repository
    from gitspec.store.cache import Cache

_KIND = "arrivals"
_ARGS = (
    "log", "--reverse", "--full-history", "--diff-merges=separate", "--no-renames", "--diff-filter=A", "--name-only",
    "--no-ext-diff", "-z", "--format=%H %P",
)  # fmt: skip


class Arrival(NamedTuple):
    """A commit that has a folder of the archive (by its name there) which a parent of it has not."""

    commit: str
    folder: str
    is_merge: bool


def arrivals(repo: "Repository", tips: "Sequence[str]", cache: "Cache | None") -> "Sequence[Arrival]":
    """All that the tips (full ids) reach, older commits first. A folder is known by its change.yaml."""
    return _arrivals(repo, tuple(tips), tuple(sorted(shallow_boundary(repo))), cache) if tips else ()


@lru_cache(maxsize=2)
def _arrivals(
    repo: "Repository", tips: tuple[str, ...], boundary: tuple[str, ...], cache: "Cache | None"
) -> tuple[Arrival, ...]:
    key = " ".join((*tips, "/", *boundary))
    rows = cache.load(_KIND).get(key) if cache else None
    if rows is None:
        rows = _walk(repo, tips)
        if cache:
            cache.save(_KIND, {key: rows})  # of one place alone: it is long
    return tuple(Arrival(*row) for row in rows)


def _walk(repo: "Repository", tips: tuple[str, ...]) -> list[list[object]]:
    # no --topo-order: parents come before children all the same once reversed, by date where that is free
    listed = os.fsdecode(git(repo, *_ARGS, *tips, "--", f"{layout.ARCHIVE}/"))
    rows: list[list[object]] = []
    ids: list[str] = []
    for field in listed.split("\0"):
        row = field.strip("\n")
        folder, _, file = row.rpartition("/")
        if file == "change.yaml":
            rows.append([ids[0], folder[len(layout.ARCHIVE) + 1 :], len(ids) > 2])
        elif not folder and row:
            ids = row.split(" ")
    return rows
