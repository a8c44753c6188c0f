"""Which names tests and code may cite: what lives, and what active changes bring or take away. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from gitspec.domain.nearest import nearest

_AT_MOST = 3

Living = Mapping[str, Mapping[str, Sequence[str]]]
"""Ids of scenarios by capability and id of the requirement."""


class ScenarioEdits(NamedTuple):
    """What a delta does to the scenarios of one requirement, by their ids."""

    added: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()


class DeltaNames(NamedTuple):
    """What a delta does to names. ``added`` holds scenarios by requirement; pairs are (old, new), of a move the new one is whole.

    ``is_broken``: its file has errors, and nothing else is known.
    """

    capability: str
    rename_to: str = ""
    added: tuple[tuple[str, tuple[str, ...]], ...] = ()
    modified: tuple[tuple[str, ScenarioEdits], ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    is_broken: bool = False

    @property
    def takes_names(self) -> bool:
        """Whether something may lose its name."""
        edits = any(one.removed or one.renamed for _, one in self.modified)
        return bool(self.rename_to or self.removed or self.renamed or self.moved or edits)


class Effect(NamedTuple):
    """What one change does to names: ``gone`` are those that nothing has any more, with the new name or ``""``."""

    gone: dict[str, str]
    brought: frozenset[str]


def effect(living: Living, deltas: Sequence[DeltaNames]) -> Effect:
    """What folding a change makes of the names of requirements and scenarios."""
    homes = _homes(deltas)
    became: dict[str, str] = {}
    brought: set[str] = set()
    for delta in deltas:
        for requirement, scenarios in living.get(delta.capability, {}).items():
            target, edits = _becomes(deltas, delta, requirement)
            name = f"{delta.capability}/{requirement}"
            became[name] = target
            became |= {f"{name}#{scenario}": _scenario(target, scenario, edits) for scenario in scenarios}
            brought |= {f"{target}#{scenario}" for scenario in edits.added if target}
        home = homes.get(delta.capability, delta.capability)
        for requirement, added in delta.added:
            brought |= {f"{home}/{requirement}", *(f"{home}/{requirement}#{scenario}" for scenario in added)}
    after = brought.union(became.values()) - {""}
    return Effect({old: new for old, new in became.items() if old not in after}, frozenset(after - became.keys()))


def name_after(name: str, deltas: Sequence[DeltaNames]) -> str:
    """What the name of a requirement or scenario is once a change is folded; empty: nothing has it any more."""
    path, mark, scenario = name.partition("#")
    capability, _, requirement = path.rpartition("/")
    delta = next((one for one in deltas if one.capability == capability), None)
    if delta is None:
        return name
    target, edits = _becomes(deltas, delta, requirement)
    return _scenario(target, scenario, edits) if mark else target


def name_now(
    name: str, folded: Sequence[tuple[str, Sequence[DeltaNames]]], exists: Callable[[str], bool]
) -> tuple[str, str]:
    """What changes, given with their ids and oldest first, have made of a name of unknown age, and the last that did.

    It is followed from the last change on that gave it up and leads to what exists. Where none does it is gone (empty),
    by the last that gave it up, or, when none did, as it was, by no change.
    """
    given_up = [at for at in range(len(folded) - 1, -1, -1) if name_after(name, folded[at][1]) != name]
    ways = [name_followed(name, folded[at:]) for at in given_up]
    return next((way for way in ways if exists(way[0])), next((way for way in ways if not way[0]), (name, "")))


def name_followed(name: str, folded: Sequence[tuple[str, Sequence[DeltaNames]]]) -> tuple[str, str]:
    """What changes, given with their ids and oldest first, have made of a name, and the last that did; empty: it is gone."""
    by = ""
    for change, deltas in folded:
        if (now := name_after(name, deltas)) != name:
            name, by = now, change
        if not name:
            break
    return name, by


def _homes(deltas: Sequence[DeltaNames]) -> dict[str, str]:
    """The new ids of capabilities by the old ones."""
    return {delta.capability: delta.rename_to for delta in deltas if delta.rename_to}


def _becomes(deltas: Sequence[DeltaNames], delta: DeltaNames, requirement: str) -> tuple[str, ScenarioEdits]:
    """The name of a requirement after the fold, empty when it is gone, and what happens to its scenarios."""
    target = _target(delta, requirement, _homes(deltas))
    return target, _edits({one.capability: one for one in deltas}, delta, requirement, target)


def _scenario(target: str, scenario: str, edits: ScenarioEdits) -> str:
    stays = target and scenario not in edits.removed
    return f"{target}#{dict(edits.renamed).get(scenario, scenario)}" if stays else ""


def _target(delta: DeltaNames, requirement: str, homes: Mapping[str, str]) -> str:
    """The name of a requirement of the delta's capability after the fold; empty when it is gone."""
    now = dict(delta.renamed).get(requirement, requirement)
    if now in delta.removed or requirement in delta.removed:
        return ""
    moved = dict(delta.moved)
    capability, _, last = (moved.get(now) or moved.get(requirement) or f"{delta.capability}/{now}").rpartition("/")
    return f"{homes.get(capability, capability)}/{last}"


