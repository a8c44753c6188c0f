"""How far the active changes are, and what comes next."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from gitspec.commands.progress import ChangeStatus, NextStep, status_of
from gitspec.git.run import git
from gitspec.git.snapshot import WorkTree
from gitspec.store.check import check_changes
from gitspec.store.spec import Spec


class Status(NamedTuple):
    """The changes that were asked for; ``next`` is what to do when there are none, or for the only one."""

    changes: tuple[ChangeStatus, ...]
    next: NextStep | None


def status(spec: Spec, changes: Sequence[str] | None = None) -> Status:
    """The status of the changes given, or of all active ones. Raises UsageError L011 for an unknown change."""
    ids = spec.change_ids() if changes is None else changes
    found = [status_of(checked, spec.archived_ids) for checked in check_changes(spec, ids)]
    found = _with_commits(spec, found)
    if len(found) == 1:
        return Status(tuple(found), found[0].next)
    if found:
        return Status(tuple(found), None)
    if not spec.has_policy:
        return Status((), NextStep("init", "gitspec init", "the project has no spec/gitspec.yaml"))
    return Status((), NextStep("propose", "gitspec propose <id> --title '<title>'", "there is no active change"))


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
