"""Three-way merge of tasks.md by the numbers of tasks: state, text, reference and details of one task merge by themselves.

A line that is no task belongs to the task or heading above it. Where both sides have given one number to different new
tasks, theirs gets the next one that is free.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from gitspec.domain.merge_order import merged_order
from gitspec.domain.merge_style import Style, merged_lead
from gitspec.domain.task_status import MARKS, Item, TaskStatus
from gitspec.markdown.checklist import Body, Checklist, match_task, read_body, read_checklist, task_line

_UNREADABLE = ("T001", "T003", "T004", "T005", "T012")
_POISON = "conflict in a merge base"


class MergedTasks(NamedTuple):
    """``conflicts`` name the parts between markers; ``renumbered`` are theirs: old and new numbers."""

    data: bytes
    conflicts: tuple[str, ...]
    renumbered: tuple[tuple[str, str], ...]


class _Chunk(NamedTuple):
    """A task or heading with all that follows it; ``lead`` are the blank lines above."""

    lead: list[str]
    rows: list[str]
    item: Item | None


V = TypeVar("V")
_Name = tuple[str, str, int]
_Chunks = dict[_Name, _Chunk]
_HEAD: _Name = ("", "", 0)


def merge_tasks(base: bytes, ours: bytes, theirs: bytes, path: str, style: Style) -> MergedTasks | str:
    """The merged file, or why only its text can be merged."""
    read: list[tuple[Checklist, _Chunks]] = []
    for name, data in (("the merge base", base), ("our side", ours), ("their side", theirs)):
        checklist = read_checklist(data, path)
        if wrong := next((f for f in checklist.findings if f.code in _UNREADABLE), None):
            return f"{name} cannot be read: {wrong.message}"
        read.append((checklist, _chunks(data, checklist)))
    renumbered = _collisions(*(checklist for checklist, _ in read))
    three = read[0][1], read[1][1], _renumbered(read[2][1], renumbered)
    writer = _Writer(style)
    rows = writer.merge(*three)
    data = _encoded(rows, ours or theirs)
    if not writer.conflicts:
        again = read_checklist(data, path)
        if [item.id for item in again.items] != writer.ids or any(f.code in _UNREADABLE for f in again.findings):
            return "the merged file would not read back as what was meant"
    return MergedTasks(data, tuple(writer.conflicts), tuple(renumbered.items()))


def _chunks(data: bytes, checklist: Checklist) -> _Chunks:
    lines = data.decode().replace("\r\n", "\n").removesuffix("\n").split("\n") if data else []
    starts: list[tuple[int, _Name, Item | None]] = [(item.line, ("task", item.id, 0), item) for item in checklist.items]
    seen: dict[str, int] = {}
    for text, line in checklist.groups:
        seen[text] = seen.get(text, 0) + 1
        starts.append((line, ("group", text, seen[text]), None))
    starts.sort(key=lambda start: start[0])
    found: _Chunks = {}
    bounds = [*(line - 1 for line, _, _ in starts), len(lines)]
    lead, rows = _split(lines[: bounds[0]])
    if rows or not starts:
        found[_HEAD] = _Chunk([], rows, None)
    for (_, name, item), start, end in zip(starts, bounds, bounds[1:], strict=False):
        after, rows = _split(lines[start:end])
        found[name] = _Chunk(lead, rows, item)
        lead = after
    return found


def _split(rows: list[str]) -> tuple[list[str], list[str]]:
    """The blank lines at the end, and what stands before them."""
    end = len(rows)
    while end and not rows[end - 1].strip():
        end -= 1
    return rows[end:], rows[:end]


def _collisions(base: Checklist, ours: Checklist, theirs: Checklist) -> dict[str, str]:
    """New numbers for theirs: of tasks that took a number that another new task of ours has, and of those below them."""
    was = {item.id for item in base.items}
    mine = {item.id: item for item in ours.items if item.id not in was}
    used = was | {item.id for item in ours.items} | {item.id for item in theirs.items}
    found: dict[str, str] = {}
    above: list[str] = []  # theirs, by depth
    for item in theirs.items:
        del above[item.depth :]
        above.append(item.id)
        parent = above[item.depth - 1] if item.depth and item.depth <= len(above) - 1 else ""
        if item.id in was:
            continue
        if parent in found and item.id.startswith(f"{parent}."):
            found[item.id] = found[parent] + item.id.removeprefix(parent)
        elif item.id in mine and mine[item.id].text != item.text:
            found[item.id] = _free(item.id, used)
        used.add(found.get(item.id, item.id))
    return found


def _free(task_id: str, used: set[str]) -> str:
    prefix = task_id[: len(task_id) - len(task_id.rpartition(".")[2])]
    rests = [one.removeprefix(prefix).partition(".")[0] for one in used if one.startswith(prefix)]
    return f"{prefix}{max((int(rest[:9]) for rest in rests if rest.isdigit()), default=0) + 1}"


def _renumbered(chunks: _Chunks, numbers: dict[str, str]) -> _Chunks:
    found: _Chunks = {}
    for name, chunk in chunks.items():
        new = numbers.get(chunk.item.id) if chunk.item else None
        if chunk.item and new and (match := match_task(chunk.rows[0])):
            row = chunk.rows[0][: match.start("id")] + new + chunk.rows[0][match.end("id") :]
            found["task", new, 0] = _Chunk(chunk.lead, [row, *chunk.rows[1:]], chunk.item._replace(id=new))
        else:
            found[name] = chunk
    return found


class _Writer:
    def __init__(self, style: Style) -> None:
        self.style = style
        self.conflicts: list[str] = []
        self.ids: list[str] = []

    def merge(self, base: _Chunks, ours: _Chunks, theirs: _Chunks) -> list[str]:
        kept = [name for name in {**ours, **theirs} if self._stays(base.get(name), ours.get(name), theirs.get(name))]
        rows: list[str] = []
        for name in merged_order(list(base), list(ours), list(theirs), kept):
            rows += self._chunk(name, base.get(name), ours.get(name), theirs.get(name))
        return rows

    def _stays(self, base: _Chunk | None, ours: _Chunk | None, theirs: _Chunk | None) -> bool:
        one = ours or theirs
        return bool((ours and theirs) or base is None or (one and one.rows != base.rows))

    def _chunk(self, name: _Name, base: _Chunk | None, ours: _Chunk | None, theirs: _Chunk | None) -> list[str]:
        label = f"task {name[1]}" if name[0] == "task" else name[1] or "the text above the tasks"
        if name[0] == "task":
            self.ids.append(name[1])
        if ours is None or theirs is None:
            one = ours or theirs
            assert one is not None
            if base is None:
                return one.lead + one.rows
            mine, other = (c.rows if c else [] for c in (ours, theirs))
            return one.lead + self._conflict(label, mine, base.rows, other)
        lead = merged_lead(base.lead if base else [], ours.lead, theirs.lead)
        if ours.item is None or theirs.item is None:
            return lead + self._rows(label, base.rows if base else [], ours.rows, theirs.rows)
        first = self._line(label, base.rows[:1] if base else [], ours.rows[0], theirs.rows[0])
        return (
            lead
            + first
            + self._rows(f"details of {label}", base.rows[1:] if base else [], ours.rows[1:], theirs.rows[1:])
        )

    def _rows(self, label: str, base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
        if theirs in (base, ours):
            return ours
        return theirs if ours == base else self._conflict(label, ours, base, theirs)

    def _line(self, label: str, base: list[str], ours: str, theirs: str) -> list[str]:
        """The line of a task, merged field by field."""
        if ours == theirs or [theirs] == base:
            return [ours]
        if [ours] == base:
            return [theirs]
        mine, other = _fields(ours), _fields(theirs)
        was = _fields(base[0]) if base else _NO_FIELDS
        try:
            indent = _decided(was.indent, mine.indent, other.indent)
            text = _decided(was.text, mine.text, other.text)
            # A state goes with its reason.
            state = _decided((was.status, was.reason), (mine.status, mine.reason), (other.status, other.reason))
            requirement = _decided(was.requirement, mine.requirement, other.requirement)
        except _BothChangedError:
            return self._conflict(label, [ours], base, [theirs])
        first = mine.first if mine.reason == state[1] else other.first
        return [task_line(indent, state[0], label.removeprefix("task "), Body(text, state[1], requirement, first))]

    def _conflict(self, label: str, ours: list[str], base: list[str], theirs: list[str]) -> list[str]:
        self.conflicts.append(label)
        if self.style.mode == "base":
            return _poisoned(ours or theirs)
        return self.style.conflict(label, ours, base, theirs)


class _Fields(NamedTuple):
    indent: int
    text: str
    status: TaskStatus
    reason: str | None
    requirement: str | None
    first: bool


_NO_FIELDS = _Fields(-1, "\0", "pending", "\0", "\0", first=False)
"""What a task has where it is new: nothing that a file could say."""


def _fields(row: str) -> _Fields:
    match = match_task(row)
    assert match is not None  # the reader took it for a task
    status = MARKS[match["mark"]]
    body = read_body(match["body"], status)
    return _Fields(len(match["indent"]), body.text, status, body.reason, body.requirement, first=body.reference_first)


class _BothChangedError(Exception):
    """Both sides have changed one field, each in its own way."""


def _decided(base: V, ours: V, theirs: V) -> V:
    """The value that a side has changed."""
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    raise _BothChangedError


def _poisoned(rows: Sequence[str]) -> list[str]:
    match = match_task(rows[0]) if rows else None
    if match is None:
        return [*rows, _POISON]
    return [f"{rows[0][: match.start('mark')]} ] {match['id']} {_POISON}", *rows[1:]]


def _encoded(rows: list[str], like: bytes) -> bytes:
    end = "\r\n" if like.count(b"\r\n") * 2 > like.count(b"\n") else "\n"
    return (end.join(rows) + (end if rows else "")).encode()
