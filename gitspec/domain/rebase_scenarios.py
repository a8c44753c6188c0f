"""Bring what a `modified` entry does to scenarios up to the requirement that lives."""

from collections.abc import Iterable, Mapping
from typing import Any

from gitspec.domain.capability import Requirement, Scenario
from gitspec.domain.delta import ModifiedRequirement, ModifiedScenario, RenamedScenario, ScenarioEdits
from gitspec.domain.digest import is_scenario_key, scenario_rest_key
from gitspec.domain.fold_result import Entry
from gitspec.domain.fold_scenarios import Base, whole_scenario
from gitspec.domain.rebase_notes import Notes


def with_scenarios_followed(
    edit: ModifiedRequirement, living: Requirement, entry: Entry, notes: Notes
) -> ModifiedRequirement:
    """The entry with the ids that its scenarios have now, and without the removal of what is gone already."""
    if edit.scenarios is None or edit.seen is None:
        return edit
    base = Base.of(living, edit.seen)
    new_ids = _new_ids(base)
    for old, new in new_ids.items():
        notes.renamed(f"{entry.name}#{old}", f"{entry.name}#{new}")
    edits = edit.scenarios
    modified = [e.model_copy(update={"id": new_ids.get(e.id, e.id)}) for e in edits.modified]
    renamed = []
    for e in edits.renamed:
        now = new_ids.get(e.id, e.id)
        if now == e.to and now != e.id:
            notes.settled.append(f"{entry.name}#{e.id} is {now}")
            modified = _with_title(modified, e)
            continue
        if now != e.id:
            message = f"scenario {entry.name}#{e.id} is to be renamed to {e.to}, and was renamed to {now} since"
            notes.conflict(entry, now, (e.id, now, e.to), message)
        renamed.append(e.model_copy(update={"id": now}))
    removed = []
    for gone in edits.removed:
        now = new_ids.get(gone.id, gone.id)
        if now not in base.scenarios and now in base.seen and not base.unseen:  # else it may be one of those, edited
            notes.settled.append(f"{entry.name}#{gone.id} is gone")
            continue
        removed.append(gone.model_copy(update={"id": now}))
    added = tuple(e.model_copy(update={"after": new_ids[e.after]}) if e.after in new_ids else e for e in edits.added)
    update = {"added": added, "modified": tuple(modified), "renamed": tuple(renamed), "removed": tuple(removed)}
    return edit.model_copy(
        update={"scenarios": edits.model_copy(update=update), "seen": _renamed_keys(edit.seen, new_ids)}
    )


def _new_ids(base: Base) -> dict[str, str]:
    new_ids: dict[str, str] = {}
    for key in base.seen:
        other = base.renamed_since(key) if is_scenario_key(key) and base.missing(key) else None
        if other is not None and other.id not in new_ids.values():
            new_ids[key] = other.id
    return new_ids


def _with_title(modified: Iterable[ModifiedScenario], edit: RenamedScenario) -> list[ModifiedScenario]:
    """The title that went with a rename, as an edit of its own."""
    found = list(modified)
    if edit.title is None:
        return found
    index = next((i for i, e in enumerate(found) if e.id == edit.to), None)
    if index is None:
        return [*found, ModifiedScenario.model_construct(id=edit.to, title=edit.title)]
    found[index] = found[index].model_copy(update={"title": edit.title})
    return found


def _renamed_keys(seen: Mapping[str, str], new_ids: dict[str, str]) -> dict[str, str]:
    keys = new_ids | {scenario_rest_key(old): scenario_rest_key(new) for old, new in new_ids.items()}
    return {keys.get(key, key): digest for key, digest in seen.items()}


def renewed_scenarios(edits: ScenarioEdits, living: Requirement) -> ScenarioEdits | None:
    """The edits from what lives now, without those that it says already; None when none is left."""
    there = {s.id: s for s in living.scenarios}
    modified = tuple(
        renewed
        for e in edits.modified
        if (renewed := _renewed_modified(e, there[e.id]) if e.id in there else e) is not None
    )
    renamed = tuple(_renewed_renamed(e, there[e.id]) if e.id in there else e for e in edits.renamed)
    added = tuple(e for e in edits.added if there.get(e.id) != whole_scenario(e))
    if not (modified or renamed or added or edits.removed):
        return None
    return edits.model_copy(update={"added": added, "modified": modified, "renamed": renamed})


def _renewed_modified(edit: ModifiedScenario, living: Scenario) -> ModifiedScenario | None:
    update: dict[str, Any] = {}
    if edit.steps is not None:
        same = (edit.steps.after or ()) == living.steps
        update["steps"] = None if same else edit.steps.model_copy(update={"before": living.steps or None})
    for name in ("title", "notes"):
        change = getattr(edit, name)
        if change is not None:
            current = getattr(living, name)
            update[name] = None if change.after == current else change.model_copy(update={"before": current})
    renewed = edit.model_copy(update=update)
    return renewed if renewed.steps or renewed.title or renewed.notes else None


def _renewed_renamed(edit: RenamedScenario, living: Scenario) -> RenamedScenario:
    if edit.title is None:
        return edit
    same = edit.title.after == living.title
    return edit.model_copy(update={"title": None if same else edit.title.model_copy(update={"before": living.title})})
