"""A policy as text to read, and as data for JSON."""

from typing import Any

from gitspec.commands.policy_show import ShownPolicy, Value
from gitspec.domain.places import POLICY
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.text import clean_line, columns, findings_text

_SHORT = 12


def policy_text(shown: ShownPolicy, paint: Paint = PLAIN) -> list[str]:
    """A line for each key: where its value comes from, and the value."""
    lines = [] if shown.has_file else [f"There is no {POLICY}: these are the defaults.", ""]
    lines += columns([(v.key, _origin(v), _said(v.value)) for v in shown.values])
    if shown.findings:
        lines += [*([""] if lines else []), *findings_text(shown.findings, paint)]
    return lines


def policy_data(shown: ShownPolicy) -> dict[str, Any]:
    """The body of `gitspec policy show --json`."""
    return {
        "path": POLICY if shown.has_file else None,
        "values": [
            {
                "key": value.key,
                "value": value.value,
                "source": "file" if value.line else "default",
                "line": value.line or None,
                "commit": value.commit or None,
                "day": value.day or None,
            }
            for value in shown.values
        ],
        "findings": [finding_data(f) for f in shown.findings],
    }


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value) or "(none)"
    if isinstance(value, dict):
        return "; ".join(f"{clean_line(str(key))}: {_said(one)}" for key, one in value.items()) or "(none)"
    return clean_line(str(value))


def _origin(value: Value) -> str:
    if not value.line:
        return "default"
    when = f" ({value.commit[:_SHORT]}, {value.day})" if value.commit else " (not committed)"
    return f"{POLICY}:{value.line}{when}"
