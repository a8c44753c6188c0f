"""Reading on behind a syntax error, so that one run reports all mistakes of a file.

libyaml stops at the first error. What a line gets wrong by itself is repaired as its help says; what remains is taken
out line by line, and the parser starts again. The tree that results serves further findings, never a value.
"""

from typing import Any

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.yaml.lexical import MAX_FINDINGS
from gitspec.yaml.nodes import Node
from gitspec.yaml.reader import Builder, Suspect
from gitspec.yaml.repair import repair, split_line, structural_lines

_ROUNDS = 25
_WORDS = (
    ("mapping values are not allowed", "': ' where no key can stand: a wrong indent, or a text without quotes"),
    ("could not find expected ':'", "a line that is neither 'key: value' nor '- item'"),
    ("did not find expected key", "no key where one must stand: a wrong indent, or a text without quotes"),
    ("did not find expected '-' indicator", "no '- ' where one must stand: a wrong indent"),
    ("block sequence entries are not allowed", "'- ' where no item can stand: a wrong indent"),
    ("found unexpected end of stream", "the quote is not closed"),
    ("did not find expected ',' or", "the bracket is not closed"),
    ("unknown escape character", "a backslash between double quotes"),
    ("cannot start any token", "a character that no value can start with"),
)


def recover(text: str, path: str) -> tuple[Node | None, list[Suspect], frozenset[int], list[Finding]]:
    """Tree, suspects, lines that were taken out, and the findings of a text that is no YAML."""
    lines = text.split("\n")
    found: list[Finding] = []
    touched: set[int] = set()
    damaged: set[int] = set()
    for line in structural_lines(lines):
        if len(found) >= MAX_FINDINGS:
            break
        if repaired := repair(line, lines):
            help_ = f"write: {_cut(repaired.line)}"
            found.append(finding("Y007", repaired.message, path, line.number, repaired.col + 1, help_))
            lines[line.number - 1] = repaired.line
            touched.add(line.number)
    for _ in range(_ROUNDS):
        builder = Builder("\n".join(lines), path)
        if builder.build():
            builder.finish()
            found += [f for f in builder.findings if f.line not in touched]
            suspects = [s for s in builder.suspects if s.line not in touched]
            return builder.root, suspects, frozenset(damaged), found
        at = _line_of(builder.error, lines)
        if at is None:
            break
        found.append(_mended(builder.error, at, lines, path, damaged))
        touched.add(at)
    if not found:
        found.append(finding("Y007", "cannot be read as YAML", path, 1, 1))
    return None, [], frozenset(damaged), found


def _line_of(error: Any, lines: list[str]) -> int | None:
    """The line, from 1, that is to blame and not blank."""
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", "") or "")
    started = str(getattr(error, "context", "") or "")
    if context is not None and ("expected ':'" in problem or "quoted scalar" in started or "flow" in started):
        mark = context
    if mark is None:
        return None
    number = min(mark.line + 1, len(lines))
    for candidate in (*range(number, 0, -1), *range(number + 1, len(lines) + 1)):
        if lines[candidate - 1].strip():
            return int(candidate)
    return None


def _mended(error: Any, number: int, lines: list[str], path: str, damaged: set[int]) -> Finding:
    """The finding for a line; the line is moved to where it belongs, or taken out."""
    text = lines[number - 1]
    problem = str(getattr(error, "problem", "") or "no YAML")
    lead = text[: len(text) - len(text.lstrip(" \t"))]
    mark = error.problem_mark
    col = mark.column + 1 if mark.line + 1 == number else len(lead) + 1
    if "\t" in lead:
        spaces = lead.replace("\t", "  ")
        lines[number - 1] = ""
        damaged.add(number)
        return finding(
            "Y005", "a tab in the indent", path, number, lead.index("\t") + 1, f"write: {_cut(spaces + text.lstrip())}"
        )
    shift = _shift(number, lines)
    if shift:
        _shift_block(number, lines, shift)
        help_ = f"write: {_cut(lines[number - 1])}"
        return finding("Y007", "the indent differs from the key above", path, number, len(lead) + 1, help_)
    message = next((ours for theirs, ours in _WORDS if theirs in problem), f"no YAML: {problem}")
    lines[number - 1] = ""
    damaged.add(number)
    return finding("Y007", message, path, number, col, _help(number, lines, text))


def _shift(number: int, lines: list[str]) -> int:
    """By how many columns a key stands too far right or left of the key above; 0 when it does not."""
    at = split_line(lines[number - 1])
    if at.key is None or not at.key.replace("_", "").isalpha() or " " in at.key:
        return 0
    above = next(
        (row for row in reversed(lines[: number - 1]) if row.strip() and not row.lstrip().startswith("#")), None
    )
    if above is None:
        return 0
    key = split_line(above)
    here = at.key_col if at.dash_col < 0 else at.dash_col
    there = key.key_col if at.dash_col < 0 else key.dash_col
    if key.key is None or there < 0 or not 0 < abs(here - there) <= 4:
        return 0
    return there - here


def _shift_block(number: int, lines: list[str], shift: int) -> None:
    """Move a line and what is indented at least as deep below it."""
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip(" "))
    for i in range(number - 1, len(lines)):
        bare = lines[i].lstrip(" ")
        depth = len(lines[i]) - len(bare)
        if bare and depth < indent:
            return
        if bare:
            lines[i] = " " * max(depth + shift, 0) + bare


def _help(number: int, lines: list[str], text: str) -> str:
    above = next((row for row in reversed(lines[: number - 1]) if row.strip()), "")
    header = split_line(above)
    if header.value.startswith(("|", ">")) and header.key is not None:
        return f"text of '{header.key}' must be indented: {_cut(' ' * (header.key_col + 2) + text.strip())}"
    if header.key is not None and header.value and not split_line(text).key:
        return f"write '{header.key}: |' and the text below it, indented by {header.key_col + 2} spaces"
    return "write 'key: value', or put text in a block below 'key: |', indented"


def _cut(line: str) -> str:
    return line if len(line) <= 200 else f"{line[:199]}…"
