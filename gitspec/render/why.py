"""What stands behind lines of code, as text and as Markdown."""

from collections.abc import Iterator

from gitspec.commands.why import Group, Why
from gitspec.commands.why_approvals import Judged
from gitspec.commands.why_changes import ChangeAnswer, TouchedRequirement, TouchedScenario
from gitspec.domain.attribution import Because
from gitspec.git.identity import utc_date
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.text import clean_line, count

_WHOLE = 3
"""Groups that are shown with all that stands behind them; more are shown in short."""
_SOME = 5
_MANY = 10
"""Requirements of one change that are shown; those that a commit names come first."""
_WIDE = 13
_LONGEST = 200
"""So many characters of a line of code, of an author's name and of a subject are shown."""


def why_text(why: Why, paint: Paint = PLAIN) -> list[str]:
    """The answer for people: of few groups everything with its place, of many the changes, most lines first."""
    lines = [_head(why, paint)]
    whole = len(why.groups) <= _WHOLE
    for group in why.groups:
        lines.append("")
        if len(why.groups) > 1:
            lines.append(paint.strong(_of_group(why, group)))
        lines += [f"  {line}" for line in (_whole if whole else _short)(why, group, paint)]
    if why.notes:
        lines += ["", *(paint.warn(f"note: {clean_line(note)}") for note in why.notes)]
    if not whole:
        lines += [
            "",
            f"help: gitspec why {_place(why.path, why.groups[0].commits[0].spans[0].first)} shows all of a line",
        ]
    return lines


def why_markdown(why: Why) -> str:
    """The answer as GitHub Flavored Markdown that is inert whatever the texts hold."""
    from gitspec.render.markdown_report import escape

    parts = [f"## gitspec why\n\n{escape(_head(why, PLAIN))}\n"]
    for group in why.groups:
        parts.append(f"\n### {escape(_of_group(why, group))}\n\n")
        rows = [_cells(line) for line in _whole(why, group, PLAIN)]
        parts.append("| | |\n|---|---|\n")
        parts += [f"| {escape(label)} | {escape(text)} |\n" for label, text in rows]
    parts += [f"\n> {escape(note)}\n" for note in why.notes]
    return "".join(parts)


def _head(why: Why, paint: Paint) -> str:
    if why.first and why.first == why.last:
        text = _cut(why.text.decode("utf-8", "surrogateescape").strip())
        return f"{paint.strong(_place(why.path, why.first))}  {paint.faint(text)}".rstrip()
    lines = f":{why.first}-{why.last}" if why.first else ""
    changes = len({change for group in why.groups for change in group.changes})
    without = sum(group.lines for group in why.groups if not group.changes)
    told = f"{count(why.lines, 'line')}, {count(changes, 'change')}"
    return f"{paint.strong(clean_line(why.path) + lines)}: {told}" + (f", {without} without one" if without else "")


