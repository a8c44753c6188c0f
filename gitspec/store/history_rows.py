"""The rows of the history index, in SQLite: how commits, what they name, and releases are laid down and found again.

Rows of commits say what is true of a commit for ever, and ids rise from parents to children. So several processes may
add to one database, what a branch has left behind does no harm, and nothing but new commits is ever read again.
"""

from collections.abc import Iterator
from typing import Any

SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE commits(id INTEGER PRIMARY KEY, oid BLOB NOT NULL, parent INTEGER, others TEXT,
  time INTEGER NOT NULL, moment INTEGER NOT NULL, release INTEGER, author BLOB, subject BLOB, said INTEGER);
CREATE TABLE words(id INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE(key, value));
CREATE TABLE sayings(word INTEGER NOT NULL, said INTEGER NOT NULL, PRIMARY KEY(word, said)) WITHOUT ROWID;
CREATE TABLE heads(oid BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE releases(rank INTEGER PRIMARY KEY, tag BLOB NOT NULL, id INTEGER NOT NULL);
CREATE TABLE views(tip INTEGER PRIMARY KEY, upto INTEGER NOT NULL, outside TEXT NOT NULL);
CREATE TABLE facts(kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(kind, key)) WITHOUT ROWID;
"""
"""``moment`` is the time of a commit, raised above that of its parents: it puts children after parents whatever their
clocks said. ``said`` is all that the commit names together, which most commits of a change have in common: it has a row
in sayings for each word; NULL for nothing. ``release`` is the rank of the first release that contains the commit. A view
tells what of the commits up to ``upto`` its tip does not reach; all later ones it does not reach either."""

INDEXES = """
CREATE UNIQUE INDEX commits_by_oid ON commits(oid);
CREATE INDEX commits_by_said ON commits(said);
CREATE INDEX sayings_by_said ON sayings(said);
"""
"""Made once the first commits are there: in order they cost a fraction."""

_MOST_HEADS = 200
Connection = Any
"""A connection of ``_sqlite3``: the module around it costs a start."""
View = tuple[int, frozenset[int]]
"""(last row that there was, rows up to it that a tip does not reach)."""


def packed(text: str) -> bytes:
    """Text as it is stored: bytes that were no UTF-8 are themselves again."""
    return text.encode("utf-8", "surrogateescape")


def unpacked(data: bytes) -> str:
    """The text that ``packed`` stored."""
    return data.decode("utf-8", "surrogateescape")


def sealed(value: object) -> str:
    """A fact as it is stored: JSON behind its checksum, for SQLite does not see when a text has changed on its disk."""
    import json
    from binascii import crc32

    text = json.dumps(value)
    return f"{crc32(text.encode()):08x}{text}"


def unsealed(stored: object) -> Any:
    """The fact that ``sealed`` stored. Raises ValueError when it is not what was stored."""
    import json
    from binascii import crc32

    if not isinstance(stored, str) or stored[:8] != f"{crc32(stored[8:].encode()):08x}":
        raise ValueError
    return json.loads(stored[8:])


def id_of(db: Connection, oid: str) -> int | None:
    """The row of a commit; None when it is not there."""
    row = db.execute("SELECT id FROM commits WHERE oid = ?", (bytes.fromhex(oid),)).fetchone()
    return row[0] if row else None


def oid_of(db: Connection, commit: int) -> str:
    """The commit of a row."""
    return str(db.execute("SELECT oid FROM commits WHERE id = ?", (commit,)).fetchone()[0].hex())


def heads(db: Connection) -> list[str]:
    """Commits that reach all that is there; the newest, when there are very many."""
    rows = db.execute("SELECT heads.oid FROM heads JOIN commits USING(oid) ORDER BY id DESC LIMIT ?", (_MOST_HEADS,))
    return [oid.hex() for (oid,) in rows]


def parents_of(db: Connection, commit: int) -> list[int]:
    """The parents of a row, as far as they are here."""
    row = db.execute("SELECT parent, others FROM commits WHERE id = ?", (commit,)).fetchone()
    return parents_in(*row)


def graph(db: Connection) -> Iterator[tuple[int, list[int]]]:
    """All rows and their parents, children first."""
    for commit, parent, others in db.execute("SELECT id, parent, others FROM commits ORDER BY id DESC"):
        yield commit, parents_in(parent, others)


def parents_in(parent: int | None, others: str | None) -> list[int]:
    """The parents that a row holds."""
    if parent is None:
        return []
    return [parent, *map(int, others.split())] if others else [parent]


def last_id(db: Connection) -> int:
    """The id of the newest row; 0 when there is none."""
    return int(db.execute("SELECT max(id) FROM commits").fetchone()[0] or 0)


def meta(db: Connection, key: str) -> str:
    """A note about the database; empty when there is none."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def put_meta(db: Connection, key: str, value: str) -> None:
    """Write a note about the database."""
    db.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", (key, value))


def ranked(db: Connection) -> list[tuple[str, str]]:
    """The releases, (name, commit), by name."""
    found = db.execute("SELECT tag, oid FROM releases JOIN commits USING(id)")
    return sorted((unpacked(tag), oid.hex()) for tag, oid in found)


def view(db: Connection, tip: int) -> View | None:
    """What ``reached_view`` found before."""
    row = db.execute("SELECT upto, outside FROM views WHERE tip = ?", (tip,)).fetchone()
    return (row[0], frozenset(map(int, row[1].split()))) if row else None
