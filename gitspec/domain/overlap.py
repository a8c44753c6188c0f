"""Changes that touch the same things, and whether they fold one after the other. Pure.

``touched`` says what a change touches, ``meetings`` which changes touch the same, ``Bench`` folds them for real in the
orders that are possible. A change is judged on top of what it depends on.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.domain.delta import Delta
    from gitspec.domain.fold_changes import Overlay
    from gitspec.domain.fold_result import Conflict, FoldResult

LINKED, WHOLE = "linked", "whole"
"""Ways to touch: a link to a requirement is added; a capability is renamed or retired with all that is in it."""
_UPROOTS = frozenset(("removed", "renamed", "moved"))
_FIELDS = ("title", "purpose", "capability_notes")

Touches = Mapping[str, Collection[str]]
"""By the name of a requirement, or the id of a capability, how it is touched."""

Verdict = Literal["merges", "ordered", "conflicts", "stale", "unknown"]
"""Of two changes: both orders fold; one order does; none does; none does, but one of them does not fold alone either;
it cannot be told."""


def touched(deltas: "Iterable[Delta]") -> dict[str, list[str]]:
    """What the deltas of a change touch, and how: ``{"auth/login": ["modified"], "auth": ["purpose"]}``."""
    found: dict[str, dict[str, None]] = {}

    def note(name: str, way: str) -> None:
        found.setdefault(name, {})[way] = None

    for delta in deltas:
        here = delta.capability
        for field in _FIELDS:
            if getattr(delta, field) is not None:
                note(here, field.removeprefix("capability_"))
        if delta.rename_to:
            note(here, WHOLE)
            note(delta.rename_to, WHOLE)
        if delta.retire:
            note(here, WHOLE)
        for renamed in delta.renamed:
            note(f"{here}/{renamed.id}", "renamed")
            note(f"{here}/{renamed.to}", "renamed to")
        for moved in delta.moved:
            note(f"{here}/{moved.id}", "moved")
            note(moved.to, "moved to")
        for removed in delta.removed:
            note(f"{here}/{removed.id}", "removed")
        for modified in delta.modified:
            note(f"{here}/{modified.id}", "modified")
            for targets in modified.links.added.values() if modified.links else ():
                for target in targets:
                    note(target, LINKED)
        for added in delta.added:
            note(f"{here}/{added.id}", "added")
            for targets in added.links.values():
                for target in targets:
                    note(target, LINKED)
    return {name: list(ways) for name, ways in found.items()}


def meetings(touches: Mapping[str, Touches], change_of: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The pairs of versions of different changes that touch the same, with the names of what they share.

    ``touches`` and ``change_of`` are by the key of a version. A link meets only what takes its target away.
    """
    by_name: dict[str, list[str]] = {}
    whole: dict[str, list[str]] = {}
    inside: dict[str, list[str]] = {}
    for key, names in touches.items():
        for name, ways in names.items():
            by_name.setdefault(name, []).append(key)
            inside.setdefault(name.rpartition("/")[0], []).append(key)
            if WHOLE in ways:
                whole.setdefault(name, []).append(key)
    found: dict[tuple[str, str], dict[str, None]] = {}

    def meet(one: str, other: str, name: str) -> None:
        if change_of[one] != change_of[other]:
            pair = (one, other) if (change_of[one], one) < (change_of[other], other) else (other, one)
            found.setdefault(pair, {})[name] = None

    for name, keys in by_name.items():
        for one, other in combinations(keys, 2):
            if _collide(touches[one][name], touches[other][name]):
                meet(one, other, name)
    for capability, keys in whole.items():
        for key in keys:
            for other in dict.fromkeys([*by_name.get(capability, ()), *inside.get(capability, ())]):
                if other != key:
                    meet(key, other, capability)
    return {pair: tuple(sorted(names)) for pair, names in sorted(found.items())}


