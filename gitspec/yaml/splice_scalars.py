"""Edits of one scalar: within its line, or line by line within its block."""

import re
from difflib import SequenceMatcher
from typing import Any

from gitspec.yaml.emit import value_lines
from gitspec.yaml.lines import Lines
from gitspec.yaml.nodes import Scalar
from gitspec.yaml.scalars import is_plain, quoted
from gitspec.yaml.shape import Shape

_PLAIN_HEADER = re.compile(r"\|[-+]?(?=[ \t]|$)")
_COMPARABLE = 400  # lines; beyond, only what is alike at both ends is kept


def edit_scalar(lines: Lines, key: Scalar | None, node: Scalar, new: Any, shape: Shape) -> bool:
    """Write ``new`` in the place of a scalar (an item of a list has no ``key``). False when the whole entry must go."""
    name = key.text if key is not None else ""
    indent = key.col - 1 if key is not None else node.col - 3
    if key is not None and node.line != key.line:
        return False
    first, *rest = value_lines(name, new, shape, max(indent, 0))
    if isinstance(new, str) and (inline := _inline(node, new)):
        first, rest = inline, []
    row = lines.rows[node.line - 1]
    if node.style == "|" and rest and first == "|" and _PLAIN_HEADER.match(row, node.col - 1):
        return _edit_block(lines, node, [line[max(indent, 0) + 2 :] for line in rest])
    if node.line == node.end_line and not rest and node.style in ("", "'", '"') and (node.text or node.style):
        lines.replace_line(node.line - 1, row[: node.col - 1] + first + row[node.end_col - 1 :])
        return True
    if not (node.text or node.style):
        return False
    lines.replace(node.line - 1, node.end_line, [row[: node.col - 1] + first, *rest])
    return True


def _inline(node: Scalar, new: str) -> str | None:
    """A text of one line goes on as one, quoted or plain as it was, although a new file would have a block."""
    if "\n" in new or node.style in ("|", ">") or node.line != node.end_line or len(new) > max(2 * len(node.text), 100):
        return None
    if node.style:
        return quoted(new)
    return new if is_plain(new) else None


def _edit_block(lines: Lines, node: Scalar, new: list[str]) -> bool:
    """Edit the lines of a literal block, at the margin that it has. ``new`` are its lines without a margin."""
    start, stop = node.line, node.end_line
    while start < stop and lines.is_blank(start):
        start += 1
    if start >= stop:
        return False
    margin = len(lines.rows[start]) - len(lines.rows[start].lstrip(" "))
    old = [row[margin:] for row in lines.rows[start:stop]]
    rows = [" " * margin + line if line else "" for line in new]
    if max(len(old), len(new)) > _COMPARABLE:
        lines.replace(start, stop, rows)
        return True
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            lines.insert(start + a, rows[c:d])
            lines.remove(start + a, start + b)
    return True
