"""An OpenSpec checklist in the strict grammar of tasks.md: numbered tasks, two spaces a level, nothing else that looks
like a task. Lines are moved to the right, marks and numbers are put where they belong, and no text is left out.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gitspec.domain.ids import parse_requirement_ref
from gitspec.markdown.checklist import MAX_TEXT, match_task, read_checklist
from gitspec.markdown.openspec_lines import read_lines
from gitspec.markdown.source import Source, SourceLine, heading, read_source

_TASK = re.compile(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+\[(?P<mark>[^\]]{1,4})\](?![(\[:])[ \t]*(?P<rest>.*)")
_ID = re.compile(
    r"(?:\*\*|~~)?(?P<id>[0-9]{1,9}(?:\.[0-9]{1,9}){0,9})(?P<end>[.):])?(?P<close>\*\*)?[.):]?(?:[ \t]+|$)"
)
_MARKS = {" ": " ", "x": "x", "X": "x", "✓": "x", "✔": "x", "√": "x", "~": "~", "/": "~", "-": "-", "!": "!"}
_NOT_APPLICABLE = {"n/a", "na"}
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+•]|[0-9]{1,9}[.)])(?:[ \t]|$)")
_OPENS = re.compile(r"^([ \t]*(?:[-*+] +)?)(<!--|`{3}|~{3})")
_NO_REASON = "no reason given"
_NOTHING = "…"
_ROUNDS = 20


class Converted(NamedTuple):
    """The file in the strict grammar; how many tasks it holds by mark as written; and the lines that changed.

    ``changes`` are (line from 1, what was done): ``number``, ``mark``, ``reason``, ``cut``, ``escape``.
    """

    data: bytes
    done: int
    undone: int
    other: int
    changes: tuple[tuple[int, str], ...]


class _Open(NamedTuple):
    indent: int  # where the task stood
    depth: int
    id: str


def convert_tasks(data: bytes) -> Converted:
    """Never raises; a file that is no UTF-8 or too large comes back as it is (validation says so)."""
    text = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    source, escaped = _closed(text)
    if not source.lines:
        return Converted(text, 0, 0, 0, ())
    converter = _Converter(source.lines)
    for line in source.lines:
        converter.take(line)
    blocks = converter.rows
    changes = escaped + converter.changes + _repair(blocks)
    counts = converter.counts
    final = "\n".join(row for block in blocks for row in block) + "\n"
    return Converted(final.encode(), counts["x"], counts[" "], counts["other"], tuple(sorted(set(changes))))


def _closed(data: bytes) -> tuple[Source, list[tuple[int, str]]]:
    """The lines, with a backslash before marks that open a fence or comment that nothing closes.

    Such a mark would hide the tasks behind it. What is closed is told here and by the reader of tasks.md in slightly
    different ways, so the first look takes most of them and the following ones the rest.
    """
    source = read_source(data, "", "T")
    changes: list[tuple[int, str]] = []
    for round_ in range(_ROUNDS):
        unclosed = {f.line for f in source.findings if f.code == "T004"}
        if not unclosed:
            break
        rows = [line.text for line in source.lines]
        if round_ == 0:
            lines = read_lines("\n".join(rows))
            unclosed |= {line.number for line in lines if not line.masked and _OPENS.match(line.text)}
        for number in sorted(unclosed):
            rows[number - 1] = _OPENS.sub(r"\1\\\2", rows[number - 1])
            changes.append((number, "escape"))
        source = read_source("\n".join(rows).encode(), "", "T")
    return source, changes


class _Converter:
    def __init__(self, lines: Sequence[SourceLine]) -> None:
        self.rows: list[list[str]] = []  # of each line of the source: the lines it becomes
        self.changes: list[tuple[int, str]] = []
        self.counts = {"x": 0, " ": 0, "other": 0}
        self._taken = {found for line in lines if (found := _explicit_id(line)) is not None}
        self._used: set[str] = set()
        self._last: dict[str, int] = {}  # by what stands before it: the last number handed out
        self._groups = {head for line in lines if (head := _heading_number(line))} | {
            int(found.split(".")[0]) for found in self._taken
        }
        self._group = ""
        self._open: list[_Open] = []
        self._touching = False  # the line before belongs to a task and is not blank
        self._fence_shift: int | None = None  # by how much the fence around the line moves

    def take(self, line: SourceLine) -> None:
        if not line.inert:
            self._fence_shift = None
        if line.blank:
            self._touching = self._touching and line.inert
            self._put(line.text if line.inert else "")
        elif line.inert:
            self._inert(line)
        elif match := _TASK.fullmatch(line.text.rstrip()):
            if not self._task(line, match):
                self._prose(line)
        elif line.indent < 2 and heading(line.text):
            self._open.clear()
            self._touching = False
            number = _heading_number(line)
            self._group = str(number) if number else ""
            self._put(line.text)
        else:
            self._prose(line)

    def _put(self, *rows: str) -> None:
        self.rows.append([row.rstrip() if not row.strip() else row for row in rows])

    def _task(self, line: SourceLine, match: re.Match[str]) -> bool:
        mark, rest = match["mark"], match["rest"].strip()
        box = _MARKS.get(mark)
        reason = None
        if box is None:
            if mark.lower() not in _NOT_APPLICABLE:
                return False
            box, reason = "-", mark
        self.counts[box if box in self.counts else "other"] += 1
        while self._open and self._open[-1].indent >= line.indent:
            self._open.pop()
        depth = len(self._open)
        task_id, text = self._number(rest, self._open[-1] if self._open else None)
        text = text.strip() or _NOTHING
        rows = self._fitted(line, text, box, reason)
        self._open.append(_Open(line.indent, depth, task_id))
        self._touching = True
        first = f"{'  ' * depth}- [{box}] {task_id} {rows[0]}"
        self._put(first, *(f"{'  ' * (depth + 1)}{row}" for row in rows[1:]))
        if first != line.text.rstrip():
            self.changes.append((line.number, "number" if mark == box else "mark"))
        return True

    def _number(self, rest: str, above: _Open | None) -> tuple[str, str]:
        """The task's id and its text: the number it has, unless another task has it, or the next that is free."""
        match = _ID.match(rest)
        if match and ("." in match["id"] or match["end"] or match["close"]):
            wanted, text = match["id"], rest[match.end() :]
            opened, closed = rest[:2], "" if match["close"] is None else "**"
            if opened in ("**", "~~") and opened != closed:
                text = opened + text  # the emphasis goes on behind the number
            if wanted not in self._used:
                self._used.add(wanted)
                if not self._group and above is None:
                    self._group = wanted.split(".")[0] if "." in wanted else ""
                return wanted, text
            text = rest
        else:
            text = rest
        if above is not None:
            return self._free(above.id), text
        if not self._group:
            number = 1
            while number in self._groups:
                number += 1
            self._groups.add(number)
            self._group = str(number)
        return self._free(self._group), text

    def _free(self, stem: str) -> str:
        number = self._last.get(stem, 0) + 1
        while (found := f"{stem}.{number}") in self._taken or found in self._used:
            number += 1
        self._last[stem] = number
        self._used.add(found)
        return found

    def _fitted(self, line: SourceLine, text: str, box: str, reason: str | None) -> list[str]:
        """The text, cut to the length that a task may have, with a reason where the mark needs one."""
        rows = [text]
        if len(text) > MAX_TEXT - 60:
            at = text.rfind(" ", 1, MAX_TEXT - 60)
            at = at if at > 0 else MAX_TEXT - 60
            rows = [text[:at].rstrip(), text[at:].strip()]
            self.changes.append((line.number, "cut"))
        before, parenthesis, inside = rows[0].rpartition(" (")
        if parenthesis and inside.endswith(")") and not isinstance(parse_requirement_ref(inside[:-1]), str):
            rows[0] = f"{before} ({inside.replace('/', chr(92) + '/')}"
            self.changes.append((line.number, "escape"))
        if box in "-!" and not (reason is None and _has_reason(rows[0])):
            rows[0] = f"{rows[0]}: {reason or _NO_REASON}"
            self.changes.append((line.number, "reason"))
        return rows

    def _prose(self, line: SourceLine) -> None:
        """A line that is no task: as far to the right as the task that it belongs to has moved."""
        listed = _LIST_ITEM.match(line.text) is not None
        owner = next((o for o in reversed(self._open) if o.indent < line.indent), None)
        if owner is None and self._touching and self._open and not listed:
            owner = self._open[-1]  # a wrapped line that is not indented
        if owner is None and listed and self._open:
            owner = self._open[0]
        if owner is None:
            self._open.clear()
            self._touching = False
            self._put(f"  {line.text.strip()}" if listed else line.text)
            return
        shift = max(2 * owner.depth + 2 - line.indent, 2 * owner.depth - owner.indent, 0)
        fits = [o for o in self._open if line.indent + shift >= 2 * o.depth + 2]
        # right below a nested task only what is as deep belongs to anything
        apart = [""] if self._touching and fits != self._open else []
        self._open = fits
        self._touching = True
        self._put(*apart, _shifted(line, shift))

    def _inert(self, line: SourceLine) -> None:
        """Lines of a comment stay; those of a fence move together."""
        if line.comment:
            self._put(line.text)
        elif self._fence_shift is None:
            self._prose(line)
            row = self.rows[-1][-1]
            self._fence_shift = len(row) - len(row.lstrip()) - (len(line.text) - len(line.text.lstrip()))
        else:
            self._put(_shifted(line, self._fence_shift))


