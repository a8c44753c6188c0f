"""Fill in what an author saw, where a hand-written delta does not say it: `from` and `seen`.

The living specs must be those of the commit that brought the entry in, never later ones: a stamp from later would
claim that the author saw what others wrote since.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gitspec.domain.capability import Capability, Requirement, Scenario
from gitspec.domain.delta import Delta, LineEdit, ModifiedRequirement, ScenarioEdits, StepsEdit, TextEdit
from gitspec.domain.digest import (
    TEXT,
    part_digest,
    scenario_rest_digest,
    scenario_rest_key,
    seen_of,
    seen_of_whole,
    steps_digest,
)
from gitspec.domain.edit_delta import base_of, with_retire

_FIELDS = ("title", "text", "rationale", "deferred", "notes")


def is_stamped(delta: Delta) -> bool:
    """Whether every entry of the delta says what its author saw."""
    all_seen = [e.seen for e in delta.modified] + [e.seen for e in delta.removed]
    return all(seen is not None and TEXT in seen for seen in all_seen)


def stamped(delta: Delta, living: Mapping[str, Capability], deltas: Iterable[Delta] = ()) -> Delta:
    """The delta with `from` and `seen` filled in where they are missing; what is there stays as it is.

    ``deltas`` are those of the whole change, for what they rename and move. Entries about requirements that do not
    exist in ``living`` stay unstamped.
    """
    all_deltas = [*(d for d in deltas if d.capability != delta.capability), delta]
    update: dict[str, Any] = {}
    update["modified"] = tuple(
        _stamped_modified(e, base) if (base := base_of(delta.capability, e.id, living, all_deltas)) else e
        for e in delta.modified
    )
    capability = living.get(delta.capability)
    if capability is not None:
        update |= _stamped_fields(delta, capability)
        there = {r.id: r for r in capability.requirements}
        update["removed"] = tuple(
            e.model_copy(update={"seen": seen_of_whole(there[e.id]) | (e.seen or {})})
            if e.id in there and TEXT not in (e.seen or {})
            else e
            for e in delta.removed
        )
        update["renamed"] = tuple(
            e.model_copy(update={"title": _from(e.title, there[e.id].title)}) if e.title and e.id in there else e
            for e in delta.renamed
        )
    result = delta.model_copy(update={name: value for name, value in update.items() if value != getattr(delta, name)})
    return with_retire(result, capability) if result.retire and capability and not result.rename_to else result


def _stamped_fields(delta: Delta, living: Capability) -> dict[str, Any]:
    edits = {"title": "title", "purpose": "purpose", "capability_notes": "notes"}
    return {
        key: _from(edit, getattr(living, field))
        for key, field in edits.items()
        if isinstance(edit := getattr(delta, key), (LineEdit, TextEdit))
    }


def _stamped_modified(entry: ModifiedRequirement, base: Requirement) -> ModifiedRequirement:
    update: dict[str, Any] = {}
    seen = entry.seen or {}
    if TEXT not in seen:
        update["seen"] = seen_of(base) | _rest_of_removed(entry.scenarios, base) | seen
        for name in _FIELDS:
            if edit := getattr(entry, name):
                update[name] = _from(edit, getattr(base, name))
        update["attributes"] = {name: _from(e, base.attributes.get(name)) for name, e in entry.attributes.items()}
    elif entry.text and seen[TEXT] == part_digest(base.text):
        update["text"] = _from(entry.text, base.text)
    if entry.scenarios:
        update["scenarios"] = _stamped_scenarios(entry.scenarios, base, seen)
    return entry.model_copy(update={name: value for name, value in update.items() if value != getattr(entry, name)})


def _stamped_scenarios(edits: ScenarioEdits, base: Requirement, seen: Mapping[str, str]) -> ScenarioEdits:
    there = {s.id: s for s in base.scenarios}
    modified = []
    for entry in edits.modified:
        scenario, update = there.get(entry.id), {}
        if scenario and (TEXT not in seen or seen.get(entry.id) == steps_digest(scenario.steps)):
            if entry.steps and entry.steps.before is None and scenario.steps:
                update["steps"] = StepsEdit.model_construct(before=scenario.steps, after=entry.steps.after)
            if TEXT not in seen:
                update |= _from_titles(entry, scenario)
        modified.append(entry.model_copy(update=update))
    renamed = tuple(
        e.model_copy(update={"title": _from(e.title, there[e.id].title)})
        if e.title and e.id in there and TEXT not in seen
        else e
        for e in edits.renamed
    )
    return edits.model_copy(update={"modified": tuple(modified), "renamed": renamed})


def _from_titles(entry: Any, scenario: Scenario) -> dict[str, Any]:
    return {name: _from(edit, getattr(scenario, name)) for name in ("title", "notes") if (edit := getattr(entry, name))}


def _rest_of_removed(edits: ScenarioEdits | None, base: Requirement) -> dict[str, str]:
    removed = {e.id for e in edits.removed} if edits else set()
    return {scenario_rest_key(s.id): scenario_rest_digest(s) for s in base.scenarios if s.id in removed}


def _from(edit: Any, before: str | None) -> Any:
    """The edit with its `from`; one that has it keeps it."""
    return edit if edit.before is not None or before is None else edit.model_copy(update={"before": before})
