"""Several changes: the order to fold them in, and folding them one after the other."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from gitspec.domain.capability import Capability
from gitspec.domain.change import Change
from gitspec.domain.delta import Delta
from gitspec.domain.fold import fold
from gitspec.domain.fold_links import LinksTo
from gitspec.domain.fold_phases import AddedBy
from gitspec.domain.fold_result import Conflict, FoldResult


class ChangeOrder(NamedTuple):
    """``ids`` by `depends_on`, then by id; ``cycles`` are the rings, whose changes are in no order and left out."""

    ids: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]


def order_changes(changes: Iterable[Change]) -> ChangeOrder:
    """Each change after those it depends on, the smallest id first where that leaves a choice.

    A dependency that is not among ``changes`` is taken as met.
    """
    return order_by_needs({change.change: change.depends_on for change in changes})


def order_by_needs(needs: Mapping[str, Iterable[str]]) -> ChangeOrder:
    """As ``order_changes``, from the ids alone: each change with those it depends on."""
    wanted = {change: set(others) for change, others in needs.items()}
    graph = {change: needed & wanted.keys() for change, needed in wanted.items()}
    cycles: list[tuple[str, ...]] = []
    while True:
        sorter = TopologicalSorter({change: sorted(graph[change]) for change in sorted(graph)})
        try:
            sorter.prepare()
        except CycleError as error:
            ring = _from_smallest(error.args[1][:0:-1])
            cycles.append(ring)
            graph = {change: needed - set(ring) for change, needed in graph.items() if change not in ring}
            continue
        return ChangeOrder(_smallest_first(sorter), tuple(sorted(cycles)))


def _from_smallest(ring: Sequence[str]) -> tuple[str, ...]:
    start = ring.index(min(ring))
    return (*ring[start:], *ring[:start])


def _smallest_first(sorter: "TopologicalSorter[str]") -> tuple[str, ...]:
    ready = list(sorter.get_ready())
    heapq.heapify(ready)
    ordered = []
    while ready:
        change = heapq.heappop(ready)
        ordered.append(change)
        sorter.done(change)
        for freed in sorter.get_ready():
            heapq.heappush(ready, freed)
    return tuple(ordered)


class FoldedChanges(NamedTuple):
    """``capabilities`` as in FoldResult, against what lived before the first change; each change's own result.

    ``living`` is what lives after the last one, and knows its links.
    """

    capabilities: dict[str, Capability | None]
    results: dict[str, FoldResult]
    living: "Overlay"

    @property
    def conflicts(self) -> dict[str, tuple[Conflict, ...]]:
        """The conflicts of each change that has some."""
        return {change: result.conflicts for change, result in self.results.items() if result.conflicts}


def fold_changes(
    living: Mapping[str, Capability],
    changes: Sequence[tuple[str, Sequence[Delta]]],
    *,
    links_to: LinksTo,
    added_by: AddedBy | None = None,
) -> FoldedChanges:
    """Fold changes in the order given, each onto what those before it leave.

    A change with conflicts is left out as a whole; what depends on it then conflicts by itself.
    """
    overlay = Overlay(living, links_to)
    results: dict[str, FoldResult] = {}
    origins: dict[str, str] = {}

    def origin(name: str) -> str | None:
        return origins.get(name) or (added_by(name) if added_by else None)

    for change, deltas in changes:
        result = fold(overlay, deltas, links_to=overlay.links_to, added_by=origin, change=change)
        results[change] = result
        if not result.conflicts:
            overlay.apply(result.capabilities)
            origins.update({f"{t.capability}/{r}": change for t in result.touched for r in t.added})
    capabilities = {name: new for name, new in overlay.changed.items() if new != living.get(name)}
    return FoldedChanges(capabilities, results, overlay)


class Overlay(Mapping[str, Capability]):
    """Living specs with changed capabilities laid over them; looks nothing up that it is not asked for."""

    def __init__(self, below: Mapping[str, Capability], links_to: LinksTo) -> None:
        self.changed: dict[str, Capability | None] = {}
        self._below = below
        self._links_to_below = links_to
        self._linkers: dict[str, dict[str, None]] = {}

    def __getitem__(self, capability_id: str) -> Capability:
        if capability_id not in self.changed:
            return self._below[capability_id]
        changed = self.changed[capability_id]
        if changed is None:
            raise KeyError(capability_id)
        return changed

    def __contains__(self, capability_id: object) -> bool:
        if capability_id in self.changed:
            return self.changed[str(capability_id)] is not None
        return capability_id in self._below

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self._below if name not in self.changed)
        yield from (name for name, capability in self.changed.items() if capability is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def apply(self, capabilities: Mapping[str, Capability | None]) -> None:
        """Lay changed capabilities over what is there; None takes one away."""
        for name, capability in capabilities.items():
            for linker, target in _links(self.changed.get(name)):
                self._linkers[target].pop(linker, None)
            self.changed[name] = capability
            for linker, target in _links(capability):
                self._linkers.setdefault(target, {})[linker] = None

    def links_to(self, name: str) -> list[str]:
        """The names of the requirements that link to the one of that name."""
        below = [linker for linker in self._links_to_below(name) if linker.rpartition("/")[0] not in self.changed]
        return below + list(self._linkers.get(name, ()))


def _links(capability: Capability | None) -> Iterator[tuple[str, str]]:
    """(name of a requirement, name it links to)"""
    if capability is None:
        return
    for requirement in capability.requirements:
        for targets in requirement.links.values():
            for target in targets:
                yield f"{capability.capability}/{requirement.id}", target
