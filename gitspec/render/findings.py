"""A validation as text and as data for JSON."""

from collections.abc import Sequence
from typing import Any

from gitspec.commands.validate import Validation
from gitspec.domain.finding import Finding
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.listing import stale_data
from gitspec.render.text import count, findings_text, tally


def validation_text(validation: Validation, paint: Paint = PLAIN) -> list[str]:
    """All findings, then one line that sums up."""
    return [*findings_text(validation.findings, paint), _summary(validation, paint)]


def _summary(validation: Validation, paint: Paint) -> str:
    capabilities, changes = len(validation.capabilities), len(validation.changes)
    parts = [count(capabilities, "capability")] if capabilities or not changes else []
    parts += [count(changes, "change")] if changes or not capabilities else []
    what = ", ".join(parts)
    found = tally(validation.findings)
    if validation.is_valid:
        return paint.good(f"valid: {what}") + (f" ({found})" if found else "")
    return paint.bad(found) + f" in {what}"


def validation_data(validation: Validation) -> dict[str, Any]:
    """The body of `gitspec validate --json`."""
    return {
        "valid": validation.is_valid,
        "strict": validation.strict,
        "capabilities": len(validation.capabilities),
        "changes": [
            {
                "id": c.id,
                "path": c.record.path,
                "errors": number(c.findings, "error"),
                "stale": stale_data(c.stale),
            }
            for c in validation.changes
        ],
        "errors": number(validation.findings, "error"),
        "warnings": number(validation.findings, "warning"),
        "findings": [finding_data(f) for f in validation.findings],
    }


def number(findings: Sequence[Finding], severity: str) -> int:
    """How many findings have that severity."""
    return sum(f.severity == severity for f in findings)
