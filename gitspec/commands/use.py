"""The change that commits in this work tree are for, until another one is set."""

from gitspec.git import commit_facts
from gitspec.git.repository import Repository
from gitspec.git.snapshot import open_snapshot
from gitspec.store.spec import Spec


def used_change(repo: Repository) -> str:
    """The change that is set for this work tree; empty when none is."""
    return commit_facts.used_change(repo)


def use(repo: Repository, change: str) -> None:
    """Set the change; an empty one forgets it. Raises UsageError L011, with the nearest ids, when it is not active."""
    if change:
        Spec(open_snapshot(repo)).change(change)
    commit_facts.set_used_change(repo, change)
