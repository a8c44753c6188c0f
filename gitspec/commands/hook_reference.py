"""reference-transaction: refuse on this machine what the gates would refuse to a protected branch, however it moves."""

import os

from gitspec.commands.gate import RefUpdate, judge_updates
from gitspec.domain.branches import branch_matcher
from gitspec.domain.places import POLICY
from gitspec.domain.report import Report
from gitspec.errors import CannotJudge
from gitspec.git.journal import is_pending, read_journal
from gitspec.git.ref_tips import HEADS, REMOTES, commit_of, is_ancestor
from gitspec.git.repository import Repository, discover
from gitspec.git.run import git
from gitspec.git.spec_history import was_ever
from gitspec.store.cache import Cache
from gitspec.store.change_ids import ChangesByCommit
from gitspec.store.policies import Policies


def judge_transaction(lines: str) -> Report:
    """Judge what a transaction of Git's does to protected branches; ``lines`` are ``<old id> <new id> <ref>``.

    What gitspec itself moves has been proven, and what the branch of the same name of a remote has already was judged
    there: a fetch, a pull or a reset to it passes. Commits that no remote has may be rewritten. Raises CannotJudge.
    """
    repo = discover(recover=False)
    moving = [update for line in lines.splitlines() if (update := _update(repo, line))]
    if not moving or _is_own(repo, moving):
        return Report()
    cache = Cache(repo)
    reports = [_judged(repo, update, cache) for update in moving if _is_protected(repo, update, cache)]
    return Report(
        tuple(commit for report in reports for commit in report.commits),
        tuple(ref for report in reports for ref in report.refs),
        tuple(dict.fromkeys(note for report in reports for note in report.notes)),
    )


def _update(repo: Repository, line: str) -> RefUpdate | None:
    """The update of a branch; None for other refs, for pointers to refs, and where nothing moves."""
    old, new, ref = (*line.split(" ", 2), "", "")[:3]
    if not ref.startswith(HEADS) or not all(set(oid) <= set("0123456789abcdef") for oid in (old, new)):
        return None
    before = old if old.strip("0") else commit_of(repo, ref)  # zeros also say that the old value does not matter
    after = new if new.strip("0") else ""
    if before == after or (not after and _is_packed(repo, ref, before)):
        return None
    return RefUpdate(ref, before, after)


def _is_packed(repo: Repository, ref: str, oid: str) -> bool:
    """Whether what is deleted is but the file of a ref that `git pack-refs` has packed: it goes on to be what it was.

    Where a packed ref itself is deleted Git holds the lock of the packed refs by now.
    """
    if os.path.lexists(f"{repo.common_dir}/packed-refs.lock"):
        return False
    try:
        with open(f"{repo.common_dir}/packed-refs", "rb") as file:  # noqa: PTH123
            return f"{oid} {ref}\n".encode("utf-8", "surrogateescape") in file
    except OSError:
        return False


def _is_own(repo: Repository, moving: list[RefUpdate]) -> bool:
    """Whether this is the transaction of an operation of gitspec's, as its journal has it."""
    if not is_pending(repo):
        return False
    try:
        journal = read_journal(repo)
    except CannotJudge:
        return False
    return journal is not None and moving == [RefUpdate(journal.ref, journal.old, journal.new)]


def _is_protected(repo: Repository, update: RefUpdate, cache: Cache) -> bool:
    """By the policy of the branch as it is, or of the one that is checked out where it has none."""
    ids = ChangesByCommit(repo, [])
    for oid in (update.old, commit_of(repo, "HEAD")):
        if oid and ids.at(oid).has_policy:
            patterns = Policies(repo, cache).at(ids.at(oid)).protected.branches
            return branch_matcher(patterns)(update.ref.removeprefix(HEADS))
    return False


def _judged(repo: Repository, update: RefUpdate, cache: Cache) -> Report:
    published = _published(repo, update.ref)
    if update.new and any(is_ancestor(repo, update.new, tip) for tip in published):
        return Report()
    base = _base(repo, update, published) if update.old and update.new else update.old
    try:
        return judge_updates(repo, [update._replace(old=base)], (), cache=cache)
    except CannotJudge as error:
        if error.code == "L010" and not (update.new and was_ever(repo, update.new, POLICY)):
            return Report()
        raise


def _published(repo: Repository, ref: str) -> list[str]:
    """The tips of the branch of that name on all remotes."""
    name = ref.removeprefix(HEADS)
    listed = os.fsdecode(git(repo, "for-each-ref", "--format=%(objectname) %(refname)", REMOTES))
    rows = (line.split(" ", 1) for line in listed.splitlines())
    return [oid for oid, remote in rows if remote.removeprefix(REMOTES).partition("/")[2] == name]


def _base(repo: Repository, update: RefUpdate, published: list[str]) -> str:
    """The commit from which on the branch has to be judged: its own value, or where it leaves what is published."""
    builds_on = [tip for tip in published if is_ancestor(repo, tip, update.new)]
    if is_ancestor(repo, update.old, update.new):
        return next((tip for tip in builds_on if is_ancestor(repo, update.old, tip)), update.old)
    dropped = ("rev-list", update.old, f"^{update.new}")
    if git(repo, *dropped) != git(repo, *dropped, *(f"^{tip}" for tip in published)):
        return update.old  # what others have is rewritten: the gate refuses that
    common = git(repo, "merge-base", update.old, update.new, check=False)
    return builds_on[0] if builds_on else os.fsdecode(common).split("\n", 1)[0]
