"""One capability, requirement, scenario or change, with all that it holds."""

from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.commands.approvals import missing_approvals
from gitspec.commands.names import Named, no_scenario
from gitspec.domain.ids import RequirementRef
from gitspec.store.documents import Document, capability_document, delta_documents
from gitspec.store.records import ChangeRecord, records_of
from gitspec.store.spec import Spec
from gitspec.store.task_history import doubts_of, need_commit

if TYPE_CHECKING:
    from gitspec.domain.task_truth import Doubt


class ShownCapability(NamedTuple):
    """``data`` is shaped as in the file; ``lines`` tells where each requirement starts."""

    id: str
    path: str
    data: dict[str, Any]
    lines: dict[str, int]


class ShownRequirement(NamedTuple):
    """A requirement, or with ``ref.scenario`` one scenario of it; ``data`` is shaped as in the file."""

    ref: RequirementRef
    path: str
    line: int
    data: dict[str, Any]


class ShownChange(NamedTuple):
    """A change, active or archived. ``proposal`` and ``design`` are the texts of the files."""

    record: ChangeRecord
    proposal: str | None
    design: str | None
    deltas: tuple[Document, ...]
    unapproved: str = ""
    """Why it lacks the approval that the policy asks for."""
    doubts: "tuple[Doubt, ...]" = ()
    """The tasks of which tasks.md and history disagree; of an active change."""
    need_commit: bool = False
    """Whether the policy asks for commits that name tasks."""


Shown = ShownCapability | ShownRequirement | ShownChange


def show(spec: Spec, named: Named) -> Shown:
    """What ``named`` names. Raises Refused when its file has errors, UsageError L011 for an unknown scenario."""
    if named.kind == "capability":
        return _capability(spec, named.id)
    if named.ref is not None:
        return _requirement(spec, named.ref)
    folder = spec.archived_change(named.archived) if named.archived else spec.change(named.id)
    record = records_of(spec, [folder])[0]
    deltas = delta_documents(spec, folder, [delta.path for delta in record.deltas])
    shown = ShownChange(
        record,
        folder.read("proposal.md").decode("utf-8", "replace") if folder.has("proposal.md") else None,
        folder.read("design.md").decode("utf-8", "replace") if folder.has("design.md") else None,
        tuple(deltas),
    )
    if named.archived:
        return shown
    return shown._replace(
        unapproved=missing_approvals(spec, [named.id]).get(named.id, ""),
        doubts=doubts_of(spec, [record]).get(record.id, ()),
        need_commit=need_commit(spec),
    )


def _capability(spec: Spec, capability: str) -> ShownCapability:
    from gitspec.store.facts import facts_of_capabilities

    document = capability_document(spec, capability)
    data = document.require(f"gitspec validate {capability}")
    facts = facts_of_capabilities(spec, [capability])[capability]
    return ShownCapability(capability, document.path, data, {r.id: r.line for r in facts.requirements})


def _requirement(spec: Spec, ref: RequirementRef) -> ShownRequirement:
    whole = _capability(spec, ref.capability)
    data = next(r for r in whole.data["requirements"] if r["id"] == ref.requirement)
    if ref.scenario is not None:
        scenarios = {s["id"]: s for s in data.get("scenarios", ())}
        if ref.scenario not in scenarios:
            raise no_scenario(str(ref), list(scenarios))
        data = scenarios[ref.scenario]
    return ShownRequirement(ref, whole.path, whole.lines[ref.requirement], data)
