"""Object ids of files of the work tree, remembered by what the system says about a file (as Git's index does).

A file counts as unchanged while its times, size, mode and inode are; files that were changed shortly before they were
hashed are not remembered, since a later change might leave all of that as it is.
"""

import os
import time
from collections.abc import Sequence
from typing import Any

from gitspec.git.snapshot import WorkTree
from gitspec.store.cache import Cache

_SETTLED_NS = 2_000_000_000
"""The coarsest clock of a file system in use (FAT)."""


def oids_by_stat(snapshot: WorkTree, cache: Cache, paths: Sequence[str]) -> list[str]:
    """The ids of the contents at ``paths``, in order."""
    kind = f"files-{os.path.basename(snapshot.repo.git_dir)}"
    known: dict[str, Any] = cache.load(kind)
    width = len(snapshot.repo.zero)
    now = time.time_ns()
    learned: dict[str, str] = {}
    oids: list[str] = []
    for path in paths:
        stat = snapshot.stat(path)
        signature = _signature(stat) if stat else ""
        remembered = known.get(path)
        if (
            stat
            and isinstance(remembered, str)
            and len(remembered) == len(signature) + width
            and remembered.startswith(signature)
        ):
            oids.append(remembered[len(signature) :])
            snapshot.promise(path, oids[-1])
            continue
        oid = snapshot.oid(path)
        oids.append(oid)
        if stat and max(stat.st_mtime_ns, stat.st_ctime_ns) + _SETTLED_NS < now:
            learned[path] = signature + oid
    if learned:
        alive = {e.path for e in snapshot.entries()}
        kept = {p: row for p, row in (known | learned).items() if p in alive or not snapshot.covers(p)}
        cache.save(kind, kept)
    return oids


def _signature(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_size} {stat.st_ino} {stat.st_mode} "
