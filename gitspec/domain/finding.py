"""What a check reports: a stable code, a severity, a place, a message and a way out."""

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Finding(NamedTuple):
    """One finding. ``line`` and ``col`` count from 1; 0 means that the finding is about the whole file."""

    code: str
    severity: Severity
    message: str
    path: str = ""
    line: int = 0
    col: int = 0
    help: str = ""

    @property
    def place(self) -> str:
        """``path:line:col`` with the parts that are known."""
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.col}" if self.col else f"{self.path}:{self.line}"


def has_errors(findings: list[Finding] | tuple[Finding, ...], *, strict: bool = False) -> bool:
    """Whether the findings make a check fail; ``strict`` counts warnings too."""
    return any(f.severity == "error" or (strict and f.severity == "warning") for f in findings)


def is_unjudged(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    """Whether all errors say that data is missing (codes of the family G), so that nobody can tell."""
    codes = [f.code for f in findings if f.severity == "error"]
    return bool(codes) and all(code.startswith("G") for code in codes)
