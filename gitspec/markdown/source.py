"""Markdown as lines: decoded strictly, with what is code or a comment told apart from what is text.

Only what the readers of tasks.md and proposal.md need of CommonMark: fenced code and HTML comments, because what looks
like a heading or a task inside of them is none.
"""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from gitspec.domain import rules
from gitspec.domain.conflict_markers import MARKED_HELP, Marked, find_marked, may_be_marked, our_side
from gitspec.domain.finding import Finding

MAX_BYTES = 1 << 20
MAX_CONFLICTS = 100
_JOINERS = frozenset("\u200c\u200d")  # scripts and emoji need them


class SourceLine(NamedTuple):
    """One line. ``inert`` is true inside of fenced code and of HTML comments, their first and last lines included."""

    number: int
    text: str
    inert: bool
    comment: bool

    @property
    def indent(self) -> int:
        """Columns of white space in front; a tab goes to the next multiple of four."""
        lead = self.text[: len(self.text) - len(self.text.lstrip(" \t"))]
        return len(lead.expandtabs(4))

    @property
    def blank(self) -> bool:
        return not self.text.strip(" \t")


class Source(NamedTuple):
    lines: tuple[SourceLine, ...]
    findings: tuple[Finding, ...]


def read_source(data: bytes, path: str, family: str) -> Source:
    """The lines of a Markdown file, with findings of the family ``family`` (``P`` or ``T``); never raises.

    Line breaks are LF or CRLF. A file that is too large or no UTF-8 has no lines.
    """
    if len(data) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1024} KiB"
        return Source((), (rules.finding(f"{family}003", message, path, help="keep long texts in design.md"),))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        col = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        found = rules.finding(f"{family}001", "not valid UTF-8", path, line, col, "save the file as UTF-8")
        return Source((), (found,))
    raw = [line.removesuffix("\r") for line in text.split("\n")]
    if raw and raw[-1] == "":
        raw.pop()
    marked = [one for one in find_marked(raw) if one.is_whole] if may_be_marked(text) else []
    conflicts = [_undecided(one, path, family) for one in marked[:MAX_CONFLICTS]]
    raw = our_side(raw, marked)
    findings = conflicts + [f for number, line in enumerate(raw, 1) for f in _hidden(line, number, path, family)]
    lines = _classified(raw, path, family, findings)
    return Source(tuple(lines), tuple(findings))


def _undecided(marked: Marked, path: str, family: str) -> Finding:
    message = f"a conflict of a merge that is not decided, up to line {marked.end}"
    help_ = f"{MARKED_HELP}; indent them if they are an example"
    return rules.finding(f"{family}005", message, path, marked.start, 1, help_)


def _hidden(line: str, number: int, path: str, family: str) -> Sequence[Finding]:
    """The first character of the line that nobody can see: control, bidi, zero-width and tag characters."""
    if line.isprintable():
        return ()
    for col, char in enumerate(line, 1):
        category = unicodedata.category(char)
        if category in ("Cc", "Cf", "Zl", "Zp") and char != "\t" and char not in _JOINERS:
            message = f"invisible character U+{ord(char):04X}"
            return (rules.finding(f"{family}002", message, path, number, col, "delete the character"),)
    return ()


def _classified(raw: Sequence[str], path: str, family: str, findings: list[Finding]) -> list[SourceLine]:
    lines: list[SourceLine] = []
    fence: tuple[str, int, int] | None = None  # its marker, its indent, its line
    comment = 0  # the line that opened one
    for number, text in enumerate(raw, 1):
        bare = text.strip(" \t")
        line = SourceLine(number, text, inert=False, comment=False)
        if fence and bare and line.indent < fence[1] - fence[1] % 2:  # the list item that holds the fence is over
            findings.append(_unclosed("code fence", fence[2], path, family))
            fence = None
        if fence:
            marker = fence[0]
            if bare.startswith(marker) and not bare.strip(marker[0]):
                fence = None
            lines.append(line._replace(inert=True))
        elif comment:
            if bare.startswith("<!--"):
                findings.append(_unclosed("comment", comment, path, family))
            comment = 0 if "-->" in text else comment
            lines.append(line._replace(inert=True, comment=True))
        elif opened := _fence_marker(bare):
            fence = (opened, line.indent, number)
            lines.append(line._replace(inert=True))
        elif bare.startswith("<!--"):
            comment = 0 if "-->" in bare[4:] else number
            lines.append(line._replace(inert=True, comment=True))
        else:
            lines.append(line)
    if fence:
        findings.append(_unclosed("code fence", fence[2], path, family))
    if comment:
        findings.append(_unclosed("comment", comment, path, family))
    return lines


def _fence_marker(bare: str) -> str:
    """The run of backticks or tildes that opens fenced code, or nothing."""
    for char in "`~":
        run = bare[: len(bare) - len(bare.lstrip(char))]
        if len(run) >= 3 and not (char == "`" and "`" in bare[len(run) :]):
            return run
    return ""


def _unclosed(what: str, line: int, path: str, family: str) -> Finding:
    end = "-->" if what == "comment" else "the same marks on a line of their own"
    return rules.finding(f"{family}004", f"the {what} that starts here is not closed", path, line, 1, f"end it: {end}")


def heading(text: str) -> tuple[int, str] | None:
    """Level and text of an ATX heading, or None."""
    bare = text.strip(" \t")
    hashes = len(bare) - len(bare.lstrip("#"))
    if not 1 <= hashes <= 6 or len(text) - len(text.lstrip(" ")) > 3:
        return None
    rest = bare[hashes:]
    if rest and rest[0] not in " \t":
        return None
    rest = rest.strip(" \t")
    closing = rest.rstrip("#")
    if closing != rest and (not closing or closing[-1] in " \t"):
        rest = closing.rstrip(" \t")
    return hashes, rest
