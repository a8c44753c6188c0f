"""The difference between two sets of capabilities, requirement by requirement, as data."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from gitspec.domain.capability import Capability, Requirement, Scenario, steps_text
from gitspec.domain.difference import renamed_scenarios
from gitspec.domain.fold_result import FoldResult, Touched

Kind = Literal["added", "modified", "renamed", "moved", "removed"]


class PartDiff(NamedTuple):
    """One part that differs: a field, or of a scenario its `steps`, `title`, `notes` or `id`. None: absent."""

    part: str
    before: str | None
    after: str | None
    scenario: str = ""
    """The scenario's id, the new one if it was renamed."""


class RequirementDiff(NamedTuple):
    """One requirement that differs. ``was`` is its full name before, when it was renamed or moved.

    Of one that is told only because it left a capability, ``now`` is its full name after.
    """

    id: str
    kind: Kind
    parts: tuple[PartDiff, ...]
    was: str = ""
    now: str = ""


class CapabilityDiff(NamedTuple):
    """One capability that differs. ``was`` is its id before, when it was renamed."""

    capability: str
    kind: Kind
    parts: tuple[PartDiff, ...]
    requirements: tuple[RequirementDiff, ...]
    was: str = ""


def diff(
    before: Mapping[str, Capability], after: Mapping[str, Capability], names_before: Mapping[str, str] | None = None
) -> tuple[CapabilityDiff, ...]:
    """What differs, by capability; an order of requirements or scenarios alone is no difference.

    ``names_before`` gives, by the names in ``after`` of capabilities and requirements, other names that they had in
    ``before``: what has such a name in ``after`` came anew. Requirements come in the order of ``after``, those that are gone last.
    """
    old_names = names_before or {}
    moved_away = {old for new, old in old_names.items() if new != old}
    all_before = {f"{c.capability}/{r.id}": r for c in before.values() for r in c.requirements}
    found = []
    pairs = [(name, old_names.get(name, "" if name in moved_away else name), after.get(name)) for name in after]
    taken = {was for _, was, _ in pairs}
    pairs += [(name, name, None) for name in before.keys() - taken]
    for name, was_called, new in sorted(pairs, key=lambda pair: (pair[0], pair[2] is not None)):
        old = before.get(was_called)
        requirements = tuple(_requirements(name, old, new, all_before, old_names, moved_away))
        parts = tuple(_fields(old, new, ("title", "purpose", "notes")))
        was = old.capability if old and old.capability != name else ""
        if requirements or parts or was or old is None or new is None:
            found.append(CapabilityDiff(name, _kind(old, new, was, "renamed"), parts, requirements, was))
    return tuple(found)


def diff_of_fold(living: Mapping[str, Capability], result: FoldResult) -> tuple[CapabilityDiff, ...]:
    """What a fold does to the living specs; only capabilities that it changed are looked up."""
    before = {name: living[name] for name in result.capabilities if name in living}
    after = {name: new for name, new in result.capabilities.items() if new is not None}
    return diff(before, after, _names_before(result.touched))


def _names_before(touched: Iterable[Touched]) -> dict[str, str]:
    """The first name of all that has another one now."""
    names: dict[str, str] = {}
    for what in touched:
        home = what.was or what.capability
        if what.was:
            names[what.capability] = what.was
        for old, new in what.renamed:
            first = names.pop(f"{home}/{old}", f"{home}/{old}")
            names[f"{home}/{new}"] = names[f"{what.capability}/{new}"] = first
    moves = [(f"{what.capability}/{new}", old_name) for what in touched for old_name, new in what.moved_in]
    return names | {new_name: names.get(old_name, old_name) for new_name, old_name in moves}


def _requirements(
    capability: str,
    old: Capability | None,
    new: Capability | None,
    all_before: Mapping[str, Requirement],
    old_names: Mapping[str, str],
    moved_away: set[str],
) -> Iterator[RequirementDiff]:
    home = old.capability if old else capability
    kept = set()
    for requirement in new.requirements if new else ():
        same_name = f"{home}/{requirement.id}"
        same_name = "" if same_name in moved_away else same_name
        old_name = old_names.get(f"{capability}/{requirement.id}", same_name)
        kept.add(old_name)
        before = all_before.get(old_name)
        parts = tuple(requirement_parts(before, requirement))
        was = old_name if before and old_name != f"{home}/{requirement.id}" else ""
        if parts or was:
            how: Kind = "renamed" if was.rpartition("/")[0] == home else "moved"
            yield RequirementDiff(requirement.id, _kind(before, requirement, was, how), parts, was)
    for requirement in old.requirements if old else ():
        name = f"{home}/{requirement.id}"
        if name not in kept and name not in moved_away:
            yield RequirementDiff(requirement.id, "removed", tuple(requirement_parts(requirement, None)))


def _kind(before: object, after: object, was: str, how: Kind) -> Kind:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return how if was else "modified"


def _fields(before: object, after: object, names: Iterable[str], scenario: str = "") -> Iterator[PartDiff]:
    for name in names:
        old, new = getattr(before, name, None), getattr(after, name, None)
        if old != new:
            yield PartDiff(name, old, new, scenario)


def requirement_parts(before: Requirement | None, after: Requirement | None) -> Iterator[PartDiff]:
    """The parts in which two versions of a requirement differ; None: it is not there. Tags and links have no order."""
    yield from _fields(before, after, ("title", "text", "rationale", "deferred", "notes"))
    yield from _differ("tags", *(", ".join(sorted(one.tags)) if one else "" for one in (before, after)))
    yield from _differ("links", _links(before), _links(after))
    old, new = before.attributes if before else {}, after.attributes if after else {}
    for name in dict.fromkeys([*old, *new]):
        yield from _differ(f"attribute {name}", old.get(name, ""), new.get(name, ""))
    yield from _scenarios(before.scenarios if before else (), after.scenarios if after else ())


def _differ(part: str, old: str, new: str, scenario: str = "") -> Iterator[PartDiff]:
    if old != new:
        yield PartDiff(part, old or None, new or None, scenario)


def _links(requirement: Requirement | None) -> str:
    links = requirement.links if requirement else {}
    return "\n".join(sorted(f"{kind} {target}" for kind, targets in links.items() for target in targets))


def _scenarios(before: tuple[Scenario, ...], after: tuple[Scenario, ...]) -> Iterator[PartDiff]:
    old, new = {s.id: s for s in before}, {s.id: s for s in after}
    renamed = {now: was for was, now in renamed_scenarios(old, new).items()}
    for scenario in after:
        was = old.get(renamed.get(scenario.id, scenario.id))
        yield from scenario_parts(was, scenario)
    for scenario in before:
        if scenario.id not in new and scenario.id not in renamed.values():
            yield from scenario_parts(scenario, None)


def scenario_parts(before: Scenario | None, after: Scenario | None) -> Iterator[PartDiff]:
    """The parts in which two versions of a scenario differ; None: it is not there."""
    known = after or before
    if known is None:
        return
    yield from _fields(before, after, ("id",), known.id)
    yield from _fields(before, after, ("title",), known.id)
    old, new = steps_text(before.steps) if before else "", steps_text(after.steps) if after else ""
    yield from _differ("steps", old, new, known.id)
    yield from _fields(before, after, ("notes",), known.id)
