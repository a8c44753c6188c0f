"""Tasks: the items of a change's checklist, as `tasks.md` holds them."""

from pydantic import Field

from gitspec.domain.model import Line, Model, Prose, RequirementName
from gitspec.domain.task_status import ENDED, MARKS, TaskStatus

__all__ = ["ENDED", "MARKS", "Task", "TaskStatus"]


class Task(Model):
    """One step of a change."""

    id: str = Field(pattern=r"^\d+(\.\d+)*$")
    """The number that the line starts with, unique in the file."""
    text: Line
    """What is to be done."""
    status: TaskStatus
    """Where it stands."""
    reason: Line | None = None
    """Why it is blocked or dropped."""
    requirement: RequirementName | None = None
    """The requirement that it serves."""
    group: str = ""
    """The heading that it stands under."""
    details: Prose | None = None
    """The indented lines below it."""
    line: int
    """Line in the file, from 1."""
    depth: int = 0
    """0 for a task at the margin, one more for each nesting."""
