"""A report as one HTML page that needs nothing else: no network, no other file.

Texts of specs are strangers' texts. Every value is cleaned and escaped by the templates' own rules (``finalize`` and
autoescape), and should one slip through, the content security policy runs no script and no style but the page's own
two, which it knows by their digests, and sends nothing anywhere.

The living specs and the archived changes stand in ``noscript`` elements: with scripts a browser takes each for one text
and parses it when it comes into view, which opens ten thousand requirements ten times as fast; without scripts it shows
them all.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from gitspec import __version__
from gitspec.commands.report_data import Report, ReportedChange, gaps_of
from gitspec.domain.ids import derived_title
from gitspec.git.identity import utc_date
from gitspec.render.content_policy import source_digest
from gitspec.render.report_page.gap_cards import gap_cards
from gitspec.render.report_page.matrix import matrix_data
from gitspec.render.report_page.prose import inline, line, prose
from gitspec.render.text import count

_FOLDER = Path(__file__).parent
MOST_COMMITS = 20
"""So many commits of a change are shown; a command shows the others."""
_SCRIPTS = ("words", "groups", "lists", "matrix", "places", "start")
_GROUP = 50
_MOODS = {"done": "ok", "ready": "ok", "blocked": "bad", "invalid": "bad", "waiting": "warn", "in-progress": "busy"}
_MOODS |= {"implementing": "busy"}


def html_page(report: Report, title: str) -> str:
    """The whole page. The same report gives the same page, byte for byte."""
    css, js = _read("page.css"), script()
    requirements = report.requirements
    scenarios = sum(len(r.data.get("scenarios", ())) for r in requirements if not r.data.get("deferred"))
    gaps = gaps_of(report)
    return (
        _environment()
        .get_template("page.html")
        .render(
            csp=content_policy(css, js),
            css=Markup(css),
            js=Markup(js),
            data=Markup(as_script_data(matrix_data(report))),
            title=title,
            version=__version__,
            report=report,
            requirements=requirements,
            names=frozenset(r.name for r in requirements),
            scenarios=scenarios,
            tested=scenarios - len(gaps.scenarios),
            open_tasks=sum(len(change.open_tasks) for change in report.changes),
            gaps=gap_cards(report, gaps),
        )
    )


def script() -> str:
    """The page's script: its parts in an order in which each knows those before it, and nobody else knows any."""
    return "\n".join(['"use strict";', "(() => {", *(_read(f"script/{name}.js") for name in _SCRIPTS), "})();", ""])


def content_policy(css: str, js: str) -> str:
    """What the page may do: run its own script and style, and nothing else. Content Security Policy Level 3."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {source_digest(css)}",
            f"script-src {source_digest(js)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types gitspec",
        )
    )


def as_script_data(data: Any) -> str:
    """JSON that may stand in a script element: it can neither end the element nor begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "&<>\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        autoescape=True,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["most"] = MOST_COMMITS
    made.filters |= {
        "prose": prose,
        "inline": inline,
        "steps": _steps,
        "heading": lambda item: item.get("title") or derived_title(item["id"]),
        "grouped": lambda number: f"{number:,}",
        "counted": lambda number, noun: count(number, noun).replace(str(number), f"{number:,}", 1),
        "mood": lambda state: _MOODS.get(state, ""),
        "stamp": lambda time: utc_date(time, "%Y-%m-%dT%H:%M:%SZ"),
        "minute": lambda time: utc_date(time, "%Y-%m-%d %H:%M UTC"),
        "day": lambda time: _date(time // 86_400 * 86_400),
        "groupby_month": _by_month,
    }
    return made


def _finalized(value: Any) -> Any:
    return line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_date = cache(utc_date)


class _Step(NamedTuple):
    keyword: str
    first: str
    rest: str
    """The indented lines that belong to it."""


def _steps(block: str) -> Iterator[_Step]:
    from textwrap import dedent

    from gitspec.domain.capability import parse_steps

    for step in parse_steps(block):
        assert isinstance(step, tuple), block
        first, _, rest = step.text.partition("\n")
        yield _Step(step.keyword, first, dedent(rest))


def _by_month(changes: Sequence[ReportedChange]) -> Iterator[tuple[str, list[ReportedChange]]]:
    """(heading, changes), in groups that a browser builds in a moment."""
    for month, group in groupby(changes, lambda change: change.day[:7]):
        held = list(group)
        for part, at in enumerate(range(0, len(held), _GROUP), 1):
            yield f"{month}, part {part}" if len(held) > _GROUP else month, held[at : at + _GROUP]
