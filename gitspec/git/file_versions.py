"""The versions of one file, newest first, read only as far back as somebody asks."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.git.run import Coprocess
from gitspec.git.tree_edit import Item, PathChange, raw_change


class FileVersion(NamedTuple):
    """A commit that changed the file: what it has there, and what its parents had."""

    commit: str
    new: Item | None
    old: tuple[Item | None, ...]


def file_versions(repo: Repository, tip: str, path: str) -> Iterator[FileVersion]:
    """The commits up to ``tip`` that give the file a content that one of their parents does not have there.

    Raises CannotJudge G006 when asked for more than Git can read.
    """
    child = Coprocess(
        repo, "log", "-z", "--raw", "--no-renames", "--no-abbrev", "--diff-merges=separate", "--format=%H %P",
        "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes", "--no-color", tip, "--", path,
        env={"GIT_GRAFT_FILE": os.devnull},
    )  # fmt: skip
    try:
        commit: list[str] = []
        rows: list[PathChange] = []
        for field in _fields(child):
            if field.startswith(":"):
                rows.append(raw_change(field, path))
                if len(rows) >= len(commit) - 1:  # nothing more comes: not to wait for the next one, which may be far
                    yield _version(commit, rows)
                    rows = []
            elif field and field != path:
                words = field.split()
                if rows and words[0] != commit[0]:
                    yield _version(commit, rows)
                    rows = []
                commit = words
        if rows:
            yield _version(commit, rows)
        if child.close():
            raise CannotJudge("G006", f"the history of {path} cannot be read to its end", help="git fsck")
    finally:
        child.end()


def _version(commit: list[str], rows: list[PathChange]) -> FileVersion:
    """A merge is listed with the parents that it differs from only."""
    old = [row.old for row in rows]
    same = [rows[0].new] if len(rows) < len(commit) - 1 else []
    return FileVersion(commit[0], rows[0].new, (*old, *same))


def _fields(child: Coprocess) -> Iterator[str]:
    rest = b""
    while chunk := child.out.read1():  # type: ignore[attr-defined]
        *fields, rest = (rest + chunk).split(b"\0")
        yield from (os.fsdecode(field).strip("\n") for field in fields)
    yield os.fsdecode(rest).strip("\n")
