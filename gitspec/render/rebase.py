"""Rebased changes as text and as data for JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from gitspec.commands.rebase import RebasedChange, Undecided
from gitspec.domain.rebase_notes import Merged
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.sides import side_by_side
from gitspec.render.text import clean_line, count, indented


def rebased_text(changes: Sequence[RebasedChange], columns: int, dry_run: bool, paint: Paint = PLAIN) -> list[str]:
    """What was followed, joined and left to decide, change by change."""
    if not changes:
        return ["there is no active change"]
    lines: list[str] = []
    for change in changes:
        lines += [*([""] if lines and len(changes) > 1 else []), *_change(change, columns, dry_run, paint)]
    return lines


def _change(done: RebasedChange, columns: int, dry_run: bool, paint: Paint) -> Iterator[str]:
    name = paint.strong(clean_line(done.change))
    if done.error is not None:
        place = f"{done.error.place}: " if done.error.place else ""
        yield f"{name}: {paint.bad('left alone')}"
        yield f"  {clean_line(f'{place}{done.error.code} {done.error.message}')}"
        if done.error.help:
            yield f"  help: {clean_line(done.error.help)}"
        return
    if not done.was_stale and not done.conflicts:
        yield f"{name}: up to date"
        return
    undecided = f", {count(len(done.conflicts), 'conflict')} to decide" if done.conflicts else ""
    state = "rebased" if done.was_stale else "up to date"
    yield f"{name}: {'would be ' if dry_run and done.was_stale else ''}{state}{undecided}"
    verb = "would write" if dry_run else "wrote"
    yield from (f"  {verb} {clean_line(path)}" for path in done.written)
    yield from (f"  {'would remove' if dry_run else 'removed'} {clean_line(path)}" for path in done.removed)
    yield from (f"  {clean_line(name.old)} is {clean_line(name.new)} now" for name in done.names)
    yield from (f"  left out: {clean_line(what)}" for what in done.settled)
    for merged in done.merged:
        yield from _merged(merged, columns, paint)
    for conflict in done.conflicts:
        yield from _conflict(conflict, columns, paint)
    if done.merged:
        yield "  read what was joined: nobody has written it as it stands now"
    if done.conflicts:
        yield "  decide each under `conflicts`: make the entry say what shall hold, then delete the conflict"


def _merged(merged: Merged, columns: int, paint: Paint) -> Iterator[str]:
    yield f"  {paint.warn('joined')} {clean_line(merged.part)} of {clean_line(merged.name)}"
    yield from side_by_side(merged.seen, merged.living, merged.yours, columns, paint)
    yield "    now:"
    yield from indented(merged.result, "      ")


def _conflict(conflict: Undecided, columns: int, paint: Paint) -> Iterator[str]:
    against = f" (archived change {clean_line(conflict.against)})" if conflict.against else ""
    yield f"  {paint.bad('conflict')} {clean_line(conflict.message)}{against}"
    if any(text is not None for text in (conflict.seen, conflict.living, conflict.yours)):
        yield from side_by_side(conflict.seen, conflict.living, conflict.yours, columns, paint)


def rebased_data(changes: Sequence[RebasedChange], dry_run: bool) -> dict[str, Any]:
    """The body of `gitspec rebase --json`."""
    return {"dry_run": dry_run, "changes": [_data(change) for change in changes]}


def _data(done: RebasedChange) -> dict[str, Any]:
    error = done.error
    return {
        "id": done.change,
        "stale": done.was_stale,
        "written": list(done.written),
        "removed": list(done.removed),
        "names": [{"old": name.old, "new": name.new} for name in done.names],
        "joined": [
            {
                "name": merged.name,
                "part": merged.part,
                "seen": merged.seen,
                "living": merged.living,
                "yours": merged.yours,
                "result": merged.result,
            }
            for merged in done.merged
        ],
        "left_out": list(done.settled),
        "conflicts": [
            {
                "name": conflict.name,
                "part": conflict.part,
                "seen": conflict.seen,
                "living": conflict.living,
                "yours": conflict.yours,
                "message": conflict.message,
                "path": conflict.path,
                "against": conflict.against or None,
            }
            for conflict in done.conflicts
        ],
        "error": None
        if error is None
        else {"code": error.code, "message": error.message, "place": error.place or None, "help": error.help or None},
    }
