"""The file of the history index, below the common Git folder, so that linked work trees share it.

Its name says by what it was built (version, policy, where a shallow clone ends) and when. A name is never used again: a
journal that a killed process leaves beside one file can not be taken for that of another. A file that is damaged, of
another version or of another user is passed over and a new one built; where none can be written, the rows stand in
memory.
"""

import os
import time
from binascii import crc32
from contextlib import suppress
from stat import S_ISREG

from gitspec.store.history_rows import SCHEMA, Connection

_PATIENCE = 5.0
"""Seconds to wait for another process that writes: it mostly lays down what is wanted here."""
_KEPT = 3
"""So many files for other policies stay."""
_PREFIX, _SUFFIX, _HALF = "history-", ".sqlite", ".tmp"


class Damaged(Exception):
    """The file is none of ours, or broken."""


ODD_ROWS = (Damaged, AttributeError, LookupError, TypeError, ValueError)
"""What reading rows raises that nobody has written so."""


def sqlite() -> type[Exception]:
    """The base of all errors of SQLite."""
    import _sqlite3  # the package around it would cost a third of a warm answer

    return _sqlite3.Error


def is_damage(error: Exception) -> bool:
    """Whether an error says that the file is broken, and not that somebody is in the way, or the disk full."""
    import _sqlite3

    if isinstance(error, _sqlite3.OperationalError):
        return str(error).startswith("no such")
    return isinstance(error, (_sqlite3.DatabaseError, *ODD_ROWS))


def in_memory() -> Connection:
    """An empty database that nobody else sees."""
    db = _connect(":memory:")
    db.executescript(SCHEMA)
    return db


def copied(db: Connection) -> Connection:
    """What a database holds, in memory."""
    copy = _connect(":memory:")
    db.backup(copy)
    return copy


class HistoryFile:
    """The file for one ``key``, which says all that its content depends on but the commits."""

    def __init__(self, folder: str, key: str) -> None:
        self._folder = folder
        self._key = key
        self._prefix = f"{_PREFIX}{crc32(key.encode('utf-8', 'surrogateescape')):08x}-"
        self._path = ""

    def open(self) -> Connection | None:
        """The database that is there; None when there is none. Raises Damaged, and errors of SQLite when it is locked."""
        names = [name for name in self._names() if name.startswith(self._prefix)]
        if not names:
            return None
        self._path = f"{self._folder}/{names[-1]}"
        try:
            stat = os.lstat(self._path)
        except OSError:
            return None
        if not S_ISREG(stat.st_mode) or stat.st_uid != os.geteuid():
            raise Damaged
        db = _connect(self._path)
        if not self._is_whole(db):
            db.close()
            raise Damaged
        return db

    def _is_whole(self, db: Connection) -> bool:
        """Whether it is for this key, and not cut off: SQLite takes what is missing of its last page for nothing."""
        db.execute("BEGIN")  # nobody writes in between
        row = db.execute("SELECT value FROM meta WHERE key = 'key'").fetchone()
        (pages,), (size,) = (db.execute(f"PRAGMA {fact}").fetchone() for fact in ("page_count", "page_size"))
        there = os.stat(self._path).st_size
        db.execute("COMMIT")
        return row is not None and row[0] == self._key and there >= pages * size

    def begin(self) -> Connection | None:
        """An empty database, to be filled and given to ``finish``; None where none can be written."""
        self._path = f"{self._folder}/{self._prefix}{time.time_ns():x}{_SUFFIX}"
        try:
            os.makedirs(self._folder, exist_ok=True)
            os.close(os.open(self._path + _HALF, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o666))
        except OSError:
            return None
        db = _connect(self._path + _HALF)
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA cache_size=-65536")
        db.executescript(SCHEMA)
        db.execute("INSERT INTO meta VALUES('key', ?)", (self._key,))
        return db

    def finish(self, db: Connection) -> Connection:
        """Put a database that ``begin`` gave in its place, now that it is filled; of those for the same key only the newest stays.

        That may be another's, who was faster: then this one serves its process alone.
        """
        db.close()
        with open(self._path + _HALF, "rb") as file:
            os.fsync(file.fileno())
        os.rename(self._path + _HALF, self._path)
        db = _connect(self._path)
        db.execute("SELECT 1 FROM meta").fetchone()  # SQLite opens the file now, not when it is gone
        names = self._names()
        mine = [name for name in names if name.startswith(self._prefix)]
        others = [name for name in names if not name.startswith(self._prefix)]
        others.sort(key=lambda name: name.rpartition("-")[2])
        for name in mine[:-1] + others[:-_KEPT]:
            _remove(f"{self._folder}/{name}")
        return db

    def give_up(self) -> None:
        """Remove what ``begin`` has made, or what ``open`` found to be damaged."""
        _remove(self._path)

    def _names(self) -> list[str]:
        """The files of all keys, the oldest first for each."""
        try:
            return sorted(n for n in os.listdir(self._folder) if n.startswith(_PREFIX) and n.endswith(_SUFFIX))
        except OSError:
            return []


def _connect(path: str) -> Connection:
    import _sqlite3

    db = _sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    db.execute("PRAGMA trusted_schema=OFF")
    return db


def _remove(path: str) -> None:
    for one in (path, f"{path}-journal", path + _HALF):
        with suppress(OSError):
            os.unlink(one)
