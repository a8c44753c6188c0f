"""What a delta says that it does, as a difference: from what it quotes alone, whatever lived around it."""

from collections.abc import Iterator

from gitspec.domain.capability import steps_text
from gitspec.domain.delta import Delta, LineEdit, ModifiedRequirement, ScenarioEdits, TextEdit
from gitspec.domain.diff import CapabilityDiff, Kind, PartDiff, RequirementDiff, requirement_parts


def difference_of(delta: Delta) -> CapabilityDiff:
    """The difference. Of what it removes no parts are known; what it moves away is told with ``now``."""
    name = delta.rename_to or delta.capability
    modified = {entry.id: tuple(_modified(entry)) for entry in delta.modified}
    requirements = [
        RequirementDiff(
            entry.to,
            "renamed",
            (*_edit("title", entry.title), *modified.pop(entry.to, ())),
            f"{delta.capability}/{entry.id}",
        )
        for entry in delta.renamed
    ]
    requirements += [RequirementDiff(e.id, "moved", (), f"{delta.capability}/{e.id}", e.to) for e in delta.moved]
    requirements += [RequirementDiff(entry.id, "removed", ()) for entry in delta.removed]
    requirements += [RequirementDiff(entry, "modified", parts) for entry, parts in modified.items()]
    requirements += [RequirementDiff(e.id, "added", tuple(requirement_parts(None, e))) for e in delta.added]
    fields = {"title": delta.title, "purpose": delta.purpose, "notes": delta.capability_notes}
    is_new = any(isinstance(value, str) for value in fields.values())
    kind: Kind = "added" if is_new else "renamed" if delta.rename_to else "modified"
    parts = [part for field, value in fields.items() for part in _field(field, value)]
    return CapabilityDiff(name, kind, tuple(parts), tuple(requirements), delta.capability if delta.rename_to else "")


def _field(name: str, value: str | LineEdit | TextEdit | None) -> Iterator[PartDiff]:
    if isinstance(value, str):
        yield PartDiff(name, None, value)
    else:
        yield from _edit(name, value)


def _edit(name: str, edit: LineEdit | TextEdit | None, scenario: str = "") -> Iterator[PartDiff]:
    if edit is not None:
        yield PartDiff(name, edit.before, edit.after, scenario)


def _modified(entry: ModifiedRequirement) -> Iterator[PartDiff]:
    yield from _edit("title", entry.title)
    yield from _edit("text", entry.text)
    yield from _edit("rationale", entry.rationale)
    yield from _edit("deferred", entry.deferred)
    yield from _edit("notes", entry.notes)
    if entry.tags:
        yield PartDiff("tags", ", ".join(entry.tags.removed) or None, ", ".join(entry.tags.added) or None)
    if entry.links:
        gone, come = (
            "\n".join(f"{kind} {target}" for kind, targets in links.items() for target in targets)
            for links in (entry.links.removed, entry.links.added)
        )
        yield PartDiff("links", gone or None, come or None)
    for name, edit in entry.attributes.items():
        yield from _edit(f"attribute {name}", edit)
    if entry.scenarios:
        yield from _scenarios(entry.scenarios)


def _scenarios(edits: ScenarioEdits) -> Iterator[PartDiff]:
    for renamed in edits.renamed:
        yield PartDiff("id", renamed.id, renamed.to, renamed.to)
        yield from _edit("title", renamed.title, renamed.to)
    for modified in edits.modified:
        yield from _edit("title", modified.title, modified.id)
        if modified.steps:
            old, new = modified.steps.before, modified.steps.after
            yield PartDiff("steps", steps_text(old) if old else None, steps_text(new) if new else None, modified.id)
        yield from _edit("notes", modified.notes, modified.id)
    for removed in edits.removed:
        yield PartDiff("id", removed.id, None, removed.id)
    for added in edits.added:
        yield PartDiff("id", None, added.id, added.id)
