"""Gathers what a report shows: living specs and changes, and what history and tests know of them."""

from collections.abc import Iterable, Mapping, Sequence

from gitspec.commands.approvals import commit_of
from gitspec.commands.progress import counts
from gitspec.commands.report_data import Report, ReportedCapability, ReportedChange, ReportedRequirement
from gitspec.commands.report_known import Known, known_of
from gitspec.commands.status import status
from gitspec.domain.ids import derived_title
from gitspec.store.documents import Document, capability_documents
from gitspec.store.records import ChangeRecord, records_of
from gitspec.store.spec import ChangeFolder, Spec


def report(spec: Spec) -> Report:
    """What a report shows. Raises CannotJudge L010 without a policy, G016 when a shallow clone hides commits."""
    policy = spec.require_policy()
    tip = commit_of(spec)
    documents = capability_documents(spec)
    known = known_of(spec, policy, tip, documents)
    capabilities = tuple(_capability(capability, document, known) for capability, document in documents.items())
    return Report(
        spec.snapshot.name,
        tip,
        known.time,
        capabilities,
        tuple(_active(spec, known)),
        tuple(_archived(spec, known)),
        known.strays,
    )


# -- living specs


def _capability(capability: str, document: Document, known: Known) -> ReportedCapability:
    data = document.data
    if data is None:
        first = next(f for f in document.findings if f.severity == "error")
        return ReportedCapability(
            capability, document.path, derived_title(capability), {}, (), f"{first.place} {first.code} {first.message}"
        )
    requirements = tuple(_requirement(f"{capability}/{r['id']}", r, known) for r in data.get("requirements", ()))
    title = data.get("title") or derived_title(capability)
    return ReportedCapability(capability, document.path, title, data, requirements)


def _requirement(name: str, data: Mapping[str, object], known: Known) -> ReportedRequirement:
    scenarios = data.get("scenarios", ())
    assert isinstance(scenarios, Sequence)
    there = {"", *(s["id"] for s in scenarios)}
    tests = tuple(place for place in known.tests.get(name, ()) if place.scenario in there)
    named = {place.scenario for place in tests}
    touches = sorted(known.touches.get(name, ()), key=lambda touch: not touch.day)
    return ReportedRequirement(
        name,
        str(data.get("title") or derived_title(str(data["id"]))),
        data,
        tuple(touches),
        tests,
        tuple(known.cited.get(name, ())),
        tuple(known.requirements.get(name, ())),
        () if data.get("deferred") else tuple(s["id"] for s in scenarios if s["id"] not in named),
    )


# -- changes


def _active(spec: Spec, known: Known) -> Iterable[ReportedChange]:
    found = status(spec)
    for one in found.changes:
        record = one.checked.record
        doubts = found.doubts.get(record.id, ())
        yield _change(spec.change(record.id), record, known)._replace(
            state=one.state,
            next=one.next,
            counts=one.tasks,
            doubts=tuple(doubt.why for doubt in doubts),
            held=frozenset(d.item.id for d in doubts if record.id in found.held and d.item.status == "done"),
        )


def _archived(spec: Spec, known: Known) -> Iterable[ReportedChange]:
    """Newest first."""
    folders = [spec.archived_change(one) for one in reversed(spec.archived())]
    for folder, record in zip(folders, records_of(spec, folders), strict=True):
        yield _change(folder, record, known)


def _change(folder: ChangeFolder, record: ChangeRecord, known: Known) -> ReportedChange:
    outline = record.change
    closed = str(outline.closed["reason"]) if outline and outline.closed else ""
    commit, release = known.landed.get(record.id, ("", "")) if record.day else ("", "")
    proposal = folder.proposal
    return ReportedChange(
        id=record.id,
        path=record.path,
        title=outline.title if outline else "",
        kind=outline.kind if outline else "",
        created=outline.created if outline else "",
        day=record.day,
        why=proposal.sections.get("Why", "") if proposal else "",
        state="closed" if closed else "archived",
        closed=closed,
        is_imported=bool(outline and outline.imported),
        next=None,
        counts=counts(record.tasks),
        tasks=record.tasks or (),
        capabilities=tuple(delta.capability for delta in record.deltas),
        touched=tuple(known.touched.get(record.path, ())),
        commits=tuple(known.changes.get(record.id, ())),
        commit=commit,
        release=release,
    )
