"""Whether commits hold nothing but archives, which can be made again, byte for byte, from the deltas.

Anything else is somebody's work, whatever its message says, and is never overwritten.
"""

from typing import NamedTuple

from gitspec.commands.archive_plan import Plan, open_tip, plan_again
from gitspec.errors import CannotJudge, GitspecError
from gitspec.git.objects import Objects
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.spec_history import CommitText, parse_commit
from gitspec.git.target import Target
from gitspec.store import layout

_TRAILERS = ("Change: ", "Archived: ", "Fold: ")


class Branch(NamedTuple):
    """What a branch has on top of its base, oldest first."""

    archived: tuple[str, ...]
    """The changes that it archives."""
    base: str
    """The commit that the first of its commits is built on."""
    is_linear: bool
    theirs: tuple[str, str] | None
    """The first commit that is no archive made again: its id and subject."""


def read_branch(repo: Repository, ref: str, tip: str, base: str) -> Branch:
    """What ``tip`` has and ``base`` has not; ``ref`` is the branch that ``base`` is the tip of."""
    rows = git(repo, "rev-list", "--parents", "--reverse", "--topo-order", "--end-of-options", tip, f"^{base}")
    commits = [row.split() for row in rows.decode().splitlines()]
    archived: list[str] = []
    objects = Objects(repo)
    try:
        for oid in (row[0] for row in commits):
            text = parse_commit(objects.read(oid))
            if made := archived_by(repo, ref, text):
                archived.append(made[1])
            elif not _is_plain_merge(repo, text):
                subject = text.message.partition("\n")[0]
                return Branch(tuple(archived), "", is_linear=False, theirs=(oid, subject))
    finally:
        objects.close()
    starts = [row[1] if len(row) > 1 else "" for row in commits]
    is_linear = starts[1:] == [row[0] for row in commits[:-1]] and all(len(row) == 2 for row in commits)
    return Branch(tuple(archived), starts[0] if starts else tip, is_linear, None)


def archived_by(repo: Repository, ref: str, text: CommitText) -> tuple[str, str] | None:
    """The day and the change of a commit that archives it and does nothing else; None when it does anything else."""
    if len(text.parents) != 1:
        return None
    subject, *lines = text.message.rstrip("\n").split("\n")
    names = [line.removeprefix("Archived: ") for line in lines if line.startswith("Archived: ")]
    split = layout.split_archive_name(names[0]) if len(names) == 1 else None
    if split is None or not subject.startswith(f"Archive {split[1]}: "):
        return None
    if any(line and not line.startswith(("  ", *_TRAILERS)) for line in lines):
        return None
    day, change = split
    try:
        return (day, change) if folded_on(repo, ref, text.parents[0], day, change).operation.tree == text.tree else None
    except CannotJudge:
        raise
    except GitspecError:
        return None


def folded_on(repo: Repository, ref: str, commit: str, day: str, change: str) -> Plan:
    """What archiving a change on a day makes of a commit. Raises as ``plan_again``."""
    tip = open_tip(repo, Target(ref, commit, checked_out=False))
    try:
        return plan_again(tip, change, day)
    finally:
        tip.objects.close()


def _is_plain_merge(repo: Repository, text: CommitText) -> bool:
    """Whether a merge is what Git makes of it, as a forge's button to update a branch does."""
    from gitspec.git.commit_facts import merged_tree

    return len(text.parents) == 2 and merged_tree(repo, *text.parents) == text.tree
