"""`gitspec archive`, `close` and `unarchive`: plan on the tip, perform, and plan again when somebody else was faster."""

import os
from typing import TYPE_CHECKING

from gitspec.commands.archive_call import Done, Options, P, Planner, Preview, refuse_unexpected
from gitspec.commands.archive_plan import Plan, open_tip, plan_archive, plan_close
from gitspec.git.journal import operation_lock
from gitspec.git.recovery import settle
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.target import Target, find_target
from gitspec.git.transaction import BranchMoved, Operation, check_clean, perform
from gitspec.store.cache import Cache
from gitspec.store.prepared import forget

if TYPE_CHECKING:
    from gitspec.commands.archive_merged import MergedPlan

_TRIES = 20


def archive(repo: Repository, change: str, options: Options) -> Done[Plan]:
    """Archive a change. Raises as ``plan_archive`` and ``perform``; A010 when the result is not ``options.expect``."""
    return carry_out(repo, options, archive_planner(repo, change, options))


def preview_archive(repo: Repository, change: str, options: Options) -> Preview[Plan]:
    """Plan only; neither the repository nor its lock is written to. Raises as ``archive``."""
    return _previewed(repo, options, archive_planner(repo, change, options))


def archive_merged(repo: Repository, options: Options) -> "Done[MergedPlan]":
    """Archive every complete change of the branch. Raises as ``plan_merged`` and ``perform``."""
    done = carry_out(repo, options, merged_planner(repo, options))
    for plan in done.plan.plans:
        forget(Cache(repo), plan.operation.change)
    return done


def preview_merged(repo: Repository, options: Options) -> "Preview[MergedPlan]":
    """Plan only, as ``preview_archive``."""
    return _previewed(repo, options, merged_planner(repo, options))


def close(repo: Repository, change: str, reason: str, superseded_by: str | None, options: Options) -> Done[Plan]:
    """Close a change: archive its folder and fold nothing. Raises as ``plan_close`` and ``perform``."""
    return carry_out(repo, options, _close_planner(repo, change, reason, superseded_by, options))


def preview_close(
    repo: Repository, change: str, reason: str, superseded_by: str | None, options: Options
) -> Preview[Plan]:
    """Plan only, as ``preview_archive``."""
    return _previewed(repo, options, _close_planner(repo, change, reason, superseded_by, options))


def unarchive(repo: Repository, change: str, options: Options) -> Done[Plan]:
    """Take an archive back by a new commit. Raises as ``plan_unarchive`` and ``perform``."""
    return carry_out(repo, options, _unarchive_planner(repo, change))


def preview_unarchive(repo: Repository, change: str, options: Options) -> Preview[Plan]:
    """Plan only, as ``preview_archive``."""
    return _previewed(repo, options, _unarchive_planner(repo, change))


def archive_planner(repo: Repository, change: str, options: Options) -> Planner[Plan]:
    """Plans the archive of one change on whatever tip it is given."""
    cache = Cache(repo) if options.use_cache else None

    def plan(target: Target) -> Plan:
        tip = open_tip(repo, target)
        try:
            return plan_archive(tip, change, with_tag=options.with_tag, cache=cache, strict=options.strict)
        finally:
            tip.objects.close()

    return plan


def merged_planner(repo: Repository, options: Options) -> "Planner[MergedPlan]":
    """Plans the archive of all complete changes on whatever tip it is given."""
    from gitspec.commands.archive_merged import plan_merged

    cache = Cache(repo) if options.use_cache else None

    def plan(target: Target) -> "MergedPlan":
        tip = open_tip(repo, target)
        try:
            return plan_merged(tip, with_tag=options.with_tag, cache=cache, strict=options.strict)
        finally:
            tip.objects.close()

    return plan


def _close_planner(
    repo: Repository, change: str, reason: str, superseded_by: str | None, options: Options
) -> Planner[Plan]:
    def plan(target: Target) -> Plan:
        tip = open_tip(repo, target)
        try:
            return plan_close(tip, change, reason, superseded_by, with_tag=options.with_tag)
        finally:
            tip.objects.close()

    return plan


def _unarchive_planner(repo: Repository, change: str) -> Planner[Plan]:
    from gitspec.commands.unarchive import plan_unarchive

    def plan(target: Target) -> Plan:
        tip = open_tip(repo, target)
        try:
            return plan_unarchive(tip, change)
        finally:
            tip.objects.close()

    return plan


def carry_out(repo: Repository, options: Options, planner: Planner[P]) -> Done[P]:
    """Plan and perform under the lock of operations; what was interrupted before is settled first."""
    with operation_lock(repo) as lock:
        recovered = settle(repo, lock)
        if options.push:
            from gitspec.commands.archive_push import push_done

            done = push_done(repo, options, planner, lock)._replace(recovered=recovered)
        else:
            done = _done_here(repo, options, planner, lock)._replace(recovered=recovered)
        if done.plan.operation:
            forget(Cache(repo), done.plan.operation.change)
        return done


def _done_here(repo: Repository, options: Options, planner: Planner[P], lock: int) -> Done[P]:
    for tries_left in range(_TRIES, -1, -1):
        target = find_target(repo, options.onto)
        plan = planner(target)
        refuse_unexpected(plan.operation, options.expect)
        try:
            return Done(plan, target, perform(repo, plan.operation, lock) if plan.operation else None, None)
        except BranchMoved:
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _previewed(repo: Repository, options: Options, planner: Planner[P]) -> Preview[P]:
    target = find_target(repo, options.onto)
    plan = planner(target)
    refuse_unexpected(plan.operation, options.expect)
    if plan.operation is None:
        return Preview(plan, target, b"")
    check_clean(repo, plan.operation)
    return Preview(plan, target, _diff(repo, plan.operation))


def _diff(repo: Repository, operation: Operation) -> bytes:
    """The difference to the tip; the new objects live in a folder of their own that goes away again."""
    from tempfile import TemporaryDirectory

    real = os.environ.get("GIT_OBJECT_DIRECTORY") or f"{repo.common_dir}/objects"
    others = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")
    with TemporaryDirectory(prefix="gitspec-") as folder:
        env: dict[str, str | None] = {
            "GIT_OBJECT_DIRECTORY": folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{real}{os.pathsep}{others}" if others else real,
        }
        operation.batch.write(repo, env)
        args = ("diff-tree", "-p", "-M", "-r", "--no-ext-diff", "--no-textconv", operation.target.tip, operation.tree)
        return git(repo, *args, env=env)
