"""A policy may change the severities of references and style, and of nothing that proves or protects."""

import pytest

from gitspec.domain.finding import Finding
from gitspec.domain.policy import Policy
from gitspec.domain.rules import RULES, finding
from gitspec.domain.severity import CONFIGURABLE, WARNED, Severities, severity_problems, with_severities

EVERY = [finding(code, "m") for code in RULES]


def severities(findings: list[Finding]) -> dict[str, str]:
    return {f.code: f.severity for f in findings}


def test_a_severity_is_what_the_policy_sets() -> None:
    policy = Policy(severity={"R001": "warning", "S102": "error", "D023": "info"})
    now = severities(with_severities(EVERY, policy))
    changed = {code: severity for code, severity in now.items() if severity != RULES[code].severity}
    assert changed == {"R001": "warning", "S102": "error", "D023": "info"}


def test_nothing_else_can_be_changed_whatever_the_policy_says() -> None:
    policy = Policy(severity=dict.fromkeys(RULES, "info"), mode="warn")
    now = severities(with_severities(EVERY, policy))
    assert {code for code in RULES if now[code] != RULES[code].severity} <= CONFIGURABLE | WARNED
    for code in RULES.keys() - {"T025", "T026"}:
        if code[0] in "HGYILAMPTCU" or code in ("R010", "R011", "R012", "R013", "R020", "R021", "R022", "R023", "R025"):
            assert now[code] == RULES[code].severity, code
            assert code not in CONFIGURABLE | WARNED


def test_mode_warn_lets_references_pass_as_warnings_even_where_they_are_set_to_error() -> None:
    policy = Policy(severity={"R001": "error", "S102": "error"}, mode="warn")
    now = severities(with_severities(EVERY, policy))
    assert {
        code for code, severity in now.items() if RULES[code].severity == "error" and severity == "warning"
    } == WARNED
    assert now["S102"] == "error"


def test_mode_warn_makes_nothing_worse() -> None:
    assert with_severities([finding("R001", "m")], Policy(severity={"R001": "info"}, mode="warn"))[0].severity == "info"


def test_applying_severities_twice_changes_nothing() -> None:
    policy = Severities({"R001": "info", "S101": "error"}, "warn")
    once = with_severities(EVERY, policy)
    assert with_severities(once, policy) == once


@pytest.mark.parametrize(
    ("code", "message", "help_"),
    [
        ("H001", "the severity of H001 cannot be changed", "delete the line; gitspec explain H001"),
        ("R025", "the severity of R025 cannot be changed", "delete the line; gitspec explain R025"),
        ("r001", "there is no rule 'r001'", "did you mean R001"),
        ("nonsense", "there is no rule 'nonsense'", "docs/rules.md lists the rules"),
    ],
)
def test_a_code_that_cannot_be_set_is_a_finding(code: str, message: str, help_: str) -> None:
    problem = severity_problems(Policy(severity={"R001": "info", code: "warning"}))
    assert [p.code for p in problem] == ["R025"]
    assert problem[0].message == message and problem[0].help.startswith(help_)
    assert problem[0].loc == ("severity", code)


def test_only_rules_that_exist_can_be_configured() -> None:
    assert RULES.keys() >= CONFIGURABLE | WARNED
