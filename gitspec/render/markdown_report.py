"""A report as Markdown for the summary of a step on GitHub: readable, and inert whatever the texts hold."""

import re
from collections.abc import Iterator

from gitspec.domain.report import Report
from gitspec.render.check_items import (
    LONGEST_SUBJECT,
    Item,
    bounded,
    items,
    rule_url,
    shortened,
    summed_up,
    title_of,
    worst_first,
)
from gitspec.render.text import clean, count

LARGEST = 1024 * 1024
"""Bytes that GitHub takes as the summary of one step."""
_LONGEST = 500
# Commas, `-`, `/` and `.` within a word, and a dot behind a letter mean nothing anywhere: sentences, names and versions stay
# readable where nobody renders them.
_SPECIAL = re.compile(r"[!-+:-@\[-`{-~]|(?<![A-Za-z0-9])[-/.]|[-/](?![A-Za-z0-9])|(?<=[0-9])\.(?![A-Za-z0-9])")
# What is linked wherever it stands in the finished text, entities or not: @name, #1, GH-1, addresses of the web. A word
# joiner keeps them apart and is not seen.
_LINKED = re.compile(r"(?<=[@#])|(?<=:)(?=//)|(?<=[Ww]{3})(?=\.)|(?<=[Gg][Hh]-)")
_MARKS = {"error": "❌", "warning": "⚠️", "info": "ℹ️"}


def markdown_summary(report: Report, *, strict: bool = False, largest: int = LARGEST, outcome: str = "") -> str:
    """The report as GitHub Flavored Markdown of at most ``largest`` bytes: what sums up, then a table of findings.

    ``outcome`` stands in the place of the numbers.
    """
    head = f"## gitspec check\n\n{_mark(report, strict)} {outcome or summed_up(report, strict=strict)}\n"
    found = worst_first(items(report))
    if not found:
        return head
    head += "\n| | Rule | Where | Finding |\n|---|---|---|---|\n"
    parts = [head]
    size = len(head.encode()) + 200  # for the note at the end
    for shown, row in enumerate(_rows(found)):
        size += len(row.encode())
        if size > largest:
            parts.append(f"\n{count(len(found) - shown, 'finding')} more: the summary is full.\n")
            break
        parts.append(row)
    return "".join(parts)


def escape(text: str) -> str:
    """``text`` as one line of inert Markdown: clean, ASCII punctuation as entities where it may mean something, nothing linked.

    CommonMark 6.2: an entity never stands for a mark of structure.
    """
    line = " ".join(clean(text).split())
    return _SPECIAL.sub(lambda m: f"&#{ord(m[0])};", _LINKED.sub("\u2060", line)).replace("\u2060", "&#8288;")


def _mark(report: Report, strict: bool) -> str:
    return "❌" if report.is_refused(strict=strict) else "✅"


def _rows(found: list[Item]) -> Iterator[str]:
    for item in found:
        one = bounded(item.finding)
        about = escape(title_of(item.about)) if item.about else ""
        place = escape(shortened(one.place, LONGEST_SUBJECT)) if item.file else ""
        where = "<br>".join(part for part in (about, place) if part)
        text = escape(shortened(one.message, _LONGEST))
        if one.help:
            text += f"<br>help: {escape(shortened(one.help, _LONGEST))}"
        yield f"| {_MARKS[one.severity]} | [{one.code}]({rule_url(one.code)}) | {where} | {text} |\n"
