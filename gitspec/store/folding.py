"""Folding an active change of a spec: onto what it depends on, and with a record of all that the fold looked at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.store.records import records_of

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.domain.delta import Delta
    from gitspec.domain.fold_changes import Overlay
    from gitspec.domain.fold_result import FoldResult
    from gitspec.store.spec import Spec

MET, MISSING = "met", "missing"
"""What stands for a dependency that is archived, and for one that does not exist."""


class Fold(NamedTuple):
    """``before``: the living specs as the change meets them, what it depends on folded in; ``result``: its own fold."""

    before: "Overlay"
    result: "FoldResult"


class Watched:
    """The living specs of ``spec``, remembering what is asked of them: a later fold that would ask the same and get the
    same answers has the same result."""

    def __init__(self, spec: "Spec") -> None:
        self.spec = spec
        self.changes: dict[str, str] = {}
        self._capabilities: set[str] = set()
        self._links: dict[str, tuple[str, ...]] = {}
        self._all = False
        self.living: Mapping[str, Capability] = _Living(self)

    def links_to(self, name: str) -> tuple[str, ...]:
        """As ``Spec.links_to``."""
        self._links[name] = self.spec.links_to(name)
        return self._links[name]

    def look_up(self, capability: str) -> None:
        """Take note that the result depends on that capability, or on its absence."""
        self._capabilities.add(capability)

    def look_at_all(self) -> None:
        """Take note that the result depends on which capabilities there are."""
        self._all = True

    def needs(self) -> dict[str, Any]:
        """All that was looked at, as plain data for ``still_holds``."""
        return {
            "capabilities": _oids(self.spec, self._capabilities),
            "links": {name: list(linkers) for name, linkers in self._links.items()},
            "changes": dict(self.changes),
            "all": list(self.spec.capability_ids()) if self._all else None,
        }


def still_holds(spec: "Spec", needs: dict[str, Any]) -> bool:
    """Whether ``spec`` gives the same answers to all that was asked."""
    capabilities: dict[str, str | None] = needs["capabilities"]
    return (
        _oids(spec, capabilities) == capabilities
        and all(standing(spec, change) == state for change, state in needs["changes"].items())
        and all(list(spec.links_to(name)) == linkers for name, linkers in needs["links"].items())
        and needs["all"] in (None, list(spec.capability_ids()))
    )


def standing(spec: "Spec", change: str) -> str:
    """How a change that another one depends on stands: the key of its record while it is active, else met or missing."""
    if change in spec.change_ids():
        return records_of(spec, [spec.change(change)])[0].key
    return MET if change in spec.archived_ids else MISSING


def fold_change(spec: "Spec", change: str, watched: Watched | None = None) -> Fold:
    """Fold an active change onto what it depends on.

    Raises BrokenSpec when a file that it needs has errors, UsageError L011 when there is no such change.
    """
    from gitspec.domain.fold import fold

    before = living_before(spec, change, watched or Watched(spec))
    deltas = spec.change(change).require_deltas()
    return Fold(before, fold(before, deltas, links_to=before.links_to, added_by=added_by(spec), change=change))


def living_before(spec: "Spec", change: str, watched: Watched) -> "Overlay":
    """The living specs as an active change meets them: with the active changes that it depends on folded in.

    One of these that does not fold itself is left out. Raises BrokenSpec when a delta of theirs has errors.
    """
    from gitspec.domain.fold_changes import fold_changes

    chain = [(other, spec.change(other).require_deltas()) for other in dependencies(spec, change, watched)]
    return fold_changes(watched.living, chain, links_to=watched.links_to, added_by=added_by(spec)).living


def dependencies(spec: "Spec", change: str, watched: Watched | None = None) -> tuple[str, ...]:
    """The active changes that ``change`` depends on, directly or not, in the order to fold them; no rings."""
    from gitspec.domain.fold_changes import order_changes

    reached = {change: spec.change(change).change.value}
    todo = [change]
    while todo:
        model = reached[todo.pop()]
        for other in model.depends_on if model else ():
            if watched:
                watched.changes[other] = standing(spec, other)
            if other not in reached and other in spec.change_ids():
                reached[other] = spec.change(other).change.value
                todo.append(other)
    order = order_changes([model for model in reached.values() if model])
    return tuple(other for other in order.ids if other != change)


def added_by(spec: "Spec") -> Callable[[str], str | None]:
    """Which archived change added a living requirement, the latest first; asked for the message of a conflict only."""

    def find(name: str) -> str | None:
        capability, _, requirement = name.rpartition("/")
        folders = [spec.archived_change(archived) for archived in reversed(spec.archived())]
        for folder in folders:
            if capability not in folder.delta_ids():
                continue
            loaded = folder.deltas[capability].value
            if loaded and _adds(loaded, requirement):
                return folder.id
        return None

    return find


def _adds(delta: "Delta", requirement: str) -> bool:
    return any(entry.id == requirement for entry in delta.added)


def _oids(spec: "Spec", capabilities: Iterable[str]) -> dict[str, str | None]:
    wanted = sorted(capabilities)
    paths = spec.capability_paths(wanted)
    oids = dict(zip(paths, spec.oids(list(paths.values())), strict=True))
    return {capability: oids.get(capability) for capability in wanted}


class _Living(Mapping[str, "Capability"]):
    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._below = watched.spec.living

    def __getitem__(self, capability: str) -> "Capability":
        self._watched.look_up(capability)
        return self._below[capability]

    def __contains__(self, capability: object) -> bool:
        self._watched.look_up(str(capability))
        return capability in self._below

    def __iter__(self) -> Iterator[str]:
        self._watched.look_at_all()
        return iter(self._below)

    def __len__(self) -> int:
        self._watched.look_at_all()
        return len(self._below)
