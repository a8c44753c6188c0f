"""The severities that a project's policy sets, and what is wrong with it; remembered, for warm checks read no YAML."""

from typing import TYPE_CHECKING, Any

from gitspec.domain.finding import Finding
from gitspec.domain.severity import Severities, severity_problems, with_severities
from gitspec.store import layout
from gitspec.store.memo import remembered
from gitspec.store.records import finding_of, plain, policy_oid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitspec.store.spec import Spec


def in_force(spec: "Spec", findings: "Iterable[Finding]") -> list[Finding]:
    """The findings with the severities of the project's policy; one that cannot be read changes none."""
    found = list(findings)
    if not found:
        return found
    kept = _kept(spec)
    return with_severities(found, Severities(kept["severity"], kept["mode"]))


def policy_findings(spec: "Spec") -> list[Finding]:
    """What is wrong with a policy that can be read, at its place: R025 for each severity that it cannot change, and S007, a
    warning, for each rule that cannot do what it was written for."""
    return [finding_of(row) for row in _kept(spec)["findings"]]


def _kept(spec: "Spec") -> dict[str, Any]:
    kept = remembered(spec.cache, "policy-problems", [policy_oid(spec)], lambda _: [_read(spec)])[0]
    assert isinstance(kept, dict)
    return kept


def _read(spec: "Spec") -> dict[str, Any]:
    from gitspec.domain.judge_policy import policy_problems
    from gitspec.domain.rules import finding
    from gitspec.yaml.binding import locate

    loaded = spec.policy()
    policy = loaded.value
    if policy is None:
        return {"severity": {}, "mode": "enforce", "findings": []}
    placed = [p.finding(layout.POLICY, *locate(loaded.document, p.loc)) for p in severity_problems(policy)]
    for problem in policy_problems(policy):
        found = finding("S007", problem.message, layout.POLICY, *locate(loaded.document, problem.loc), problem.help)
        placed.append(found._replace(severity="warning"))
    return {"severity": dict(policy.severity), "mode": policy.mode, "findings": [plain(f) for f in placed]}
