"""Files in their usual form, read line by line at a third of the cost of a whole parser.

Knows block mappings, block lists, literal blocks and scalars on one line without anything special in them. At the first
line that is anything else it gives up, and the strict reader takes the file from the start: so it may refuse what it
likes, but what it accepts must be what the strict reader would give, without a finding (tests compare the two).
"""

import re
from functools import cache
from typing import Any, NamedTuple

from gitspec.yaml.lexical import MAX_DEPTH

_MOST_LINES = 16_000  # more could exceed the reader's limit on values
_SKIP = re.compile(r"(?: *(?:#[^\n]*)?\n)+")
_LINE = re.compile(r"( *)(- +)?(?:(\w[\w-]{0,200}):(?: +([^\n]*))?|([^\s\-?:,\[\]{}#&*!|>'\"%@`][^\n]*))\n")
_QUOTED = re.compile(r"\"([^\"\\\n]*)\"|'([^'\n]*)'")
_NOT_PLAIN = frozenset("-?:,[]{}#&*!|>'\"%@`")

Place = tuple[int, int]
"""Offset of a line, and column from 0."""


class Usual(NamedTuple):
    """``data`` as the strict reader gives it; places of the outermost values, and of the items of outermost lists."""

    data: dict[str, Any]
    keys: dict[str, Place]
    items: dict[str, list[Place]]


def read_usual(text: str) -> Usual | None:
    """The data of a text that has nothing unusual in it, else None. The text has LF ends and no hidden characters."""
    if "\t" in text or not text.endswith("\n") or text.count("\n") > _MOST_LINES:
        return None
    found = Usual({}, {}, {})
    # Open collections, innermost last, and their columns. A key without a value waits in `open_key`.
    stack: list[Any] = [found.data]
    cols = [0]
    open_key: str | None = None
    skip, match_line = _SKIP.match, _LINE.match
    at = skipped.end() if (skipped := skip(text, 0)) else 0
    while at < len(text):
        if (match := match_line(text, at)) is None:
            return None
        spaces, dash, key, value, plain = match.groups()
        col, line_end = len(spaces), match.end()
        if open_key is not None:
            if not _open(found, stack, cols, open_key, col, dash):
                return None
            open_key = None
        else:
            while cols[-1] > col or (dash is None and cols[-1] == col and type(stack[-1]) is list):
                stack.pop()
                cols.pop()
                if not stack:
                    return None
        holder = stack[-1]
        if cols[-1] != col or (type(holder) is list) != (dash is not None):
            return None
        if dash is not None and key is not None:
            col += len(dash)
            if len(stack) == 2:
                found.items[next(reversed(found.data))].append((at, col))
            item: dict[str, Any] = {}
            holder.append(item)
            stack.append(item)
            cols.append(col)
            holder = item
        if key is None:
            if dash is None or not _is_plain(plain):
                return None
            holder.append(plain)
        elif key in holder:
            return None
        else:
            if len(stack) == 1:
                found.keys[key] = (at, match.start(4) - at if value else col)
            if value:
                if (read := _value(text, value, line_end, col)) is None:
                    return None
                holder[key], line_end = read
            else:
                open_key, holder[key] = key, None
        at = skipped.end() if (skipped := skip(text, line_end)) else line_end
    return found if open_key is None and found.data else None


def _open(found: Usual, stack: list[Any], cols: list[int], open_key: str, col: int, dash: str | None) -> bool:
    """Open the value of a key that starts at ``col``: a list at or behind the key's column, a mapping behind it."""
    if col < cols[-1] or (dash is None and col == cols[-1]) or len(stack) >= MAX_DEPTH - 1:
        return False
    fresh: Any = {} if dash is None else []
    stack[-1][open_key] = fresh
    if dash is not None and len(stack) == 1:
        found.items[open_key] = []
    stack.append(fresh)
    cols.append(col)
    return True


def _value(text: str, value: str, line_end: int, col: int) -> tuple[Any, int] | None:
    """What stands behind a key, and where it ends."""
    if value == "|":
        return _block(text, line_end, col)
    if value[0] not in _NOT_PLAIN:
        return (value, line_end) if _is_plain(value) else None
    if quoted := _QUOTED.fullmatch(value):
        return quoted[1] if quoted[1] is not None else quoted[2], line_end
    return ([], line_end) if value == "[]" else None


def _is_plain(text: str) -> bool:
    """Whether a text that starts like a plain scalar is one, and nothing stands behind it."""
    return ": " not in text and " #" not in text and text[-1] not in ": "


def _block(text: str, start: int, key_col: int) -> tuple[str, int] | None:
    """The text of a literal block that starts at ``start``, and where it ends."""
    first = start
    while text[first : first + 1] == " ":
        first += 1
    margin = first - start
    if margin <= key_col or text[first : first + 1] in ("\n", ""):
        return None
    match = _block_lines(margin).match(text, start)
    if match is None:
        return None
    end = match.end()
    behind = end
    while text[behind : behind + 1] == " ":
        behind += 1
    if behind - end > key_col or text[behind : behind + 1] == "\n":  # a line between, or blank but for spaces
        return None
    content = text[first:end].replace("\n" + " " * margin, "\n")
    return content.rstrip("\n") + "\n", end


@cache
def _block_lines(margin: int) -> re.Pattern[str]:
    return re.compile(rf"(?:(?: {{{margin}}}[^\n]*)?\n)+")
