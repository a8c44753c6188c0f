"""Every rule code, once: its severity and a line that says what it is about.

Families: Y YAML text, S schema and content of specs, I ids, L layout of spec/, P proposal.md, T tasks.md,
C change.yaml, D deltas and folding, A archive, R references in commits, G Git and the machine, M import, U usage.
A code is never used again for something else.
"""

from typing import NamedTuple

from gitspec.domain.finding import Finding, Severity


class Rule(NamedTuple):
    severity: Severity
    summary: str


RULES: dict[str, Rule] = {
    # Y: YAML text
    "Y001": Rule("error", "not valid UTF-8"),
    # S: schema and content
    "S001": Rule("error", "unknown key"),
    "S002": Rule("error", "required key is missing"),
    "S003": Rule("error", "value of the wrong type"),
    # I: ids
    "I001": Rule("error", "bad id"),
    "I002": Rule("error", "id used twice"),
    # G: Git and the machine
    "G000": Rule("error", "the operating system refused"),
    # U: usage
    "U000": Rule("error", "wrong command line"),
    "U001": Rule("error", "unknown command"),
    "U002": Rule("error", "folder that does not exist"),
}


def finding(code: str, message: str, path: str = "", line: int = 0, col: int = 0, help: str = "") -> Finding:  # noqa: A002
    """A finding with the severity that the rule has by default."""
    return Finding(code, RULES[code].severity, message, path, line, col, help)
