"""What is missing, as short lists that lead to the whole ones."""

from collections.abc import Sequence
from typing import NamedTuple

from gitspec.commands.report_data import Gaps, Report

_MOST = 8


class Entry(NamedTuple):
    """A line: where it leads to (the fragment, empty when it leads nowhere), and what it says."""

    target: str
    name: str
    note: str = ""


class Card(NamedTuple):
    """One kind of gap. ``link``: the fragment that shows all of them, empty when there is none."""

    id: str
    total: int
    title: str
    note: str
    fine: str
    shown: tuple[Entry, ...]
    more: int
    link: str = ""

    @property
    def is_worst(self) -> bool:
        """Whether it is an error, and not work that is left to do."""
        return self.id in ("broken", "strays")


def gap_cards(report: Report, gaps: Gaps) -> list[Card]:
    """The cards, those of broken files first, and only when there are such."""
    cards = []
    if gaps.broken:
        broken = [Entry(f"spec/{c.id}", c.path, c.problem.removeprefix(c.path).lstrip(": ")) for c in gaps.broken]
        cards.append(_card("broken", broken, "file that cannot be read", "gitspec validate says what is wrong."))
    if gaps.strays:
        strays = [Entry("", s.name, f"{s.path}:{s.line}") for s in gaps.strays]
        cards.append(_card("strays", strays, "unknown name in tests", "gitspec coverage says what was meant."))
    untested = [Entry(f"spec/{r.name}", r.name) for r in gaps.untested]
    scenarios = [Entry(f"spec/{r.name}:{scenario}", f"{r.name}#{scenario}") for r, scenario in gaps.scenarios]
    without = [Entry(f"change/{c.id}", c.id, c.state) for c in gaps.without_commits]
    tasks = [Entry(f"change/{c.id}", c.id, f"{len(c.open_tasks)} of {len(c.tasks)} open") for c in gaps.open_tasks]
    open_ = sum(len(c.open_tasks) for c in gaps.open_tasks)
    return [
        *cards,
        _card(
            "untested",
            untested,
            "requirement without a test",
            "No test names them, nor one of their scenarios.",
            "Every requirement is named by a test." if report.requirements else "There are no requirements yet.",
            link="matrix?tests=without",
        ),
        _card(
            "scenarios",
            scenarios,
            "scenario without a test",
            "No test names them.",
            "Every scenario is named by a test." if _has_scenarios(report) else "There are no scenarios to test yet.",
            link="matrix?tests=partly",
        ),
        _card(
            "commits",
            without,
            "change without commits",
            "No commit says which work was done for them.",
            "Every change is named by a commit." if report.changes or report.archived else "There are no changes yet.",
        ),
        _card(
            "tasks", tasks, "open task", "Neither done nor dropped.", "No task is open.", link="changes", total=open_
        ),
    ]


def _has_scenarios(report: Report) -> bool:
    return any(r.data.get("scenarios") for r in report.requirements if not r.data.get("deferred"))


def _card(
    name: str, entries: Sequence[Entry], title: str, note: str, fine: str = "", *, link: str = "", total: int = -1
) -> Card:
    """``total``: the number to show when it is not that of the entries."""
    shown = tuple(entries[:_MOST])
    number = len(entries) if total < 0 else total
    return Card(name, number, _of(number, title), note, fine, shown, len(entries) - len(shown), link)


def _of(number: int, title: str) -> str:
    """``requirements without a test`` for any number of them but one; the noun of a title ends before `with`, `that` or `in`."""
    at = min((i for word in (" with", " that", " in ") if (i := title.find(word)) > 0), default=len(title))
    return title if number == 1 else f"{title[:at]}s{title[at:]}"
