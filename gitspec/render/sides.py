"""Three versions of a text beside one another: what was seen, what lives, what is wanted."""

from collections.abc import Iterator
from itertools import zip_longest

from gitspec.render.colour import PLAIN, Paint
from gitspec.render.text import clean_lines, width

_NARROWEST = 24
"""Cells of a column below which the versions go below one another."""
_GAP = " │ "


def side_by_side(
    seen: str | None, living: str | None, yours: str | None, columns: int, paint: Paint = PLAIN, by: str = "    "
) -> list[str]:
    """The three versions, in columns where ``columns`` cells of a terminal are enough. None: there is none.

    Lines that were seen so are faint, so that what each side has changed stands out.
    """
    cells = (columns - len(by) - 2 * len(_GAP)) // 3
    before = set(clean_lines(seen)) if seen is not None else set()
    sides = [("seen", seen), ("living", living), ("yours", yours)]
    if cells < _NARROWEST:
        return [by + line for title, text in sides for line in _below(title, text, before, paint)]
    rows = [[(line, line) for line in (title.ljust(cells), "─" * cells)] for title, _ in sides]
    for row, (_, text) in zip(rows, sides, strict=True):
        row += [(part, line) for line in _lines(text) for part in _wrapped(line, cells)]
    joined = []
    for number, parts in enumerate(zip_longest(*rows, fillvalue=("", ""))):
        painted = [_painted(part, line, before, paint, cells, number < 2) for part, line in parts]
        joined.append((by + _GAP.join(painted)).rstrip())
    return joined


def _lines(text: str | None) -> list[str]:
    return clean_lines(text) if text is not None else ["(nothing)"]


def _below(title: str, text: str | None, before: set[str], paint: Paint) -> Iterator[str]:
    yield f"{title}:"
    for line in _lines(text):
        yield f"  {paint.faint(line) if line in before else line}".rstrip()


def _painted(part: str, line: str, before: set[str], paint: Paint, cells: int, is_head: bool) -> str:
    padded = part + " " * (cells - width(part))
    if is_head:
        return paint.strong(padded)
    return paint.faint(padded) if line in before else padded


def _wrapped(line: str, cells: int) -> Iterator[str]:
    """A line in pieces of at most that many cells, broken between words where it can be."""
    indent = line[: len(line) - len(line.lstrip())][: cells // 2]
    rest = line
    while width(rest) > cells:
        at = _fitting(rest, cells)
        space = rest.rfind(" ", len(indent) + 1, at + 1)
        cut = space if space > 0 else at
        yield rest[:cut].rstrip()
        rest = indent + rest[cut:].lstrip()
    yield rest


def _fitting(text: str, cells: int) -> int:
    """How many characters fit; at least one behind the indent, so that it always goes on."""
    used = 0
    for at, char in enumerate(text):
        used += width(char)
        if used > cells:
            return max(at, 1)
    return len(text)
