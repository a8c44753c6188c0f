"""Adding to the rows of the history index: commits, what they name, which releases contain them, what a tip reaches."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from gitspec.domain.gc_paused import gc_paused
from gitspec.domain.mentions import Named
from gitspec.git.message_log import Logged
from gitspec.store.history_rows import (
    INDEXES,
    Connection,
    graph,
    heads,
    id_of,
    last_id,
    oid_of,
    packed,
    parents_of,
    unpacked,
)


def add_commits(
    db: Connection,
    tips: Sequence[str],
    commits: Iterable[Logged],
    mentions_of: Callable[[str], Sequence[Named]],
    tags: Sequence[tuple[str, str]] = (),
) -> None:
    """Lay down commits that ``tips`` reach: all of them that are not there yet, in any order.

    The first time ``tags``, (name, commit), whose commits are among them, are made the releases in the same go.
    """
    with gc_paused():
        batch: _Batch = {
            oid: (parents, time, author, subject, mentions_of(message))
            for oid, parents, time, author, subject, message in commits
        }
        there = heads(db)
        inner = {*there, *tips}.intersection(chain.from_iterable(row[0] for row in batch.values()))
        new = [tip for tip in dict.fromkeys(tips) if tip in batch and tip not in inner]
        if last_id(db):
            known = [oid for oid in batch if id_of(db, oid)]  # once a head is lost, some are read again
            for oid in known:
                del batch[oid]
            _add(db, batch)
        else:
            _add(db, batch, tags)
            for statement in INDEXES.strip().splitlines():
                db.execute(statement)
    db.executemany("DELETE FROM heads WHERE oid = ?", [(bytes.fromhex(oid),) for oid in there if oid in inner])
    db.executemany("INSERT OR IGNORE INTO heads VALUES(?)", [(bytes.fromhex(oid),) for oid in new])


_Batch = dict[str, tuple[Sequence[str], int, str, str, Sequence[Named]]]
"""By id: parents, time, author, subject, what is named."""


def _add(db: Connection, batch: _Batch, tags: Sequence[tuple[str, str]] = ()) -> None:
    """Insert the rows of a batch; with ``tags``, whose commits are in it, those of the releases too."""
    places, moments = _outer_parents(db, batch)
    parents: dict[int, list[int]] = {}
    oids: list[str] = []
    number = last_id(db)
    pending = list(batch)  # children first as Git gives them, but for clocks that went wrong: the last comes first
    while pending:
        oid = pending.pop()
        if oid in places:
            continue
        names, moment, _, _, _ = batch[oid]
        inner = [places[name] for name in names if name in places]
        if len(inner) < len(names) and (first := [name for name in names if name in batch and name not in places]):
            pending += [oid, *first]
            continue
        for parent in inner:
            if moments[parent] >= moment:
                moment = moments[parent] + 1
        number += 1
        places[oid] = number
        moments[number] = moment
        parents[number] = inner
        oids.append(oid)
    ranks: Mapping[int, int] = {}
    if tags:
        placed = sorted((moments[places[commit]], name, places[commit]) for name, commit in tags)
        releases = [(name, commit) for _, name, commit in placed]
        _put_releases(db, releases)
        ranks = _ranks(releases, parents)
    authors: dict[str, bytes] = {}
    sayings: dict[Sequence[Named], int] = {}
    before = _last(db, "SELECT max(said) FROM sayings")

    def row(number: int, oid: str) -> tuple[Any, ...]:
        _, time, author, subject, named = batch[oid]
        ids = parents[number]
        parent = ids[0] if ids else None
        others = " ".join(map(str, ids[1:])) if len(ids) > 1 else None
        name = authors.get(author) or authors.setdefault(author, packed(author))
        said = (sayings.get(named) or sayings.setdefault(named, before + len(sayings) + 1)) if named else None
        facts = time, moments[number], ranks.get(number), name, packed(subject), said
        return number, bytes.fromhex(oid), parent, others, *facts

    db.executemany("INSERT INTO commits VALUES(?,?,?,?,?,?,?,?,?,?)", map(row, parents, oids))
    _put_sayings(db, sayings)


def _outer_parents(db: Connection, batch: _Batch) -> tuple[dict[str, int], dict[int, int]]:
    """Where the parents are that are there already: row by id, moment by row."""
    places: dict[str, int] = {}
    moments: dict[int, int] = {}
    if last_id(db):
        for oid in {name for row in batch.values() for name in row[0] if name not in batch}:
            for row, moment in db.execute("SELECT id, moment FROM commits WHERE oid = ?", (bytes.fromhex(oid),)):
                places[oid], moments[row] = row, moment
    return places, moments


def _put_sayings(db: Connection, sayings: Mapping[Sequence[Named], int]) -> None:
    last = before = _last(db, "SELECT max(id) FROM words")
    query = "SELECT id FROM words WHERE key = ? AND value = ?"
    words: dict[Named, int] = {}
    new: list[tuple[int, str, bytes]] = []
    for key, value in chain.from_iterable(sayings):
        if (key, value) not in words:
            data = packed(value)
            found = db.execute(query, (key, data)).fetchone() if before else None
            if found is None:
                last += 1
                new.append((last, key, data))
            words[key, value] = found[0] if found else last
    db.executemany("INSERT INTO words VALUES(?,?,?)", new)
    rows = [(words[one], said) for named, said in sayings.items() for one in named]
    db.executemany("INSERT INTO sayings VALUES(?,?)", sorted(rows))


def _last(db: Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0] or 0)


def reached_view(db: Connection, tip: int) -> tuple[int, frozenset[int]]:
    """(last row that there was, rows up to it that ``tip`` does not reach); worked out from the rows alone."""
    upto = last_id(db)
    if heads(db) == [oid_of(db, tip)]:
        return upto, frozenset()
    base = db.execute("SELECT tip, upto, outside FROM views ORDER BY tip DESC LIMIT 1").fetchone()
    if base is not None and base[0] <= tip:
        old, old_upto, listed = base
        outside = set(map(int, listed.split()))
        walked: set[int] = set()
        pending, meets = [tip], False
        while pending:
            one = pending.pop()
            if one == old:
                meets = True
            if one in walked or (one <= old_upto and one not in outside):
                continue
            walked.add(one)
            pending += parents_of(db, one)
        if meets:
            outside.update(range(old_upto + 1, upto + 1))
            return upto, frozenset(outside - walked)
    reached = bytearray(upto + 1)
    reached[tip] = 1
    left = []
    for one, parents in graph(db):
        if reached[one]:
            for parent in parents:
                reached[parent] = 1
        else:
            left.append(one)
    return upto, frozenset(left)


def keep_view(db: Connection, tip: int, upto: int, outside: frozenset[int]) -> None:
    """Remember what ``reached_view`` found; of very many the oldest go."""
    db.execute("INSERT OR REPLACE INTO views VALUES(?,?,?)", (tip, upto, " ".join(map(str, sorted(outside)))))
    db.execute(
        "DELETE FROM views WHERE tip NOT IN (SELECT tip FROM views ORDER BY tip DESC LIMIT 32) AND tip != ?", (tip,)
    )


def rank_releases(db: Connection, tags: Sequence[tuple[str, str]]) -> None:
    """Make the releases those ``tags``, (name, commit), whose commits are all there; cheap when later ones have come."""
    before = [(unpacked(tag), commit) for tag, commit in db.execute("SELECT tag, id FROM releases ORDER BY rank")]
    rows = []
    for name, oid in tags:
        row = db.execute("SELECT id, moment FROM commits WHERE oid = ?", (bytes.fromhex(oid),)).fetchone()
        rows.append((row[1], name, row[0]))
    now = [(name, commit) for _, name, commit in sorted(rows)]
    if now == before:
        return
    if now[: len(before)] == before:  # later ones have come
        for rank, (name, commit) in enumerate(now[len(before) :], len(before) + 1):
            db.execute("INSERT INTO releases VALUES(?,?,?)", (rank, packed(name), commit))
            pending = [commit]
            while pending:
                one = pending.pop()
                if db.execute("UPDATE commits SET release = ? WHERE id = ? AND release IS NULL", (rank, one)).rowcount:
                    pending += parents_of(db, one)
        return
    _rank_all(db, now)


def _rank_all(db: Connection, now: Sequence[tuple[str, int]]) -> None:
    _put_releases(db, now)
    ranks = _ranks(now, dict(graph(db)))
    there = db.execute("SELECT id, release FROM commits")
    changed = [(ranks.get(one), one) for one, rank in there if ranks.get(one) != rank]
    db.executemany("UPDATE commits SET release = ? WHERE id = ?", changed)


def _put_releases(db: Connection, now: Sequence[tuple[str, int]]) -> None:
    db.execute("DELETE FROM releases")
    db.executemany("INSERT INTO releases VALUES(?,?,?)", [(r, packed(n), c) for r, (n, c) in enumerate(now, 1)])


def _ranks(now: Sequence[tuple[str, int]], parents: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """For each row, of those that a release contains, the rank of the first one that does."""
    ranks: dict[int, int] = {}
    for rank, (_, commit) in enumerate(now, 1):
        pending = [commit]
        while pending:
            one = pending.pop()
            if one not in ranks:
                ranks[one] = rank
                pending += parents[one]
    return ranks


def keep_facts(
    db: Connection, values: Sequence[tuple[str, str, str]], kinds: Mapping[str, int], keys: Mapping[str, int]
) -> None:
    """Write facts, (kind, key, JSON). Of kinds that begin as ``kinds`` says so many stay, of facts of a kind in ``keys`` too."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for kind, most in keys.items():
            if db.execute("SELECT count(*) FROM facts WHERE kind = ?", (kind,)).fetchone()[0] >= most:
                db.execute("DELETE FROM facts WHERE kind = ?", (kind,))
        db.executemany("INSERT OR REPLACE INTO facts VALUES(?,?,?)", values)
        for begin, most in kinds.items():
            now = {kind for kind, _, _ in values if kind.startswith(begin)}
            there = db.execute("SELECT DISTINCT kind FROM facts WHERE kind >= ? AND kind < ?", (begin, begin + "\x7f"))
            old = [kind for (kind,) in there if kind not in now]
            for kind in old[max(0, most - len(now)) :]:
                db.execute("DELETE FROM facts WHERE kind = ?", (kind,))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
