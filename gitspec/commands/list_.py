"""What there is: active changes, capabilities, archived changes."""

from typing import NamedTuple

from gitspec.commands.progress import Counts, counts
from gitspec.store.check import check_changes
from gitspec.store.records import ChangeRecord, records_of
from gitspec.store.spec import Spec
from gitspec.store.stale import Stale


class ListedChange(NamedTuple):
    """An active change. ``title`` and ``kind`` are empty when change.yaml is missing or broken."""

    id: str
    path: str
    title: str
    kind: str
    created: str
    tasks: Counts
    capabilities: tuple[str, ...]
    """Those that it has a delta for."""
    errors: int
    """Findings in its own files; `gitspec validate` sees more."""
    stale: tuple[Stale, ...] = ()
    """Parts of its deltas that are older than the living specs."""


class ListedCapability(NamedTuple):
    """A living capability."""

    id: str
    path: str
    title: str
    requirements: int
    scenarios: int
    errors: int


class ListedArchive(NamedTuple):
    """An archived change, or one that was closed without effect."""

    id: str
    path: str
    date: str
    title: str
    kind: str
    closed: bool
    imported: bool
    capabilities: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The name of the annotated tag that goes with it; what an import brought along has none."""
        return "" if self.imported else f"archive/{self.date}-{self.id}"


def list_changes(spec: Spec) -> tuple[ListedChange, ...]:
    """The active changes, by id."""
    checked = check_changes(spec, spec.change_ids())
    return tuple(
        ListedChange(
            record.id,
            record.path,
            record.change.title if record.change else "",
            record.change.kind if record.change else "",
            record.change.created if record.change else "",
            counts(record.tasks),
            _capabilities(record),
            sum(f.severity == "error" for f in record.findings),
            one.stale,
        )
        for one in checked
        for record in (one.record,)
    )


def list_capabilities(spec: Spec) -> tuple[ListedCapability, ...]:
    """The living capabilities, by id."""
    from gitspec.store.facts import facts_of_capabilities

    return tuple(
        ListedCapability(
            capability,
            facts.path,
            facts.title,
            facts.requirement_count,
            facts.scenario_count,
            sum(f.severity == "error" for f in facts.findings),
        )
        for capability, facts in facts_of_capabilities(spec).items()
    )


def list_archived(spec: Spec) -> tuple[ListedArchive, ...]:
    """The archived and closed changes, by day and id."""
    archived = spec.archived()
    records = records_of(spec, [spec.archived_change(one) for one in archived])
    return tuple(
        ListedArchive(
            one.id,
            one.folder,
            one.day,
            record.change.title if record.change else "",
            record.change.kind if record.change else "",
            bool(record.change and record.change.closed),
            bool(record.change and record.change.imported),
            _capabilities(record),
        )
        for one, record in zip(archived, records, strict=True)
    )


def _capabilities(record: ChangeRecord) -> tuple[str, ...]:
    return tuple(delta.capability for delta in record.deltas)
