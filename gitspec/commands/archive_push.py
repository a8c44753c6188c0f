"""`gitspec archive --push`: what lands on the remote moves here, and nothing else does.

The branch is brought up to date first (fast-forward only). Then the commits and tags are made as objects, pushed
together or not at all, and only when that has landed the local branch, tags, index and work tree follow. When the remote
has moved meanwhile, all of it is done again on the new tip, for a limited time.
"""

import random
import time
from collections.abc import Callable, Sequence

from gitspec.commands.archive_call import Done, Options, P, Planner, refuse_unexpected
from gitspec.errors import GitspecError, Refused
from gitspec.git.ref_tips import is_ancestor
from gitspec.git.remote import PushRejected, Remote, Update, fetch, fetch_all, find_remote, push, tips_of
from gitspec.git.repository import Repository
from gitspec.git.run import run
from gitspec.git.target import Target, find_target
from gitspec.git.transaction import BranchMoved, Publication, Step, Written, perform

_PATIENCE = 120.0
_LONGEST_PAUSE = 4.0


def push_done(repo: Repository, options: Options, planner: Planner[P], lock: int) -> Done[P]:
    """Plan, push and perform; the caller holds the operation lock and has recovered what was interrupted.

    Raises as the planner and ``perform``, and Refused A021 (no remote), A022 (parted from it), A023 (it refused),
    CannotJudge G017 (out of reach).
    """
    tried, deadline = 0, time.monotonic() + _PATIENCE
    landed: list[Written] = []
    while True:
        target = find_target(repo, options.onto)
        remote = find_remote(repo, target.ref, options.remote)
        if options.all_branches and not tried:
            fetch_all(repo, remote.name)
        there = tips_of(repo, remote.name, [remote.ref]).get(remote.ref)
        try:
            target = _up_to_date(repo, target, remote, there)
            plan = planner(target)
            refuse_unexpected(plan.operation, options.expect)
            if plan.operation is None:
                return Done(plan, target, None, None)
            outcome = perform(repo, plan.operation, lock, Publication(remote.branch, _sender(repo, remote, landed)))
        except PushRejected as error:
            now = tips_of(repo, remote.name, [remote.ref]).get(remote.ref)
            if time.monotonic() > deadline or (now == there and not error.passing):
                steps = plan.operation.steps if plan.operation else ()
                raise _refused(repo, steps, remote, error) from None
        except GitspecError as error:
            if landed:
                raise _left_behind(target, remote, landed[0], error) from error
            if not isinstance(error, BranchMoved) or time.monotonic() > deadline:
                raise
        else:
            return Done(plan, target, outcome, None, remote.branch)
        tried += 1
        time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.02 * 2**tried)))


def _sender(repo: Repository, remote: Remote, landed: list[Written]) -> Callable[[Written], None]:
    """Pushes what was written, and takes note; raises PushRejected, or Refused A004 for a tag that exists here."""

    def send(written: Written) -> None:
        for ref, _ in written.tags:  # what would keep the refs here from following is found out before
            if run(repo, "show-ref", "--verify", "--quiet", "--", ref).status == 0:
                raise Refused("A004", f"tag {ref.removeprefix('refs/tags/')} exists", help=f"git show {ref}")
        push(repo, remote.name, [Update(remote.ref, written.commits[-1]), *(Update(*tag) for tag in written.tags)])
        landed.append(written)

    return send


def _left_behind(target: Target, remote: Remote, written: Written, error: GitspecError) -> Refused:
    """It is published, and something else was written here in that moment."""
    return Refused(
        "A022",
        f"{remote.branch} has it as commit {written.commits[-1][:12]}, and branch {target.branch} could not follow: "
        f"{error.message}",
        help=f"git pull --rebase {remote.name} {remote.ref.removeprefix('refs/heads/')}",
    )


def _up_to_date(repo: Repository, target: Target, remote: Remote, there: str | None) -> Target:
    """The branch with everything that the remote has. Raises Refused A022 when both have commits of their own."""
    if there is None or there == target.tip:
        return target
    if not fetch(repo, remote.name, remote.ref, there):
        raise BranchMoved("A017", f"branch {remote.branch} moved while it was fetched", help="run it again")
    if is_ancestor(repo, there, target.tip):
        return target
    if not is_ancestor(repo, target.tip, there):
        raise _parted(repo, target, remote, there)
    if not target.checked_out:
        reason = f"gitspec archive: fast-forward to {remote.branch}"
        if run(repo, "update-ref", "-m", reason, target.ref, there, target.tip).status:
            raise BranchMoved("A017", f"branch {target.branch} moved meanwhile", help="run it again")
    else:
        args = ("-c", "merge.autoStash=false", "merge", "--ff-only", "--quiet", "--no-stat", there)
        result = run(repo, *args)
        if result.status:
            said = [line.strip() for line in result.err.decode("utf-8", "replace").splitlines() if line.strip()]
            raise Refused(
                "A022",
                f"branch {target.branch} cannot be brought up to {remote.branch}: {' '.join(said[:4])}",
                help=f"git merge --ff-only {there}, then run this again",
            )
    return target._replace(tip=there)


def _parted(repo: Repository, target: Target, remote: Remote, there: str) -> Refused:
    from gitspec.commands.archive_rival import rivals, told

    if found := rivals(repo, target.tip, there):
        return told(found[0], target.branch, remote.branch)
    return Refused(
        "A022",
        f"branch {target.branch} and {remote.branch} both have commits of their own",
        help=f"git pull --rebase {remote.name} {remote.ref.removeprefix('refs/heads/')}, then run this again",
    )


def _refused(repo: Repository, steps: Sequence[Step], remote: Remote, error: PushRejected) -> Refused:
    tags = [step.tag.ref for step in steps if step.tag]
    taken = tips_of(repo, remote.name, tags) if tags else {}
    if taken:
        tag = next(iter(taken))
        return Refused(
            "A004",
            f"tag {tag.removeprefix('refs/tags/')} exists on {remote.name} and not here",
            help=f"git fetch {remote.name} tag {tag.removeprefix('refs/tags/')}, then run this again; if it stands for "
            f"nothing: git push {remote.name} --delete {tag}",
        )
    if error.passing:
        return Refused("A023", f"{error.message}; the branch kept moving", help="run it again")
    return Refused(
        "A023", error.message, help="where the branch is protected: gitspec archive --merged --pr; nothing moved here"
    )
