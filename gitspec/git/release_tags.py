"""Tags that may be releases, and a cheap sign of whether any tag has changed."""

import os
from collections.abc import Callable
from typing import NamedTuple

from gitspec.git.repository import Repository
from gitspec.git.run import git

TAGS = "refs/tags/"
ARCHIVE_TAGS = "archive/"
_SETTLED_NS = 2_000_000_000
"""The coarsest clock of a file system in use (FAT)."""


class ReleaseTag(NamedTuple):
    """A release by the name of its tag, and the commit that it names in the end."""

    name: str
    commit: str


def release_tags(repo: Repository, is_release: Callable[[str], bool]) -> list[ReleaseTag]:
    """The tags of commits whose names ``is_release`` takes, by name; archive tags never are."""
    # Names first: what a tag holds is read for the few that are releases, not for thousands of archives.
    listed = os.fsdecode(git(repo, "for-each-ref", "--format=%(refname)", TAGS)).splitlines()
    names = [ref.removeprefix(TAGS) for ref in listed]
    names = [name for name in names if not name.startswith(ARCHIVE_TAGS) and is_release(name)]
    if not names:
        return []
    from gitspec.git.ref_tips import commits_of

    commits = commits_of(repo, [TAGS + name for name in names])
    return [ReleaseTag(name, commit) for name in names if (commit := commits[TAGS + name])]


def state_of_tags(repo: Repository, now_ns: int) -> str:
    """What changes whenever a tag comes, goes or moves, without reading any; empty when that cannot be told.

    Git replaces the file of a ref, so that its folder changes, or packed-refs, or the list of its reftables. What was
    changed a moment ago may change again unseen.
    """
    found = []
    paths = [f"{repo.common_dir}/packed-refs", f"{repo.common_dir}/reftable/tables.list"]
    paths += _folders(f"{repo.common_dir}/refs/tags")
    for path in paths:
        try:
            stat = os.stat(path)
        except OSError:
            continue
        if max(stat.st_mtime_ns, stat.st_ctime_ns) + _SETTLED_NS > now_ns:
            return ""
        found.append(
            f"{path[len(repo.common_dir) :]} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino} {stat.st_size}"
        )
    return "\n".join(found)


def _folders(top: str) -> list[str]:
    found, pending = [], [top]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as items:
                inner = [item.path for item in items if item.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        found.append(folder)
        pending += sorted(inner)
    return found