def _shifted(line: SourceLine, shift: int) -> str:
    """The line that many columns to the right; a tab in front becomes the spaces that it stands for."""
    return " " * (line.indent + shift) + line.text.lstrip(" \t") if shift > 0 else line.text


def _explicit_id(line: SourceLine) -> str | None:
    match = None if line.inert else _TASK.fullmatch(line.text.rstrip())
    if match is None:
        return None
    found = _ID.match(match["rest"].strip())
    return found["id"] if found and ("." in found["id"] or found["end"] or found["close"]) else None


def _heading_number(line: SourceLine) -> int | None:
    found = None if line.inert or line.indent >= 2 else heading(line.text)
    number = re.match(r"(?:[A-Za-z]+ )?([0-9]{1,6})(?![0-9])", found[1]) if found else None
    return int(number[1]) if number else None


def _has_reason(text: str) -> bool:
    before, colon, after = text.rpartition(": ")
    return bool(colon and before.strip() and after.strip())


def _repair(rows: list[list[str]]) -> list[tuple[int, str]]:
    """What still only looks like a task, heading or part of one is escaped or moved to the right."""
    changes: list[tuple[int, str]] = []
    for _ in range(_ROUNDS):
        flat = [(n, i) for n, block in enumerate(rows) for i in range(len(block))]
        text = "\n".join(rows[n][i] for n, i in flat) + "\n"
        findings = [f for f in read_checklist(text.encode(), "").findings if f.code in _REPAIRS]
        if not findings:
            break
        for finding in findings:
            n, i = flat[finding.line - 1]
            rows[n][i] = _REPAIRS[finding.code](rows[n][i])
            changes.append((n + 1, "escape"))
    return changes


def _escaped(row: str) -> str:
    """A backslash before what makes the line look like a task: a bracket, the point of a number, a hash."""
    if match_task(row):
        return row
    bracket = re.match(r"\s*(?:(?:[-*+•‣–—]|[0-9.]+[.)]?)\s*)?\[", row)
    if bracket:
        at = bracket.end() - 1
    elif number := re.match(r"\s*(?:[-*+]\s+)?[0-9]+\.", row):
        at = number.end() - 1
    elif row.startswith("#"):
        at = 0
    else:
        return row
    return f"{row[:at]}\\{row[at:]}"


def _indented(row: str) -> str:
    return f"  {row}"


_REPAIRS = {"T010": _escaped, "T018": _escaped, "T016": _indented, "T019": _indented, "T014": _indented}
