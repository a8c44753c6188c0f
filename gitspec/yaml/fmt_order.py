"""Keys in the order of the model, each with its comments; blank lines stay where they are."""

from gitspec.domain.model import Model
from gitspec.yaml.binding import load
from gitspec.yaml.lines import Lines
from gitspec.yaml.nodes import Mapping
from gitspec.yaml.shape import Shape, fields_of
from gitspec.yaml.typed import typed_mappings

_PASSES = 12  # mappings inside of each other are ordered one level after the other


def ordered(model: type[Model], data: bytes, path: str) -> bytes:
    """A valid file with the keys of all its mappings in the order of the model."""
    for _ in range(_PASSES):
        root = load(model, data, path).document.root
        if root is None:
            return data
        lines = Lines(data)
        end = 0
        for node, owner in typed_mappings(root, Shape("model", None, model)):
            if node.line > end and _order(lines, node, owner):
                end = node.end_line
        if not lines.is_edited:
            return data
        data = lines.joined()
    return data


def _order(lines: Lines, node: Mapping, owner: type[Model]) -> bool:
    """Order the entries of one block mapping; False when they are, or cannot be."""
    places = {field.key: i for i, field in enumerate(fields_of(owner))}
    wanted = sorted(range(len(node.items)), key=lambda i: places.get(node.items[i][0].text, len(places)))
    if node.is_flow or wanted == list(range(len(node.items))):
        return False
    col = node.col - 1
    spans = [_span(lines, node, i, col) for i in range(len(node.items))]
    dash = lines.rows[spans[0][1]][:col]
    for slot, item in enumerate(wanted):
        start, key, stop = spans[item]
        comments, rows = lines.rows[start:key], lines.rows[key:stop]
        lead = dash if slot == 0 else " " * col
        if slot == 0 and dash.strip():
            comments = [" " * dash.index("-") + row.lstrip(" ") for row in comments]
        lines.replace(spans[slot][0], spans[slot][2], [*comments, lead + rows[0][col:], *rows[1:]])
    return True


def _span(lines: Lines, node: Mapping, index: int, col: int) -> tuple[int, int, int]:
    """First comment, key and end (exclusive) of an entry, as lines from 0."""
    key, value = node.items[index]
    start = key.line - 1
    above = node.items[index - 1][1].end_line if index else start
    while start > above and lines.is_comment(start - 1, col):
        start -= 1
    return start, key.line - 1, max(value.end_line, key.line)
