"""What is wrong with the bytes of a file before any YAML is read from them.

YAML engines disagree on byte order marks, control characters, exotic line breaks, directives and document marks; where
none of these is let through, they all see the same text. What can be put aside is, so that reading goes on and finds
the rest.
"""

import re
import unicodedata
from typing import NamedTuple

from gitspec.domain.conflict_markers import MARKED_HELP, find_marked, may_be_marked, our_side
from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding

MAX_BYTES = 1 << 20
MAX_DEPTH = 50
MAX_NODES = 50_000
MAX_FINDINGS = 100
"""Of one kind in one file; nobody reads more."""

JOINERS = frozenset("\u200c\u200d")
"""Characters that nobody can see and that scripts and emoji need."""

_USUAL_BYTES = bytes([9, 10, *range(32, 127)])
# Controls, format characters (bidi, zero-width, tags), line and paragraph separators, noncharacters. Wider than what is
# refused: `is_hidden` decides.
_MAYBE_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
    + "".join(f"{chr(p * 0x10000 + 0xFFFE)}{chr(p * 0x10000 + 0xFFFF)}" for p in range(1, 17))
    + "]"
)
_MARKS = re.compile(r"^(?:%|---(?=[ \t\n]|\Z)|\.\.\.(?=[ \t\n]|\Z))[^\n]*", re.MULTILINE)


class Lexed(NamedTuple):
    """``text`` has LF line breaks and holds nothing that engines see differently; None when there is no text."""

    text: str | None
    findings: list[Finding]


def lex(data: bytes, path: str) -> Lexed:
    """The text of a file, and what is wrong with its bytes."""
    if len(data) > MAX_BYTES:
        too_large = finding("Y002", f"larger than {MAX_BYTES // 1024} KiB", path, help="split the capability")
        return Lexed(None, [too_large])
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line, col = place_in(data.decode("latin-1"), error.start)
        return Lexed(None, [finding("Y001", "not valid UTF-8", path, line, col, "save the file as UTF-8")])
    findings: list[Finding] = []
    if data.translate(None, _USUAL_BYTES):
        text = _without_hidden(text, path, findings)
    if may_be_marked(text):
        text = _without_conflicts(text, path, findings)
    if text.startswith(("%", "---", "...")) or "\n---" in text or "\n..." in text or "\n%" in text:
        text = _without_marks(text, path, findings)
    return Lexed(text, findings)


def is_hidden(char: str) -> bool:
    """Whether a character must not stand in a file as it is: nobody can see it, or engines disagree about it."""
    if char in "\t\n" or char in JOINERS:
        return False
    category = unicodedata.category(char)
    return category in ("Cc", "Cf", "Zl", "Zp") or (category == "Cn" and _MAYBE_HIDDEN.match(char) is not None)


def has_hidden(text: str) -> bool:
    """Whether any character of ``text`` is hidden."""
    if text.isascii() and text.replace("\n", "").isprintable():  # by far the most
        return False
    return any(is_hidden(match[0]) for match in _MAYBE_HIDDEN.finditer(text))


def place_in(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _without_hidden(text: str, path: str, findings: list[Finding]) -> str:
    if text.startswith("\ufeff"):
        findings.append(finding("Y004", "byte order mark", path, 1, 1, "save the file as UTF-8 without a mark"))
        text = text[1:]
    text = text.replace("\r\n", "\n")
    for match in _MAYBE_HIDDEN.finditer(text):
        char = match[0]
        if not is_hidden(char):
            continue
        line, col = place_in(text, match.start())
        what = "carriage return alone" if char == "\r" else f"invisible character U+{ord(char):04X}"
        help_ = "end lines with LF or CRLF" if char == "\r" else "delete the character"
        findings.append(finding("Y004", what, path, line, col, help_))
        if len(findings) >= MAX_FINDINGS:
            break
    if findings:
        text = _MAYBE_HIDDEN.sub(lambda m: "\ufffd" if is_hidden(m[0]) else m[0], text)
    return text


def _without_conflicts(text: str, path: str, findings: list[Finding]) -> str:
    """Put conflicts of a merge aside: reading goes on with our side."""
    lines = text.split("\n")
    marked = find_marked(lines)
    for start, _, end in marked[:MAX_FINDINGS]:
        until = f", up to line {end}" if end > start else ""
        findings.append(
            finding("Y023", f"a conflict of a merge that is not decided{until}", path, start, 1, MARKED_HELP)
        )
    return "\n".join(our_side(lines, marked))


def _without_marks(text: str, path: str, findings: list[Finding]) -> str:
    """Take directives and the first start of a document out; what follows a second document is not read."""
    kept = text
    for match in _MARKS.finditer(text):
        line, _ = place_in(text, match.start())
        before = text[: match.start()]
        is_first = all(not row.strip() or row.lstrip().startswith(("#", "%")) for row in before.split("\n"))
        if match[0].startswith("%") or is_first:
            what = "a directive" if match[0].startswith("%") else "a document mark"
            findings.append(finding("Y006", f"{what} has no place in these files", path, line, 1, "delete the line"))
            kept = kept[: match.start()] + re.sub(r"[^\n]", " ", match[0]) + kept[match.end() :]
            continue
        rest = text[match.end() :].strip()
        if rest or match[0][3:].strip():
            what, help_ = "a second document", "write one document a file: delete this line and what follows"
        else:
            what, help_ = "a document mark has no place in these files", "delete the line"
        findings.append(finding("Y006", what, path, line, 1, help_))
        return kept[: match.start()]
    return kept
