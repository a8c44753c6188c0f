"""The file of the history index."""

from gitspec.store.history_rows import SCHEMA, Connection


def in_memory() -> Connection:
    """An empty database that nobody else sees."""
    import _sqlite3

    db = _sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SCHEMA)
    return db
