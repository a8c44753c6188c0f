"""Which severities a policy may change, and how they apply. What proves, protects or cannot be judged is not for sale."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.finding import Finding, Severity
from gitspec.domain.nearest import nearest
from gitspec.domain.rules import RULES
from gitspec.domain.validate_problem import Problem

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy

_REFERENCES = frozenset(
    ("R001", "R002", "R003", "R004", "R005", "R006", "R007", "R008", "R009", "R014", "R019", "R024"),
)  # fmt: skip
_STYLE = frozenset(("S101", "S102", "S107", "S108", "S109", "D023", "D024", "D032", "D033"))
_CITATIONS = frozenset(("E001", "E002", "E003"))
_TASKS = frozenset(("T025", "T026"))

CONFIGURABLE = _REFERENCES | _STYLE | _CITATIONS | _TASKS
"""Codes that `severity` in the policy may change: references, the style of specs and deltas, citations of them, hints about
tasks (what `tasks.need` asks for is not among them).

Never living specs, the archive, refs, the policy itself, what a file means, or what a machine lacks.
"""
WARNED = _REFERENCES | {"R015", "R018"}
"""Codes whose errors are warnings under `mode: warn`."""


class Severities(NamedTuple):
    """What a policy says about severities, as far as it may be heeded."""

    severity: Mapping[str, Severity]
    mode: str = "enforce"


def with_severities(findings: Iterable[Finding], policy: "Policy | Severities") -> list[Finding]:
    """The findings with the severities that the policy sets where it may; applying them twice changes nothing."""
    chosen = policy.severity
    warns = policy.mode == "warn"
    result = []
    for found in findings:
        severity = chosen.get(found.code, found.severity) if found.code in CONFIGURABLE else found.severity
        if warns and severity == "error" and found.code in WARNED:
            severity = "warning"
        result.append(found if severity == found.severity else found._replace(severity=severity))
    return result


def severity_problems(policy: "Policy") -> list[Problem]:
    """R025 for each code of `severity` that does not exist or may not be changed."""
    problems = []
    for code in policy.severity:
        if code in CONFIGURABLE:
            continue
        if code in RULES:
            message, help_ = f"the severity of {code} cannot be changed", f"delete the line; gitspec explain {code}"
        else:
            near = nearest(code.upper(), CONFIGURABLE)
            message = f"there is no rule '{code}'"
            help_ = f"did you mean {' or '.join(near)}?" if near else "docs/rules.md lists the rules"
        problems.append(Problem("R025", message, help_, ("severity", code)))
    return problems
