"""How far the active changes are, what comes next, and what the policy still waits for."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.approvals import commit_of, missing_approvals
from gitspec.commands.emergencies import Open, unsettled
from gitspec.commands.progress import ChangeStatus, NextStep, status_of
from gitspec.git.run import git
from gitspec.git.snapshot import WorkTree
from gitspec.store import layout
from gitspec.store.check import check_changes
from gitspec.store.spec import Spec
from gitspec.store.task_history import doubts_of, need_commit

if TYPE_CHECKING:
    from gitspec.domain.task_truth import Doubt


class Status(NamedTuple):
    """The changes that were asked for; ``next`` is what to do when there are none, or for the only one."""

    changes: tuple[ChangeStatus, ...]
    next: NextStep | None
    unapproved: Mapping[str, str] = {}
    """Changes without the approval that the policy asks for, with the reason."""
    unsettled: tuple[Open, ...] = ()
    """Commits that skipped for a reason to be settled, and are not; only when all changes were asked for."""
    doubts: Mapping[str, "tuple[Doubt, ...]"] = {}
    """The tasks of which tasks.md and history disagree, by change."""
    held: frozenset[str] = frozenset()
    """Changes with tasks that are ticked, and that the policy holds for open."""


def status(spec: Spec, changes: Sequence[str] | None = None) -> Status:
    """The status of the changes given, or of all active ones. Raises UsageError L011 for an unknown change."""
    ids = spec.change_ids() if changes is None else changes
    found = [status_of(checked, spec.archived_ids) for checked in check_changes(spec, ids)]
    found = _with_commits(spec, found)
    waits = _waits(spec, ids, whole=changes is None)
    waits = _with_doubts(spec, waits, found)
    found = [_borne_out_first(_approved_first(change, waits.unapproved), waits) for change in found]
    if len(found) == 1:
        return waits._replace(changes=tuple(found), next=found[0].next)
    if found:
        return waits._replace(changes=tuple(found))
    if not spec.has_policy:
        return waits._replace(next=NextStep("init", "gitspec init", "the project has no spec/gitspec.yaml"))
    return waits._replace(
        next=NextStep("propose", "gitspec propose <id> --title '<title>'", "there is no active change")
    )


def _waits(spec: Spec, ids: Sequence[str], *, whole: bool) -> Status:
    """What the policy waits for. One that speaks neither of approvals nor of settling costs no more than a look."""
    if not spec.has_policy:
        return Status((), None)
    open_ones: tuple[Open, ...] = ()
    if whole and b"settle" in spec.snapshot.read(layout.POLICY):
        policy, tip = spec.policy().value, commit_of(spec)
        open_ones = tuple(unsettled(spec.snapshot.repo, policy, tip, spec.cache)) if policy and tip else ()
    return Status((), None, missing_approvals(spec, ids), open_ones)


def _approved_first(change: ChangeStatus, unapproved: Mapping[str, str]) -> ChangeStatus:
    """Nothing is archived that is not approved."""
    name = change.checked.id
    if name not in unapproved or change.next.action != "archive":
        return change
    why = f"all is done and the deltas fold, but it is not approved: {unapproved[name]}"
    return change._replace(next=NextStep("approve", f"gitspec approve {name}", why))


def _with_doubts(spec: Spec, waits: Status, changes: Sequence[ChangeStatus]) -> Status:
    doubts = doubts_of(spec, [change.checked.record for change in changes])
    if not doubts:
        return waits
    from gitspec.domain.task_truth import held_open

    need = need_commit(spec)
    held = frozenset(change for change, found in doubts.items() if held_open(found, need_commit=need))
    return waits._replace(doubts=doubts, held=held)


def _borne_out_first(change: ChangeStatus, waits: Status) -> ChangeStatus:
    """Nothing is archived while the policy holds a task for open that is ticked."""
    name = change.checked.id
    if name not in waits.held or change.state not in ("ready", "waiting") or change.next.action == "commit":
        return change
    from gitspec.domain.task_truth import held_open

    first = held_open(waits.doubts[name], need_commit=True)[0]
    command = f"gitspec task done {name} {first.item.id} --commit"
    if first.verdict == "unknown":
        command = "git fetch --unshallow"
    return change._replace(state="implementing", next=NextStep("confirm", command, first.why))


def _with_commits(spec: Spec, changes: list[ChangeStatus]) -> list[ChangeStatus]:
    """What is archived is what a commit has: a change that is ready in the work tree only is committed first."""
    paths = [change.checked.record.path for change in changes if change.state == "ready"]
    if not paths or not isinstance(spec.snapshot, WorkTree):
        return changes
    listed = git(spec.snapshot.repo, "status", "--porcelain", "-z", "--no-renames", "-uall", "--", *paths)
    edited = {"/".join(row[3:].split("/")[:3]) for row in os.fsdecode(listed).split("\0")[:-1]}
    return [_committed_first(change) if change.checked.record.path in edited else change for change in changes]


def _committed_first(change: ChangeStatus) -> ChangeStatus:
    name, path = change.checked.id, change.checked.record.path
    command = f"git add {path} && git commit -m 'Finish {name}' -m 'Change: {name}'"
    return change._replace(
        next=NextStep("commit", command, "all is done and the deltas fold, but not all is committed")
    )
