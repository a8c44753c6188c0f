"""What tests and code of a snapshot cite, and which of it a change takes away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.git.snapshot import WorkTree
from gitspec.store.citable import effects
from gitspec.store.severities import in_force

if TYPE_CHECKING:
    from gitspec.domain.citations import Citation
    from gitspec.domain.policy import Policy
    from gitspec.store.spec import Spec


def citations_of(spec: "Spec") -> "tuple[Citation, ...]":
    """All citations at the commit of the snapshot, or in the work tree. Raises CannotJudge as ``citations_at``, and L010."""
    return _citations(spec, spec.require_policy())


def _citations(spec: "Spec", policy: "Policy") -> "tuple[Citation, ...]":
    from gitspec.git.citations import citations_at

    at = None if isinstance(spec.snapshot, WorkTree) else spec.snapshot.name
    return citations_at(spec.snapshot.repo, at, policy, spec.cache)


def still_cited(spec: "Spec", changes: Sequence[str]) -> list[Finding]:
    """E002 for each place that cites what one of the active changes removes, renames or moves; by place.

    Changes that take nothing away cost no look at tests and code; a policy that cannot be read has findings of its own.
    Raises as ``citations_at``.
    """
    gone = {change: found.gone for change, found in effects(spec, changes).items() if found.gone}
    policy = spec.policy().value if gone else None
    if policy is None:
        return []
    citations = _citations(spec, policy)
    return in_force(
        spec,
        [
            _finding(citation, change, names[citation.name])
            for citation in citations
            for change, names in gone.items()
            if citation.name in names
        ],
    )


def _finding(citation: "Citation", change: str, now: str) -> Finding:
    what = "test" if citation.is_test else "code"
    message = f"{what} names {citation.name}, which change {change} " + (f"calls {now}" if now else "removes")
    way_out = f"write {now} before the change is archived" if now else "delete what is no longer wanted, or keep it"
    return finding("E002", message, citation.path, citation.line, help=way_out)
