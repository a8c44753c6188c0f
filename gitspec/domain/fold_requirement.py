"""Fold one `modified` or `removed` entry onto the requirement that lives. An entry is folded whole or not at all."""

from typing import Any

from gitspec.domain.capability import Requirement, steps_text
from gitspec.domain.delta import LineEdit, ModifiedRequirement, RemovedRequirement, ScenarioEdits, TextEdit
from gitspec.domain.digest import OTHER_FIELDS, TEXT, is_scenario_key, other_fields_digest, part_digest, steps_digest
from gitspec.domain.fold_parts import merged_links, merged_tags, merges
from gitspec.domain.fold_result import Conflict, Entry, Loc
from gitspec.domain.fold_scenarios import Base, fold_scenarios

_NO_SCENARIO_EDITS = ScenarioEdits.model_construct()
_PROSE = ("title", "text", "rationale", "deferred", "notes")


def fold_modified(living: Requirement, edit: ModifiedRequirement, entry: Entry) -> tuple[Requirement, list[Conflict]]:
    """The requirement that results; with conflicts it is the living one."""
    if edit.seen is None or TEXT not in edit.seen:
        return living, [unstamped(entry)]
    base = Base.of(living, edit.seen)
    update, conflicts = _fold_fields(living, edit, entry)
    if edit.scenarios is not None:
        update["scenarios"], clashes = fold_scenarios(base, edit.scenarios, entry)
        conflicts += clashes
    conflicts += _context_conflicts(base, edit, entry)
    if conflicts:
        return living, conflicts
    update = {name: value for name, value in update.items() if value != getattr(living, name)}
    return (living.model_copy(update=update) if update else living), []


def fold_removed(living: Requirement, edit: RemovedRequirement, entry: Entry) -> list[Conflict]:
    """The conflicts of a removal: with any part that was edited or added since it was seen."""
    if edit.seen is None or TEXT not in edit.seen:
        return [unstamped(entry)]
    conflicts = []

    def edited(part: str, what: str, now: str | None) -> None:
        conflicts.append(
            entry.conflict(
                "D005",
                f"{entry.name} is to be removed and {what} since the author saw it",
                f"look at it with `gitspec show {entry.name}`; if it shall go all the same, say so again: "
                f"`gitspec delta remove {entry.change} {entry.name}`",
                part=part,
                living=now,
            )
        )

    if edit.seen[TEXT] != part_digest(living.text):
        edited(TEXT, "its text was changed", living.text)
    there = {scenario.id for scenario in living.scenarios}
    for scenario in living.scenarios:
        if scenario.id not in edit.seen:
            edited(scenario.id, f"scenario {scenario.id} was added", steps_text(scenario.steps))
        elif edit.seen[scenario.id] != steps_digest(scenario.steps):
            edited(scenario.id, f"scenario {scenario.id} was changed", steps_text(scenario.steps))
    for key in edit.seen:
        if is_scenario_key(key) and key not in there:
            edited(key, f"scenario {key} was removed", None)
    if not conflicts and edit.seen.get(OTHER_FIELDS, rest := other_fields_digest(living)) != rest:
        edited(OTHER_FIELDS, "its title, notes or other fields were changed", None)
    return conflicts


def unstamped(entry: Entry) -> Conflict:
    """The conflict of an entry that does not say what its author saw."""
    return entry.conflict(
        "D001",
        f"the entry for {entry.name} does not say what its author saw",
        f"gitspec delta stamp {entry.change}",
        part="seen",
    )


def unless_stamped(entry: Entry, seen: str | None) -> str:
    """How the help about a clash begins where the entry says nothing of what its author saw: typed by hand, most likely."""
    return f"fill in `from`: `gitspec delta stamp {entry.change}`; or " if seen is None else ""


def clash(entry: Entry, part: str, texts: tuple[str | None, str | None, str | None], at: Loc) -> Conflict:
    """The conflict of a part that both sides edited; ``texts`` are what was seen, what lives, what is wanted."""
    seen, living, yours = texts
    return entry.conflict(
        "D003",
        f"{part} of {entry.name} was changed since the author saw it",
        f"{unless_stamped(entry, seen)}decide what shall hold: `gitspec delta modify {entry.change} {entry.name}`",
        at=(*at, "from"),
        part=part,
        seen=seen,
        living=living,
        yours=yours,
    )


