"""The outline of any file that the strict reader can read, from its tree."""

from gitspec.yaml.nodes import Mapping, Node, Scalar, Sequence, data_of
from gitspec.yaml.outline import Block, Outline, Part, canonical, lines_of
from gitspec.yaml.reader import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def outline_of(data: bytes, path: str) -> Outline | None:
    """The outline of a file; None when it is no YAML that gitspec takes."""
    document = read(data, path)
    if any(f.severity == "error" for f in document.findings):
        return None
    lines = lines_of(document.text)
    root = document.root
    if root is None:
        return Outline(Block([], 0, is_list=False), lines) if not any(map(_says, lines)) else None
    if not isinstance(root, Mapping) or root.is_flow:
        return None
    block = _mapping(root, lines, 0)
    return Outline(block, lines[root.end_line :])


def _says(row: str) -> bool:
    return row.strip()[:1] not in ("", "#")


def _mapping(node: Mapping, lines: list[str], above: int) -> Block:
    """``above``: the line from 0 from which on what stands before the first key is its lead."""
    parts: list[Part] = []
    col = node.col - 1
    for key, value in node.items:
        start, end = key.line - 1, max(value.end_line, key.line)
        rows = lines[start:end]
        if not parts:
            rows[0] = " " * col + rows[0][col:]
        block = _block(value, lines, key.line) if value.line > key.line else None
        data = None if block else _data(value)
        parts.append(Part(key.text, lines[min(above, start) : start], rows, col, block, data))
        above = end
    return Block(parts, col, is_list=False)


def _block(value: Node, lines: list[str], above: int) -> Block | None:
    if isinstance(value, Mapping) and not value.is_flow:
        return _mapping(value, lines, above)
    if isinstance(value, Sequence) and not value.is_flow:
        return _items(value, lines, above)
    return None


def _items(node: Sequence, lines: list[str], above: int) -> Block:
    parts: list[Part] = []
    col = node.col - 1
    for item in node.items:
        start = item.line - 1
        while start > above and lines[start][col : col + 1] != "-":
            start -= 1
        end = max(item.end_line, start + 1)
        block = None
        if isinstance(item, Mapping) and not item.is_flow and item.line - 1 == start:
            block = _mapping(item, lines, start)
        dash = lines[start][: item.col - 1] if block else ""
        parts.append(Part(None, lines[above:start], lines[start:end], col, block, None if block else _data(item), dash))
        above = end
    return Block(parts, col, is_list=True)


def _data(node: Node) -> "Any":
    return canonical(node.text) if isinstance(node, Scalar) else _canonical(data_of(node))


def _canonical(value: "Any") -> "Any":
    if isinstance(value, dict):
        return {key: _canonical(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_canonical(below) for below in value]
    return canonical(value)
