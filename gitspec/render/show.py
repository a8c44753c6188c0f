"""Capabilities, requirements, scenarios and changes as text to read, and as data for JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from gitspec.commands.show import Shown, ShownCapability, ShownChange, ShownRequirement
from gitspec.domain.ids import derived_title
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.status import delta_data
from gitspec.render.tasks import checklist_lines, doubts_data, task_data
from gitspec.render.text import clean_line, clean_lines, indented
from gitspec.store.records import DeltaOutline

Data = Mapping[str, Any]


def show_text(shown: Shown, paint: Paint = PLAIN) -> list[str]:
    """What `gitspec show` prints."""
    if isinstance(shown, ShownCapability):
        return list(_capability(shown, paint))
    if isinstance(shown, ShownRequirement):
        return list(_one_requirement(shown, paint))
    return list(_change(shown, paint))


def show_data(shown: Shown) -> tuple[str, dict[str, Any]]:
    """The kind and the body of `gitspec show --json`."""
    if isinstance(shown, ShownCapability):
        return "capability", {"id": shown.id, "path": shown.path, "capability": shown.data}
    if isinstance(shown, ShownRequirement):
        kind = "requirement" if shown.ref.scenario is None else "scenario"
        ids = {"capability_id": shown.ref.capability, "requirement_id": shown.ref.requirement}
        return kind, {"id": str(shown.ref), "path": shown.path, "line": shown.line, **ids, kind: shown.data}
    return "change", _change_data(shown)


def _capability(shown: ShownCapability, paint: Paint) -> Iterator[str]:
    data = shown.data
    yield f"{paint.strong(shown.id)}: {_title(data, shown.id.rpartition('/')[2])}"
    yield clean_line(shown.path)
    for key in ("purpose", "notes"):
        yield from _prose(data, key, "")
    for requirement in data.get("requirements", ()):
        yield ""
        yield from _requirement(requirement, shown.id, paint)


def _one_requirement(shown: ShownRequirement, paint: Paint) -> Iterator[str]:
    place = f"{clean_line(shown.path)}:{shown.line}"
    if shown.ref.scenario is None:
        head, *rest = _requirement(shown.data, shown.ref.capability, paint)
        yield head
        yield place
        yield from rest
        return
    yield f"{paint.strong(clean_line(str(shown.ref)))}: {_title(shown.data, shown.ref.scenario)}"
    yield place
    yield from _scenario_body(shown.data, "")


def _requirement(data: Data, capability: str, paint: Paint) -> Iterator[str]:
    name = clean_line(f"{capability}/{data['id']}")
    yield f"{paint.strong(name)}: {_title(data, data['id'])}"
    yield from indented(data["text"])
    for key in ("rationale", "deferred", "notes"):
        yield from _prose(data, key, "  ", label=True)
    if data.get("tags"):
        yield f"  Tags: {clean_line(', '.join(data['tags']))}"
    for kind, targets in data.get("links", {}).items():
        yield f"  {clean_line(kind)}: {clean_line(', '.join(targets))}"
    for name, value in data.get("attributes", {}).items():
        yield f"  {clean_line(name)}: {clean_line(value)}"
    for scenario in data.get("scenarios", ()):
        yield ""
        yield f"  {paint.strong(clean_line('#' + scenario['id']))}: {_title(scenario, scenario['id'])}"
        yield from _scenario_body(scenario, "    ")


def _scenario_body(data: Data, by: str) -> Iterator[str]:
    yield from indented(data.get("steps", ""), by) if data.get("steps") else ()
    yield from _prose(data, "notes", by, label=True)


def _prose(data: Data, key: str, by: str, *, label: bool = False) -> Iterator[str]:
    if text := data.get(key):
        yield ""
        if label:
            yield f"{by}{key.capitalize()}:"
        yield from indented(text, by + "  " if label else by)


def _title(data: Data, fallback: str) -> str:
    return clean_line(data.get("title") or derived_title(fallback))


def _change(shown: ShownChange, paint: Paint) -> Iterator[str]:
    record = shown.record
    change = record.change
    yield f"{paint.strong(record.id)}: {clean_line(change.title if change else '(change.yaml cannot be read)')}"
    if change:
        ended = f", {'closed' if change.closed else 'archived'} {record.day}" if record.day else ""
        yield f"{change.kind}, created {change.created}{ended}; {clean_line(record.path)}"
        if change.depends_on:
            yield f"depends on {', '.join(change.depends_on)}"
        if change.scope:
            yield f"scope {clean_line(' '.join(change.scope))}"
        if change.closed:
            yield f"closed: {clean_line(change.closed['reason'])}"
    if shown.unapproved:
        yield f"not approved: {clean_line(shown.unapproved)}"
    if shown.proposal:
        yield ""
        yield from _without_title(shown.proposal)
    if record.deltas:
        yield from ("", paint.strong("Deltas"))
    for delta in record.deltas:
        yield from _delta(delta, paint)
    if record.tasks:
        yield from ("", paint.strong("Tasks"))
        yield from (f"  {line}".rstrip() for line in checklist_lines(record.tasks, shown.doubts))


def _without_title(text: str) -> list[str]:
    lines = clean_lines(text.strip("\n"))
    if lines[0].startswith("# "):
        lines = lines[1:]
    while lines and not lines[0].strip():
        del lines[0]
    return lines


def _delta(delta: DeltaOutline, paint: Paint) -> Iterator[str]:
    yield f"  {delta.capability}" + (paint.bad(" (cannot be read)") if delta.is_broken else "")
    for sign, ids in (("+", delta.added), ("~", delta.modified), ("-", delta.removed)):
        for name in ids:
            yield f"    {sign} {clean_line(name)}"
    for old, new in (*delta.renamed, *delta.moved):
        yield f"    {clean_line(old)} -> {clean_line(new)}"
    if delta.rename_to:
        yield f"    renamed to {delta.rename_to}"
    if delta.retire:
        yield "    retired"


def _change_data(shown: ShownChange) -> dict[str, Any]:
    record = shown.record
    change = record.change
    return {
        "id": record.id,
        "path": record.path,
        "archived": record.day or None,
        "change": None if change is None else change._asdict(),
        "proposal": shown.proposal,
        "design": shown.design,
        "deltas": [
            {**delta_data(delta), "delta": document.data}
            for delta, document in zip(record.deltas, shown.deltas, strict=True)
        ],
        "tasks": None if record.tasks is None else [task_data(task) for task in record.tasks],
        "tasks_in_doubt": doubts_data(shown.doubts, need_commit=shown.need_commit),
        "unapproved": shown.unapproved or None,
        "findings": [finding_data(f) for f in record.findings],
    }
