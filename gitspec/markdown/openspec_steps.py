"""The body of an OpenSpec scenario as steps and notes.

Steps stand there as bullets, bold lines or plain lines, in several languages: ``- **WHEN** x``, ``**Given** x``,
``When x``, ``- **当** x``. What starts with no keyword belongs to the step above it; before the first step, or as
paragraphs of its own behind the last one, it is the scenario's notes.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from gitspec.domain.capability import Keyword, Step
from gitspec.markdown.openspec_lines import Line, trimmed

_WORDS: dict[Keyword, str] = {
    "GIVEN": "given 假设 假如 假定 前提 먼저 조건 angenommen dado dada дано допустим",
    "WHEN": "when 当 當 もし 만일 만약 wenn quand lorsque cuando quando когда если",
    "THEN": "then 则 那么 ならば 그러면 dann alors entonces então allora тогда",
    "AND": "and 且 并且 而且 同时 かつ 그리고 und et y и",
    "BUT": "but 但 但是 しかし ただし 하지만 aber mais pero mas но",
}
KEYWORD_OF: dict[str, Keyword] = {word: keyword for keyword, words in _WORDS.items() for word in words.split()}
"""The keyword that a word of a real scenario stands for."""
_ALL = "|".join(sorted(map(re.escape, KEYWORD_OF), key=len, reverse=True))
_STEP = re.compile(
    rf"(?P<indent>[ \t]*)(?P<bullet>(?:[-*+]|\d{{1,9}}[.)])[ \t]+)?(?P<bold>\*\*|__)?"
    rf"(?P<word>{_ALL})(?P<inner>[:：])?(?(bold)(?P<close>\*\*|__)?)(?P<after>[:：,，])?(?P<rest>[ \t].*|$)?",
    re.IGNORECASE,
)
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_NOTHING = "…"


class Body(NamedTuple):
    """Steps, notes, how many thematic breaks were left out, and keywords that were spelled otherwise (``当``)."""

    steps: tuple[Step, ...]
    notes: str | None
    rules: int
    translated: tuple[str, ...]


class _Start(NamedTuple):
    keyword: Keyword
    word: str
    rest: str
    indent: int
    sure: bool  # marked as a keyword by upper case or bold, not only by its place


def read_body(lines: Sequence[Line]) -> Body:
    """The steps and notes of a scenario, from the lines below its heading."""
    starts = _starts(lines)
    first = min(starts, default=len(lines))
    last = max(starts, default=-1)
    cut = _end_of_step(lines, last) if starts else len(lines)
    before, behind = trimmed(lines[:first]), trimmed(lines[cut:])
    steps: list[Step] = []
    positions = [*sorted(starts), cut]
    rules = before.rules + behind.rules
    for at, until in pairwise(positions):
        below = trimmed(lines[at + 1 : until])
        rules += below.rules
        steps.append(_step(starts[at], below.text))
    notes = "\n\n".join(part for part in (before.text, behind.text) if part)
    translated = tuple(s.word for s in starts.values() if s.word.upper() != s.keyword)
    return Body(tuple(steps), notes or None, rules, translated)


def _starts(lines: Sequence[Line]) -> dict[int, _Start]:
    """The lines that start a step, by their index: keywords at the least indent at which there are any."""
    found = {n: start for n, line in enumerate(lines) if not line.masked and (start := _start(line.text))}
    unsure = {start.keyword for start in found.values() if not start.sure}
    if not {"WHEN", "THEN"} <= unsure:  # prose may start with "When" or "And" now and then
        found = {n: start for n, start in found.items() if start.sure}
    margin = min((start.indent for start in found.values()), default=0)
    return {n: start for n, start in found.items() if start.indent <= margin + 1}


def _start(text: str) -> _Start | None:
    match = _STEP.match(text)
    if match is None:
        return None
    word, rest, bold = match["word"], match["rest"], match["bold"]
    if rest is None and not (bold and match["close"]):
        return None
    if rest is None:
        rest = text[match.end() :]
    if bold and not match["close"]:
        rest = f"{bold}{rest.strip()}"  # the bold text goes on behind the keyword
    sure = (word.isupper() and word.isascii()) or bool(bold and match["close"])
    if not sure and not (word[0].isupper() or not word.isascii()):
        return None
    return _Start(KEYWORD_OF[word.lower()], word, rest.strip(), len(match["indent"].expandtabs(4)), sure)


def _end_of_step(lines: Sequence[Line], start: int) -> int:
    """Where the last step ends: at a paragraph of its own, neither indented nor a list, table or fence."""
    at = start + 1
    while at < len(lines):
        line = lines[at]
        own = not (line.blank or line.masked or line.text[0] in " \t|" or _LIST_ITEM.match(line.text))
        if own and (lines[at - 1].blank or line.text.startswith("#")):
            return at
        at += 1
    return at


def _step(start: _Start, below: str | None) -> Step:
    text = start.rest or _NOTHING
    if below is None:
        return Step(start.keyword, text)
    rows = below.split("\n")
    if any(row.strip() and row[0] not in " \t" for row in rows):
        rows = [f"  {row}" if row.strip() else "" for row in rows]
    return Step(start.keyword, "\n".join([text, *rows]))