def _collide(ways: Collection[str], others: Collection[str]) -> bool:
    only_links, others_only_link = set(ways) == {LINKED}, set(others) == {LINKED}
    if only_links and others_only_link:
        return False
    if only_links or others_only_link:
        return not _UPROOTS.isdisjoint(others if only_links else ways)
    return True


def components(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The keys that hang together through pairs, each group sorted, the groups by their first key."""
    above: dict[str, str] = {}

    def root(key: str) -> str:
        above.setdefault(key, key)
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for one, other in pairs:
        above[root(other)] = root(one)
    groups: dict[str, list[str]] = {}
    for key in sorted(above):
        groups.setdefault(root(key), []).append(key)
    return sorted(groups.values())


class Side(NamedTuple):
    """A version of a change to be folded. ``before``: what it depends on, in the order to fold; met ones left out."""

    key: str
    change: str
    deltas: "tuple[Delta, ...]"
    before: "tuple[Side, ...]" = ()


class Try(NamedTuple):
    """Two versions folded in one order, by their keys; ``conflicts`` are of the change ``of``."""

    order: tuple[str, str]
    of: str
    conflicts: "tuple[Conflict, ...]"


class Judged(NamedTuple):
    """``order``: the only one that folds, when there is one; ``stale``: keys that do not fold alone; ``tries`` those
    that failed."""

    verdict: Verdict
    order: tuple[str, str] | None
    stale: tuple[str, ...]
    tries: tuple[Try, ...]


class Landing(NamedTuple):
    """An order that was folded: the keys that went in, and the conflicts of those that did not."""

    order: tuple[str, ...]
    left: "dict[str, tuple[Conflict, ...]]"


class Landed(NamedTuple):
    """Living specs after versions were folded; ``conflicts`` of the last one; ``added``: which change brought what."""

    living: "Overlay"
    conflicts: "tuple[Conflict, ...]"
    added: dict[str, str]


class Bench:
    """Living specs to fold versions onto; what the first of two leaves is kept for the next pair."""

    def __init__(self, living: "Mapping[str, Capability]", links_to: Callable[[str], Iterable[str]]) -> None:
        self._living = living
        self._links_to = links_to
        self._after: dict[str, Landed] = {}

    def alone(self, side: Side) -> "tuple[Conflict, ...]":
        """The conflicts of a version with the living specs and what it depends on."""
        return self._first(side).conflicts

    def judge(self, one: Side, other: Side) -> Judged:
        """Fold two versions of different changes, in both orders where none depends on the other."""
        orders = [(a, b) for a, b in ((one, other), (other, one)) if b.change not in _changes(a.before)]
        if not orders:  # each depends on the other
            return Judged("unknown", None, (), ())
        failed = [attempt for a, b in orders if (attempt := self._try(a, b))]
        clean = [(a.key, b.key) for a, b in orders if not any(t.order == (a.key, b.key) for t in failed)]
        if len(clean) == 2:
            return Judged("merges", None, (), ())
        if clean:
            return Judged("ordered", clean[0], (), tuple(failed))
        stale = tuple(side.key for side in (one, other) if self._is_stale(side, one, other))
        return Judged("stale" if stale else "conflicts", None, stale, tuple(failed))

    def in_order(self, sides: Sequence[Side]) -> Landing:
        """Fold versions one after the other, leaving out those that conflict with what is there by then."""
        chain: dict[str, Side] = {}
        own = _changes(sides)
        for side in sides:
            chain.update({s.change: s for s in side.before if s.change not in own and s.change not in chain})
            chain[side.change] = side
        left: dict[str, tuple[Conflict, ...]] = {}
        landed = self._bare()
        for side in chain.values():
            landed = self._land(landed, side)
            if landed.conflicts and side.change in own:
                left[side.key] = landed.conflicts
        return Landing(tuple(s.key for s in sides if s.key not in left), left)

    def _is_stale(self, side: Side, one: Side, other: Side) -> bool:
        return bool(self.alone(side)) and not {one.change, other.change} & _changes(side.before)

    def _bare(self, changed: "Mapping[str, Capability | None] | None" = None) -> Landed:
        from gitspec.domain.fold_changes import Overlay

        overlay = Overlay(self._living, self._links_to)
        overlay.apply(changed or {})
        return Landed(overlay, (), {})

    def _first(self, side: Side) -> Landed:
        if side.key not in self._after:
            landed = self._bare()
            for each in (*side.before, side):
                landed = self._land(landed, each)
            self._after[side.key] = landed
        return self._after[side.key]

    def _land(self, landed: Landed, side: Side) -> Landed:
        """Fold a version onto ``landed`` (whose overlay goes on with it), unless it conflicts."""
        from gitspec.domain.fold import fold

        living, _, added = landed
        result = fold(living, side.deltas, links_to=living.links_to, added_by=added.get, change=side.change)
        conflicts = result.conflicts or tuple(_cut_links(self._living, living, result, side.change))
        if not conflicts:
            living.apply(result.capabilities)
            added = added | {f"{t.capability}/{r}": side.change for t in result.touched for r in t.added}
        return Landed(living, conflicts, added)

    def _try(self, first: Side, second: Side) -> Try | None:
        """What keeps ``second`` from being folded after ``first``, or ``first`` from being folded at all."""
        order = (first.key, second.key)
        before = self._first(first)
        if before.conflicts:
            return Try(order, first.key, before.conflicts)
        there = {first.change} | _changes(first.before)
        landed = self._bare(before.living.changed)._replace(added=before.added)
        for side in (*(s for s in second.before if s.change not in there), second):
            landed = self._land(landed, side)
        return Try(order, second.key, landed.conflicts) if landed.conflicts else None


def _cut_links(
    original: "Mapping[str, Capability]", living: "Overlay", result: "FoldResult", change: str
) -> "Iterator[Conflict]":
    """Links of what a change adds or modifies, to requirements that changes folded before it have taken away.

    Folding does not mind them, validation refuses them.
    """
    from gitspec.domain.fold_result import Conflict

    for here in result.touched:
        capability = result.capabilities.get(here.capability)
        for requirement in capability.requirements if capability else ():
            if requirement.id not in (*here.added, *here.modified):
                continue
            for target in dict.fromkeys(t for links in requirement.links.values() for t in links):
                home, _, at = target.rpartition("/")
                if home not in living.changed:
                    continue
                now = result.capabilities[home] if home in result.capabilities else living.get(home)
                if _has(original.get(home), at) and not _has(now, at):
                    name = f"{here.capability}/{requirement.id}"
                    message = f"{name} links to {target}, which is gone by then"
                    help_ = f"link to something else: `gitspec delta modify {change} {name}`"
                    yield Conflict("S103", here.capability, requirement.id, "links", None, None, target, message, help_)


def _has(capability: "Capability | None", requirement: str) -> bool:
    return capability is not None and capability.requirement(requirement) is not None


def _changes(sides: Iterable[Side]) -> set[str]:
    return {side.change for side in sides}


def best_order(
    keys: Iterable[str],
    first: Iterable[tuple[str, str]],
    conflicts: Iterable[tuple[str, str]],
    name_of: Mapping[str, str],
) -> list[str]:
    """An order in which ``first`` pairs stand as given, as far as they form no ring.

    Where that leaves a choice, what conflicts with the fewest comes first, then the smallest name.
    """
    left = {key: set[str]() for key in keys}
    for before, after in first:
        if before in left and after in left:
            left[after].add(before)
    degree = dict.fromkeys(left, 0)
    for pair in conflicts:
        for key in pair:
            if key in degree:
                degree[key] += 1
    ordered: list[str] = []
    while left:
        free = [key for key, needed in left.items() if not needed & left.keys()] or list(left)
        chosen = min(free, key=lambda key: (degree[key], name_of[key], key))
        ordered.append(chosen)
        del left[chosen]
    return ordered
