"""Which parts of an active change are stale, and against which archived change."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from gitspec.store.records import ChangeRecord, records_of

if TYPE_CHECKING:
    from gitspec.store.spec import ChangeFolder, Spec

_CHUNK = 64


class Stale(NamedTuple):
    """A part that is not any more as the change says its author saw it; ``change`` is the archived one that touched it
    last, empty when none is known."""

    name: str
    part: str
    change: str


def last_touched(spec: "Spec", name: str, part: str) -> str:
    """The id of the archived change that last touched a part of a requirement, or of a capability; empty: unknown."""
    from gitspec.domain.touches import touched

    for folder, record in _newest_first(spec):
        if not _may_touch(record, name):
            continue
        deltas = [loaded.value for loaded in folder.deltas.values() if loaded.value is not None]
        found, name = touched(deltas, name, part)
        if found:
            return folder.id
    return ""


def _newest_first(spec: "Spec") -> "Iterator[tuple[ChangeFolder, ChangeRecord]]":
    """The archived changes that were folded; a few at a time, for the last ones mostly tell."""
    archived = spec.archived()[::-1]
    for at in range(0, len(archived), _CHUNK):
        folders = [spec.archived_change(one) for one in archived[at : at + _CHUNK]]
        for folder, record in zip(folders, records_of(spec, folders), strict=True):
            if record.change is None or record.change.closed is None:
                yield folder, record


def _may_touch(record: ChangeRecord, name: str) -> bool:
    home = name.rpartition("/")[0]
    return any(
        d.capability in (home, name) or d.rename_to in (home, name) or any(to == name for _, to in d.moved)
        for d in record.deltas
        if not d.is_broken
    )
