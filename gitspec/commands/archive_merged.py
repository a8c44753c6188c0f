"""`gitspec archive --merged`: every change of a branch that is complete, one commit each, as one operation."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from gitspec.commands.archive_plan import Plan, Tip, active_changes, open_spec, plan_archive, refuse_unfinished
from gitspec.domain.ids import problem_with_change_id
from gitspec.errors import CannotJudge, GitspecError, Refused
from gitspec.git.transaction import Operation, Step
from gitspec.store.cache import Cache

Why = Literal["unfinished", "waiting", "edited-elsewhere", "archived-elsewhere", "broken"]
_WHY: dict[str, Why] = {
    "A001": "unfinished", "A002": "unfinished", "A006": "unfinished", "A033": "unfinished",
    "A003": "archived-elsewhere", "A005": "waiting", "A020": "edited-elsewhere",
}  # fmt: skip


class Left(NamedTuple):
    """A change that stays active. ``broken``: it is complete, and yet cannot be archived as it is."""

    change: str
    why: Why
    error: GitspecError


class MergedPlan(NamedTuple):
    """Archives in the order in which they are made; ``operation`` is all of them, None when there is none."""

    operation: Operation | None
    plans: tuple[Plan, ...]
    left: tuple[Left, ...]


def plan_merged(tip: Tip, *, with_tag: bool, cache: Cache | None, strict: bool = False) -> MergedPlan:
    """Plan the archive of every complete change, each after those it depends on; ``strict`` as in ``plan_archive``.

    What is not complete, or not valid, or still edited on a remote branch is left and named; it stops no other one.
    Raises CannotJudge for what keeps anything from being judged (no policy, missing objects).
    """
    from gitspec.store.branches import edited_elsewhere

    ids = [change for change in active_changes(tip) if problem_with_change_id(change) is None]
    left: dict[str, Left] = {}
    for change in ids:
        _attempt(left, change, lambda change: refuse_unfinished(tip, change))
    complete = [change for change in in_order(tip, ids, cache) if change not in left]
    elsewhere = edited_elsewhere(tip.repo, complete, tip.target.tip) if complete else {}
    plans: list[Plan] = []
    at = tip

    def plan(change: str) -> None:
        nonlocal at
        _refuse_edited(change, elsewhere.get(change, ()))
        plans.append(plan_archive(at, change, with_tag=with_tag, cache=cache, strict=strict))
        at = tip._replace(root=plans[-1].operation.tree)

    for change in complete:
        _attempt(left, change, plan)
    return MergedPlan(combined(tip, plans), tuple(plans), tuple(left[change] for change in sorted(left)))


def combined(tip: Tip, plans: Sequence[Plan]) -> Operation | None:
    """Archives that were planned one on the other, as one operation; None when there are none."""
    if not plans:
        return None
    *earlier, last = [plan.operation for plan in plans]
    if not earlier:
        return last
    return last._replace(
        change=f"{earlier[0].change} and {len(earlier)} more",
        changes=tuple(tip.trees.changes(tip.root, last.tree)),
        folders=tuple(folder for plan in plans for folder in plan.operation.folders),
        earlier=tuple(Step(operation.tree, operation.message, operation.tag) for operation in earlier),
    )


def in_order(tip: Tip, changes: Sequence[str], cache: Cache | None) -> list[str]:
    """By `depends_on`, then by id; those in a ring come last, to be refused for it."""
    from gitspec.domain.fold_changes import order_by_needs
    from gitspec.store.records import records_of

    spec = open_spec(tip, cache)
    active = [change for change in changes if change in spec.change_ids()]
    records = records_of(spec, [spec.change(change) for change in active])
    order = order_by_needs({r.id: r.change.depends_on if r.change else () for r in records}).ids
    return [*order, *(change for change in changes if change not in order)]


def _refuse_edited(change: str, refs: Sequence[str]) -> None:
    if refs:
        names = [ref.removeprefix("refs/remotes/") for ref in refs]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        raise Refused(
            "A020",
            f"change '{change}' is still edited on {', '.join(names[:3])}{more}",
            place=f"spec/changes/{change}",
            help=f"merge or delete that branch (then: git fetch --prune), or name the change: gitspec archive {change}",
        )


def _attempt(left: dict[str, Left], change: str, step: Callable[[str], None]) -> None:
    try:
        step(change)
    except CannotJudge:
        raise
    except GitspecError as error:
        left[change] = Left(change, _WHY.get(error.code, "broken"), error)
