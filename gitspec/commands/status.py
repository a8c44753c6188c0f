"""How far the active changes are, and what comes next."""

from collections.abc import Sequence
from typing import NamedTuple

from gitspec.commands.progress import ChangeStatus, NextStep, status_of
from gitspec.store.check import check_changes
from gitspec.store.spec import Spec


class Status(NamedTuple):
    """The changes that were asked for; ``next`` is what to do when there are none, or for the only one."""

    changes: tuple[ChangeStatus, ...]
    next: NextStep | None


def status(spec: Spec, changes: Sequence[str] | None = None) -> Status:
    """The status of the changes given, or of all active ones. Raises UsageError L011 for an unknown change."""
    ids = spec.change_ids() if changes is None else changes
    found = tuple(status_of(checked, spec.archived_ids) for checked in check_changes(spec, ids))
    if len(found) == 1:
        return Status(found, found[0].next)
    if found:
        return Status(found, None)
    if not spec.has_policy:
        return Status((), NextStep("init", "gitspec init", "the project has no spec/gitspec.yaml"))
    return Status((), NextStep("propose", "gitspec propose <id> --title '<title>'", "there is no active change"))
