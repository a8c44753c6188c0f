"""A report as annotations of GitHub Actions: workflow commands, one a line.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the escapes are those of
@actions/core. GitHub shows ten annotations of each kind for a step, so no more are written: the summary has all.
"""

from collections import Counter

from gitspec.domain.report import Report
from gitspec.domain.rules import RULES
from gitspec.render.check_items import Item, bounded, items, shortened, summed_up, title_of, worst_first
from gitspec.render.text import clean, clean_line, count, inert

MOST = 10
"""Annotations of one kind that GitHub shows for a step."""
_KINDS = {"error": "error", "warning": "warning", "info": "notice"}
_LONGEST_PATH = 1_000


def annotations(report: Report, *, strict: bool = False, outcome: str = "") -> list[str]:
    """Lines for the log of a step: at most ten annotations of each severity, worst first, then what sums up.

    ``outcome`` stands in the place of the numbers.
    """
    lines: list[str] = []
    written: Counter[str] = Counter()
    left = 0
    for item in worst_first(items(report)):
        if written[item.finding.severity] < MOST:
            written[item.finding.severity] += 1
            lines.append(_annotation(item))
        else:
            left += 1
    more = f"; {count(left, 'finding')} more in the summary" if left else ""
    return [*lines, inert(f"gitspec check {outcome or summed_up(report, strict=strict)}{more}")]


def escape(text: str, *, in_property: bool = False) -> str:
    """``text`` for the data of a workflow command, or for a property: clean, and with no end in it."""
    text = "\n".join(inert(line) for line in clean(text).split("\n"))
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text


def _annotation(item: Item) -> str:
    found = bounded(item.finding)
    file = item.file
    properties = []
    if file and clean_line(file) == file and len(file) <= _LONGEST_PATH:  # an annotation cannot name another path
        properties.append(("file", file))
        properties += [("line", str(found.line))] if found.line else []
        properties += [("col", str(found.col))] if found.line and found.col else []
    rule = RULES.get(found.code)
    properties.append(("title", f"{found.code}: {rule.summary}" if rule else found.code))
    written = ",".join(f"{key}={escape(value, in_property=True)}" for key, value in properties)
    return f"::{_KINDS[found.severity]} {written}::{escape(_message(item, named=properties[0][0] == 'file'))}"


def _message(item: Item, *, named: bool) -> str:
    found = bounded(item.finding)
    about = title_of(item.about) if item.about else ""
    place = f"{clean_line(found.place)}: " if item.file and not named else ""
    lines = [f"{place}{clean_line(found.message)}"]
    lines += [f"({shortened(about)})"] if about else []
    lines += [f"help: {found.help}"] if found.help else []
    return "\n".join(lines)
