"""What differs between two revisions of the living specs, as text and as data for JSON."""

from typing import Any

from gitspec.commands.compare import Comparison, Sides
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.diff import capabilities_data, capability_lines, word_diff
from gitspec.render.json import finding_data
from gitspec.render.text import clean_line, findings_text


def compare_text(compared: Comparison, paint: Paint = PLAIN) -> list[str]:
    """Each capability and requirement that differs, with the words marked that do; then what could not be read."""
    lines = [line for one in compared.capabilities for line in capability_lines(one, paint, word_diff)]
    if not lines and not compared.findings:
        return [f"{between(compared.sides)}: no living spec differs"]
    return lines[:-1] + ([""] if lines and compared.findings else []) + findings_text(compared.findings, paint)


def between(sides: Sides) -> str:
    """``v1.2..v1.3``, cleaned."""
    return clean_line(f"{sides.from_name}..{sides.to_name}")


def sides_data(sides: Sides) -> dict[str, Any]:
    """What was compared: the names as given, and where they led."""
    return {
        "from": {"rev": sides.from_name, "at": sides.before.snapshot.name},
        "to": {"rev": sides.to_name, "at": sides.after.snapshot.name},
    }


def compare_data(compared: Comparison) -> dict[str, Any]:
    """The body of `gitspec diff A..B --json`."""
    return {
        **sides_data(compared.sides),
        "capabilities": capabilities_data(compared.capabilities),
        "findings": [finding_data(f) for f in compared.findings],
        "cut_off": list(compared.cut_off),
    }
