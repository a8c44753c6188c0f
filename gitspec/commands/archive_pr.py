"""`gitspec archive --pr`: archives on the rolling branch `gitspec/archive` of the remote, for a pull request.

For a default branch that takes no push. The branch is built anew from the remote's tip each time; nothing moves here.
It has no tags: whatever commit the forge lands gets them afterwards.
"""

from typing import Literal, NamedTuple

from gitspec.commands.archive_call import Options, P, Planner, refuse_unexpected
from gitspec.commands.archive_remade import Branch, read_branch
from gitspec.errors import CannotJudge, Refused
from gitspec.git.journal import operation_folder, operation_lock
from gitspec.git.recovery import settle
from gitspec.git.remote import PushRejected, Remote, Update, fetch, fetch_all, find_remote, push, tips_of
from gitspec.git.removing import remove_folder
from gitspec.git.repository import Repository
from gitspec.git.target import Target, find_target
from gitspec.git.transaction import Operation, write_objects
from gitspec.store import layout

ROLLING = "refs/heads/gitspec/archive"
_TRIES = 10

State = Literal["pushed", "unchanged", "removed", "nothing"]


class Rolled(NamedTuple):
    """What became of the rolling branch. ``commit`` is its tip, empty when there is none (any more)."""

    state: State
    commit: str
    remote: Remote
    target: Target
    """The branch that the pull request is for, at the remote's tip."""


def roll(repo: Repository, options: Options, planner: Planner[P]) -> "tuple[P, Rolled]":
    """Build the rolling branch and push it, if that changes anything; without archives it is removed.

    Raises as the planner, Refused A021 (no remote), A023 (the remote refused), A026 (commits of others on the branch),
    CannotJudge G017 (out of reach).
    """
    with operation_lock(repo) as lock:
        settle(repo, lock)
        tried = 0
        while True:
            here = find_target(repo, options.onto)
            remote = find_remote(repo, here.ref, options.remote)
            if options.all_branches and not tried:
                fetch_all(repo, remote.name)
            tips = tips_of(repo, remote.name, [remote.ref, ROLLING])
            target = Target(here.ref, _base(repo, remote, tips), checked_out=False)
            before = tips.get(ROLLING, "")
            if before and not fetch(repo, remote.name, ROLLING, before):
                raise CannotJudge("G017", f"{remote.name} moved while it was fetched", help="run it again")
            plan = planner(target)
            refuse_unexpected(plan.operation, options.expect)
            try:
                return plan, _rolled(repo, remote, target, plan.operation, before)
            except PushRejected as error:
                if tried >= _TRIES or not (error.passing or tips_of(repo, remote.name, [ROLLING]) != {ROLLING: before}):
                    raise Refused(
                        "A023", error.message, help=f"look at what guards the branch on {remote.name}"
                    ) from None
            tried += 1


def _base(repo: Repository, remote: Remote, tips: dict[str, str]) -> str:
    tip = tips.get(remote.ref)
    if tip is None:
        raise Refused("A021", f"{remote.name} has no branch {remote.ref}", help=f"git push {remote.name} {remote.ref}")
    if not fetch(repo, remote.name, remote.ref, tip):
        raise CannotJudge("G017", f"{remote.branch} moved while it was fetched", help="run it again")
    return tip


def _refuse_others(remote: Remote, before: str, branch: Branch) -> None:
    """Refuse to overwrite what cannot be made again: somebody has put it there."""
    if branch.theirs:
        oid, subject = branch.theirs
        name = ROLLING.removeprefix("refs/heads/")
        raise Refused(
            "A026",
            f"branch {name} of {remote.name} has a commit of somebody's: {oid[:12]} {subject}",
            help=f"keep it: git push {remote.name} {before[:12]}:refs/heads/<another branch>; "
            f"then: git push {remote.name} --delete {name}",
        )


def _rolled(repo: Repository, remote: Remote, target: Target, operation: Operation | None, before: str) -> Rolled:
    if before:
        branch = read_branch(repo, target.ref, before, target.tip)
        _refuse_others(remote, before, branch)
        if operation and _is_same(operation, branch):
            return Rolled("unchanged", before, remote, target)
    if operation is None:
        if before:
            push(repo, remote.name, [Update(ROLLING, "", before)])
        return Rolled("removed" if before else "nothing", "", remote, target)
    try:
        new = write_objects(repo, operation._replace(target=target)).commits[-1]
    finally:
        remove_folder(operation_folder(repo))
    push(repo, remote.name, [Update(ROLLING, new, before)])
    return Rolled("pushed", new, remote, target)


def _is_same(operation: Operation, branch: Branch) -> bool:
    """Whether the branch has these archives on this tip already, made today or earlier: a reviewed one stays as it is."""
    wanted = tuple(old.removeprefix(f"{layout.CHANGES}/") for old in operation.folders[::2])
    return branch.is_linear and branch.base == operation.target.tip and branch.archived == wanted
