"""The tasks of a change as text and as data for JSON, with what history says against them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gitspec.domain.task_status import MARK_OF, Item
from gitspec.render.text import clean_line

if TYPE_CHECKING:
    from gitspec.domain.task_truth import Doubt


def checklist_lines(items: Iterable[Item], doubts: "Iterable[Doubt]" = ()) -> Iterator[str]:
    """Each group with its tasks, and below a task in doubt what history says."""
    against = {doubt.item.line: doubt.what for doubt in doubts}
    group = None
    for number, item in enumerate(items):
        if item.group != group:
            group = item.group
            yield from ([""] if number else [])
            yield from ([clean_line(group)] if group else [])
        yield task_line(item)
        if item.line in against:
            yield f"{'  ' * item.depth}      {clean_line(against[item.line])}"


def task_line(item: Item) -> str:
    """A task as a line of text."""
    reason = f": {item.reason}" if item.reason else ""
    serves = f" ({item.requirement})" if item.requirement else ""
    return f"{'  ' * (item.depth + 1)}[{MARK_OF[item.status]}] {clean_line(f'{item.id} {item.text}{reason}{serves}')}"


def task_data(item: Item) -> dict[str, Any]:
    """A task as JSON."""
    return {**item._asdict(), "group": item.group or None}


def doubts_data(doubts: "Sequence[Doubt]", *, need_commit: bool) -> list[dict[str, Any]]:
    """The list `tasks_in_doubt`; ``need_commit`` as the policy asks."""
    if not doubts:
        return []
    from gitspec.domain.task_truth import held_open

    held = held_open(doubts, need_commit=need_commit)
    return [
        {
            "task": doubt.item.id,
            "status": doubt.item.status,
            "verdict": doubt.verdict,
            "held_open": doubt in held,
            "commit": doubt.commit or None,
            "reverted_by": doubt.revert or None,
            "requirement": doubt.item.requirement,
            "line": doubt.item.line,
            "why": doubt.why,
        }
        for doubt in doubts
    ]
