"""What `gitspec overlap` found, as data."""

from typing import Literal, NamedTuple

from gitspec.domain.overlap import Verdict
from gitspec.store.branches import Base
from gitspec.store.versions import Version

State = Literal["active", "outdated", "broken", "closed"]


class Clash(NamedTuple):
    """A conflict as it is shown."""

    code: str
    capability: str
    requirement: str
    part: str
    message: str
    help: str

    @property
    def name(self) -> str:
        """The requirement, or the capability when it is about that."""
        return f"{self.capability}/{self.requirement}" if self.requirement else self.capability


class Shown(NamedTuple):
    """A version; ``outdated``: an old copy, unedited. ``differs``: paths that differ from the first version's."""

    version: Version
    state: State
    differs: tuple[str, ...]


class Versions(NamedTuple):
    """A change with all its versions, the leading one first: that is the one that ``Group`` folds."""

    id: str
    title: str
    versions: tuple[Shown, ...]


class Attempt(NamedTuple):
    """An order that failed: the conflicts are of the change ``of``."""

    order: tuple[str, str]
    of: str
    conflicts: tuple[Clash, ...]


class Pair(NamedTuple):
    """Two changes that touch the same (``names``), each in the versions (trees) that fold alike.

    ``order``: the only one that folds, by ids, when there is just one; ``stale``: ids that do not fold alone either;
    ``reason``: why it is unknown.
    """

    changes: tuple[str, str]
    trees: tuple[tuple[str, ...], tuple[str, ...]]
    names: tuple[str, ...]
    verdict: Verdict
    order: tuple[str, str] | None
    stale: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    reason: str = ""


class Group(NamedTuple):
    """Changes that hang together, folded in ``order``; those that conflict by then are ``left``, with why."""

    changes: tuple[str, ...]
    order: tuple[str, ...]
    left: dict[str, tuple[Clash, ...]]


class Overlap(NamedTuple):
    """``base`` is None before the first commit: then changes are folded onto what the work tree has."""

    base: Base | None
    branches: int
    shallow: bool
    changes: tuple[Versions, ...]
    pairs: tuple[Pair, ...]
    groups: tuple[Group, ...]

    @property
    def has_conflicts(self) -> bool:
        """Whether two changes do not go together as they are."""
        return any(pair.verdict in ("conflicts", "stale") for pair in self.pairs)

    @property
    def is_complete(self) -> bool:
        """Whether everything could be judged."""
        unread = any(shown.state == "broken" for change in self.changes for shown in change.versions)
        return not unread and all(pair.verdict != "unknown" for pair in self.pairs)
