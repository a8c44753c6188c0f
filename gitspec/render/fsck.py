"""What `gitspec fsck` and `gitspec tags` found, as text and as data for JSON."""

from typing import Any

from gitspec.commands.fsck import Found, Report
from gitspec.commands.tags import Tags
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.text import clean_line, count, findings_text, tally

_SHORT = 12
_SHOWN = 3
_KINDS = {
    "adoption": "brings the policy in",
    "import": "imports",
    "spec-edit": "edits, as the policy allows for its reason,",
    "formatting": "rewrites without changing what is said",
}


def fsck_text(report: Report, paint: Paint = PLAIN) -> list[str]:
    """The exceptions, all findings at `<commit>:<path>`, and one line that sums up."""
    lines = [paint.faint(_exception(one.commit, one.exempted.kind, one.exempted.paths)) for one in report.exceptions]
    lines += findings_text([_placed(found) for found in report.found], paint)
    what = f"{count(report.changes, 'change')} archived by {count(report.archives, 'commit')}"
    tail = f" of {count(report.commits, 'commit')}"
    if report.is_clean:
        found = tally([one.finding for one in report.found])
        return [*lines, paint.good(f"proven: {what}{tail}") + (f" ({found})" if found else "")]
    return [*lines, paint.bad(tally([one.finding for one in report.found])) + f"; proven: {what}{tail}"]


def _placed(found: Found) -> Any:
    path = found.finding.path
    return found.finding._replace(path=f"{found.commit[:_SHORT]}:{path}" if path else found.commit[:_SHORT])


def _exception(commit: str, kind: str, paths: tuple[str, ...]) -> str:
    shown = ", ".join(clean_line(path) for path in paths[:_SHOWN])
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{commit[:_SHORT]}: exception: {_KINDS[kind]}" + (f": {shown}{more}" if paths else "")


def fsck_data(report: Report) -> dict[str, Any]:
    """The body of `gitspec fsck --json`."""
    severities = [one.finding.severity for one in report.found]
    return {
        "since": report.since,
        "clean": report.is_clean,
        "commits": report.commits,
        "judged": report.judged,
        "archive_commits": report.archives,
        "archived_changes": report.changes,
        "exceptions": [
            {"commit": one.commit, "kind": one.exempted.kind, "paths": list(one.exempted.paths)}
            for one in report.exceptions
        ],
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "findings": [{"commit": one.commit, **finding_data(one.finding)} for one in report.found],
    }


def tags_text(tags: Tags, paint: Paint = PLAIN) -> list[str]:
    """One line a tag, and what was made."""
    paints = {"ok": paint.faint, "missing": paint.warn, "wrong": paint.bad}
    lines = [
        f"archive/{clean_line(tag.name)}  {tag.commit[:_SHORT]}  {paints[tag.state](tag.state)}"
        + (f": {clean_line(tag.problem)}" if tag.problem else "")
        for tag in tags.tags
    ]
    lines += [f"made archive/{name}" for name in tags.restored]
    lines += [f"not made, for its commit is not proven: archive/{name}" for name in tags.unproven]
    return lines


def tags_data(tags: Tags) -> dict[str, Any]:
    """The body of `gitspec tags --json`."""
    return {
        "tags": [
            {
                "tag": f"archive/{tag.name}",
                "state": tag.state,
                "commit": tag.commit,
                "object": tag.oid,
                "problem": tag.problem or None,
            }
            for tag in tags.tags
        ],
        "restored": [f"archive/{name}" for name in tags.restored],
        "unproven": [f"archive/{name}" for name in tags.unproven],
    }