def _fold_fields(living: Requirement, edit: ModifiedRequirement, entry: Entry) -> tuple[dict[str, Any], list[Conflict]]:
    update: dict[str, Any] = {}
    conflicts = []
    for name in _PROSE:
        change: TextEdit | LineEdit | None = getattr(edit, name)
        if change is None:
            continue
        current = getattr(living, name)
        if name == TEXT and change.after is None:
            conflicts.append(_incomplete(entry))
        elif merges(current, change.before, change.after):
            update[name] = change.after
        else:
            conflicts.append(clash(entry, name, (change.before, current, change.after), (name,)))
    if edit.tags is not None:
        update["tags"] = merged_tags(living.tags, edit.tags)
    if edit.links is not None:
        update["links"] = merged_links(living.links, edit.links)
    attributes = dict(living.attributes)
    for key, change in edit.attributes.items():
        current = attributes.get(key)
        if not merges(current, change.before, change.after):
            texts = (change.before, current, change.after)
            conflicts.append(clash(entry, f"attribute {key}", texts, ("attributes", key)))
        elif change.after is None:
            attributes.pop(key, None)
        else:
            attributes[key] = change.after
    return update | {"attributes": attributes}, conflicts


def _incomplete(entry: Entry) -> Conflict:
    return entry.conflict(
        "D014",
        f"the text of {entry.name} shall become nothing: a requirement has a text",
        f"write `to`, or remove the requirement: `gitspec delta remove {entry.change} {entry.name}`",
        at=(TEXT,),
        part=TEXT,
    )


def _context_conflicts(base: Base, edit: ModifiedRequirement, entry: Entry) -> list[Conflict]:
    """Text and scenarios must stay of one piece: what the delta changes in one, and others since in the other.

    A part that the delta itself edits is judged by its `from`; `seen` speaks for the parts that it leaves alone. An
    edit that has been applied already joins nothing, so it conflicts with nothing.
    """
    text = base.living.text
    scenarios = edit.scenarios or _NO_SCENARIO_EDITS
    if edit.text is not None:
        if text != edit.text.before or text == edit.text.after:
            return []
        return [
            _of_one_piece(entry, part, what, now, "the text", ("text",))
            for part, what, now in scenarios_changed_since(base, scenarios)
        ]
    if base.seen[TEXT] == part_digest(text):
        return []
    edited = scenarios_to_change(base, scenarios)
    yours = f"scenario {edited[0]}" if edited else ""
    return [_of_one_piece(entry, TEXT, "the text was changed", text, yours, ("scenarios",))] if edited else []


def _of_one_piece(entry: Entry, part: str, what: str, now: str | None, yours: str, at: Loc) -> Conflict:
    return entry.conflict(
        "D004",
        f"{what} in {entry.name} since the author saw it, and this change edits {yours}: they may not fit together",
        f"read it as it is now with `gitspec show {entry.name}` and write what shall hold: "
        f"`gitspec delta modify {entry.change} {entry.name}`",
        at=at,
        part=part,
        living=now,
    )


def scenarios_changed_since(base: Base, edits: ScenarioEdits) -> list[tuple[str, str, str | None]]:
    """(id, what happened, steps now) of each scenario that was seen, is left alone by the delta, and is different."""
    edited = {m.id for m in edits.modified if m.steps is not None} | {r.id for r in edits.removed}
    renamed = {r.id: r.to for r in edits.renamed}
    changed: list[tuple[str, str, str | None]] = []
    for key, digest in base.seen.items():
        if not is_scenario_key(key) or key in edited:
            continue
        scenario = base.scenarios.get(key) or base.scenarios.get(renamed.get(key, key)) or base.renamed_since(key)
        if scenario is None:
            changed.append((key, f"scenario {key} was removed", None))
        elif steps_digest(scenario.steps) != digest:
            changed.append((key, f"scenario {key} was changed", steps_text(scenario.steps)))
    return changed


def scenarios_to_change(base: Base, edits: ScenarioEdits) -> list[str]:
    """The scenarios whose steps the delta would change or take away."""
    modified = [
        m.id
        for m in edits.modified
        if m.steps and m.id in base.scenarios and base.scenarios[m.id].steps != (m.steps.after or ())
    ]
    return modified + [r.id for r in edits.removed if r.id in base.scenarios]
