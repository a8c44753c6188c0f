"""Progress and next steps as text and as data for JSON."""

from collections.abc import Sequence
from typing import Any

from gitspec.commands.progress import ChangeStatus, NextStep
from gitspec.commands.status import Status
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.listing import counts_data, stale_data, stale_text, tasks_text
from gitspec.render.tasks import doubts_data
from gitspec.render.text import clean_line, columns, count, findings_text, tally
from gitspec.store.records import DeltaOutline
from gitspec.store.stale import Stale

_FEW_FINDINGS = 5
_FEW_UNSETTLED = 10
_SHORT = 12


def status_text(status: Status, paint: Paint = PLAIN) -> list[str]:
    """One change at length, or several with a line each and its next step."""
    if len(status.changes) == 1:
        only = status.changes[0]
        return _at_length(only, paint, status) + unsettled_text(status, paint)
    lines = columns(
        [(c.checked.id, c.state, _tasks(c, status), _with_stale(c), f"next: {c.next.command}") for c in status.changes]
    )
    return lines + (next_text(status.next, paint) if status.next else []) + unsettled_text(status, paint)


def unsettled_text(status: Status, paint: Paint = PLAIN) -> list[str]:
    """Commits that skipped for a reason to be settled, the first first, and how to settle them."""
    if not status.unsettled:
        return []
    rows = [(one.commit[:_SHORT], one.day, one.reason, one.subject) for one in status.unsettled[:_FEW_UNSETTLED]]
    more = len(status.unsettled) - len(rows)
    return [
        "",
        paint.warn(
            f"{count(len(status.unsettled), 'commit')} to settle by a commit for a change, with 'Settles: <commit>':"
        ),
        *("  " + line for line in columns(rows)),
        *([f"  and {more} more"] if more else []),
    ]


def next_text(step: NextStep, paint: Paint = PLAIN) -> list[str]:
    """The next step and why it comes."""
    return [f"next: {paint.strong(clean_line(step.command))}", f"      {clean_line(step.why)}"]


def _tasks(change: ChangeStatus, status: Status) -> str:
    """How many tasks are done, and how many of all are in doubt."""
    doubts = status.doubts.get(change.checked.id, ())
    return tasks_text(change.tasks) + (f", {len(doubts)} in doubt" if doubts else "")


def _at_length(status: ChangeStatus, paint: Paint, whole: Status) -> list[str]:
    unapproved = whole.unapproved.get(status.checked.id, "")
    doubts = whole.doubts.get(status.checked.id, ())
    checked = status.checked
    record = checked.record
    errors = [f for f in checked.findings if f.severity == "error"]
    facts = [("proposal", record.proposal), ("deltas", _deltas_text(record.deltas, status))]
    facts += [("tasks", _tasks(status, whole)), ("findings", tally(checked.findings) or "none")]
    if status.checked.stale:
        facts.append(("stale", _stale_text(status.checked.stale)))
    if unapproved:
        facts.append(("approval", unapproved))
    if record.change and record.change.depends_on:
        facts.append(("depends on", ", ".join(record.change.depends_on)))
    lines = [f"{paint.strong(clean_line(checked.id))}: {clean_line(_title(status))}", clean_line(record.path), ""]
    lines += ["  " + line for line in columns(facts)]
    if errors:
        lines += ["", *findings_text(errors[:_FEW_FINDINGS], paint)]
        if len(errors) > _FEW_FINDINGS:
            lines.append(f"and {len(errors) - _FEW_FINDINGS} more: gitspec validate {checked.id}")
    if doubts:
        lines += ["", *(f"  {clean_line(doubt.why)}" for doubt in doubts[:_FEW_FINDINGS])]
        if len(doubts) > _FEW_FINDINGS:
            lines.append(f"  and {len(doubts) - _FEW_FINDINGS} more: gitspec validate {checked.id}")
    return [*lines, "", *next_text(status.next, paint)]


def _stale_text(stale: Sequence[Stale]) -> str:
    parts = [f"{s.name} ({s.part}{f', by {s.change}' if s.change else ''})" for s in stale[:_FEW_FINDINGS]]
    more = f" and {len(stale) - len(parts)} more" if len(stale) > len(parts) else ""
    return ", ".join(parts) + more


def _with_stale(status: ChangeStatus) -> str:
    stale = stale_text(status.checked.stale)
    return f"{_title(status)} [{stale}]" if stale else _title(status)


def _title(status: ChangeStatus) -> str:
    change = status.checked.record.change
    return change.title if change else "(change.yaml cannot be read)"


def _deltas_text(deltas: tuple[DeltaOutline, ...], status: ChangeStatus) -> str:
    change = status.checked.record.change
    if not deltas:
        return "none, as declared" if change and change.no_deltas else "none"
    numbers = [
        (sum(len(getattr(delta, what)) for delta in deltas), what)
        for what in ("added", "modified", "removed", "renamed", "moved")
    ]
    said = ", ".join(f"{n} {what}" for n, what in numbers if n)
    return count(len(deltas), "capability") + (f": {said}" if said else "")


def status_data(status: Status) -> dict[str, Any]:
    """The body of `gitspec status --json`."""
    return {
        "changes": [
            {
                **_change_data(change),
                "unapproved": status.unapproved.get(change.checked.id),
                "tasks_in_doubt": doubts_data(
                    status.doubts.get(change.checked.id, ()), need_commit=change.checked.id in status.held
                ),
            }
            for change in status.changes
        ],
        "next": _next_data(status.next) if status.next else None,
        "unsettled": [one._asdict() for one in status.unsettled],
    }


def _next_data(step: NextStep) -> dict[str, str]:
    return step._asdict()


def _change_data(status: ChangeStatus) -> dict[str, Any]:
    record = status.checked.record
    change = record.change
    return {
        "id": record.id,
        "path": record.path,
        "title": change.title if change else None,
        "kind": change.kind if change else None,
        "created": change.created if change else None,
        "depends_on": list(change.depends_on) if change else [],
        "state": status.state,
        "ready": status.state == "ready",
        "proposal": record.proposal,
        "deltas": [delta_data(delta) for delta in record.deltas],
        "tasks": counts_data(status.tasks),
        "stale": stale_data(status.checked.stale),
        "findings": [finding_data(f) for f in status.checked.findings],
        "next": _next_data(status.next),
    }


def delta_data(delta: DeltaOutline) -> dict[str, Any]:
    """What a delta does, by ids."""
    return {
        "capability": delta.capability,
        "path": delta.path,
        "broken": delta.is_broken,
        "added": list(delta.added),
        "modified": list(delta.modified),
        "removed": list(delta.removed),
        "renamed": [{"id": old, "to": new} for old, new in delta.renamed],
        "moved": [{"id": old, "to": new} for old, new in delta.moved],
        "rename_to": delta.rename_to,
        "retire": delta.retire,
    }
