"""The grammar of tasks.md: which lines are tasks, and which only look like one. Light: imports no model.

``- [ ] 1.1 text``: two spaces of indent for each level, one of five marks, a number, a text; a blocked or dropped task
ends with ``: reason``, and ``(<capability>/<requirement>)`` at the end says which requirement it serves. Headings are
groups, indented lines belong to the task above them. Nothing that might be meant as a task is passed over in silence.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gitspec.domain import rules
from gitspec.domain.finding import Finding
from gitspec.domain.ids import RequirementRef, parse_requirement_ref
from gitspec.domain.task_status import MARK_OF, MARKS, REASONED, Item, TaskStatus
from gitspec.markdown.source import SourceLine, heading, read_source

__all__ = ["Body", "Checklist", "Item", "match_task", "read_body", "read_checklist", "task_line"]

MAX_TEXT = 500
MAX_DEPTH = 8
MAX_FINDINGS = 200
# None of these takes more than linear time; trailing white space is cut off before they see a line.
_TASK = re.compile(r"(?P<indent> *)- \[(?P<mark>[ ~x!-])\] (?P<id>[0-9]+(?:\.[0-9]+)*) (?P<body>\S.*)")
_BOXED = re.compile(
    r"\s*(?:(?:[-*+•‣–—]|[0-9]+(?:\.[0-9]+)*[.)]?)\s*)?\[(?P<mark>[^\]]{0,3})\](?![(\[:])\s*(?P<rest>.*)"
)
_NUMBERED = re.compile(r"(?:\s*[-*+]\s+|)(?P<id>[0-9]+(?:\.[0-9]+)+)[.)]?\s+(?P<rest>\S.*)")
_LIST_ITEM = re.compile(r"\s?(?:[-*+•]|[0-9]+[.)])(?:\s+(?P<rest>.*)|$)")
_LEADING_ID = re.compile(r"(?P<id>[0-9]+(?:\.[0-9]+)*)[.):]?(?:\s+|$)(?P<rest>.*)")
_HASHES = re.compile(r"#{1,6}[^#\s0-9]|#{2,6}[0-9]")  # `#12` may be an issue


class Checklist(NamedTuple):
    title: str
    groups: tuple[tuple[str, int], ...]  # heading, line
    items: tuple[Item, ...]
    findings: tuple[Finding, ...]


class Body(NamedTuple):
    """What follows a task's number."""

    text: str
    reason: str | None
    requirement: str | None
    reference_first: bool = False  # the reference stands before the reason

    def render(self) -> str:
        """The line's text that ``read_body`` reads back."""
        reference = f" ({self.requirement})" if self.requirement else ""
        reason = f": {self.reason}" if self.reason else ""
        return self.text + (reference + reason if self.reference_first else reason + reference)


def read_body(text: str, status: TaskStatus) -> Body:
    """Text, reason and reference. The reason of a blocked or dropped task is what follows the last colon."""
    text, requirement = _split_reference(text.strip())
    reason = None
    first = False
    if status in REASONED:
        before, colon, after = text.rpartition(": ")
        if colon and before.strip() and after.strip():
            text, reason = before.rstrip(), after.strip()
        if requirement is None:
            text, requirement = _split_reference(text)
            first = requirement is not None
    return Body(text, reason, requirement, first)


def _split_reference(text: str) -> tuple[str, str | None]:
    before, found = _trailing_reference(text)
    if found is None or found.scenario is not None:
        return text, None
    return before, str(found)


def _trailing_reference(text: str) -> tuple[str, RequirementRef | None]:
    """Split ``text (capability/requirement)``; parentheses that hold anything else are text."""
    before, parenthesis, rest = text.rpartition("(")
    if not parenthesis or not rest.endswith(")") or not before[-1:].isspace() or not before.strip():
        return text, None
    found = parse_requirement_ref(rest[:-1])
    return (before.rstrip(), found) if isinstance(found, RequirementRef) else (text, None)


def match_task(line: str) -> re.Match[str] | None:
    """Groups ``indent``, ``mark``, ``id`` and ``body`` of a line that is a task; white space at its end is ignored."""
    return _TASK.fullmatch(line.rstrip())


def task_line(indent: int, status: TaskStatus, task_id: str, body: Body) -> str:
    """A whole line, without its line break."""
    return f"{' ' * indent}- [{MARK_OF[status]}] {task_id} {body.render()}"


