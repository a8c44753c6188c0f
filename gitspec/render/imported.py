"""What an import did, for people and for programs."""

from collections.abc import Iterator
from typing import Any

from gitspec.commands.import_openspec import Imported
from gitspec.commands.import_openspec_report import OPERATIONS, Report
from gitspec.domain.finding import Finding
from gitspec.domain.rules import RULES
from gitspec.render.json import finding_data

_SHOWN = 3
_FINDINGS = 20


def imported_data(done: Imported) -> dict[str, Any]:
    """``import``: what was read and written, counts, every finding on the source, and on the result."""
    return {
        "format": "openspec",
        "roots": [root or "." for root in done.roots],
        "dry_run": done.dry_run,
        "written": list(done.written),
        "changes": [{"id": i, "path": path, "source": was} for i, (path, was) in sorted(done.changes.items())],
        "counts": done.report.counts.data(),
        "overlooked_by_openspec": done.report.overlooked.data(),
        "findings": [finding_data(f) for f in done.report.findings],
        "validation": None if done.validation is None else [finding_data(f) for f in done.validation],
        "commit": done.commit_line,
    }


def imported_text(done: Imported) -> list[str]:
    """Counts, every warning and error, how much there is of each sort of information, and what comes next."""
    lines = list(_counts(done.report))
    lines += _loud(done.report.findings)
    lines += _quiet(done.report.findings)
    if done.dry_run:
        return [*lines, f"would write {len(done.written)} files"]
    lines.append(f"wrote {len(done.written)} files")
    found = done.validation or ()
    errors = [f for f in found if f.severity == "error"]
    lines.append(f"validated: {len(errors)} errors, {sum(f.severity == 'warning' for f in found)} warnings")
    lines += _loud(errors[:_FINDINGS])
    if len(errors) > _FINDINGS:
        lines.append(f"    … and {len(errors) - _FINDINGS} more: gitspec validate --all")
    return [*lines, f"next: {done.commit_line}"]


def _counts(report: Report) -> Iterator[str]:
    counts, less = report.counts.data(), report.overlooked.data()
    rows = [
        (name.replace("changes_", "changes, "), counts[name], less[name])
        for name in ("capabilities", "requirements", "scenarios", "changes_active", "changes_archived")
    ]
    for when in ("active", "archived"):
        rows += [
            (f"{name} in {when} deltas", counts["deltas"][when][name], less["deltas"][when][name])
            for name in OPERATIONS
        ]
        rows += [(f"tasks {name}, {when}", number, 0) for name, number in counts["tasks"][when].items()]
    for what, number, overlooked in rows:
        if number:
            yield f"{number:7} {what}" + (f" ({overlooked} that OpenSpec overlooks)" if overlooked else "")


def _loud(findings: "list[Finding]") -> list[str]:
    lines: list[str] = []
    help_ = ""
    for item in findings:
        if item.severity == "info":
            continue
        lines.append(f"{item.place or 'gitspec'}: {item.code} {item.message}")
        if item.help and item.help != help_:
            help_ = item.help
            lines.append(f"    help: {help_}")
    return lines


def _quiet(findings: "list[Finding]") -> list[str]:
    lines: list[str] = []
    for code in sorted({f.code for f in findings if f.severity == "info"}):
        items = [f for f in findings if f.code == code]
        lines.append(f"{code} {RULES[code].summary}: {len(items)}")
        lines += [f"    {item.place}: {item.message}" for item in items[:_SHOWN]]
        if len(items) > _SHOWN:
            lines.append(f"    … and {len(items) - _SHOWN} more: --json lists all")
    return lines
