"""Explanations of rules as text and as data for JSON."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from gitspec.commands.explain import Explanation
from gitspec.render.colour import PLAIN, Paint

_WIDTH = 100


def explanations_text(rules: Sequence[Explanation], paint: Paint = PLAIN) -> list[str]:
    """The rules one after the other, with an empty line between."""
    lines: list[str] = []
    for rule in rules:
        lines += ["", *_lines(rule, paint)] if lines else _lines(rule, paint)
    return lines


def configuring(rule: Explanation) -> str:
    """What the policy can change about the rule, in Markdown; empty when it can change nothing."""
    said = [rule.configure] if rule.configure else []
    if rule.is_configurable:
        said.append(f"`severity` may change it, by the key `{rule.code}`.")
    if rule.is_warned:
        said.append("`mode: warn` makes it a warning.")
    return " ".join(said)


def explanations_data(rules: Sequence[Explanation]) -> dict[str, Any]:
    """The body of `gitspec explain --json`."""
    return {
        "rules": [
            {
                "code": rule.code,
                "severity": rule.severity,
                "summary": rule.summary,
                "configurable": rule.is_configurable,
                "warned": rule.is_warned,
                "what": rule.what,
                "why": rule.why or None,
                "mend": rule.mend or None,
                "configure": rule.configure or None,
            }
            for rule in rules
        ]
    }


def _lines(rule: Explanation, paint: Paint) -> list[str]:
    colour = {"error": paint.bad, "warning": paint.warn, "info": paint.faint}[rule.severity]
    lines = [f"{paint.strong(rule.code)} {colour(rule.severity)}: {rule.summary}"]
    parts = (("", rule.what), ("why: ", rule.why), ("mend: ", rule.mend), ("policy: ", configuring(rule)))
    for name, text in parts:
        if text:
            lines += wrap(name + text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return lines
