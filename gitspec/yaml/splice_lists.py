"""Edits of a list: items are matched by their ids, and removed, inserted, moved or edited as wholes of lines."""

from itertools import pairwise
from typing import Any, NamedTuple

from gitspec.domain.model import Model
from gitspec.yaml.emit import item_lines
from gitspec.yaml.lines import Lines
from gitspec.yaml.nodes import Mapping, Scalar, Sequence
from gitspec.yaml.shape import Shape, fields_of


class Chunk(NamedTuple):
    """The lines of one item: the comments directly above it, its dash, its end (exclusive)."""

    start: int
    dash: int
    stop: int


def chunks_of(lines: Lines, node: Sequence) -> list[Chunk]:
    """The lines of each item of a block sequence."""
    found: list[Chunk] = []
    col = node.col - 1
    above = node.line - 1
    for item in node.items:
        dash = item.line - 1
        while dash > above and lines.rows[dash][col : col + 1] != "-":
            dash -= 1
        start = dash
        first_possible = found[-1].stop if found else above
        if not found:  # comments between the key and the first item
            while first_possible > 0 and lines.is_comment(first_possible - 1, col):
                first_possible -= 1
        while start > first_possible and lines.is_comment(start - 1, col):
            start -= 1
        stop = max(item.end_line, dash + 1)
        found.append(Chunk(start, dash, stop))
        above = stop
    return found


def edit_list(lines: Lines, node: Sequence, old: tuple[Any, ...], new: tuple[Any, ...], shape: Shape) -> None:
    """Edit a block sequence so that it says ``new``. When items change places, only that is done."""
    chunks = chunks_of(lines, node)
    pairs = match(old, new)
    wanted = [pairs[i] for i in sorted(pairs)]
    if wanted != sorted(wanted):
        _reorder(lines, chunks, pairs)
        return
    kept = {j: i for i, j in pairs.items()}
    for i, j in pairs.items():
        if old[i] != new[j]:
            _edit_item(lines, node, i, chunks[i], old[i], new[j], shape)
    gap = [""] if _has_gaps(lines, chunks) else []
    indent = node.col - 1
    anchor: int | None = None
    for j, value in enumerate(new):
        if j in kept:
            anchor = kept[j]
            continue
        rows = item_lines(value, shape.item or shape, indent)
        if anchor is None:
            lines.insert(chunks[0].start, rows + (gap if kept or j < len(new) - 1 else []))
        else:
            lines.insert(chunks[anchor].stop, gap + rows)
    for i, chunk in enumerate(chunks):
        if i not in pairs:
            _remove_chunk(lines, chunks, i, chunk)


def _edit_item(lines: Lines, node: Sequence, i: int, chunk: Chunk, old: Any, new: Any, shape: Shape) -> None:
    from gitspec.yaml.splice import edit_mapping
    from gitspec.yaml.splice_scalars import edit_scalar

    item = node.items[i]
    if isinstance(new, Model) and isinstance(item, Mapping) and not item.is_flow and type(old) is type(new):
        if edit_mapping(lines, item, old, new):
            return
    elif isinstance(item, Scalar) and isinstance(new, str) and edit_scalar(lines, None, item, new, shape.item or shape):
        return
    lines.replace(chunk.dash, chunk.stop, item_lines(new, shape.item or shape, node.col - 1))


def _remove_chunk(lines: Lines, chunks: list[Chunk], i: int, chunk: Chunk) -> None:
    """Remove an item with the blank lines above it, or below it when it is the first."""
    start, stop = chunk.start, chunk.stop
    if i:
        while start > chunks[i - 1].stop and lines.is_blank(start - 1):
            start -= 1
    elif len(chunks) > 1:
        while stop < chunks[1].start and lines.is_blank(stop):
            stop += 1
    lines.remove(start, stop)


def _has_gaps(lines: Lines, chunks: list[Chunk]) -> bool:
    """Whether blank lines stand between most items."""
    gaps = [any(lines.is_blank(at) for at in range(a.stop, b.start)) for a, b in pairwise(chunks)]
    return sum(gaps) * 2 > len(gaps)


def _reorder(lines: Lines, chunks: list[Chunk], pairs: dict[int, int]) -> None:
    """Put the items that stay into the wanted order; each goes where another one was, the lines between them stay."""
    slots = sorted(pairs)
    for slot, item in zip(slots, sorted(pairs, key=pairs.__getitem__), strict=True):
        if slot != item:
            there, here = chunks[slot], chunks[item]
            lines.insert(there.start, lines.rows[here.start : here.stop])
            lines.remove(there.start, there.stop)


def match(old: tuple[Any, ...], new: tuple[Any, ...]) -> dict[int, int]:
    """Which item of ``old`` goes on as which of ``new``: by id, then, for those left, by what they hold."""
    places: dict[Any, list[int]] = {}
    for j, value in enumerate(new):
        places.setdefault(_identity(value), []).append(j)
    pairs: dict[int, int] = {}
    for i, value in enumerate(old):
        if found := places.get(_identity(value)):
            pairs[i] = found.pop(0)
    taken = set(pairs.values())
    left = [j for j in range(len(new)) if j not in taken]
    for i, value in enumerate(old):
        again = [j for j in left if i not in pairs and _is_renamed(value, new[j])]
        if again:
            pairs[i] = again[0]
            left.remove(again[0])
    return pairs


def _identity(value: Any) -> Any:
    for name in ("id", "reason"):
        if isinstance(value, Model) and name in type(value).model_fields:
            return name, getattr(value, name)
    return ("", value) if not isinstance(value, Model) else ("", repr(value))


def _is_renamed(old: Any, new: Any) -> bool:
    """Whether an item goes on under another id: its main content is the same."""
    if not isinstance(old, Model) or type(old) is not type(new):
        return False
    names = [f.name for f in fields_of(type(old)) if f.name in ("text", "steps", "scenarios", "title")]
    return any(getattr(old, n) and getattr(old, n) == getattr(new, n) for n in names)
