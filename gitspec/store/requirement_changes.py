"""Which changes, active and archived at a snapshot, touch which requirement, through renames and moves."""

from typing import TYPE_CHECKING

from gitspec.domain.requirement_changes import Chains, Names, RequirementChange, Step
from gitspec.store.records import ChangeRecord, DeltaOutline, records_of
from gitspec.store.spec import Spec

if TYPE_CHECKING:
    from gitspec.store.cache import Cache

__all__ = ["RequirementChange", "requirement_changes"]


def requirement_changes(spec: Spec, cache: "Cache | None") -> dict[str, list[RequirementChange]]:
    """For each requirement, by the name that it has or last had, the changes that touch it, oldest first.

    Changes that were closed without effect count for nothing. Active ones come last; names are those before them. Broken
    deltas are passed over: findings tell of them.
    """
    from gitspec.store.facts import facts_of_capabilities
    from gitspec.store.lived import Lived

    spec = Spec(spec.snapshot, cache)
    archived = spec.archived()
    folders = [spec.archived_change(one) for one in archived] + [spec.change(i) for i in spec.change_ids()]
    records = {record.path: record for record in records_of(spec, folders)}
    order = {change: at for at, change in enumerate(archive.change for archive in Lived(spec).archives())}
    folded = [records[one.folder] for one in archived if one.id in order]
    steps = [_step(record) for record in sorted(folded, key=lambda record: order[record.id])]
    steps += [_step(record) for record in records.values() if not record.day]
    living = [f"{c}/{r}" for c, facts in facts_of_capabilities(spec).items() for r in facts.requirement_ids]
    return Chains(steps).all(living)


def _step(record: ChangeRecord) -> Step:
    return Step(record.id, record.path, [_names(d) for d in record.deltas if not d.is_broken], not record.day)


def _names(delta: DeltaOutline) -> Names:
    return Names(
        delta.capability, delta.added, delta.modified, delta.removed, delta.renamed, delta.moved, delta.rename_to
    )
