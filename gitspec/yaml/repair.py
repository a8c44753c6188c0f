"""A line as it should be: what YAML cannot read in it, or reads as something else than text, put between quotes.

Looks at lines one by one, without a parser, because it works where the parser gave up.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gitspec.yaml.scalars import quoted

_BLOCK_HEADER = re.compile(r"[|>](?:[1-9][+-]?|[+-][1-9]?)?(?:[ \t]+#.*|[ \t]*)")
_ALIAS = re.compile(r"[*&][A-Za-z0-9_-]+(?=[ \t]|$)")
_TIGHT_KEY = re.compile(r"[a-z][a-z_]+:(?=[^\s:/\\])")
_BARE_KEY = re.compile(r"[a-z][a-z_]+")
_MAX_LINE = 4000
_OPEN_QUOTE = "the quote is not closed"
_BAD_ESCAPE = re.compile(r"(?:[^\\]|\\[0abt\tnvfre \"/\\N_LPxuU])*\\[^0abt\tnvfre \"/\\N_LPxuU]")


class Line(NamedTuple):
    """A line outside of block scalars. ``value_col`` counts from 0; ``key`` is None where there is no key."""

    number: int
    dash_col: int
    key_col: int
    key: str | None
    value_col: int
    value: str


class Repair(NamedTuple):
    """A line as it should be; ``col`` (from 0) is where it went wrong."""

    line: str
    col: int
    message: str
    is_certain: bool = True
    """Whether nothing else can have been meant."""


def split_line(line: str, number: int = 0) -> Line:
    """A line as dashes, key and value."""
    col = len(line) - len(line.lstrip(" "))
    dash = -1
    while line.startswith("- ", col):
        dash = col
        col += 2
        col += len(line) - col - len(line[col:].lstrip(" "))
    rest = line[col:].rstrip(" \t")
    colon = _colon_in(rest)
    if colon < 0:
        return Line(number, dash, col, None, col, rest)
    behind = rest[colon + 1 :]
    value = behind.lstrip(" \t")
    return Line(number, dash, col, rest[:colon].rstrip(), col + colon + 1 + len(behind) - len(value), value)


def _colon_in(rest: str) -> int:
    """Where the colon of a key stands, -1 when there is no key."""
    if not rest or rest[0] in "#[{|>&*!%@`,":
        return -1
    if rest[0] in "\"'":
        close = rest.find(rest[0], 1)
        return close + 1 if close > 0 and rest.startswith(":", close + 1) else -1
    found = min((i for i in (rest.find(": "), rest.find(":\t")) if i >= 0), default=-1)
    if found < 0 and rest.endswith(":"):
        found = len(rest) - 1
    comment = rest.find(" #")
    return -1 if 0 <= comment < found else found


def structural_lines(lines: list[str]) -> Iterator[Line]:
    """The lines that are neither blank, nor comments, nor inside of a block scalar."""
    block = -1
    for number, text in enumerate(lines, 1):
        bare = text.lstrip(" ")
        if not bare.strip():
            continue
        if 0 <= block < len(text) - len(bare):
            continue
        block = -1
        if bare.startswith("#") or len(text) > _MAX_LINE:
            continue
        line = split_line(text, number)
        if _BLOCK_HEADER.fullmatch(line.value):
            block = line.key_col if line.key is not None else max(line.dash_col, 0)
        yield line


def quoted_line(line: str, col: int) -> str | None:
    """``line`` with everything from column ``col`` (from 0) on between quotes."""
    value = line[col:].rstrip()
    if not value or len(line) > _MAX_LINE or "\ufffd" in value:
        return None
    return line[:col] + quoted(_unquoted(value))


def _unquoted(value: str) -> str:
    """What was meant by a value whose quotes do not add up."""
    mark = value[0]
    if mark in "\"'":
        if value.count(mark) == 1:
            return value[1:] or value
        if value[-1] == mark and len(value) > 1:
            return value[1:-1].replace('\\"', '"') if mark == '"' else value[1:-1].replace("''", "'")
    return value


def repair(line: Line, lines: list[str]) -> Repair | None:
    """The line without what stops a parser in it; None when it looks right. ``lines`` are those of the whole file."""
    if line.key is None and (missing := _missing_colon(line, lines)):
        return missing
    if not line.value or line.value[0] == "#" or (line.key is None and line.dash_col < 0):
        return None
    message = _problem(line, lines)
    text = lines[line.number - 1]
    if message is None:
        return None
    repaired = quoted_line(text, line.value_col)
    certain = message != _OPEN_QUOTE
    return Repair(repaired, line.value_col, message, certain) if repaired and repaired != text else None


def _problem(line: Line, lines: list[str]) -> str | None:
    value = line.value
    first = value[:1]
    if not first or _BLOCK_HEADER.fullmatch(value):
        return None
    if first in "\"'":
        return _quote_problem(value, line, lines)
    if first in "`@%":
        return f"a plain value cannot start with '{first}'"
    if first in ",]}":
        return f"a plain value cannot start with '{first}'"
    if first in "|>":
        return f"text behind '{first}' on the same line"
    if first in "*&":
        return None if _ALIAS.match(value) else f"a plain value cannot start with '{first}'"
    if first in "[{":
        close = {"[": "]", "{": "}"}[first]
        end = value.rfind(close)
        behind = value[end + 1 :].lstrip() if end >= 0 else ""
        return f"text behind '{close}'" if behind and not behind.startswith("#") else None
    if line.key is not None and value.startswith(("- ", "? ")):
        return f"a plain value cannot start with '{value[:2]}'"
    plain = value.partition(" #")[0].rstrip()
    if line.key is not None and (": " in plain or ":\t" in plain or plain.endswith(":")):
        return "': ' inside a plain value"
    return None


def _quote_problem(value: str, line: Line, lines: list[str]) -> str | None:
    """What is wrong with a value that starts with a quote."""
    mark = value[0]
    end = close_of(value, 0)
    if end >= 0:
        behind = value[end + 1 :]
        if mark == '"' and _BAD_ESCAPE.match(value, 1, end):
            return "a backslash between double quotes"
        if not behind.strip() or (behind.lstrip().startswith("#") and behind[0] in " \t"):
            return None
        return "text behind the closing quote"
    for row in lines[line.number : line.number + 30]:  # it may go on below, indented
        bare = row.lstrip(" ")
        if bare and len(row) - len(bare) <= line.key_col:
            break
        if mark in bare:
            return None
    return _OPEN_QUOTE


def close_of(text: str, start: int) -> int:
    """Where the quote that opens at ``start`` closes, -1 for nowhere."""
    mark, at = text[start], start + 1
    while at < len(text):
        if mark == '"' and text[at] == "\\":
            at += 2
        elif text[at] == mark:
            if mark == '"' or not text.startswith("'", at + 1):
                return at
            at += 2
        else:
            at += 1
    return -1


def _missing_colon(line: Line, lines: list[str]) -> Repair | None:
    """``key:value`` and ``key`` alone, where a mapping goes on."""
    text = lines[line.number - 1]
    below = next((row for row in lines[line.number : line.number + 5] if row.strip()), "")
    depth = len(below) - len(below.lstrip(" "))
    if (match := _TIGHT_KEY.match(line.value)) and (line.dash_col < 0 or (depth == line.key_col and ":" in below)):
        at = line.key_col + match.end()
        return Repair(f"{text[:at]} {text[at:]}", at, "no space behind ':'")
    if (
        line.dash_col < 0
        and _BARE_KEY.fullmatch(line.value)
        and depth >= line.key_col
        and below.lstrip().startswith("- ")
    ):
        return Repair(text.rstrip() + ":", len(text.rstrip()), "no ':' behind the key")
    return None