def _edits(deltas: Mapping[str, DeltaNames], delta: DeltaNames, requirement: str, target: str) -> ScenarioEdits:
    now = dict(delta.renamed).get(requirement, requirement)
    capability, _, last = target.rpartition("/")
    for there, name in ((delta, now), (deltas.get(capability), last)):
        found = dict(there.modified).get(name) if there else None
        if found:
            return found
    return ScenarioEdits()


class Citable(NamedTuple):
    """The names that may be cited. Of a capability nothing can be told whose file, or a delta of it, is ``broken``."""

    living: Living
    broken: frozenset[str]
    brought: frozenset[str]
    """By active changes."""

    def exists(self, name: str) -> bool:
        """Whether ``name`` is that of a requirement or scenario, or may be."""
        path, mark, scenario = name.partition("#")
        capability, _, requirement = path.rpartition("/")
        if name in self.brought or capability in self.broken:
            return True
        found = self.living.get(capability, {}).get(requirement)
        return found is not None and (not mark or scenario in found)

    def names(self) -> list[str]:
        """The names of all living requirements and scenarios."""
        return [
            name
            for capability, inside in self.living.items()
            for requirement, scenarios in inside.items()
            for name in (f"{capability}/{requirement}", *(f"{capability}/{requirement}#{s}" for s in scenarios))
        ]

    def near(self, name: str) -> list[str]:
        """The names that ``name`` was probably meant to be, best first."""
        path, mark, scenario = name.partition("#")
        capability, _, requirement = path.rpartition("/")
        found = self.living.get(capability, {}).get(requirement)
        if mark and found is not None:
            brought = {n.partition("#")[2] for n in self.brought if n.startswith(f"{path}#")}
            return [f"{path}#{one}" for one in nearest(scenario, {*found, *brought})]
        near = self._requirements(capability, requirement)
        return [f"{one}#{scenario}" if mark and self.exists(f"{one}#{scenario}") else one for one in near]

    def _requirements(self, capability: str, requirement: str) -> list[str]:
        """The most similar ones of the capability; else those of the same id elsewhere, else of similar capabilities."""
        near = self._inside(capability, requirement)
        near = near or sorted(f"{home}/{requirement}" for home, inside in self.living.items() if requirement in inside)
        for home in [] if near else nearest(capability or requirement, self.living):
            near += self._inside(home, requirement)
        return near[:_AT_MOST]

    def _inside(self, capability: str, requirement: str) -> list[str]:
        start = f"{capability}/"
        brought = {n.removeprefix(start) for n in self.brought if n.startswith(start) and "#" not in n}
        pool = {*self.living.get(capability, ()), *(one for one in brought if "/" not in one)}
        return [start + one for one in nearest(requirement, pool)]


def with_changes(living: Living, broken: Iterable[str], changes: Iterable[Sequence[DeltaNames]]) -> Citable:
    """What may be cited while ``changes`` are active; one may build on what another brings."""
    changes = list(changes)
    base: dict[str, dict[str, Sequence[str]]] = {c: dict(inside) for c, inside in living.items()}
    brought: set[str] = set()
    for _ in changes:
        new = frozenset().union(*(effect(base, deltas).brought for deltas in changes)) - brought
        if not new:
            break
        brought |= new
        for name in new:
            path, _, scenario = name.partition("#")
            capability, _, requirement = path.rpartition("/")
            inside = base.setdefault(capability, {})
            inside[requirement] = [*inside.get(requirement, ()), *([scenario] if scenario else [])]
    return Citable(living, frozenset(broken), frozenset(brought))
