"""Where a task stands, and the mark that says so in tasks.md. Apart from the model, so that reading costs no pydantic."""

from typing import Literal

TaskStatus = Literal["pending", "in-progress", "done", "blocked", "dropped"]
MARKS: dict[str, TaskStatus] = {" ": "pending", "~": "in-progress", "x": "done", "!": "blocked", "-": "dropped"}
MARK_OF: dict[TaskStatus, str] = {status: mark for mark, status in MARKS.items()}
ENDED: frozenset[TaskStatus] = frozenset(["done", "dropped"])
REASONED: frozenset[TaskStatus] = frozenset(["blocked", "dropped"])
"""States that say why."""
