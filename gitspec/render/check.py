"""A report of a gate or of `gitspec check`: as text, and as data for JSON."""

from typing import Any

from gitspec.domain.report import CommitReport, RefReport, Report
from gitspec.render.check_items import Item, bounded, is_id_of, items, summed_up, title_of, totals
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.text import count, finding_lines, inert


def check_text(report: Report, paint: Paint = PLAIN, *, strict: bool = False, most: int | None = None) -> list[str]:
    """Findings by ref and commit, then one line that sums up. ``most`` limits how many findings are shown."""
    lines: list[str] = []
    about: CommitReport | RefReport | None = None
    title = ""
    every = items(report)
    for item in every[:most]:
        if item.about is not about:
            about = item.about
            title = inert(title_of(about)) if about else ""
            lines += [paint.strong(title)] if title else []
        lines += ["  " + line if title else line for line in _finding(item, paint)]
    if most is not None and len(every) > most:
        lines.append(f"and {count(len(every) - most, 'finding')} more")
    line = summed_up(report, strict=strict)
    return [*lines, paint.bad(line) if report.is_refused(strict=strict) else paint.good(line)]


def _finding(item: Item, paint: Paint) -> list[str]:
    found = bounded(item.finding)
    if isinstance(item.about, CommitReport) and is_id_of(found.path, item.about.commit):
        found = found._replace(path="", line=0, col=0)  # the heading says it
    return finding_lines(found, paint)


def check_data(report: Report, *, strict: bool = False) -> dict[str, Any]:
    """The body of `gitspec check --json`."""
    sums = totals(report)
    return {
        "range": report.range or None,
        "policy": report.policy or None,
        "passed": not report.is_refused(strict=strict),
        "strict": strict,
        "judged": sums.judged,
        "exempt": sums.exempt,
        "errors": sums.errors,
        "warnings": sums.warnings,
        "infos": sums.infos,
        "notes": [finding_data(f) for f in report.notes],
        "refs": [
            {
                "ref": one.ref,
                "old": one.old or None,
                "new": one.new or None,
                "findings": [finding_data(f) for f in one.findings],
            }
            for one in report.refs
        ],
        "commits": [
            {
                "commit": one.commit or None,
                "subject": one.subject,
                "author": one.author or None,
                "exempt": one.exempt or None,
                "findings": [finding_data(f) for f in one.findings],
            }
            for one in report.commits
        ],
    }
