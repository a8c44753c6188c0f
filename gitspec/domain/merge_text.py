"""Join two edits of one prose, paragraph by paragraph, where they cannot get in each other's way.

Only `gitspec rebase` does this, because it shows the result to the author, who commits it; the fold never does.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple


class _Hunk(NamedTuple):
    """``start`` to ``stop`` of what was seen becomes ``blocks``."""

    start: int
    stop: int
    blocks: tuple[str, ...]


def merged_prose(seen: str, living: str, yours: str) -> str | None:
    """The text with both edits in it; None when they meet.

    Edits meet when they touch the same paragraph, or when one puts something where the other one changes or puts
    something. A code fence is one paragraph with all that is in it.
    """
    base = _paragraphs(seen)
    theirs, mine = _hunks(base, _paragraphs(living)), _hunks(base, _paragraphs(yours))
    hunks = sorted({*theirs, *mine}, key=lambda h: (h.start, h.stop))
    for before, after in pairwise(hunks):
        is_insertion = before.start == before.stop or after.start == after.stop
        if after.start < before.stop or (after.start == before.stop and is_insertion):
            return None
    joined: list[str] = []
    at = 0
    for hunk in hunks:
        joined += [*base[at : hunk.start], *hunk.blocks]
        at = hunk.stop
    return "\n\n".join([*joined, *base[at:]]).strip("\n") or None


def _hunks(base: Sequence[str], other: Sequence[str]) -> list[_Hunk]:
    opcodes = SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
    return [_Hunk(i, j, tuple(other[k:m])) for what, i, j, k, m in opcodes if what != "equal"]


def _paragraphs(text: str) -> list[str]:
    """The text between blank lines; more than one blank line stays with what is above."""
    return ["\n".join(lines) for lines in _blocks(text.split("\n"))]


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    fence = ""
    for line in lines:
        mark = line.strip()[:3]
        if fence:
            fence = "" if mark == fence and not line.strip().strip(fence[0]) else fence
        elif mark in ("```", "~~~"):
            fence = mark
        elif not line and block and block[-1]:
            yield block
            block = []
            continue
        block.append(line)
    if block:
        yield block
