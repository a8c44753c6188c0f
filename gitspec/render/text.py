"""Text for people: cleaned of what could steer a terminal, findings as ``path:line:col: CODE message``."""

from collections.abc import Iterable, Sequence

from gitspec.domain.finding import Finding
from gitspec.render.colour import PLAIN, Paint

# Everything that is not printable goes, but for what scripts and emoji need to join (ZWNJ, ZWJ).
_KEPT = frozenset("\u200c\u200d")


def clean(text: str) -> str:
    """``text`` as it is safe to show; its line breaks stay, tabs become four spaces.

    Control characters (so no escape sequence survives), bidi marks, tags and other invisible characters are dropped. A
    byte that was no UTF-8 (a lone surrogate) is shown as ``\\xNN``, a character that this Python does not know as
    U+FFFD.
    """
    return "\n".join(clean_lines(text))


def clean_lines(text: str) -> list[str]:
    """The lines of ``text``, each cleaned; only LF breaks lines, tabs become four spaces."""
    return [
        line if line.isprintable() else clean_line(line.removesuffix("\r").replace("\t", "    "))
        for line in text.split("\n")
    ]


def clean_line(text: str) -> str:
    """``text`` cleaned and on one line: its line breaks and tabs become spaces."""
    if text.isprintable():
        return text
    return "".join(_cleaned(c) for c in text)


def _cleaned(char: str) -> str:
    if char.isprintable() or char in _KEPT:
        return char
    if char in "\n\r\t\v\f\u0085\u2028\u2029":
        return " "
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    import unicodedata

    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    return "\ufffd" if category in ("Cn", "Co") else ""


def inert(line: str) -> str:
    """A clean line with nothing in it that a CI system would take for a command of its own.

    Logs of CI are read for commands: GitHub's runner takes ``::name::`` at the start of a line and ``##[name]`` anywhere
    in it (actions/runner, ActionCommand.cs), Azure Pipelines ``##vso[…]``, TeamCity ``##teamcity[…]``.
    """
    if "##" in line:
        import re

        line = re.sub(r"##(?=\w*\[)", "## ", line)
    if "::" not in line:
        return line
    start = len(line) - len(line.lstrip())
    return f"{line[:start]}: :{line[start + 2 :]}" if line.startswith("::", start) else line


def harmless(text: str) -> str:
    """``text`` as it may stand in a log: every line clean and inert."""
    return "\n".join(map(inert, clean_lines(text)))


def indented(text: str, by: str = "  ") -> list[str]:
    """The cleaned lines of ``text``, each behind ``by``; blank ones stay empty."""
    return [by + line if line.strip() else "" for line in clean_lines(text)]


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 requirement``, ``2 requirements``."""
    return f"{number} {noun if number == 1 else plural or _plural(noun)}"


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def finding_lines(finding: Finding, paint: Paint = PLAIN) -> list[str]:
    """``path:line:col: CODE message`` and, when there is one, ``help: …`` below; clean and inert."""
    place = clean_line(finding.place)
    code = finding.code if finding.severity == "error" else f"{finding.code} {finding.severity}:"
    painted = paint.bad(code) if finding.severity == "error" else paint.warn(code)
    head = f"{paint.strong(place)}: " if place else ""
    lines = [f"{head}{painted} {clean_line(finding.message)}"]
    if finding.help:
        first, *more = clean_lines(finding.help)
        lines.append(f"  help: {first}")
        lines.extend(f"        {line}".rstrip() for line in more)
    return [inert(line) for line in lines]


def findings_text(findings: Iterable[Finding], paint: Paint = PLAIN) -> list[str]:
    """The lines of all findings, in the order given."""
    return [line for finding in findings for line in finding_lines(finding, paint)]


def tally(findings: Sequence[Finding]) -> str:
    """``2 errors, 1 warning``; empty when there is nothing."""
    numbers = [(sum(f.severity == s for f in findings), s) for s in ("error", "warning", "info")]
    return ", ".join(count(n, s, "infos" if s == "info" else "") for n, s in numbers if n)


def columns(rows: Sequence[Sequence[str]], gap: str = "  ") -> list[str]:
    """Rows with aligned columns (the last one is not padded). Cells are cleaned here."""
    if not rows:
        return []
    cells = [[clean_line(cell) for cell in row] for row in rows]
    widths = [max(width(row[i]) for row in cells) for i in range(len(cells[0]))]
    return [gap.join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip() for row in cells]


def width(text: str) -> int:
    """How many cells of a terminal ``text`` takes: East Asian wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    import unicodedata

    cells = 0
    for char in text:
        if unicodedata.combining(char) or char in _KEPT:
            continue
        cells += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return cells
