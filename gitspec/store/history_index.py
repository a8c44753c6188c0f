"""What commits say, for questions to history: who names what, and which release has it; kept below the common Git folder.

    history = open_history(repo, tip, policy=policy)   # of ``history_opening``
    history.naming("Change", "add-2fa")            # [CommitLine(...), ...], newest first

The answers are those of the commits that ``tip`` reaches, whatever else the index holds, and they are equal without it:
then the same rows are laid down in memory. See ``history_rows`` for what is kept, ``history_file`` for where.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec import __version__
from gitspec.git.release_tags import ReleaseTag
from gitspec.git.repository import Repository
from gitspec.git.shallow import shallow_boundary
from gitspec.store import history_rows as rows
from gitspec.store.history_file import HistoryFile, in_memory, is_damage, sqlite
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
        found = self._ask(
            f"{_NAMING} words.key = ? AND words.value = ? ORDER BY c.moment DESC, c.oid",
            (key, packed(value)),
        )
        return [_line(row) for row in found if self._reaches(row[0])]

    def mentions(self, key: str) -> Iterator[tuple[CommitLine, Mention]]:
        """All that commits name under ``key``, newest first."""
        found = self._ask(
            f"{_NAMING} words.key = ? ORDER BY c.moment DESC, c.oid, words.value",
            (key,),
        )
        for row in found:
            if self._reaches(row[0]):
                line = _line(row)
                yield line, Mention(line.oid, key, unpacked(row[5]))

    def of(self, oid: str) -> tuple[Mention, ...]:
        """What one commit names, by key and value; nothing when the tip does not reach it."""
        found = self._ask(
            "SELECT c.id, words.key, words.value FROM commits c JOIN sayings s ON s.said = c.said "
            "JOIN words ON words.id = s.word WHERE c.oid = ? ORDER BY words.key, words.value",
            (bytes.fromhex(oid),),
        )
        return tuple(Mention(oid, key, unpacked(value)) for commit, key, value in found if self._reaches(commit))

    def line(self, oid: str) -> CommitLine | None:
        """A commit in short; None when the tip does not reach it."""
        query = "SELECT id, oid, author, time, subject FROM commits WHERE oid = ?"
        found = self._ask(query, (bytes.fromhex(oid),))
        return _line(found[0]) if found and self._reaches(found[0][0]) else None

    def release_of(self, oid: str) -> str:
        """The first release that contains a commit; empty when none does.

        First in history: a release comes before those that contain it, otherwise the one whose commit is older does.
        Releases are the tags that the policy names so, whether the tip reaches them or not.
        """
        query = "SELECT tag FROM commits JOIN releases ON rank = release WHERE oid = ?"
        found = self._ask(query, (bytes.fromhex(oid),))
        return unpacked(found[0][0]) if found else ""

    def releases(self) -> list[ReleaseTag]:
        """All releases, the first first."""
        found = self._ask("SELECT tag, oid FROM releases JOIN commits USING(id) ORDER BY rank", ())
        return [ReleaseTag(unpacked(tag), oid.hex()) for tag, oid in found]

    def archived_in(self, change: str) -> str:
        """The commit that put the change's folder into spec/archive and left it there; empty when none did."""
        from gitspec.store.archived_in import archived_in

        if change not in self._archives:
            self._archives[change] = archived_in(self, change)
        return self._archives[change]

    def archiving(self, change: str) -> list[tuple[CommitLine, str]]:
        """The commits that say that they archive a change, newest first, with the folder's name."""
        found = self._ask(
            f"{_NAMING} words.key = ? AND substr(words.value, 12) = ? ORDER BY c.moment DESC, c.oid",
            ("Archived", packed(change)),
        )
        return [(_line(row), unpacked(row[5])) for row in found if self._reaches(row[0])]

    def naming_requirement(self, name: str) -> list[CommitLine]:
        """The commits whose `Spec:` names a requirement or a scenario of it, newest first."""
        found = self._ask(
            f"{_NAMING} words.key = ? AND (words.value = ? OR words.value > ? AND words.value < ?) "
            "GROUP BY c.id ORDER BY c.moment DESC, c.oid",
            ("Spec", packed(name), packed(f"{name}#"), packed(f"{name}$")),
        )
        return [_line(row) for row in found if self._reaches(row[0])]

    def moment(self, oid: str) -> int:
        """What puts commits in order: the time of one, raised above that of its parents. 0 when it is not there."""
        found = self._ask("SELECT moment FROM commits WHERE oid = ?", (bytes.fromhex(oid),))
        return int(found[0][0]) if found else 0

    def state(self) -> str:
        """What, beside the tip, everything here depends on; empty when a tag may just have changed."""
        state = rows.meta(self._db, "tags")
        return f"{self._asked.key}\n{state}" if state else ""

    def fact(self, kind: str, key: str) -> Any:
        """What was kept by ``keep_fact``; None when nothing was."""
        if (kind, key) not in self._facts:
            if kind not in self._has_facts:  # the first time thousands are asked for, and none is there
                self._has_facts[kind] = bool(self._ask("SELECT 1 FROM facts WHERE kind = ? LIMIT 1", (kind,)))
            query = "SELECT value FROM facts WHERE kind = ? AND key = ?"
            found = self._ask(query, (kind, key)) if self._has_facts[kind] else None
            self._facts[kind, key] = rows.unsealed(found[0][0]) if found else None
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

    def _ask(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of a query. When the file turns out to be damaged, it goes, and history is read again."""
        try:
            return list(self._db.execute(query, values))
        except sqlite() as error:
            from gitspec.store.history_reading import bring_up

            if self._file is not None and is_damage(error):
                self._file.give_up()
            self._db, self._file = in_memory(), None
            self._upto, self._outside = bring_up(self._db, self._asked)
            return list(self._db.execute(query, values))

    def _reaches(self, commit: int) -> bool:
        return commit <= self._upto and commit not in self._outside


def _line(row: Sequence[object]) -> CommitLine:
    _, oid, author, time, subject = row[:5]
    assert isinstance(oid, bytes) and isinstance(author, bytes) and isinstance(subject, bytes) and isinstance(time, int)
    return CommitLine(oid.hex(), unpacked(author), time, unpacked(subject))
