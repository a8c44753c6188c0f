"""What commits say, for questions to history: who names what, and which release has it; kept below the common Git folder.

    history = open_history(repo, tip, policy=policy)   # of ``history_opening``
    history.naming("Change", "add-2fa")            # [CommitLine(...), ...], newest first

The answers are those of the commits that ``tip`` reaches, whatever else the index holds, and they are equal without it:
then the same rows are laid down in memory. See ``history_rows`` for what is kept, ``history_file`` for where.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from gitspec import __version__
from gitspec.git.release_tags import ReleaseTag
from gitspec.git.repository import Repository
from gitspec.git.shallow import shallow_boundary
from gitspec.store import history_rows as rows
from gitspec.store.history_file import ODD_ROWS, Damaged, HistoryFile, in_memory, is_damage, sqlite
from gitspec.store.history_rows import Connection, View, packed, unpacked

if TYPE_CHECKING:
    from typing import Protocol

    from gitspec.domain.policy import ReferencePattern

    class _References(Protocol):
        @property
        def patterns(self) -> "Sequence[ReferencePattern]": ...

    class HistoryPolicy(Protocol):
        """What of the policy matters here."""

        @property
        def references(self) -> _References: ...

        @property
        def releases(self) -> Sequence[str]: ...


T = TypeVar("T")
_VERSION = 3
"""Raise it when rows change their shape or meaning within a version of gitspec."""


_NAMING = (
    "SELECT c.id, c.oid, c.author, c.time, c.subject, words.value FROM words JOIN sayings s ON s.word = words.id "
    "JOIN commits c ON c.said = s.said WHERE"
)
"""The commits that name a word; its key and value are to be said."""


class Asked(NamedTuple):
    """What a history is asked for."""

    repo: Repository
    tip: str
    policy: "HistoryPolicy"

    @property
    def key(self) -> str:
        """All that the rows depend on but the commits."""
        patterns = [(p.pattern, p.where, p.id) for p in self.policy.references.patterns]
        boundary = " ".join(sorted(shallow_boundary(self.repo)))
        return f"{__version__}/{_VERSION} {os.geteuid()} {patterns} {list(self.policy.releases)} {boundary}"


class Mention(NamedTuple):
    """A commit names something. ``key``: as in ``gitspec.domain.mentions``."""

    commit: str
    key: str
    value: str


class CommitLine(NamedTuple):
    """A commit in short. ``time``: seconds since 1970 of the committer, UTC."""

    oid: str
    author: str
    time: int
    subject: str


class History:
    """What the commits say that one tip reaches. Texts are as recorded, not safe to show."""

    def __init__(self, asked: Asked, db: Connection, view: View, file: HistoryFile | None = None) -> None:
        """``file`` is where the database lies, if not in memory."""
        self._asked = asked
        self._file = file
        self.repo = asked.repo
        self.tip = asked.tip
        self._db = db
        self._upto, self._outside = view
        self._archives: dict[str, str] = {}
        self._facts: dict[tuple[str, str], Any] = {}
        self._has_facts: dict[str, bool] = {}
        self._new_facts: dict[tuple[str, str], Any] = {}
        self._forgotten: dict[str, int] = {}
        self._most: dict[str, int] = {}

    @property
    def is_cut_off(self) -> bool:
        """Whether a shallow clone hides commits, so that what is told may not be all."""
        return bool(shallow_boundary(self.repo))

    def naming(self, key: str, value: str) -> list[CommitLine]:
        """The commits that name ``value`` under ``key``, newest first (children before parents, then by time)."""
        where = "words.key = ? AND words.value = ? ORDER BY c.moment DESC, c.oid"
        return [line for line, _ in self._named(where, (key, packed(value)))]

    def mentions(self, key: str) -> Iterator[tuple[CommitLine, Mention]]:
        """All that commits name under ``key``, newest first."""
        for line, value in self._named("words.key = ? ORDER BY c.moment DESC, c.oid, words.value", (key,)):
            yield line, Mention(line.oid, key, value)

    def of(self, oid: str) -> tuple[Mention, ...]:
        """What one commit names, by key and value; nothing when the tip does not reach it."""
        query = (
            "SELECT c.id, words.key, words.value FROM commits c JOIN sayings s ON s.said = c.said "
            "JOIN words ON words.id = s.word WHERE c.oid = ? ORDER BY words.key, words.value"
        )
        found = self._ask(
            query, (bytes.fromhex(oid),), lambda row: (row[0], Mention(oid, str(row[1]), unpacked(row[2])))
        )
        return tuple(mention for commit, mention in found if self._reaches(commit))

    def line(self, oid: str) -> CommitLine | None:
        """A commit in short; None when the tip does not reach it."""
        query = "SELECT id, oid, author, time, subject FROM commits WHERE oid = ?"
        found = self._ask(query, (bytes.fromhex(oid),), lambda row: (row[0], _line(row)))
        return next((line for commit, line in found if self._reaches(commit)), None)

    def release_of(self, oid: str) -> str:
        """The first release that contains a commit; empty when none does.

        First in history: a release comes before those that contain it, otherwise the one whose commit is older does.
        Releases are the tags that the policy names so, whether the tip reaches them or not.
        """
        query = "SELECT tag FROM commits JOIN releases ON rank = release WHERE oid = ?"
        return next(iter(self._ask(query, (bytes.fromhex(oid),), lambda row: unpacked(row[0]))), "")

    def releases(self) -> list[ReleaseTag]:
        """All releases, the first first."""
        query = "SELECT tag, oid FROM releases JOIN commits USING(id) ORDER BY rank"
        return self._ask(query, (), lambda row: ReleaseTag(unpacked(row[0]), row[1].hex()))

    def archived_in(self, change: str) -> str:
        """The commit that put the change's folder into spec/archive and left it there; empty when none did."""
        from gitspec.store.archived_in import archived_in

        if change not in self._archives:
            self._archives[change] = archived_in(self, change)
        return self._archives[change]

    def archiving(self, change: str) -> list[tuple[CommitLine, str]]:
        """The commits that say that they archive a change, newest first, with the folder's name."""
        where = "words.key = ? AND substr(words.value, 12) = ? ORDER BY c.moment DESC, c.oid"
        return self._named(where, ("Archived", packed(change)))

    def naming_requirement(self, name: str) -> list[CommitLine]:
        """The commits whose `Spec:` names a requirement or a scenario of it, newest first."""
        where = (
            "words.key = ? AND (words.value = ? OR words.value > ? AND words.value < ?) "
            "GROUP BY c.id ORDER BY c.moment DESC, c.oid"
        )
        named = self._named(where, ("Spec", packed(name), packed(f"{name}#"), packed(f"{name}$")))
        return [line for line, _ in named]

    def moment(self, oid: str) -> int:
        """What puts commits in order: the time of one, raised above that of its parents. 0 when it is not there."""
        query = "SELECT moment FROM commits WHERE oid = ?"
        return next(iter(self._ask(query, (bytes.fromhex(oid),), lambda row: int(row[0]))), 0)

    def state(self) -> str:
        """What, beside the tip, everything here depends on; empty when a tag may just have changed."""
        (state,) = self._ask("SELECT value FROM meta WHERE key = 'tags'", (), lambda row: row[0]) or ("",)
        return f"{self._asked.key}\n{state}" if state else ""

    def fact(self, kind: str, key: str) -> Any:
        """What was kept by ``keep_fact``; None when nothing was."""
        if (kind, key) not in self._facts:
            if kind not in self._has_facts:  # the first time thousands are asked for, and none is there
                self._has_facts[kind] = bool(self._ask("SELECT 1 FROM facts WHERE kind = ? LIMIT 1", (kind,), bool))
            query = "SELECT value FROM facts WHERE kind = ? AND key = ?"
            found = self._ask(query, (kind, key), lambda row: rows.unsealed(row[0])) if self._has_facts[kind] else ()
            self._facts[kind, key] = next(iter(found), None)
        return self._facts[kind, key]

    def keep_fact(self, kind: str, key: str, value: Any) -> None:
        """Remember something that follows from its kind and key for ever, such as what a blob says; plain JSON."""
        self._facts[kind, key] = self._new_facts[kind, key] = value

    def forget_facts(self, kinds: str, kept: int) -> None:
        """Of the kinds that begin so keep the last few, once facts are written."""
        self._forgotten[kinds] = kept

    def forget_keys(self, kind: str, kept: int) -> None:
        """Of a kind keep so many facts, once facts are written."""
        self._most[kind] = kept

    def close(self) -> None:
        """Write new facts down, if nobody is in the way, and let the database go. Safe to call twice."""
        new, self._new_facts = self._new_facts, {}
        if new:
            from gitspec.store.history_adding import keep_facts

            with suppress(sqlite()):
                values = [(*key, rows.sealed(value)) for key, value in new.items()]
                keep_facts(self._db, values, self._forgotten, self._most)
        self._db.close()

    def _named(self, where: str, values: Sequence[object]) -> list[tuple[CommitLine, str]]:
        """The commits that name a word, and the word's value, as far as the tip reaches them."""
        found = self._ask(f"{_NAMING} {where}", values, lambda row: (row[0], (_line(row), unpacked(row[5]))))
        return [named for commit, named in found if self._reaches(commit)]

    def _ask(self, query: str, values: Sequence[object], read: Callable[[Sequence[Any]], T]) -> list[T]:
        """What ``read`` makes of the rows of a query. A file that turns out to be damaged goes, and history is read again."""
        try:
            return [read(row) for row in self._db.execute(query, values)]
        except (sqlite(), *ODD_ROWS) as error:
            from gitspec.store.history_reading import bring_up

            if self._file is not None and is_damage(error):
                self._file.give_up()
            self._db, self._file = in_memory(), None
            self._facts = dict(self._new_facts)
            self._has_facts.clear()
            self._upto, self._outside = bring_up(self._db, self._asked)
            return [read(row) for row in self._db.execute(query, values)]

    def _reaches(self, commit: int) -> bool:
        return commit <= self._upto and commit not in self._outside


def _line(row: Sequence[Any]) -> CommitLine:
    _, oid, author, time, subject = row[:5]
    if not isinstance(time, int):
        raise Damaged
    return CommitLine(oid.hex(), unpacked(author), time, unpacked(subject))
