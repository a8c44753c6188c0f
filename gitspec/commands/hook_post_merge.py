"""post-merge: say which changes are ready to archive, and archive them where the policy has the hook do so.

Git still has its notes of the merge (MERGE_HEAD) when it runs this hook, although the merge is committed: so the branch
is named here and not looked up as for a command, which would take the merge for one that is under way.
"""

import os
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.progress import status_of
from gitspec.errors import GitspecError
from gitspec.git import commit_facts
from gitspec.git.journal import operation_lock
from gitspec.git.objects import Objects
from gitspec.git.recovery import settle
from gitspec.git.repository import Repository, discover
from gitspec.git.snapshot import at_commit
from gitspec.git.target import Target
from gitspec.git.transaction import BranchMoved, perform
from gitspec.store.cache import Cache
from gitspec.store.check import check_changes
from gitspec.store.spec import Spec

if TYPE_CHECKING:
    from gitspec.commands.archive_merged import MergedPlan
    from gitspec.domain.policy import Policy


class AfterMerge(NamedTuple):
    """``ready`` are changes that can be archived on ``branch`` and were left; ``archived``: change and commit.

    ``why``: why nothing was archived although the policy has the hook do so; ``error``: what kept it from being done.
    """

    branch: str
    ready: tuple[str, ...] = ()
    archived: tuple[tuple[str, str], ...] = ()
    why: str = ""
    error: GitspecError | None = None


def after_merge(action: str) -> AfterMerge | None:
    """Look at the branch after a merge that is committed; ``action`` is Git's GIT_REFLOG_ACTION.

    None where there is nothing to say: no policy, or a branch that changes are not archived on. Raises CannotJudge.
    """
    repo = discover()
    branch = commit_facts.branch(repo)
    spec = Spec(at_commit(repo, "HEAD"), Cache(repo))
    if not branch or not spec.has_policy:
        return None
    policy = _policy_before(repo, spec)
    if policy is None or branch not in (policy.archive.branch, *policy.protected.branches):
        return None
    ready = _ready(spec)
    auto = policy.archive.on_merge == "auto" and branch == policy.archive.branch
    if not ready or not auto:
        return AfterMerge(branch, ready)
    if action.startswith("pull"):
        return AfterMerge(branch, ready, why="not after a pull")
    if os.path.lexists(f"{repo.git_dir}/MERGE_AUTOSTASH"):
        return AfterMerge(branch, ready, why="not while Git has your edits stashed")
    try:
        archived = _archive(repo, Target(f"refs/heads/{branch}", spec.snapshot.name, checked_out=True))
    except GitspecError as error:
        return AfterMerge(branch, ready, error=error)
    done = {change for change, _ in archived}
    return AfterMerge(branch, tuple(change for change in ready if change not in done), archived)


def _policy_before(repo: Repository, spec: Spec) -> "Policy | None":
    """The policy that the branch had before the merge: what is merged does not decide about its own archive."""
    before = Objects(repo).find("ORIG_HEAD")
    earlier = Spec(at_commit(repo, before)) if before else spec
    return earlier.policy().value if earlier.has_policy else None


def _ready(spec: Spec) -> tuple[str, ...]:
    archived = spec.archived_ids
    checked = check_changes(spec, spec.change_ids())
    return tuple(one.id for one in checked if status_of(one, archived).state == "ready")


def _archive(repo: Repository, target: Target) -> tuple[tuple[str, str], ...]:
    """Archive all that is complete, as one operation. Raises as ``gitspec archive --merged``."""
    from gitspec.commands.archive import merged_planner
    from gitspec.commands.archive_call import Options
    from gitspec.store.prepared import forget

    with operation_lock(repo) as lock:
        settle(repo, lock)
        plan: MergedPlan = merged_planner(repo, Options())(target)
        if plan.operation is None:
            return ()
        try:
            outcome = perform(repo, plan.operation, lock)
        except BranchMoved as error:
            raise GitspecError(error.code, error.message, help="gitspec archive --merged") from None
    for one in plan.plans:
        forget(Cache(repo), one.operation.change)
    return tuple((one.operation.change, oid) for one, oid in zip(plan.plans, outcome.commits, strict=True))
