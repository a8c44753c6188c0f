"""Which commit put a change's folder into the archive."""

import os
from typing import TYPE_CHECKING

from gitspec.git.run import git
from gitspec.git.spec_history import landed_in, present
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.store.history_index import History


def archived_in(history: "History", change: str) -> str:
    """The commit that put the change's folder into spec/archive, where the history's tip has it; empty otherwise.

    Commits that say that they archive it are asked first; only when none of them does, history is walked.
    """
    claims = history.archiving(change)
    for line, name in claims:
        path = f"{layout.ARCHIVE}/{name}/change.yaml"
        if layout.split_archive_name(name) is None:
            continue
        here, before, now = present(history.repo, [(line.oid, path), (f"{line.oid}^1", path), (history.tip, path)])
        if here and now and not before:
            return line.oid
    folder = _folder(history, change)
    if not folder:
        return ""
    found = landed_in(history.repo, history.tip, f"{folder}/change.yaml")
    return found.oid if found else ""


def _folder(history: "History", change: str) -> str:
    listed = os.fsdecode(
        git(history.repo, "ls-tree", "-z", "--name-only", "--full-tree", history.tip, "--", f"{layout.ARCHIVE}/")
    )
    for folder in listed.split("\0")[:-1]:
        split = layout.split_archive_name(folder.rpartition("/")[2])
        if split and split[1] == change:
            return folder
    return ""
