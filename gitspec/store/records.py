"""What commands need to know about changes, without their documents: cached by the tree of the change's folder.

Warm, neither pydantic nor YAML is imported, and no file of the change is read.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.task_status import Item
from gitspec.store import layout
from gitspec.store.memo import remembered

if TYPE_CHECKING:
    from gitspec.domain.change import Change
    from gitspec.domain.delta import Delta
    from gitspec.store.spec import ChangeFolder, Spec

ProposalState = Literal["missing", "incomplete", "written"]


class Outline(NamedTuple):
    """What change.yaml says, as plain values."""

    title: str
    kind: str
    created: str
    scope: tuple[str, ...]
    depends_on: tuple[str, ...]
    no_deltas: bool
    closed: dict[str, Any] | None
    imported: str | None
    notes: str | None


class DeltaOutline(NamedTuple):
    """What a delta does, by ids; ``is_broken``: its file has errors, and nothing else is known."""

    capability: str
    path: str
    is_broken: bool = False
    added: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    fields: tuple[str, ...] = ()
    rename_to: str | None = None
    retire: bool = False


class ChangeRecord(NamedTuple):
    """A change as its own files have it; nothing here depends on the living specs.

    ``change`` is None when change.yaml is missing or broken, ``tasks`` when there is no tasks.md. ``key`` says what
    all of it was read from.
    """

    id: str
    path: str
    day: str
    key: str
    change: Outline | None
    proposal: ProposalState
    tasks: tuple[Item, ...] | None
    deltas: tuple[DeltaOutline, ...]
    findings: tuple[Finding, ...]


def records_of(spec: "Spec", folders: "Sequence[ChangeFolder]") -> list[ChangeRecord]:
    """The records of changes, active or archived, in order."""
    policy = policy_oid(spec)
    keys = [f"{folder.path} {tree} {policy}" for folder, tree in zip(folders, spec.trees(folders), strict=True)]
    rows = remembered(spec.cache, "changes", keys, lambda missing: [_row_of(folders[i]) for i in missing])
    return [_record(folder, key, row) for folder, key, row in zip(folders, keys, rows, strict=True)]


def policy_oid(spec: "Spec") -> str:
    """The object id of the policy's content; ``-`` when there is none."""
    return spec.oids([layout.POLICY])[0] if spec.has_policy else "-"


def plain(found: Finding) -> list[Any]:
    """A finding as the cache holds it; ``finding_of`` reads it."""
    return list(found)


def finding_of(row: Sequence[Any]) -> Finding:
    """The finding that ``plain`` wrote."""
    return Finding(*row)


def _row_of(folder: "ChangeFolder") -> dict[str, Any]:
    from gitspec.markdown.checklist import read_checklist

    findings = list(folder.change.findings)
    for loaded in folder.deltas.values():
        findings += loaded.findings
    proposal = folder.proposal
    findings += proposal.findings if proposal else ()
    tasks = None
    if folder.has("tasks.md"):
        checklist = read_checklist(folder.read("tasks.md"), f"{folder.path}/tasks.md")
        findings += checklist.findings
        tasks = [list(item) for item in checklist.items]
    change = folder.change.value
    return {
        "change": list(_outline(change)) if change else None,
        "proposal": "missing" if proposal is None else "incomplete" if _has_errors(proposal.findings) else "written",
        "tasks": tasks,
        "deltas": [
            list(_delta_outline(folder.path, capability, loaded.value)) for capability, loaded in folder.deltas.items()
        ],
        "findings": [plain(f) for f in findings],
    }


def _has_errors(findings: Sequence[Finding]) -> bool:
    return any(f.severity == "error" for f in findings)


def _outline(change: "Change") -> Outline:
    return Outline(
        change.title,
        change.kind,
        change.created.isoformat(),
        change.scope,
        change.depends_on,
        change.no_deltas,
        change.closed.model_dump(mode="json") if change.closed else None,
        change.imported,
        change.notes,
    )


def _delta_outline(folder: str, capability: str, delta: "Delta | None") -> DeltaOutline:
    path = layout.delta_path(folder, capability)
    if delta is None:
        return DeltaOutline(capability, path, is_broken=True)
    return DeltaOutline(
        capability,
        path,
        added=tuple(r.id for r in delta.added),
        modified=tuple(r.id for r in delta.modified),
        removed=tuple(r.id for r in delta.removed),
        renamed=tuple((r.id, r.to) for r in delta.renamed),
        moved=tuple((r.id, r.to) for r in delta.moved),
        fields=tuple(name for name in ("title", "purpose", "capability_notes") if getattr(delta, name) is not None),
        rename_to=delta.rename_to,
        retire=delta.retire,
    )


def _record(folder: "ChangeFolder", key: str, row: dict[str, Any]) -> ChangeRecord:
    tasks = row["tasks"]
    return ChangeRecord(
        folder.id,
        folder.path,
        folder.day,
        key,
        Outline(*map(_frozen, row["change"])) if row["change"] else None,
        row["proposal"],
        None if tasks is None else tuple(Item(*task) for task in tasks),
        tuple(DeltaOutline(*map(_frozen, delta)) for delta in row["deltas"]),
        tuple(finding_of(f) for f in row["findings"]),
    )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
