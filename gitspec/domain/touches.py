"""Which parts a delta has touched: to tell which archived change made a part what it is."""

from collections.abc import Iterable

from gitspec.domain.delta import Delta, ModifiedRequirement
from gitspec.domain.digest import OTHER_FIELDS, TEXT
from gitspec.domain.fold_capability import FIELDS
from gitspec.domain.staleness import GONE


def touched(deltas: Iterable[Delta], name: str, part: str) -> tuple[bool, str]:
    """Whether the deltas of a change touched a part of what is called ``name`` after it, and the name before."""
    capability, _, requirement = name.rpartition("/")
    before = name
    found = False
    for delta in deltas:
        home = delta.rename_to or delta.capability
        if part in FIELDS.values() and name in (delta.capability, home):
            keys = [key for key, field in FIELDS.items() if field == part]
            found = found or any(getattr(delta, key) is not None for key in keys)
        if part == GONE and _gave_up(delta, name):
            found = True
        for moved in delta.moved:
            if moved.to == name:
                before = f"{delta.capability}/{moved.id}"
        if capability not in (delta.capability, home):
            continue
        for renamed in delta.renamed:
            if renamed.to == requirement:
                before = f"{delta.capability}/{renamed.id}"
                found = found or (part == "title" and renamed.title is not None)
        found = found or any(e.id == requirement for e in delta.added)
        found = found or any(e.id == requirement and _modified(e, part) for e in delta.modified)
    return found, before


def _gave_up(delta: Delta, name: str) -> bool:
    capability, _, requirement = name.rpartition("/")
    if delta.capability == name:
        return delta.retire or bool(delta.rename_to)
    if delta.capability != capability:
        return False
    ids = {e.id for e in delta.renamed} | {e.id for e in delta.moved} | {e.id for e in delta.removed}
    return delta.retire or bool(delta.rename_to) or requirement in ids


def _modified(entry: ModifiedRequirement, part: str) -> bool:
    edits = entry.scenarios
    if edits is not None:
        ids = {e.id for e in edits.added} | {e.id for e in edits.modified} | {e.id for e in edits.removed}
        if part in ids | {e.id for e in edits.renamed} | {e.to for e in edits.renamed}:
            return True
    if part.startswith("attribute "):
        return part.removeprefix("attribute ") in entry.attributes
    if part == OTHER_FIELDS:
        fields = ("title", "rationale", "tags", "links", "deferred", "notes", "attributes")
        return any(getattr(entry, name) for name in fields) or edits is not None
    return part in (TEXT, "title", "rationale", "deferred", "notes") and getattr(entry, part) is not None
