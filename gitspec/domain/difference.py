"""What separates two versions of a requirement or a capability, as delta entries that lead from one to the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from gitspec.domain.capability import Capability, LinkType, Requirement, Scenario
from gitspec.domain.delta import (
    AddedRequirement,
    AddedScenario,
    Delta,
    LineEdit,
    LinksEdit,
    ModifiedRequirement,
    ModifiedScenario,
    RemovedRequirement,
    RemovedScenario,
    RenamedScenario,
    ScenarioEdits,
    StepsEdit,
    TagsEdit,
    TextEdit,
)
from gitspec.domain.digest import scenario_rest_digest, scenario_rest_key, seen_of, seen_of_whole

M = TypeVar("M")
_LINES = ("title",)
_PROSE = ("text", "rationale", "deferred", "notes")


def difference(before: Requirement, after: Requirement) -> ModifiedRequirement | None:
    """The `modified` entry that makes ``after`` of ``before``, stamped; None when there is no difference.

    The ids must be the same. A scenario that is gone and one that is new with the same steps is a renamed one. The
    order of scenarios that stay is no content: a delta cannot say it, so it is not compared. Nor can a delta put
    something first: what is new there goes to the end.
    """
    if before.id != after.id:
        raise ValueError(f"{before.id} and {after.id} are two requirements: rename first")
    fields: dict[str, Any] = dict(_edits(before, after, _LINES, _PROSE))
    if tags := _tags(before.tags, after.tags):
        fields["tags"] = tags
    if links := _links(before.links, after.links):
        fields["links"] = links
    if attributes := _attributes(before.attributes, after.attributes):
        fields["attributes"] = attributes
    scenarios = _scenarios(before.scenarios, after.scenarios)
    if scenarios:
        fields["scenarios"] = scenarios
    if not fields:
        return None
    seen = seen_of(before)
    for removed in scenarios.removed if scenarios else ():
        scenario = before.scenario(removed.id)
        if scenario is not None:
            seen[scenario_rest_key(scenario.id)] = scenario_rest_digest(scenario)
    return ModifiedRequirement.model_construct(id=before.id, seen=seen, **fields)


def delta_between(before: Capability | None, after: Capability, *, reason: str | None = None) -> Delta | None:
    """The delta that makes ``after`` of ``before`` (None: a new capability); None when there is no difference.

    Requirements are told apart by id alone: one with another id is removed and added. ``reason`` goes to removals.
    """
    base = before or Capability.model_construct(capability=after.capability)
    fields: dict[str, Any] = {}
    for key, field in (("title", "title"), ("purpose", "purpose"), ("capability_notes", "notes")):
        old, new = getattr(base, field), getattr(after, field)
        if before is None and new is not None:
            fields[key] = new
        elif old != new:
            fields[key] = (LineEdit if field == "title" else TextEdit).model_construct(before=old, after=new)
    there = {r.id: r for r in base.requirements}
    wanted = {r.id for r in after.requirements}
    removed = [r for r in base.requirements if r.id not in wanted]
    modified = [d for r in after.requirements if r.id in there and (d := difference(there[r.id], r))]
    added = [added_requirement(r, anchor) for r, anchor in _new(after.requirements, there)]
    groups = {
        "removed": tuple(
            RemovedRequirement.model_construct(id=r.id, seen=seen_of_whole(r), reason=reason) for r in removed
        ),
        "modified": tuple(modified),
        "added": tuple(added),
    }
    fields |= {name: entries for name, entries in groups.items() if entries}
    if not fields and before is not None:
        return None
    return Delta.model_construct(capability=after.capability, **fields)


def added_requirement(requirement: Requirement, after: str | None = None) -> AddedRequirement:
    """The `added` entry that brings a requirement."""
    return AddedRequirement.model_construct(**_content(requirement, Requirement, after))


def _added_scenario(scenario: Scenario, after: str | None) -> AddedScenario:
    return AddedScenario.model_construct(**_content(scenario, Scenario, after))


def _content(
    item: Requirement | Scenario, model: type[Requirement] | type[Scenario], after: str | None
) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in model.model_fields} | {"after": after}
    return {name: value for name, value in values.items() if value not in (None, (), {})}


def _edits(before: Any, after: Any, lines: Sequence[str], prose: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for name in (*lines, *prose):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield name, (LineEdit if name in lines else TextEdit).model_construct(before=old, after=new)


def _tags(before: Sequence[str], after: Sequence[str]) -> TagsEdit | None:
    added, removed = _set_difference(before, after)
    return TagsEdit.model_construct(added=added, removed=removed) if added or removed else None


def _links(before: Mapping[LinkType, Sequence[str]], after: Mapping[LinkType, Sequence[str]]) -> LinksEdit | None:
    added: dict[LinkType, tuple[str, ...]] = {}
    removed: dict[LinkType, tuple[str, ...]] = {}
    for kind in dict.fromkeys([*before, *after]):
        more, less = _set_difference(before.get(kind, ()), after.get(kind, ()))
        if more:
            added[kind] = more
        if less:
            removed[kind] = less
    return LinksEdit.model_construct(added=added, removed=removed) if added or removed else None


def _set_difference(before: Sequence[str], after: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    return tuple(v for v in new if v not in old), tuple(v for v in old if v not in new)


def _attributes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, LineEdit]:
    return {
        name: LineEdit.model_construct(before=before.get(name), after=after.get(name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    }


def _scenarios(before: Sequence[Scenario], after: Sequence[Scenario]) -> ScenarioEdits | None:
    old, new = {s.id: s for s in before}, {s.id: s for s in after}
    renamed = renamed_scenarios(old, new)
    pairs = [(s, new[renamed.get(s.id, s.id)]) for s in before if s.id in renamed or s.id in new]
    edits: dict[str, Any] = {
        "added": tuple(_added_scenario(s, anchor) for s, anchor in _new(after, old.keys() | set(renamed.values()))),
        "modified": tuple(edit for s, wanted in pairs if (edit := _modified_scenario(s, wanted, s.id in renamed))),
        "renamed": tuple(_renamed_scenario(old[was], new[now]) for was, now in renamed.items()),
        "removed": tuple(
            RemovedScenario.model_construct(id=s.id) for s in before if s.id not in new and s.id not in renamed
        ),
    }
    edits = {name: entries for name, entries in edits.items() if entries}
    return ScenarioEdits.model_construct(**edits) if edits else None


def renamed_scenarios(old: Mapping[str, Scenario], new: Mapping[str, Scenario]) -> dict[str, str]:
    """New ids by old ids, of scenarios whose steps tell that they are the same."""
    arrived: dict[Any, list[str]] = {}
    for scenario in new.values():
        if scenario.id not in old and scenario.steps:
            arrived.setdefault(scenario.steps, []).append(scenario.id)
    renamed = {}
    for scenario in old.values():
        if scenario.id not in new and arrived.get(scenario.steps):
            renamed[scenario.id] = arrived[scenario.steps].pop(0)
    return renamed


def _modified_scenario(before: Scenario, after: Scenario, renamed: bool) -> ModifiedScenario | None:
    """The edit of a scenario under its old id; the title of a renamed one goes with the rename."""
    fields: dict[str, Any] = dict(_edits(before, after, () if renamed else ("title",), ("notes",)))
    if before.steps != after.steps:
        fields["steps"] = StepsEdit.model_construct(before=before.steps or None, after=after.steps or None)
    return ModifiedScenario.model_construct(id=before.id, **fields) if fields else None


def _renamed_scenario(before: Scenario, after: Scenario) -> RenamedScenario:
    title: dict[str, Any] = dict(_edits(before, after, ("title",), ()))
    return RenamedScenario.model_construct(id=before.id, to=after.id, **title)


I = TypeVar("I", Requirement, Scenario)  # noqa: E741


def _new(items: Sequence[I], known: Any) -> Iterator[tuple[I, str | None]]:
    """Each new item with the one it goes behind; None for those that go to the end."""
    last = max((index for index, item in enumerate(items) if item.id in known), default=-1)
    for index, item in enumerate(items):
        if item.id not in known:
            yield item, items[index - 1].id if 0 < index < last else None
