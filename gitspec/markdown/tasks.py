"""tasks.md: tasks as models, and edits that touch nothing but the line they are about."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.task_status import MARK_OF, REASONED, TaskStatus
from gitspec.errors import Refused, UsageError
from gitspec.markdown.checklist import Body, Checklist, Item, match_task, read_body, read_checklist, task_line

if TYPE_CHECKING:
    from gitspec.domain.task import Task


class TaskList(NamedTuple):
    tasks: "tuple[Task, ...]"
    findings: tuple[Finding, ...]


def read_tasks(data: bytes, path: str) -> TaskList:
    """All tasks in the order of the file, with findings at line and column; never raises."""
    from gitspec.domain.task import Task

    checklist = read_checklist(data, path)
    tasks = tuple(Task.model_construct(**item._asdict()) for item in checklist.items)  # the grammar has checked it
    return TaskList(tasks, checklist.findings)


def set_status(data: bytes, task_id: str, status: TaskStatus, reason: str | None = None) -> bytes:
    """The file with that task in another state; only its line differs.

    A blocked or dropped task needs a reason (it keeps the one it has), all others have none. Raises Refused (T020: no
    such task, T012: its number stands twice, T021: the reason cannot be told from the text) and UsageError (T013).
    """
    before = _readable(data)
    item = _item(before, task_id)
    lines = data.split(b"\n")
    text = lines[item.line - 1].decode()
    match = match_task(text)
    assert match is not None  # the reader took it for a task
    body = read_body(match["body"], item.status)
    if status in REASONED:
        wanted = reason or body.reason
        if wanted is None:
            raise UsageError("T013", f"a {status} task says why", help=f"--reason '<why it is {status}>'")
        wanted = wanted.strip()
    elif reason:
        raise UsageError("T021", f"a task that is {status} has no reason", help="leave --reason out")
    else:
        wanted = None
    edited = body._replace(reason=wanted)
    new = match["body"] if edited == body else edited.render()
    box, start, end = match.start("mark"), match.start("body"), match.end("body")
    lines[item.line - 1] = (text[:box] + MARK_OF[status] + text[box + 1 : start] + new + text[end:]).encode()
    after = b"\n".join(lines)
    _compare(before, after, item._replace(status=status, reason=wanted))
    return after


def add_task(
    data: bytes, text: str, group: str | None = None, requirement: str | None = None, parent: str | None = None
) -> bytes:
    """The file with a pending task more; every line that was there stays.

    It goes to the end of ``group`` (a heading, its text or its number; made at the end of the file when there is none
    of that name), below the task ``parent``, or to the end of the last group; its number follows from its neighbours.
    Raises Refused (T020, T012 for the parent, T021: the text would read as something else).
    """
    before = _readable(data)
    raw = data.split(b"\n")
    crlf = b"\r" if raw[0].endswith(b"\r") else b""
    text = " ".join(text.split())
    new: list[str] = []
    depth = 0
    if parent is not None:
        above = _item(before, parent)
        depth = above.depth + 1
        at = _end_of(before, raw, before.items.index(above))
        task_id = _next_child(before, above)
    else:
        name, at, found = _place(before, raw, group)
        task_id = _next_in_group(before, name, found)
        if not found:
            if any(line.strip() for line in raw):
                new.append("")
            heading = name if re.match(r"[0-9]", name) else f"{task_id.partition('.')[0]}. {name}"
            new += [f"## {heading}", ""]
        elif at and match_task(raw[at - 1].decode()) is None and raw[at - 1].lstrip().startswith(b"#"):
            new.append("")  # between a heading and its first task
    new.append(task_line(2 * depth, "pending", task_id, Body(text, None, requirement)))
    after = _inserted(raw, at, [line.encode() + crlf for line in new])
    _check_added(before, read_checklist(after, ""), (task_id, text, requirement, depth))
    return after


def _check_added(before: Checklist, after: Checklist, wanted: tuple[str, str, str | None, int]) -> None:
    """Refuse an insertion that reads back as anything else than the same tasks and the new one."""
    added = [i for i in after.items if (i.id, i.text, i.requirement, i.depth) == wanted]
    others = [i._replace(line=0) for i in after.items if i not in added]
    if (
        len(added) != 1
        or others != [i._replace(line=0) for i in before.items]
        or len(after.findings) > len(before.findings)
    ):
        help_ = "say it in plain words, on one line of at most 500 characters"
        raise Refused("T021", "that text would not read as a task", help=help_)


def next_added(before: bytes, after: bytes) -> Item:
    """The task that ``add_task`` put in."""
    had = {item.id for item in read_checklist(before, "").items}
    return next(item for item in read_checklist(after, "").items if item.id not in had)


def _readable(data: bytes) -> Checklist:
    checklist = read_checklist(data, "")
    for finding in checklist.findings:
        if finding.code in ("T001", "T003"):
            raise Refused(finding.code, f"tasks.md is {finding.message}", help=finding.help)
    return checklist


def _item(checklist: Checklist, task_id: str) -> Item:
    found = [item for item in checklist.items if item.id == task_id]
    if len(found) > 1:
        lines = " and ".join(str(item.line) for item in found)
        raise Refused("T012", f"task {task_id} stands on lines {lines}", help="give one of them another number")
    if not found:
        ids = [item.id for item in checklist.items]
        near = get_close_matches(task_id, ids, 3) or ids[:5]
        help_ = f"there are {', '.join(near)}" if near else "gitspec task add <change> '<text>' makes the first"
        raise Refused("T020", f"no task {task_id}", help=help_)
    return found[0]


def _compare(before: Checklist, after: bytes, wanted: Item) -> None:
    """Refuse an edit that reads back as something else than it was meant to be."""
    read = read_checklist(after, "")
    expected = [wanted if item.line == wanted.line else item for item in before.items]
    if list(read.items) != expected:
        help_ = "write a reason of one line without ': ' and without a reference in parentheses at its end"
        raise Refused("T021", "that reason could not be told from the task's text", help=help_)


def _place(checklist: Checklist, raw: Sequence[bytes], group: str | None) -> tuple[str, int, bool]:
    """The heading a new task goes under ('' for none), the line to insert before (from 0), whether the heading is there."""
    if group is None:
        if not checklist.groups:
            return "", _last_line(raw, len(raw)), True
        name, line = checklist.groups[-1]
    else:
        wanted = group.strip().rstrip(".").casefold()
        matches = [g for g in checklist.groups if wanted in _names_of(g[0])]
        if not matches:
            return " ".join(group.split()), _last_line(raw, len(raw)), False
        name, line = matches[0]
    following = [at for _, at in checklist.groups if at > line]
    return name, _last_line(raw, following[0] - 1 if following else len(raw)), True


def _names_of(heading: str) -> set[str]:
    number, _, rest = heading.partition(" ")
    names = {heading.casefold()}
    if re.fullmatch(r"[0-9]+(\.[0-9]+)*\.?", number):
        names |= {number.rstrip("."), rest.strip().casefold()}
    return names


def _last_line(raw: Sequence[bytes], end: int) -> int:
    """Behind the last line before ``end`` that is not blank."""
    while end and not raw[end - 1].strip():
        end -= 1
    return end


def _end_of(checklist: Checklist, raw: Sequence[bytes], index: int) -> int:
    """Behind the last line that belongs to the task or to one nested below it."""
    item = checklist.items[index]
    following = [i.line for i in checklist.items[index + 1 :] if i.depth <= item.depth]
    following += [line for _, line in checklist.groups if line > item.line]
    end = min(following) - 1 if following else len(raw)
    inside = item.line
    for number in range(item.line, end):  # prose at the margin ends it
        line = raw[number].rstrip()
        if line and not line.startswith((b"  ", b"\t")):
            break
        inside = number + 1 if line else inside
    return inside


def _next_child(checklist: Checklist, parent: Item) -> str:
    return _free(checklist, f"{parent.id}.")


def _next_in_group(checklist: Checklist, name: str, found: bool) -> str:
    inside = [i for i in checklist.items if i.group == name and i.depth == 0] if found else []
    if inside:
        head, dot, _ = inside[-1].id.rpartition(".")
        return _free(checklist, head + dot)
    number = re.match(r"[0-9]+", name)
    if number:
        return _free(checklist, f"{number[0]}.")
    if not checklist.items and not checklist.groups:
        return "1.1"
    firsts = [int(i.id.partition(".")[0][:9]) for i in checklist.items]
    firsts += [int(m[0][:9]) for heading, _ in checklist.groups if (m := re.match(r"[0-9]+", heading))]
    return _free(checklist, f"{max(firsts, default=0) + 1}.")


def _free(checklist: Checklist, prefix: str) -> str:
    """The number behind the highest one with that prefix."""
    used = [i.id.removeprefix(prefix) for i in checklist.items if i.id.startswith(prefix)]
    taken = [int(rest[:9]) for rest in used if rest.isdigit()]
    return f"{prefix}{max(taken, default=0) + 1}"


def _inserted(raw: list[bytes], at: int, new: list[bytes]) -> bytes:
    """The lines with ``new`` before index ``at``; a file without a final line break gets none."""
    if at < len(raw):
        return b"\n".join([*raw[:at], *new, *raw[at:]])
    ending = b"\r" if new[-1].endswith(b"\r") else b""
    head = [*raw[:-1], raw[-1] + ending] if raw != [b""] else []
    return b"\n".join([*head, *new[:-1], new[-1].removesuffix(b"\r")]) + (b"" if head else b"\n")
