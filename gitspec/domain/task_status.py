"""Where a task stands, and the mark that says so in tasks.md. Apart from the model, so that reading costs no pydantic."""

from typing import Literal, NamedTuple

TaskStatus = Literal["pending", "in-progress", "done", "blocked", "dropped"]
MARKS: dict[str, TaskStatus] = {" ": "pending", "~": "in-progress", "x": "done", "!": "blocked", "-": "dropped"}
MARK_OF: dict[TaskStatus, str] = {status: mark for mark, status in MARKS.items()}
ENDED: frozenset[TaskStatus] = frozenset(["done", "dropped"])
REASONED: frozenset[TaskStatus] = frozenset(["blocked", "dropped"])
"""States that say why."""


class Item(NamedTuple):
    """A task as tasks.md holds it; the same fields as ``gitspec.domain.task.Task``."""

    id: str
    text: str
    status: TaskStatus
    reason: str | None
    requirement: str | None
    group: str
    details: str | None
    line: int
    depth: int
