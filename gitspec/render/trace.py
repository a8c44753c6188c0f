"""The chain behind a name as text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitspec.render.colour import PLAIN, Paint
from gitspec.render.text import clean_line, columns

_SHORT = 12
_FEW = 20
_WITHOUT_TITLE = {
    "proposed": "proposed, not living yet",
    "gone": "gone",
    "unknown": "unknown",
}
_MARKS = {"pending": " ", "in-progress": "~", "done": "x", "blocked": "!", "dropped": "-"}


def trace_text(trace: Mapping[str, Any], paint: Paint = PLAIN) -> list[str]:
    """Requirements, changes with their tasks and commits, tests; every line is clean."""
    commits = {one["id"]: one for one in trace["commits"]}
    lines: list[str] = []
    most = None
    if trace["is"] in ("commit", "release"):
        lines += _head(trace, commits, paint)
        most = _FEW  # an import, or a release, may bring thousands
    for requirement in trace["requirements"][:most]:
        lines += ["", *_requirement(requirement, trace["scenario"], paint)]
    lines += _left_out(trace["requirements"], "requirements", most)
    for change in trace["changes"][:most]:
        lines += ["", *_change(change, commits, paint)]
    lines += _left_out(trace["changes"], "changes", most)
    if trace["is"] in ("requirement", "scenario"):
        lines += _others(trace, commits)
    return lines[1:] if lines and not lines[0] else lines


def _left_out(items: Sequence[object], what: str, most: int | None) -> list[str]:
    left = len(items) - most if most else 0
    return ["", f"and {left} more {what}: --json lists all"] if left > 0 else []


def _head(trace: Mapping[str, Any], commits: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    if trace["is"] == "release":
        yield paint.strong(clean_line(f"release {trace['name']}"))
        if not trace["changes"]:
            yield "  no change was archived for it"
        return
    one = commits[trace["name"]]
    yield paint.strong(clean_line(f"commit {one['id'][:_SHORT]}: {one['subject']}"))
    rows = [("author", one["author"]), ("date", one["date"])]
    names = (("change", "changes"), ("task", "tasks"), ("requirement", "specs"), ("ticket", "tickets"))
    more = (("without a change", "skips"), ("reverts", "reverts"))
    rows += [(word, ", ".join(one[key])) for word, key in (*names, *more) if one[key]]
    archives = [c["id"] for c in trace["changes"] if c["archive"] and c["archive"]["commit"] == one["id"]]
    if archives:
        more_of_them = f" and {len(archives) - _FEW} more" if len(archives) > _FEW else ""
        rows.append(("archives", ", ".join(archives[:_FEW]) + more_of_them))
    if one["reverted_by"]:
        rows.append(("reverted by", one["reverted_by"][:_SHORT]))
    rows.append(("release", one["release"] or "none yet"))
    yield from ("  " + line for line in columns(rows))


def _requirement(one: Mapping[str, Any], scenario: str | None, paint: Paint) -> Iterator[str]:
    title = one["title"] or _WITHOUT_TITLE[one["state"]]
    yield f"{paint.strong(clean_line(one['id']))}: {clean_line(title)}"
    if one["was"]:
        yield f"  was {clean_line(', '.join(one['was']))}"
    rows = [(c["kind"], c["change"], _naming(c)) for c in one["changes"]]
    yield from ("  " + line for line in columns(rows)) if rows else ["  no change has touched it"]
    scenarios = [s for s in one["scenarios"] if scenario in (None, s["id"])]
    tested = [(f"#{s['id']}", _places(s["tests"]) or "no test") for s in scenarios]
    tested += [("tests", _places(one["tests"]))] if one["tests"] and scenario is None else []
    tested += [("code", _places(one["code"]))] if one["code"] else []
    yield from ("  " + line for line in columns(tested))


def _naming(change: Mapping[str, Any]) -> str:
    return f"{change['was']} to {change['name']}" if change["kind"] in ("renamed", "moved") else ""


def _places(places: Sequence[Mapping[str, Any]]) -> str:
    shown = ", ".join(f"{p['path']}:{p['line']}" for p in places[:5])
    return f"{shown} and {len(places) - 5} more" if len(places) > 5 else shown


def _change(one: Mapping[str, Any], commits: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    yield f"{paint.strong(clean_line(one['id']))}: {clean_line(one['title'] or 'known by its commits only')}"
    state = one["state"]
    if one["archive"]:
        where = one["archive"]["commit"]
        state += f" in {where[:_SHORT]}" if where else ""
        state += f", tag {one['archive']['tag']}" if one["archive"]["tag"] else ", no tag"
        state += f", release {one['release']}" if one["release"] else ", in no release yet"
    yield f"  {clean_line(state)}"
    for task in one["tasks"]:
        done = f"  {', '.join(oid[:_SHORT] for oid in task['commits'])}" if task["commits"] else ""
        yield f"  [{_MARKS.get(task['status'], '?')}] {clean_line(task['id'])} {clean_line(task['text'])}{done}"
    yield from _commit_lines(one["commits"], commits)


def _others(trace: Mapping[str, Any], commits: Mapping[str, Any]) -> list[str]:
    """Commits that name the requirement and none of its changes."""
    told = {oid for change in trace["changes"] for oid in change["commits"]}
    rest = [oid for one in trace["requirements"] for oid in one["commits"] if oid not in told]
    return ["", "other commits that name it", *_commit_lines(rest, commits)] if rest else []


def _taken_back(commit: Mapping[str, Any]) -> str:
    return f" (reverted by {commit['reverted_by'][:_SHORT]})" if commit["reverted_by"] else ""


def _commit_lines(oids: Sequence[str], commits: Mapping[str, Any]) -> list[str]:
    found = [commits[oid] for oid in oids if oid in commits]
    rows = [(c["id"][:_SHORT], c["date"], c["author"], c["subject"] + _taken_back(c)) for c in found[:_FEW]]
    more = [f"  and {len(found) - _FEW} more: --json lists all"] if len(found) > _FEW else []
    return ["  " + line for line in columns(rows)] + more
