"""Lists as text and as data for JSON."""

from collections.abc import Sequence
from typing import Any

from gitspec.commands.list_ import ListedArchive, ListedCapability, ListedChange
from gitspec.commands.progress import Counts
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.text import clean_line, columns, count
from gitspec.store.stale import Stale


def changes_text(changes: Sequence[ListedChange], paint: Paint = PLAIN) -> list[str]:
    """One line for each change: id, tasks, kind, title."""
    if not changes:
        return ["no active changes; start one with: gitspec propose <id> --title '…'"]
    lines = columns([(c.id, tasks_text(c.tasks), c.kind or "-", c.title) for c in changes])
    return [line + _errors(c.errors, paint) + _stale(c.stale, paint) for line, c in zip(lines, changes, strict=True)]


def capabilities_text(capabilities: Sequence[ListedCapability], paint: Paint = PLAIN) -> list[str]:
    """One line for each capability: id, how many requirements, title."""
    if not capabilities:
        return ["no capabilities yet; a change brings them: gitspec propose <id> --title '…'"]
    lines = columns([(c.id, count(c.requirements, "requirement"), c.title) for c in capabilities])
    return [line + _errors(c.errors, paint) for line, c in zip(lines, capabilities, strict=True)]


def archived_text(archived: Sequence[ListedArchive]) -> list[str]:
    """One line for each: date, id, title."""
    if not archived:
        return ["nothing is archived yet"]
    return columns([(a.date, a.id, f"{a.title}{' (closed)' if a.closed else ''}") for a in archived])


def tasks_text(tasks: Counts) -> str:
    """How far the tasks are, in a word or two."""
    if not tasks.total:
        return "no tasks"
    return f"{tasks.ended}/{tasks.total} tasks" + (f", {tasks.blocked} blocked" if tasks.blocked else "")


def _errors(errors: int, paint: Paint) -> str:
    return "  " + paint.bad(f"[{count(errors, 'error')}]") if errors else ""


def stale_text(stale: Sequence[Stale]) -> str:
    """What made a change stale; empty when it is not."""
    if not stale:
        return ""
    by = ", ".join(dict.fromkeys(s.change for s in stale if s.change))
    return f"stale since {by}" if by else "stale"


def stale_data(stale: Sequence[Stale]) -> list[dict[str, str | None]]:
    """The `stale` of a change."""
    return [{"name": s.name, "part": s.part, "change": s.change or None} for s in stale]


def _stale(stale: Sequence[Stale], paint: Paint) -> str:
    return "  " + paint.warn(clean_line(f"[{stale_text(stale)}]")) if stale else ""


def counts_data(tasks: Counts) -> dict[str, int]:
    """Tasks by status."""
    return tasks._asdict()


def changes_data(changes: Sequence[ListedChange]) -> list[dict[str, Any]]:
    """The `changes` of `gitspec list --json`."""
    return [
        {
            "id": c.id,
            "path": c.path,
            "title": c.title or None,
            "kind": c.kind or None,
            "created": c.created or None,
            "tasks": counts_data(c.tasks),
            "capabilities": list(c.capabilities),
            "errors": c.errors,
            "stale": stale_data(c.stale),
        }
        for c in changes
    ]


def capabilities_data(capabilities: Sequence[ListedCapability]) -> list[dict[str, Any]]:
    """The `capabilities` of `gitspec list --specs --json`."""
    return [c._asdict() for c in capabilities]


def archived_data(archived: Sequence[ListedArchive]) -> list[dict[str, Any]]:
    """The `archived` of `gitspec list --archived --json`."""
    return [
        {
            "id": a.id,
            "path": a.path,
            "date": a.date,
            "title": a.title or None,
            "kind": a.kind or None,
            "closed": a.closed,
            "tag": a.tag or None,
            "capabilities": list(a.capabilities),
        }
        for a in archived
    ]
