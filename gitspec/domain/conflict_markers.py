"""Conflicts that a merge has left in a file: where they are, and the file as our side has it."""

from collections.abc import Sequence
from typing import NamedTuple

_LEAST = 7
MARKED_HELP = "write what shall hold, and delete the lines of markers"


class Marked(NamedTuple):
    """A conflict. Lines count from 1; ``end`` is ``start`` for a marker that stands alone."""

    start: int
    middle: int
    end: int

    @property
    def is_whole(self) -> bool:
        """Whether all of its markers are there."""
        return self.end > self.start


def may_be_marked(text: str) -> bool:
    """Whether a text may hold markers; cheap."""
    return "<<<<<<<" in text or ">>>>>>>" in text


def find_marked(lines: Sequence[str]) -> list[Marked]:
    """The conflicts in the lines of a file, and markers that stand alone, in order."""
    found: list[Marked] = []
    start = middle = size = 0
    for number, line in enumerate(lines, 1):
        if opened := _marker(line, "<"):
            if start:
                found.append(Marked(start, start, start))
            start, middle, size = number, 0, opened
        elif start and not middle and line.rstrip() == "=" * size:
            middle = number
        elif closed := _marker(line, ">"):
            if start and middle and closed == size:
                found.append(Marked(start, middle, number))
                start = 0
            else:
                found.append(Marked(number, number, number))
    if start:
        found.append(Marked(start, start, start))
    return sorted(found)


def our_side(lines: Sequence[str], marked: Sequence[Marked]) -> list[str]:
    """The lines with what is ours in each conflict and blank ones for the rest, so that they keep their numbers."""
    kept = list(lines)
    for start, middle, end in marked:
        base = next((n for n in range(start, middle) if _marker(kept[n - 1], "|")), middle)
        for number in (start, *range(base, end + 1)):
            kept[number - 1] = ""
    return kept


def _marker(line: str, char: str) -> int:
    """The length of a marker that starts the line, 0 for none."""
    bare = line.lstrip(char)
    length = len(line) - len(bare)
    return length if length >= _LEAST and bare[:1] in ("", " ") else 0
