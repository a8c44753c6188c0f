"""`gitspec check`: judge commits that are made, a message that is not used yet, or what is staged."""

import os
from typing import TYPE_CHECKING

from gitspec.commands.judge_commits import judge_commits
from gitspec.commands.plain_policies import note_if_plain
from gitspec.domain.branches import branch_matcher
from gitspec.domain.finding import Finding
from gitspec.domain.report import Report, of_one
from gitspec.errors import CannotJudge
from gitspec.git.objects import Objects
from gitspec.git.ref_tips import commit_of, default_branch
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.spec_history import merge_bases
from gitspec.store.cache import Cache
from gitspec.store.change_ids import ChangesByCommit
from gitspec.store.policies import Policies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitspec.domain.policy import Policy

_REFS = ("refs/heads/", "refs/remotes/")


def check_range(repo: Repository, words: str, onto: str | None = None, cache: Cache | None = None) -> Report:
    """Judge the commits of ``A..B``, ``A...B`` (what B adds to their common history), or one commit.

    They are judged by the policy of ``onto``, else of A, else of the commit's first parent; and as they would be on a
    protected branch when that is what ``onto`` or A names.

    Raises CannotJudge: G005 or G018 for names of nothing, and what ``judge_commits`` raises.
    """
    objects = Objects(repo)
    try:
        dots = "..." if "..." in words else ".." if ".." in words else ""
        left, _, right = words.partition(dots) if dots else ("", "", words)
        tip = objects.resolve(right or "HEAD")
        base = _base(objects, left or "HEAD") if dots else ""
        landing_on = _base(objects, onto) if onto else base
        without = [base] if dots else _parents(repo, tip)
        if dots == "..." and not merge_bases(repo, base, tip):
            raise CannotJudge("G018", f"{words}: the two have no common history here", help="git fetch --unshallow")
    finally:
        objects.close()
    landing = _is_protected(repo, onto or left, landing_on, cache) if landing_on else False
    report = judge_commits(repo, [tip], without, policy_at=landing_on or None, landing=landing, cache=cache)
    if cache and dots and onto is None:
        note_if_plain(repo, base)
    return report._replace(range=words, notes=(*report.notes, *_at_the_tip(repo, tip, report, cache)))


def _at_the_tip(repo: Repository, tip: str, report: Report, cache: Cache | None) -> list[Finding]:
    """What the range leaves to be done, where the policy asks: what is to be settled, and tasks of the changes it names."""
    ids = ChangesByCommit(repo, []).at(tip)
    if not ids.policy:
        return []
    policy = Policies(repo, cache).at(ids)
    found = _unsettled(repo, policy, tip, report, cache) if any(skip.settle for skip in policy.skip) else []
    if policy.tasks.need != "none":
        from gitspec.commands.task_doubts import findings_at

        found += findings_at(repo, tip, {change for commit in report.commits for change in commit.changes}, cache)
    return found


def _unsettled(repo: Repository, policy: "Policy", tip: str, report: Report, cache: Cache | None) -> list[Finding]:
    """What was skipped before the range for a reason that is still to be settled."""
    from gitspec.commands.emergencies import unsettled, unsettled_findings

    here = {commit.commit for commit in report.commits}
    return unsettled_findings([one for one in unsettled(repo, policy, tip, cache) if one.commit not in here])


def default_range(repo: Repository) -> str:
    """What a branch adds to its upstream, else to the default branch. Raises CannotJudge G018 when there is neither.

    A branch adds nothing to itself: on a default branch that has no upstream, nobody knows what to judge.
    """
    here = default_branch(repo)  # empty on a detached HEAD
    upstream = os.fsdecode(git(repo, "for-each-ref", "--format=%(upstream)", here)).strip() if here else ""
    for name in (upstream, default_branch(repo, "origin"), "refs/heads/main", "refs/heads/master"):
        if name and name != here and commit_of(repo, name):
            return f"{name}..HEAD"
    message = "there is no upstream and no other default branch to compare with"
    raise CannotJudge("G018", message, help="name what to judge: gitspec check HEAD~3..HEAD")


def check_message(repo: Repository, path: str) -> Report:
    """Judge the message in a file for the commit of what is staged, as commit-msg would. Raises CannotJudge, UsageError."""
    from gitspec.commands.judge_pending import judge_message

    return judge_message(repo, path)


def check_staged() -> Report:
    """Judge what is staged here, as far as that can be done without the message. Raises CannotJudge."""
    from gitspec.commands.hook_pre_commit import judge_staged

    return of_one(judge_staged().findings, range="--staged", policy="index")


def _base(objects: Objects, name: str) -> str:
    if found := objects.find(name):
        return found
    message = f"the base '{name}' is not here"
    raise CannotJudge("G018", message, help="git fetch it (in GitHub Actions: fetch-depth: 0), or name another one")


def _parents(repo: Repository, commit: str) -> "Sequence[str]":
    from gitspec.git.commit_log import read_commit

    return read_commit(repo, commit).parents


def _is_protected(repo: Repository, name: str, commit: str, cache: Cache | None) -> bool:
    """Whether the name is that of a protected branch, here or on a remote, by the policy of its tip."""
    from gitspec.git.run import git

    ref = git(repo, "rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", name, check=False)
    full = ref.decode("utf-8", "surrogateescape").strip().removeprefix("--end-of-options").strip()
    ids = ChangesByCommit(repo, []).at(commit)
    if not full.startswith(_REFS) or not ids.has_policy:
        return False
    short = full.split("/", 2)[2] if full.startswith(_REFS[0]) else full.split("/", 3)[-1]
    return branch_matcher(Policies(repo, cache).at(ids).protected.branches)(short)
