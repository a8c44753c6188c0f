"""JSON for programs: versioned shapes, documented in docs/json.md."""

import json
from typing import Any

from gitspec.domain.finding import Finding

SHAPE_VERSION = 1
"""Raised when a key goes or changes its meaning; new keys do not raise it."""


def document(kind: str, **data: Any) -> str:
    """``{"gitspec": 1, "kind": kind, …}`` with two spaces of indent and a final line break.

    Texts are exact: nothing is stripped. What could steer a terminal or mislead a reader is written as ``\\uXXXX``, so
    the output is as safe to look at as to parse.
    """
    return safe(json.dumps({"gitspec": SHAPE_VERSION, "kind": kind, **data}, ensure_ascii=False, indent=2)) + "\n"


def safe(encoded: str) -> str:
    """JSON text in which every character that is not printable is escaped; such characters stand only in strings."""
    if encoded.replace("\n", "").isprintable():
        return encoded
    return "".join(c if c == "\n" or c.isprintable() else _escaped(c) for c in encoded)


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding: ``code``, ``severity``, ``message``, and ``path``, ``line``, ``col``, ``help``, null when unknown."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "path": finding.path or None,
        "line": finding.line or None,
        "col": finding.col or None,
        "help": finding.help or None,
    }
