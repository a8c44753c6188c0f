"""Which commits put which changes' folders into the archive."""

import os
from collections import defaultdict
from typing import TYPE_CHECKING

from gitspec.domain.mentions import ARCHIVED_KEY
from gitspec.git.run import git
from gitspec.store import layout
from gitspec.store.archive_walk import arrivals

if TYPE_CHECKING:
    from gitspec.store.cache import Cache
    from gitspec.store.history_index import History

_FEW = 5
"""Changes that are asked for one by one sooner than all by a walk."""


def landings(history: "History", cache: "Cache | None" = None) -> dict[str, str]:
    """By change what ``History.archived_in`` answers for it, for all changes that have ever been archived.

    Where one commit brought the folder, and no other says that it did, it is that one; only others are asked one by one.
    """
    claimed: defaultdict[str, set[str]] = defaultdict(set)
    for commit, mention in history.mentions(ARCHIVED_KEY):
        claimed[mention.value].add(commit.oid)
    brought = _brought(history, cache)
    found: dict[str, str] = {}
    for name, commits in brought.items():
        split = layout.split_archive_name(name)
        if split is not None and split[1] not in found:
            sole = next(iter(commits)) if len(commits) == 1 and claimed[name] <= commits else ""
            found[split[1]] = sole or history.archived_in(split[1])
    return found


def archived_by(history: "History", commit: str) -> list[str]:
    """The changes whose folders ``commit`` put into the archive: those of which ``History.archived_in`` says so."""
    listed = git(
        history.repo, "diff-tree", "--root", "-m", "--first-parent", "--no-commit-id", "-r", "--no-renames", "--name-only",
        "--diff-filter=A", "-z", commit, "--", f"{layout.ARCHIVE}/",
    )  # fmt: skip
    folders = (path.rpartition("/") for path in os.fsdecode(listed).split("\0"))
    splits = (layout.split_archive_name(f.rpartition("/")[2]) for f, _, file in folders if file == "change.yaml")
    ids = [split[1] for split in splits if split is not None]
    every = landings(history) if len(ids) > _FEW else {id_: history.archived_in(id_) for id_ in ids}
    return [id_ for id_ in ids if every.get(id_) == commit]


def _brought(history: "History", cache: "Cache | None") -> dict[str, set[str]]:
    """The ordinary commits that added ``change.yaml`` to a folder of the archive, by the folder's name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in arrivals(history.repo, (history.tip,), cache):
        if not one.is_merge:
            found[one.folder].add(one.commit)
    return found