def read_checklist(data: bytes, path: str) -> Checklist:
    """Title, groups and tasks in the order of the file, with findings; never raises."""
    reader = _Reader(path)
    source = read_source(data, path, "T")
    for line in source.lines:
        reader.take(line)
    reader.finish()
    findings = sorted([*source.findings, *reader.findings], key=lambda f: (f.line, f.col))
    return Checklist(reader.title, tuple(reader.groups), tuple(reader.items), tuple(findings))


class _Reader:
    """State of one pass over the lines."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.title = ""
        self.groups: list[tuple[str, int]] = []
        self.items: list[Item] = []
        self.findings: list[Finding] = []
        self._open: list[int] = []  # the item at each depth that lines may still belong to
        self._details: dict[int, list[str]] = {}
        self._ids: dict[str, int] = {}
        self._after_text = False  # the line before belongs to an item and is not blank
        self._headings = 0

    def take(self, line: SourceLine) -> None:
        if line.blank:
            for index in self._open:
                self._details.setdefault(index, []).append("")
            self._after_text = False
            return
        if line.inert:
            if not line.comment:
                self._belongs(line)
            return
        match = match_task(line.text)
        if match:
            self._task(line, match)
        elif self._looks_like_task(line):
            self._after_text = False
        elif line.indent < 2 and (found := heading(line.text)):
            self._heading(line, *found)
        else:
            self._prose(line)

    def finish(self) -> None:
        for index, lines in self._details.items():
            details = _dedented(lines)
            item = self.items[index]
            requirement = item.requirement or _reference_in(lines)
            self.items[index] = item._replace(details=details or None, requirement=requirement)

    def _heading(self, line: SourceLine, level: int, text: str) -> None:
        self._headings += 1
        self._open.clear()
        self._after_text = False
        if level == 1 and self._headings == 1 and not self.items:
            self.title = text
        else:
            self.groups.append((text, line.number))

    def _task(self, line: SourceLine, match: re.Match[str]) -> None:
        depth = self._depth(line, len(match["indent"]))
        status = MARKS[match["mark"]]
        body = read_body(match["body"], status)
        task_id, col = match["id"], match.start("id") + 1
        if status in REASONED and body.reason is None:
            example = line.text.rstrip() + ": <reason>"
            self._find("T013", f"task {task_id} is {status} without a reason", line, match.start("mark") + 1, example)
        if len(body.text) > MAX_TEXT:
            self._find("T015", f"longer than {MAX_TEXT} characters", line, match.start("body") + 1, "indent the rest")
        if task_id in self._ids and self._room:
            at = self._ids[task_id]
            message = f"task {task_id} stands on line {at} already"
            self._find("T012", message, line, col, f"give it a number of its own: {self._free_id(task_id)}")
        self._check_reference(line, match["body"])
        self._ids.setdefault(task_id, line.number)
        group = self.groups[-1][0] if self.groups else ""
        self.items.append(
            Item(task_id, body.text, status, body.reason, body.requirement, group, None, line.number, depth)
        )
        del self._open[depth:]
        self._open.append(len(self.items) - 1)
        self._after_text = True

    def _depth(self, line: SourceLine, indent: int) -> int:
        """The depth that the indent means; one that fits nowhere is a finding and read as the nearest that does."""
        depth, odd = divmod(indent, 2)
        if odd or depth > min(len(self._open), MAX_DEPTH):
            depth = min(depth, len(self._open), MAX_DEPTH)
            help_ = "  " * depth + line.text.lstrip(" ")
            self._find("T014", "a nested task stands two spaces deeper than the one above", line, indent + 1, help_)
        return depth

    def _check_reference(self, line: SourceLine, body: str) -> None:
        """Flag ``(auth/login#wrong-password)``: tasks serve requirements; a scenario would be dropped in silence."""
        _, found = _trailing_reference(body.rstrip())
        if found and found.scenario is not None:
            col = line.text.rfind("(") + 2
            help_ = f"({found.capability}/{found.requirement})"
            self._find("T017", "a task names a requirement, not a scenario", line, col, help_)

    def _looks_like_task(self, line: SourceLine) -> bool:
        """Whether the line may be meant as a task though it is none; then there is a finding for it."""
        text = line.text.rstrip()
        col = len(text) - len(text.lstrip()) + 1
        if boxed := _BOXED.fullmatch(text):
            help_ = self._repaired(line, boxed) if self._room else ""
            self._find("T010", _why_no_task(text, boxed), line, col, help_)
        elif numbered := _NUMBERED.fullmatch(text):
            if text[:1].isspace() and text.lstrip()[:1].isdigit():
                return False  # a wrapped line may start with a number
            help_ = f"{'  ' * self._fitting(line)}- [ ] {numbered['id']} {numbered['rest']}"
            self._find("T010", "looks like a task and has no box", line, col, help_)
        elif line.indent < 2 and (item := _LIST_ITEM.fullmatch(text)):
            task_id = self._next_id() if self._room else ""
            help_ = f"- [ ] {task_id} {item['rest'] or '<text>'}, or indent it below the task it belongs to"
            self._find("T016", "a list item that is no task", line, col, help_)
        else:
            return False
        return True

    def _repaired(self, line: SourceLine, boxed: re.Match[str]) -> str:
        mark = boxed["mark"].strip().lower()[:1] or " "
        status = MARKS.get({"√": "x", "✓": "x", "✔": "x", "/": "~", "o": "~"}.get(mark, mark), "pending")
        numbered = _LEADING_ID.fullmatch(boxed["rest"])
        task_id = numbered["id"] if numbered else self._next_id()
        rest = (numbered["rest"] if numbered else boxed["rest"]).strip() or "<text>"
        return task_line(2 * self._fitting(line), status, task_id, Body(rest, None, None))

    def _fitting(self, line: SourceLine) -> int:
        return min(line.indent // 2, len(self._open))

    def _prose(self, line: SourceLine) -> None:
        if _HASHES.match(line.text):
            self._find("T018", "looks like a heading", line, 1, re.sub(r"^(#+)\s*", r"\1 ", line.text))
        self._belongs(line)

    def _belongs(self, line: SourceLine) -> None:
        """Give a line that is no task to the innermost task that it is indented below."""
        fits = [i for i in self._open if line.indent >= 2 * self.items[i].depth + 2]
        if self._open and fits != self._open and self._after_text:
            wanted = " " * (2 * self.items[self._open[-1]].depth + 2)
            help_ = f"indent it: {wanted}{line.text.strip()}; or put a blank line before it"
            self._find("T019", "this line belongs to no task", line, 1, help_)
        self._open = fits
        self._after_text = bool(fits)
        if fits:
            self._details.setdefault(fits[-1], []).append(line.text)

    def _next_id(self) -> str:
        return self._free_id(self.items[self._open[0]].id if self._open else self.items[-1].id if self.items else "1.0")

    def _free_id(self, task_id: str) -> str:
        head, dot, last = task_id.rpartition(".")
        number = int(last[:9])
        while True:
            number += 1
            if (free := f"{head}{dot}{number}") not in self._ids:
                return free

    @property
    def _room(self) -> bool:
        """Whether one more finding is still wanted; a file of nothing but mistakes shall not cost more than it is."""
        return len(self.findings) < MAX_FINDINGS

    def _find(self, code: str, message: str, line: SourceLine, col: int, help_: str) -> None:
        if self._room:
            self.findings.append(rules.finding(code, message, self.path, line.number, col, help_))


def _why_no_task(text: str, boxed: re.Match[str]) -> str:
    """The first thing that keeps the line from being a task."""
    mark = boxed["mark"]
    if mark not in MARKS:
        return f"looks like a task, but [{mark}] is none of [ ] [~] [x] [!] [-]"
    if not re.match(r" *- \[.\] \S", text):
        if "\t" in text[: boxed.start("mark")]:
            return "looks like a task, but is indented with a tab"
        if text.lstrip().startswith("- [") and not boxed["rest"]:
            return "looks like a task, but says nothing"
        return "looks like a task, but does not start with '- [ ] ' and its number"
    if not _LEADING_ID.fullmatch(boxed["rest"]):
        return "looks like a task, but has no number"
    return "looks like a task, but its number is not followed by one space and a text"


def _dedented(lines: Sequence[str]) -> str:
    """The lines without the white space that they share, and without blank lines around them."""
    full = [line for line in lines if line.strip()]
    if not full:
        return ""
    common = min(len(line) - len(line.lstrip(" ")) for line in full)
    return "\n".join(line[common:].rstrip() for line in lines).strip("\n")


def _reference_in(lines: Sequence[str]) -> str | None:
    """The reference at the end of a text that goes on below its first line."""
    paragraph: list[str] = []
    for line in lines:
        if not line.strip():
            break
        paragraph.append(line)
    return _split_reference("- " + paragraph[-1].strip())[1] if paragraph else None
