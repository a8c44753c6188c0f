"""Policies that ask for nothing but references: noted for the accepted paths of pre-push and of `gitspec check`."""

from typing import TYPE_CHECKING

from gitspec.git.plain_notes import note_plain_policy
from gitspec.git.repository import Repository
from gitspec.store.cache import Cache
from gitspec.store.change_ids import ChangesByCommit
from gitspec.store.policies import Policies

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy


def note_if_plain(repo: Repository, commit: str) -> None:
    """Note the policy at a commit, if a reference to an active change is all that it asks of most commits."""
    ids = ChangesByCommit(repo, []).at(commit) if commit else None
    if ids is None or not ids.policy:
        return
    policy = Policies(repo, Cache(repo)).at(ids)
    if _is_plain(policy):
        tells_more = any(skip.settle for skip in policy.skip) or policy.tasks.need != "none"
        note_plain_policy(repo, ids.policy, settles=tells_more)


def _is_plain(policy: "Policy") -> bool:
    """Whether a reference to an active change is all that it asks of a commit that leaves spec/ alone."""
    scope = policy.scope
    return not (policy.severity or scope.enforce or scope.required or policy.approvals.need != "none")
