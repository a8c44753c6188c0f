"""Fold what a `modified` entry does to the scenarios of its requirement.

Order: modified, removed, renamed, added; the first three name scenarios by the ids they have before.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gitspec.domain.capability import Requirement, Scenario, steps_text
from gitspec.domain.delta import AddedScenario, ModifiedScenario, RenamedScenario, ScenarioEdits
from gitspec.domain.digest import scenario_rest_digest, scenario_rest_key, steps_digest
from gitspec.domain.fold_items import Items
from gitspec.domain.fold_parts import merges
from gitspec.domain.fold_result import Conflict, Entry, Loc


class Base(NamedTuple):
    """What a `modified` entry is folded onto: the requirement that lives, and what the author saw of it."""

    living: Requirement
    seen: Mapping[str, str]
    scenarios: dict[str, Scenario]
    """The living scenarios by id."""
    unseen: dict[str, Scenario]
    """The living scenarios that the author did not see under their ids, by the digest of their steps."""

    @classmethod
    def of(cls, living: Requirement, seen: Mapping[str, str]) -> "Base":
        """The base, with what is looked up in it."""
        by_id = {s.id: s for s in living.scenarios}
        return cls(living, seen, by_id, {steps_digest(s.steps): s for s in living.scenarios if s.id not in seen})

    def renamed_since(self, scenario_id: str) -> Scenario | None:
        """The living scenario with the steps of one that was seen and is gone: it has only got another id."""
        return self.unseen.get(self.seen.get(scenario_id, ""))

    def missing(self, scenario_id: str) -> str:
        """Why the scenario that the author saw cannot be found under its id; empty when it can."""
        scenario = self.scenarios.get(scenario_id)
        if scenario is not None and self.seen.get(scenario_id) == steps_digest(scenario.steps):
            return ""
        if other := self.renamed_since(scenario_id):
            return f"was renamed to {other.id} since"
        return "" if scenario else "does not exist (any more)"


def fold_scenarios(base: Base, edits: ScenarioEdits, entry: Entry) -> tuple[tuple[Scenario, ...], list[Conflict]]:
    """The scenarios that result, and the conflicts; scenarios that others added stay."""
    items = Items(base.living.scenarios)
    conflicts: list[Conflict] = []
    for index, modified in enumerate(edits.modified):
        conflicts += _modify(items, modified, base, entry, index)
    for index, removed in enumerate(edits.removed):
        conflicts += _remove(items, removed.id, base, entry, index)
    for index, renamed in enumerate(edits.renamed):
        conflicts += _rename(items, renamed, base, entry, index)
    new_ids = {renamed.id: renamed.to for renamed in edits.renamed}
    additions: dict[str, tuple[Scenario, str | None]] = {}
    for index, added in enumerate(edits.added):
        conflicts += _add(items, additions, added, new_ids, entry, index)
    items.place(list(additions.values()))
    return tuple(items), conflicts


def whole_scenario(added: AddedScenario) -> Scenario:
    """The scenario that an `added` entry brings, without the place it asks for."""
    return Scenario.model_construct(**_set_fields(added))


def _set_fields(added: AddedScenario) -> dict[str, Any]:
    fields = {name: getattr(added, name) for name in Scenario.model_fields}
    return {name: value for name, value in fields.items() if value not in (None, ())}


def _modify(items: Items[Scenario], edit: ModifiedScenario, base: Base, entry: Entry, index: int) -> list[Conflict]:
    at = ("scenarios", "modified", index)
    scenario, missing = items.get(edit.id), base.missing(edit.id)
    if scenario is None or missing:
        return [
            entry.conflict(
                "D010",
                f"scenario {entry.name}#{edit.id} is to be modified and {missing}",
                _decide(entry),
                at=(*at, "id"),
                part=edit.id,
                seen=steps_text(edit.steps.before or ()) if edit.steps else None,
                yours=steps_text(edit.steps.after or ()) if edit.steps else None,
            )
        ]
    conflicts = []
    update: dict[str, Any] = {}
    if edit.steps is not None:
        before, after = edit.steps.before or (), edit.steps.after or ()
        if merges(scenario.steps, before, after):
            update["steps"] = after
        else:
            texts = (steps_text(before), steps_text(scenario.steps), steps_text(after))
            conflicts.append(_clash(entry, edit.id, "steps", texts, (*at, "steps")))
    for name, change in (("title", edit.title), ("notes", edit.notes)):
        if change is None:
            continue
        current = getattr(scenario, name)
        if merges(current, change.before, change.after):
            update[name] = change.after
        else:
            conflicts.append(_clash(entry, edit.id, name, (change.before, current, change.after), (*at, name)))
    if update and not conflicts:
        items.replace(edit.id, scenario.model_copy(update=update))
    return conflicts


def _clash(
    entry: Entry, scenario_id: str, field: str, texts: tuple[str | None, str | None, str | None], at: Loc
) -> Conflict:
    seen, living, yours = texts
    return entry.conflict(
        "D003",
        f"scenario {entry.name}#{scenario_id} has other {field} than the author saw",
        _decide(entry),
        at=(*at, "from"),
        part=scenario_id if field == "steps" else f"{scenario_id}.{field}",
        seen=seen,
        living=living,
        yours=yours,
    )


def _remove(items: Items[Scenario], scenario_id: str, base: Base, entry: Entry, index: int) -> list[Conflict]:
    seen = base.seen
    at = ("scenarios", "removed", index, "id")
    scenario = items.get(scenario_id)
    if scenario is None:
        if scenario_id in seen and not base.unseen:
            return []  # somebody else removed it too: there is nothing that it could have become
        what = base.missing(scenario_id) if scenario_id in seen else "does not exist, and the author did not see it"
        return [
            entry.conflict(
                "D010",
                f"scenario {entry.name}#{scenario_id} is to be removed and {what}",
                _decide(entry),
                at=at,
                part=scenario_id,
            )
        ]
    if scenario_id not in seen:
        problem = "is not among what the author saw"
    elif seen[scenario_id] != steps_digest(scenario.steps):
        problem = "was changed since the author saw it"
    elif seen.get(scenario_rest_key(scenario_id), rest := scenario_rest_digest(scenario)) != rest:
        problem = "got another title or other notes since the author saw it"
    else:
        items.remove(scenario_id)
        return []
    return [
        entry.conflict(
            "D005",
            f"scenario {entry.name}#{scenario_id} is to be removed and {problem}",
            _decide(entry),
            at=at,
            part=scenario_id,
            living=steps_text(scenario.steps),
        )
    ]


def _rename(items: Items[Scenario], edit: RenamedScenario, base: Base, entry: Entry, index: int) -> list[Conflict]:
    at = ("scenarios", "renamed", index)
    scenario, taken = items.get(edit.id), base.scenarios.get(edit.to)
    missing = base.missing(edit.id)
    if scenario is None and taken is not None and base.renamed_since(edit.id) is taken:
        scenario, taken, missing = taken, None, ""  # somebody else renamed it to the same
    if scenario is None or missing:
        message = f"scenario {entry.name}#{edit.id} is to be renamed and {missing}"
        return [entry.conflict("D010", message, _decide(entry), at=(*at, "id"), part=edit.id)]
    if taken is not None or (edit.to in items and scenario.id != edit.to):
        message = f"scenario {entry.name}#{edit.id} is to be renamed to {edit.to}, which exists already"
        return [entry.conflict("D011", message, _decide(entry), at=(*at, "to"), part=edit.id)]
    if edit.title is not None and not merges(scenario.title, edit.title.before, edit.title.after):
        texts = (edit.title.before, scenario.title, edit.title.after)
        return [_clash(entry, edit.id, "title", texts, (*at, "title"))]
    update: dict[str, Any] = {"id": edit.to}
    if edit.title is not None:
        update["title"] = edit.title.after
    items.replace(scenario.id, scenario.model_copy(update=update))
    return []


def _add(
    items: Items[Scenario],
    additions: dict[str, tuple[Scenario, str | None]],
    added: AddedScenario,
    new_ids: Mapping[str, str],
    entry: Entry,
    index: int,
) -> list[Conflict]:
    scenario = whole_scenario(added)
    there = items.get(added.id)
    if there is None and added.id in additions:
        there = additions[added.id][0]
    if there is None:
        additions[added.id] = (scenario, new_ids.get(added.after, added.after) if added.after else None)
        return []
    if there == scenario:
        return []
    return [
        entry.conflict(
            "D011",
            f"scenario {entry.name}#{added.id} is to be added and exists already, with other content",
            f"give yours another id, or modify the one that lives: `gitspec delta modify {entry.change} {entry.name}`",
            at=("scenarios", "added", index, "id"),
            part=added.id,
            living=steps_text(there.steps),
            yours=steps_text(scenario.steps),
        )
    ]


def _decide(entry: Entry) -> str:
    return f"decide what shall hold: `gitspec delta modify {entry.change} {entry.name}`"
