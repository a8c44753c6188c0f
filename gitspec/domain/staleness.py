"""What of a delta is older than the living specs: entries that a rebase would renew."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gitspec.domain.capability import Capability, Requirement
from gitspec.domain.delta import Delta, LineEdit, ModifiedRequirement, RemovedRequirement, TextEdit
from gitspec.domain.digest import OTHER_FIELDS, TEXT, is_scenario_key, seen_of
from gitspec.domain.fold_capability import FIELDS
from gitspec.domain.provenance import digests_of

GONE = "requirement"
"""The part that stands for the whole requirement: it is not there under its name any more."""


class StalePart(NamedTuple):
    """``name`` (a requirement, or a capability) is not any more what an entry says its author saw, in one part.

    ``group`` and ``at`` tell the entry (for a capability the key and -1), ``part`` is `text`, another field, the id
    of a scenario, or GONE.
    """

    capability: str
    name: str
    part: str
    group: str
    at: int


def stale_parts(deltas: Sequence[Delta], living: Mapping[str, Capability]) -> list[StalePart]:
    """All stale parts of a change's deltas; unstamped entries have none."""
    found: list[StalePart] = []
    moved = {e.to: f"{d.capability}/{e.id}" for d in deltas for e in d.moved}
    renamed = {f"{d.capability}/{e.to}": f"{d.capability}/{e.id}" for d in deltas for e in d.renamed}
    for delta in deltas:
        found += _of_capability(delta, living.get(delta.capability))
        for group in ("modified", "removed"):
            for index, entry in enumerate(getattr(delta, group)):
                name = f"{delta.capability}/{entry.id}"
                if group == "modified":  # under the name that it has once all is renamed and moved
                    name = moved.get(name, name)
                    name = renamed.get(name, name)
                parts = _of_entry(entry, _requirement(living, name))
                found += [StalePart(delta.capability, name, part, group, index) for part in parts]
        for group in ("renamed", "moved"):
            for index, entry in enumerate(getattr(delta, group)):
                name = f"{delta.capability}/{entry.id}"
                if _requirement(living, name) is None:
                    found.append(StalePart(delta.capability, name, GONE, group, index))
    return found


def _requirement(living: Mapping[str, Capability], name: str) -> Requirement | None:
    capability, _, requirement = name.rpartition("/")
    found = living.get(capability)
    return found.requirement(requirement) if found else None


def _of_entry(entry: ModifiedRequirement | RemovedRequirement, living: Requirement | None) -> Iterator[str]:
    if entry.seen is None or TEXT not in entry.seen:
        return
    if living is None:
        yield GONE
        return
    digests = digests_of(living)
    for key, digest in entry.seen.items():
        if digests.get(key) != digest:
            yield key.partition(f".{OTHER_FIELDS}")[0]
    yield from (key for key in seen_of(living) if key not in entry.seen and is_scenario_key(key))
    if isinstance(entry, ModifiedRequirement):
        yield from _fields(entry, living)


def _fields(entry: ModifiedRequirement, living: Requirement) -> Iterator[str]:
    for name in ("title", "rationale", "deferred", "notes"):
        edit = getattr(entry, name)
        if edit is not None and edit.before != getattr(living, name):
            yield name
    for key, line in entry.attributes.items():
        if line.before != living.attributes.get(key):
            yield f"attribute {key}"


def _of_capability(delta: Delta, living: Capability | None) -> Iterator[StalePart]:
    for key, field in FIELDS.items():
        edit = getattr(delta, key)
        if isinstance(edit, TextEdit | LineEdit) and living and edit.before != getattr(living, field):
            yield StalePart(delta.capability, delta.capability, field, key, -1)
