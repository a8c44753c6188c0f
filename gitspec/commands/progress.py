"""How far a change is, and the one command that comes next. Pure: from what a check found to what to type."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from gitspec.domain.task_status import ENDED, Item
from gitspec.store.check import CheckedChange

State = Literal["invalid", "proposal", "deltas", "tasks", "waiting", "blocked", "implementing", "ready"]
"""Where a change stands: the first of these that holds. `waiting` is for a change that it depends on."""


class NextStep(NamedTuple):
    """What to do next: a command to type (a file to edit is named by it), and why."""

    action: str
    command: str
    why: str


class Counts(NamedTuple):
    """Tasks by status."""

    total: int
    pending: int
    in_progress: int
    done: int
    blocked: int
    dropped: int

    @property
    def ended(self) -> int:
        """Those with nothing left to do."""
        return self.done + self.dropped


class ChangeStatus(NamedTuple):
    """A change, how far it is, and its next step."""

    checked: CheckedChange
    state: State
    tasks: Counts
    next: NextStep


UNSTAMPED = ("D001",)
RECORDED = ("D020",)
RENAMED = ("D039",)
CONFLICTS = tuple(f"D{number:03}" for number in range(2, 21))


def counts(tasks: Sequence[Item] | None) -> Counts:
    """How many tasks stand where."""
    statuses = [task.status for task in tasks or ()]
    numbers = [statuses.count(s) for s in ("pending", "in-progress", "done", "blocked", "dropped")]
    return Counts(len(statuses), *numbers)


def status_of(checked: CheckedChange, archived: frozenset[str] = frozenset()) -> ChangeStatus:
    """The state and the next step of a change; ``archived`` are the ids of archived changes."""
    state, step = _first_of(checked, archived)
    return ChangeStatus(checked, state, counts(checked.record.tasks), step)


def _first_of(checked: CheckedChange, archived: frozenset[str]) -> tuple[State, NextStep]:
    change = checked.id
    record = checked.record
    if record.change is None:
        return "invalid", _fix(checked, "its change.yaml is missing or has errors")
    if record.proposal != "written":
        return "proposal", _write_proposal(checked)
    if not record.deltas and not record.change.no_deltas:
        why = "it changes no requirement yet (if it changes no behaviour, write no_deltas: true into change.yaml)"
        return "deltas", NextStep("add-deltas", f"gitspec delta add {change} <capability>", why)
    if checked.has(UNSTAMPED):
        why = "its deltas do not say what they change from"
        return "deltas", NextStep("stamp-deltas", f"gitspec delta stamp {change}", why)
    if _needs_rebase(checked):
        return "deltas", NextStep("rebase", f"gitspec rebase {change}", _why_stale(checked))
    if checked.has(CONFLICTS):
        why = "its deltas conflict with the living specs"
        return "deltas", NextStep("resolve-conflicts", f"gitspec validate {change}", why)
    if checked.has_errors:
        return "invalid", _fix(checked, "its files have errors")
    if not record.tasks:
        return "tasks", NextStep("add-tasks", f"gitspec task add {change} '<text>'", "it has no tasks")
    if step := _open_task(checked):
        return ("blocked" if step.action == "unblock" else "implementing"), step
    if waiting := [other for other in record.change.depends_on if other not in archived]:
        why = f"it depends on {', '.join(waiting)}, which is not archived yet"
        return "waiting", NextStep("finish-dependency", f"gitspec status {waiting[0]}", why)
    return "ready", NextStep("archive", f"gitspec archive {change}", "all is done and the deltas fold")


def _needs_rebase(checked: CheckedChange) -> bool:
    """Whether a conflict stands that a rebase would merge or lay out; what it has laid out is for the author."""
    return not checked.has(RECORDED) and (checked.has(RENAMED) or (bool(checked.stale) and checked.has(CONFLICTS)))


def _why_stale(checked: CheckedChange) -> str:
    changes = ", ".join(dict.fromkeys(s.change for s in checked.stale if s.change))
    names = ", ".join(dict.fromkeys(s.name for s in checked.stale[:5]))
    by = f" by archived change {changes}" if changes else ""
    return f"{names or 'its capability'} has been changed since{by}"


def _fix(checked: CheckedChange, why: str) -> NextStep:
    return NextStep("fix", f"gitspec validate {checked.id}", why)


def _write_proposal(checked: CheckedChange) -> NextStep:
    missing = checked.record.proposal == "missing"
    why = "it has no proposal.md" if missing else "its proposal is not complete (gitspec validate says what is missing)"
    return NextStep("write-proposal", f"${{EDITOR:-vi}} {checked.record.path}/proposal.md", why)


def _open_task(checked: CheckedChange) -> NextStep | None:
    """The task to go on with: one in progress, else the first that is pending, else a blocked one; subtasks first."""
    open_ones = _open_leaves(checked.record.tasks or ())
    for wanted in ("in-progress", "pending", "blocked"):
        chosen = next((task for task in open_ones if task.status == wanted), None)
        if chosen is None:
            continue
        command = f"gitspec task set {checked.id} {chosen.id}"
        if wanted == "blocked":
            return NextStep("unblock", f"{command} in-progress", f"task {chosen.id} is blocked: {chosen.reason}")
        return NextStep("implement", f"{command} done", f"task {chosen.id}: {chosen.text}")
    return None


def _open_leaves(tasks: Sequence[Item]) -> list[Item]:
    """The tasks that have not ended, without those that wait for tasks nested below them."""
    leaves = []
    for index, task in enumerate(tasks):
        if task.status not in ENDED and all(other.status in ENDED for other in _nested(tasks, index)):
            leaves.append(task)
    return leaves


def _nested(tasks: Sequence[Item], index: int) -> Iterator[Item]:
    depth = tasks[index].depth
    return itertools.takewhile(lambda other: other.depth > depth, tasks[index + 1 :])
