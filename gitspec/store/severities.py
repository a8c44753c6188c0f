"""The severities that a project's policy sets, and what is wrong with them; remembered, for warm checks read no YAML."""

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


def severity_findings(spec: "Spec") -> list[Finding]:
    """R025, at the place in the policy, for each severity that it cannot change."""
    return [finding_of(row) for row in _kept(spec)["findings"]]


def _kept(spec: "Spec") -> dict[str, Any]:
    kept = remembered(spec.cache, "severities", [policy_oid(spec)], lambda _: [_read(spec)])[0]
    assert isinstance(kept, dict)
    return kept


def _read(spec: "Spec") -> dict[str, Any]:
    from gitspec.yaml.binding import locate

    loaded = spec.policy()
    policy = loaded.value
    if policy is None:
        return {"severity": {}, "mode": "enforce", "findings": []}
    problems = severity_problems(policy)
    placed = [p.finding(layout.POLICY, *locate(loaded.document, p.loc)) for p in problems]
    return {"severity": dict(policy.severity), "mode": policy.mode, "findings": [plain(f) for f in placed]}
