"""Two texts word by word: what stays, what goes, what comes."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from gitspec.render.colour import PLAIN, Paint
from gitspec.render.text import clean

# Words, runs of blanks, single marks; in scripts without blanks each character is a word.
_WORDS = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\n|[^\S\n]+|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|."
)
_MOST = 4_000_000
"""So many pairs of words are compared at most; beyond that whole lines are."""


class Segment(NamedTuple):
    """A piece of text: in both, only before (``-``) or only after (``+``)."""

    sign: Literal[" ", "-", "+"]
    text: str


def segments(before: str, after: str) -> list[Segment]:
    """The texts, cleaned, as one sequence of pieces, what goes before what comes in its place."""
    old, new = _WORDS.findall(clean(before)), _WORDS.findall(clean(after))
    if len(old) * len(new) > _MOST:
        old, new = clean(before).splitlines(keepends=True), clean(after).splitlines(keepends=True)
    from difflib import SequenceMatcher

    found: list[Segment] = []
    gone: list[str] = []
    come: list[str] = []

    def flush() -> None:
        if gone:
            found.append(Segment("-", "".join(gone)))
        if come:
            found.append(Segment("+", "".join(come)))
        gone.clear()
        come.clear()

    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = "".join(old[i:j])
        if what == "equal" and not ((gone or come) and not same.strip() and "\n" not in same and j < len(old)):
            flush()
            found.append(Segment(" ", same))
        else:  # a blank between two changes joins them
            gone += old[i:j]
            come += new[k:m]
    flush()
    return found


def word_lines(before: str, after: str, paint: Paint = PLAIN) -> Iterator[str]:
    """The lines of two texts in one, with ``[-what goes-]`` and ``{+what comes+}``, or in colours instead."""
    line = ""
    for sign, text in segments(before, after):
        for number, piece in enumerate(text.split("\n")):
            if number:
                yield line
                line = ""
            line += _marked(sign, piece, paint)
    yield line


def _marked(sign: str, text: str, paint: Paint) -> str:
    if sign == " " or not text:
        return text
    if paint.enabled:
        return paint.bad(text) if sign == "-" else paint.good(text)
    return f"[-{text}-]" if sign == "-" else f"{{+{text}+}}"


def joined(found: Sequence[Segment], sign: Literal["-", "+"]) -> str:
    """The text before or after, put together again."""
    return "".join(text for s, text in found if s in (" ", sign))
