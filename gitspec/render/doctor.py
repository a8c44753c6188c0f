"""What `gitspec doctor` found, as text and as data for JSON."""

from typing import Any

from gitspec.commands.doctor import Diagnosis
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.text import clean_line, findings_text, tally


def doctor_text(found: Diagnosis, paint: Paint = PLAIN) -> list[str]:
    """A line for each check, what it found below, and how to have it repaired."""
    width = max(len(check.name) for check in found.checks)
    lines = []
    for check in found.checks:
        said = tally(check.findings) if check.findings else check.state
        colour = paint.bad if check.state == "problem" else paint.good
        lines.append(f"{check.name.ljust(width)}  {colour(said)}")
        lines += [f"  {clean_line(line)}" for line in check.repaired]
        lines += [f"  {line}" for line in findings_text(check.findings, paint)]
    if found.can_be_repaired:
        lines += ["", f"what can be repaired: {paint.strong('gitspec doctor --repair')}"]
    return lines


def doctor_data(found: Diagnosis) -> dict[str, Any]:
    """The body of `gitspec doctor --json`."""
    return {
        "healthy": found.is_healthy,
        "checks": [
            {
                "check": check.name,
                "state": check.state,
                "findings": [finding_data(f) for f in check.findings],
                "repaired": list(check.repaired),
            }
            for check in found.checks
        ],
    }
