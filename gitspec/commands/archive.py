"""`gitspec archive` and `gitspec close`: plan on the tip, perform, and plan again when somebody else was faster."""

import os
from collections.abc import Callable
from typing import NamedTuple

from gitspec.commands.archive_plan import Plan, open_tip, plan_archive, plan_close
from gitspec.errors import Refused, UsageError
from gitspec.git.journal import operation_lock
from gitspec.git.recovery import settle
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.target import Target, find_target
from gitspec.git.transaction import BranchMoved, Outcome, check_clean, perform
from gitspec.store.cache import Cache
from gitspec.store.prepared import forget

_TRIES = 20


class Options(NamedTuple):
    """What the command line says: ``onto`` a branch instead of HEAD's, ``expect`` a tree id or how it begins."""

    onto: str | None = None
    expect: str | None = None
    with_tag: bool = True
    use_cache: bool = True


class Done(NamedTuple):
    """What was archived or closed; ``recovered``: a line about an earlier operation that was interrupted."""

    plan: Plan
    outcome: Outcome
    recovered: str | None

    @property
    def target(self) -> Target:
        """The branch, as it was."""
        return self.plan.operation.target


class Preview(NamedTuple):
    """What would be archived: the plan, and what the commit would show as a diff."""

    plan: Plan
    diff: bytes


Planner = Callable[[Target], Plan]


def archive(repo: Repository, change: str, options: Options) -> Done:
    """Archive a change. Raises as ``plan_archive`` and ``perform``; A010 when the result is not ``options.expect``."""
    return _done(repo, options, _archive_planner(repo, change, options))


def preview_archive(repo: Repository, change: str, options: Options) -> Preview:
    """Plan only; neither the repository nor its lock is written to. Raises as ``archive``."""
    return _previewed(repo, options, _archive_planner(repo, change, options))


def close(repo: Repository, change: str, reason: str, superseded_by: str | None, options: Options) -> Done:
    """Close a change: archive its folder and fold nothing. Raises as ``plan_close`` and ``perform``."""
    return _done(repo, options, _close_planner(repo, change, reason, superseded_by, options))


def preview_close(repo: Repository, change: str, reason: str, superseded_by: str | None, options: Options) -> Preview:
    """Plan only, as ``preview_archive``."""
    return _previewed(repo, options, _close_planner(repo, change, reason, superseded_by, options))


def _archive_planner(repo: Repository, change: str, options: Options) -> Planner:
    cache = Cache(repo) if options.use_cache else None

    def plan(target: Target) -> Plan:
        tip = open_tip(repo, target)
        try:
            return plan_archive(tip, change, with_tag=options.with_tag, cache=cache)
        finally:
            tip.objects.close()

    return plan


def _close_planner(repo: Repository, change: str, reason: str, superseded_by: str | None, options: Options) -> Planner:
    def plan(target: Target) -> Plan:
        tip = open_tip(repo, target)
        try:
            return plan_close(tip, change, reason, superseded_by, with_tag=options.with_tag)
        finally:
            tip.objects.close()

    return plan


def _done(repo: Repository, options: Options, planner: Planner) -> Done:
    with operation_lock(repo) as lock:
        recovered = settle(repo, lock)
        for tries_left in range(_TRIES, -1, -1):
            plan = _expected(planner(find_target(repo, options.onto)), options)
            try:
                outcome = perform(repo, plan.operation, lock)
            except BranchMoved:
                if not tries_left:
                    raise
                continue
            forget(Cache(repo), plan.operation.change)
            return Done(plan, outcome, recovered)
    raise AssertionError("the last try returns or raises")


def _expected(plan: Plan, options: Options) -> Plan:
    expect = options.expect
    if expect is None:
        return plan
    if len(expect) < 7 or not set(expect) <= set("0123456789abcdef"):
        raise UsageError("U000", f"--expect '{expect}' is no tree id", help="--dry-run prints the tree id")
    if not plan.operation.tree.startswith(expect):
        raise Refused(
            "A010",
            f"the result would be tree {plan.operation.tree}, not {expect}",
            help="look again at what --dry-run shows",
        )
    return plan


def _previewed(repo: Repository, options: Options, planner: Planner) -> Preview:
    plan = _expected(planner(find_target(repo, options.onto)), options)
    check_clean(repo, plan.operation)
    return Preview(plan, _diff(repo, plan))


def _diff(repo: Repository, plan: Plan) -> bytes:
    """The difference to the tip; the new objects live in a folder of their own that goes away again."""
    from tempfile import TemporaryDirectory

    real = os.environ.get("GIT_OBJECT_DIRECTORY") or f"{repo.common_dir}/objects"
    others = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")
    with TemporaryDirectory(prefix="gitspec-") as folder:
        env: dict[str, str | None] = {
            "GIT_OBJECT_DIRECTORY": folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{real}{os.pathsep}{others}" if others else real,
        }
        operation = plan.operation
        operation.batch.write(repo, env)
        args = ("diff-tree", "-p", "-M", "-r", "--no-ext-diff", "--no-textconv", operation.target.tip, operation.tree)
        return git(repo, *args, env=env)