def _cut(text: str) -> str:
    """The beginning of what may be endless; cleaned."""
    return clean_line(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _place(path: str, line: int) -> str:
    return f"{clean_line(path)}:{line}"


def _of_group(why: Why, group: Group) -> str:
    return f"{count(group.lines, 'line')} ({_ranges(group)}): {_title(why, group)}"


def _ranges(group: Group) -> str:
    spans = sorted((span.first, span.first + span.lines - 1) for one in group.commits for span in one.spans)
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    shown = [f"{first}-{last}" if last > first else str(first) for first, last in joined[:_SOME]]
    return ", ".join(shown) + (f" and {len(joined) - _SOME} more places" if len(joined) > _SOME else "")


def _title(why: Why, group: Group) -> str:
    if not group.changes:
        return clean_line(_reason(group.because, ""))
    return "; ".join(_named(why.changes[change]) for change in group.changes)


def _named(change: ChangeAnswer) -> str:
    if change.state == "unknown":
        return f"{clean_line(change.id)} (no such change in spec/ here)"
    title = f": {clean_line(change.title)}" if change.title else ""
    state = change.state if change.state == "active" else f"{change.state} {change.day}"
    return f"{change.id}{title} ({', '.join(filter(None, (clean_line(change.kind), state)))})"


def _reason(because: Because, here: str) -> str:
    """Why the change is this one, or why there is none. ``here``: the commit of the line."""
    via = because.via[:12]
    return {
        "trailer": f"the commit says '{because.said}'",
        "pattern": f"the commit says so, by the pattern '{because.said}'",
        "text": f"a line of its message says '{because.said}', where Git reads no trailer",
        "revert": f"{here or 'the commit'} says that it reverts {via}, which is for this change",
        "pick": f"{here or 'the commit'} says that it was picked from {via}, which is for this change",
        "folder": "the commit names no change, and touches the folder of this one only",
        "merge": f"the commit names no change; it was merged by {via}, which names this one",
        "skip": f"no change: Change-Skip: {because.said}" + (f", settled by {via}" if via else ""),
        "ticket": "no change, but a ticket" + (f" of {via}, which merged it" if via else ""),
        "before": "no change: older than the policy",
        "none": "no change: nothing names one",
        "shallow": "not known: the clone is shallow",
        "uncommitted": "not committed yet",
    }[because.how]


def _whole(why: Why, group: Group, paint: Paint) -> Iterator[str]:
    if not group.changes:
        yield _row("answer", _title(why, group))
    yield from _commits(why, group, paint)
    for id_ in group.changes:
        change = why.changes[id_]
        yield _row("change", paint.strong(_named(change)))
        yield from _behind(change, group)
    yield from _releases(group)


def _short(why: Why, group: Group, paint: Paint) -> Iterator[str]:
    yield from _commits(why, group, paint)
    names = dict.fromkeys(one.name for id_ in group.changes for one in why.changes[id_].requirements)
    if names:
        more = f" and {len(names) - _SOME} more" if len(names) > _SOME else ""
        yield _row("requirement", ", ".join(map(clean_line, list(names)[:_SOME])) + more)
    yield from _releases(group)


def _commits(why: Why, group: Group, paint: Paint) -> Iterator[str]:
    shown: set[str] = set()
    for one in group.commits[:_SOME]:
        if one.answer is None:
            continue
        commit, _, because = one.answer
        head = f"{commit.oid[:12]} {utc_date(commit.time)}"
        yield _row("commit", f"{paint.warn(head)} {_cut(commit.author)}: {_cut(commit.subject)}")
        if (span := one.spans[0]).path != why.path:
            yield _row("", f"there {_place(span.path, span.was)}")
        reason = _reason(because, commit.oid[:12])
        if because.changes and reason not in shown:
            yield _row("", clean_line(reason))
            shown.add(reason)
        if because.tickets:
            yield _row("ticket", ", ".join(map(clean_line, because.tickets[:_SOME])))
    if len(group.commits) > _SOME:
        yield _row("", f"and {count(len(group.commits) - _SOME, 'commit')} more")


def _behind(change: ChangeAnswer, group: Group) -> Iterator[str]:
    if change.state == "unknown":
        return
    if change.has_proposal:
        yield _row("proposal", f"{change.folder}/proposal.md")
    said = [one.answer.said for one in group.commits if one.answer]
    wanted = {spec.partition("#")[0] for one in said for spec in one.specs}
    numbers = {number for one in said for number in one.tasks}
    for task in change.tasks:
        if task.id in numbers:
            yield _row("task", f"{clean_line(task.id)} {clean_line(task.text)}  {change.folder}/tasks.md:{task.line}")
            wanted.add(task.requirement)
    for requirement in sorted(change.requirements, key=lambda one: one.name not in wanted)[:_MANY]:
        yield from _requirement(requirement, change, named=requirement.name in wanted)
    if len(change.requirements) > _MANY:
        yield _row("", f"and {count(len(change.requirements) - _MANY, 'requirement')} more: gitspec show {change.id}")
    if change.has_design:
        yield _row("design", f"{change.folder}/design.md")
    for approval in change.approvals:
        signed = "" if approval.is_signed else ", not signed"
        yield _row("approved", f"{clean_line(approval.by)}, {approval.day}{signed}  {change.folder}/change.yaml")
    if change.judged:
        yield _row("", clean_line(_of_approvals(change.judged, len(change.approvals))))
    if change.merged_in:
        yield _row("approved", f"the proposal was merged by {change.merged_in[:12]}")
    if change.imported:
        yield _row(change.state, f"before it was imported from {clean_line(change.imported)}")
    elif change.archived_in or change.tag:
        commit = f"by {change.archived_in[:12]}" if change.archived_in else ""
        yield _row(change.state, "  ".join(filter(None, (commit, change.tag))))


def _of_approvals(judged: Judged, number: int) -> str:
    policy = f"by the policy of {judged.policy_of[:12]}"
    if judged.counts:
        return f"verified: {'it' if number == 1 else 'one of them'} counts {policy}"
    return f"not verified: {judged.why}" if judged.counts is None else f"does not count {policy}: {judged.why}"


def _requirement(requirement: TouchedRequirement, change: ChangeAnswer, *, named: bool) -> Iterator[str]:
    told = [requirement.kind]
    told += [f"was {clean_line(requirement.was)}"] if requirement.was else []
    told += [f"now {clean_line(requirement.now)}"] if requirement.now else []
    told += ["named by the commit"] if named else []
    is_gone = change.state == "archived" and not requirement.living and requirement.kind != "removed"
    told += ["not in the living specs"] if is_gone else []
    delta = f"{clean_line(requirement.path)}:{requirement.line}"
    yield _row("requirement", f"{clean_line(requirement.name)} ({', '.join(told)})  {requirement.living or delta}")
    if requirement.scenarios:
        scenarios = [f"#{clean_line(one.name)} ({_how(one)})" for one in requirement.scenarios]
        yield _row("scenarios" if len(scenarios) > 1 else "scenario", f"{', '.join(scenarios)}  {delta}")


def _how(scenario: TouchedScenario) -> str:
    return f"{scenario.kind}, now #{clean_line(scenario.now)}" if scenario.now else scenario.kind


def _releases(group: Group) -> Iterator[str]:
    releases = list(dict.fromkeys(one.release for one in group.commits if one.release))
    if releases:
        more = f" and {len(releases) - _SOME} more" if len(releases) > _SOME else ""
        yield _row("released", ", ".join(map(clean_line, releases[:_SOME])) + more)


def _row(label: str, text: str) -> str:
    return f"{label.ljust(_WIDE)}{text}"


def _cells(line: str) -> tuple[str, str]:
    return line[:_WIDE].strip(), line[_WIDE:]
