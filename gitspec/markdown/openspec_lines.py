"""Lines and sections of an OpenSpec document: headings that stand outside code fences and HTML comments.

Fences and headings are read as CommonMark says (0.31, sections 4.2, 4.5 and 4.6), with what real documents need beyond:
a fence may be indented as far as it likes, and a fence or comment that is never closed is no fence and no comment,
so that a stray mark cannot swallow the requirements behind it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_MARKER = re.compile(r"[-*+]|\d{1,9}[.)]")
_FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}")
_CLOSING = re.compile(r"`{3,}$|~{3,}$")
_HASHES = re.compile(r" {0,3}(#{1,6})(?!#)")
_BOLD_SCENARIO = re.compile(r"\*\*Scenario(?:\*\*[ \t]?[:：]|[:：]\*\*|[:：])")
BOLD_LEVEL = 7
"""The level of a line ``**Scenario: …**`` that does a heading's work."""


class Line(NamedTuple):
    """A line, its number from 1, and whether it is masked: inside a fence or comment, where no mark-up counts."""

    text: str
    number: int
    masked: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip()


class Section(NamedTuple):
    """A heading and the lines up to the next heading of any level; level 0 is what stands before the first one."""

    level: int
    heading: Line
    title: str
    body: tuple[Line, ...]

    def lines(self) -> tuple[Line, ...]:
        """The heading, where there is one, and the body."""
        return (self.heading, *self.body) if self.level else self.body


class Trimmed(NamedTuple):
    """A block's text without blank lines around it (None when nothing is left), and how many rules were cut off."""

    text: str | None
    rules: int


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of a document, each marked when it is inside a fence or an HTML comment."""
    raw = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    masked = _masked(raw)
    return tuple(Line(line, number, number - 1 in masked) for number, line in enumerate(raw, 1))


def read_sections(lines: Sequence[Line]) -> list[Section]:
    """The document cut at its headings; all lines are in exactly one section."""
    found: list[Section] = []
    level, heading, title = 0, Line("", 0), ""
    body: list[Line] = []
    for line in lines:
        head = None if line.masked else heading_of(line.text)
        if head is None:
            body.append(line)
            continue
        found.append(Section(level, heading, title, tuple(body)))
        (level, title), heading, body = head, line, []
    found.append(Section(level, heading, title, tuple(body)))
    return found


def heading_of(text: str) -> tuple[int, str] | None:
    """Level and title when the line is a heading, also ``###Requirement: x`` and ``**Scenario: x**``."""
    if match := _HASHES.match(text):
        rest = text[match.end() :]
        if rest and rest[0] not in " \t" and not rest.lower().startswith(("requirement", "scenario")):
            return None
        title = rest.strip()
        closing = title.rstrip("#")
        return len(match[1]), closing.rstrip() if not closing or closing[-1] in " \t" else title
    if match := _BOLD_SCENARIO.match(text):
        rest = text[match.end() :].strip()
        if "**" in match[0][2:]:
            return BOLD_LEVEL, f"Scenario: {rest}"
        if rest.endswith("**") and "**" not in rest[:-2]:
            return BOLD_LEVEL, f"Scenario: {rest[:-2].strip()}"
    return None


def is_rule(text: str) -> bool:
    """Whether the line is a thematic break."""
    marks = text.replace(" ", "").replace("\t", "")
    return len(marks) >= 3 and marks[0] in "-*_" and marks == marks[0] * len(marks) and not text.startswith("    ")


def trimmed(lines: Iterable[Line]) -> Trimmed:
    """The lines as text, without blank lines around them and without thematic breaks at the end.

    Such a break only sets off the next heading. One right below a text is kept: it makes that text a heading.
    """
    kept = list(lines)
    rules = 0
    while kept:
        if kept[-1].blank:
            kept.pop()
        elif not kept[-1].masked and is_rule(kept[-1].text) and (len(kept) == 1 or kept[-2].blank):
            kept.pop()
            rules += 1
        else:
            break
    text = "\n".join(line.text for line in kept).strip("\n")
    while text and not text.split("\n", 1)[0].strip():
        text = text.partition("\n")[2]
    return Trimmed(text or None, rules)


def _masked(raw: list[str]) -> set[int]:
    masked: set[int] = set()
    never: dict[str, int] = {}  # by fence character: the shortest fence known to find no closing line any more
    comments = True
    number = 0
    while number < len(raw):
        end = None
        if mark := _opening(raw[number]):
            if len(mark) < never.get(mark[0], 1 << 30):
                end = _closing(raw, number + 1, mark)
                if end is None:
                    never[mark[0]] = len(mark)
        elif comments and raw[number][:7].lstrip(" ").startswith("<!--"):
            end = next((n for n in range(number, len(raw)) if "-->" in raw[n]), None)
            comments = end is not None
        if end is None:
            number += 1
            continue
        masked.update(range(number, end + 1))
        number = end + 1
    return masked


def _opening(text: str) -> str | None:
    rest = text.lstrip(" \t")
    if rest[:1] not in ("`", "~"):
        marker = _MARKER.match(rest)
        if marker is None:
            return None
        rest = rest[marker.end() :].lstrip(" \t")
    match = _FENCE.match(rest)
    return match[0] if match else None


def _closing(raw: list[str], start: int, mark: str) -> int | None:
    for number in range(start, len(raw)):
        match = _CLOSING.match(raw[number].strip(" \t"))
        if match and match[0][0] == mark[0] and len(match[0]) >= len(mark):
            return number
    return None
