"""Ranges of revisions as ``git diff`` takes them."""

from typing import NamedTuple


class RevRange(NamedTuple):
    """From one revision to another; an end that is left out is HEAD. ``from_base``: from their common ancestor."""

    before: str
    after: str
    from_base: bool = False


def parse_range(text: str) -> RevRange | None:
    """The range that ``A..B`` or ``A...B`` spells; None for anything else, also for dots alone."""
    for dots in ("...", ".."):
        before, found, after = text.partition(dots)
        if found:
            return RevRange(before or "HEAD", after or "HEAD", dots == "...") if before or after else None
    return None
