"""Bring one `modified` or `removed` entry up to the requirement that lives.

Where the fold would conflict, the entry afterwards says what its author wants, from what lives; the conflict is noted,
and it is for the author to decide. A text in which both sides edited other paragraphs is joined, unless a scenario was
edited on either side: what a requirement says must stay of one piece.
"""

from typing import Any

from gitspec.domain.capability import Requirement
from gitspec.domain.delta import LineEdit, ModifiedRequirement, RemovedRequirement, ScenarioEdits, TextEdit
from gitspec.domain.digest import TEXT, scenario_rest_digest, scenario_rest_key, seen_of, seen_of_whole
from gitspec.domain.fold_parts import merged_links, merged_tags
from gitspec.domain.fold_requirement import fold_modified, fold_removed, scenarios_changed_since, scenarios_to_change
from gitspec.domain.fold_result import Entry
from gitspec.domain.fold_scenarios import Base
from gitspec.domain.merge_text import merged_prose
from gitspec.domain.rebase_notes import Merged, Notes
from gitspec.domain.rebase_scenarios import renewed_scenarios, with_scenarios_followed

_PROSE = ("text", "rationale", "deferred", "notes")


def rebase_modified(
    living: Requirement, edit: ModifiedRequirement, entry: Entry, notes: Notes, seen: Requirement | None = None
) -> ModifiedRequirement | None:
    """The entry from what lives now; None when that says all of it already. An unstamped entry stays as it is.

    ``living`` and ``seen`` (as the author saw it, if known) are under the id that the entry uses.
    """
    if edit.seen is None or TEXT not in edit.seen:
        return edit
    edit = with_scenarios_followed(edit, living, entry, notes)
    _, conflicts = fold_modified(living, edit, entry)
    joined = _joined(living, edit, entry)
    notes.merged += [m for m in joined.values() if m.result not in (m.living, m.yours)]
    for conflict in conflicts:
        if conflict.part not in joined and conflict.code != "D014":  # that one is no matter of age
            notes.found(conflict, seen, left_alone=conflict.code == "D004")
    update: dict[str, Any] = {name: _renewed(getattr(edit, name), getattr(living, name)) for name in ("title", *_PROSE)}
    for name, merged in joined.items():
        update[name] = _renewed(TextEdit.model_construct(after=merged.result), getattr(living, name))
    attributes = {key: _renewed(change, living.attributes.get(key)) for key, change in edit.attributes.items()}
    update["attributes"] = {key: change for key, change in attributes.items() if change is not None}
    if edit.tags is not None and merged_tags(living.tags, edit.tags) == living.tags:
        update["tags"] = None
    if edit.links is not None and merged_links(living.links, edit.links) == living.links:
        update["links"] = None
    if edit.scenarios is not None:
        update["scenarios"] = renewed_scenarios(edit.scenarios, living)
    renewed = edit.model_copy(update=update)
    if renewed == ModifiedRequirement.model_construct(id=renewed.id, seen=renewed.seen):
        notes.settled.append(f"{entry.name} says so already")
        return None
    return renewed.model_copy(update={"seen": _seen(living, renewed.scenarios)})


def rebase_removed(
    living: Requirement, edit: RemovedRequirement, entry: Entry, notes: Notes, seen: Requirement | None = None
) -> RemovedRequirement:
    """The removal of what lives now; what has changed since it was seen is noted."""
    if edit.seen is None or TEXT not in edit.seen:
        return edit
    for conflict in fold_removed(living, edit, entry):
        notes.found(conflict, seen)
    return edit.model_copy(update={"seen": seen_of_whole(living)})


def _renewed(edit: Any, living: str | None) -> Any:
    """The edit from what lives; None when that is what it wants."""
    if edit is None or edit.after == living:
        return None
    assert isinstance(edit, TextEdit | LineEdit)
    return edit if edit.before == living else edit.model_copy(update={"before": living})


def _joined(living: Requirement, edit: ModifiedRequirement, entry: Entry) -> dict[str, Merged]:
    """The fields in which both sides edited other paragraphs."""
    joined: dict[str, Merged] = {}
    for name in _PROSE:
        change: TextEdit | None = getattr(edit, name)
        current: str | None = getattr(living, name)
        if change is None or current in (change.before, change.after):
            continue
        if name == TEXT and not _is_text_alone(living, edit):
            continue
        if change.before is None or current is None or change.after is None:
            continue
        if result := merged_prose(change.before, current, change.after):
            joined[name] = Merged(entry.name, name, change.before, current, change.after, result)
    return joined


def _is_text_alone(living: Requirement, edit: ModifiedRequirement) -> bool:
    """Whether no scenario that was seen has changed, on either side."""
    base = Base.of(living, edit.seen or {})
    edits = edit.scenarios or ScenarioEdits()
    return not scenarios_changed_since(base, edits) and not scenarios_to_change(base, edits)


def _seen(living: Requirement, edits: ScenarioEdits | None) -> dict[str, str]:
    """`seen` of what lives, with the rest of the scenarios that the entry removes."""
    removed = {e.id for e in edits.removed} if edits else set()
    rest = {scenario_rest_key(s.id): scenario_rest_digest(s) for s in living.scenarios if s.id in removed}
    return seen_of(living) | rest
