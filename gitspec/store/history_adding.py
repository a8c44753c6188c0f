"""Adding to the rows of the history index: commits, what they name, which releases contain them, what a tip reaches."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gitspec.domain.gc_paused import gc_paused
from gitspec.domain.mentions import Named
from gitspec.git.message_log import Logged
from gitspec.store.history_rows import (
    INDEXES,
    Connection,
    graph,
    heads,
    last_id,
    oid_of,
    packed,
    parents_in,
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
        batch = {
            oid: (parents, time, author, subject, mentions_of(message))
            for oid, parents, time, author, subject, message in commits
        }
        inner = _add(db, batch, tags)
    reached = [row for row in db.execute("SELECT oid FROM heads") if row[0].hex() in inner]
    db.executemany("DELETE FROM heads WHERE oid = ?", reached)
    new = [(bytes.fromhex(oid),) for oid in dict.fromkeys(tips) if oid in batch and oid not in inner]
    db.executemany("INSERT OR IGNORE INTO heads VALUES(?)", new)


def _add(db: Connection, batch: dict[str, Any], tags: Sequence[tuple[str, str]]) -> set[str]:
    """Insert the rows of a batch; gives all that are parents in it."""
    first = next_id = last_id(db) + 1
    is_new = first == 1
    known: dict[str, tuple[int, int]] = {}
    texts: dict[str, bytes] = {}
    rows: list[list[Any]] = []
    words = _Words(db)
    mentions: list[tuple[int, int]] = []
    inner: set[str] = set()

    def find(oid: str) -> tuple[int, int] | None:
        if oid not in known:
            if is_new:
                return None
            row = db.execute("SELECT id, moment FROM commits WHERE oid = ?", (bytes.fromhex(oid),)).fetchone()
            if row is None:
                return None
            known[oid] = row
        return known[oid]

    for oid in _parents_first(batch):
        names, moment, author, subject, named = batch[oid]
        inner.update(names)
        if not is_new and find(oid):
            continue  # once a head is lost, some are read again
        time, ids = moment, []
        for name in names:
            if place := find(name):
                ids.append(place[0])
                moment = max(moment, place[1] + 1)
        if author not in texts:
            texts[author] = packed(author)
        others = " ".join(map(str, ids[1:])) if len(ids) > 1 else None
        parent = ids[0] if ids else None
        rows.append([next_id, bytes.fromhex(oid), parent, others, time, moment, None, texts[author], packed(subject)])
        known[oid] = next_id, moment
        for one in named:
            mentions.append((words.ids.get(one) or words.add(one), next_id))
        next_id += 1
    if is_new:
        placed = sorted((known[commit][1], name, known[commit][0]) for name, commit in tags)
        releases = [(name, commit) for _, name, commit in placed]
        _put_releases(db, releases)
        ranks = _ranks(len(rows), releases, ((row[0], parents_in(row[2], row[3])) for row in reversed(rows)))
        for row in rows:
            row[6] = ranks[row[0]]
    db.executemany("INSERT INTO commits VALUES(?,?,?,?,?,?,?,?,?)", rows)
    db.executemany("INSERT INTO words VALUES(?,?,?)", words.new)
    db.executemany("INSERT INTO mentions VALUES(?,?)", sorted(mentions))
    if is_new and rows:
        for statement in INDEXES.strip().splitlines():
            db.execute(statement)
    return inner


class _Words:
    """The rows of what is named; ``new`` are those to be inserted."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._last = int(db.execute("SELECT max(id) FROM words").fetchone()[0] or 0)
        self._is_new = self._last == 0
        self.ids: dict[Named, int] = {}
        self.new: list[tuple[int, str, bytes]] = []

    def add(self, named: Named) -> int:
        """The row of what ``ids`` does not know yet."""
        key, data = named[0], packed(named[1])
        query = "SELECT id FROM words WHERE key = ? AND value = ?"
        row = None if self._is_new else self._db.execute(query, (key, data)).fetchone()
        if row is None:
            self._last += 1
            self.new.append((self._last, key, data))
        self.ids[named] = found = row[0] if row else self._last
        return found


def _parents_first(batch: dict[str, Any]) -> Iterator[str]:
    """The keys of ``batch``, parents before children. Git gives children first, but for clocks that went wrong."""
    done: set[str] = set()
    for oid in reversed(batch):
        if all(parent in done or parent not in batch for parent in batch[oid][0]) and oid not in done:
            done.add(oid)
            yield oid
            continue
        stack = [oid]
        while stack:
            one = stack[-1]
            if one in done:
                stack.pop()
                continue
            pending = [parent for parent in batch[one][0] if parent in batch and parent not in done]
            if pending:
                stack += pending
                continue
            stack.pop()
            done.add(one)
            yield one


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
    ranks = _ranks(last_id(db), now, graph(db))
    there = db.execute("SELECT id, release FROM commits")
    db.executemany(
        "UPDATE commits SET release = ? WHERE id = ?", [(ranks[one], one) for one, rank in there if ranks[one] != rank]
    )


def _put_releases(db: Connection, now: Sequence[tuple[str, int]]) -> None:
    db.execute("DELETE FROM releases")
    db.executemany("INSERT INTO releases VALUES(?,?,?)", [(r, packed(n), c) for r, (n, c) in enumerate(now, 1)])


def _ranks(last: int, now: Sequence[tuple[str, int]], rows: Iterable[tuple[int, list[int]]]) -> list[int | None]:
    """For each row up to ``last`` the rank of the first release that contains it; ``rows`` are children first."""
    never = len(now) + 1
    best = [never] * (last + 1)
    for rank, (_, commit) in reversed(list(enumerate(now, 1))):
        best[commit] = rank
    for one, parents in rows if now else ():
        rank = best[one]
        for parent in parents:
            best[parent] = min(best[parent], rank)
    return [None if rank == never else rank for rank in best]


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
