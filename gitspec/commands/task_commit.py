"""`gitspec task done --commit`: one commit that ticks tasks and says so in its trailers, and nothing else.

It is made as an archive is: from the tip of the branch and not from the index, compare-and-swap, signed as Git's
configuration says. What is staged stays staged. Git's commit hooks are not run; reference-transaction is.
"""

from typing import NamedTuple

from gitspec.commands.archive import carry_out
from gitspec.commands.archive_call import Done, Options, Planner
from gitspec.commands.archive_plan import Tip, active_folder, open_tip
from gitspec.commands.task import Edited, edited_tasks
from gitspec.domain.task_message import task_message
from gitspec.errors import CannotJudge, Refused
from gitspec.git.identity import settings
from gitspec.git.index_follow import read_index
from gitspec.git.objects import MODE_FILE, Objects
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.snapshot import at_work_tree
from gitspec.git.target import Target
from gitspec.git.transaction import Operation
from gitspec.git.tree_edit import Item
from gitspec.store.layout import change_path

_WHAT = "task done --commit"


class TaskPlan(NamedTuple):
    """The commit to make, and the tasks as it has them."""

    operation: Operation
    edited: Edited


def commit_done(repo: Repository, change: str, task_ids: tuple[str, ...]) -> Done[TaskPlan]:
    """Tick tasks in a commit on the branch of HEAD; tasks that it has as done already are named by it all the same.

    Raises as ``gitspec.commands.task.set_all`` and ``perform``, and as ``active_folder``: Refused A006 when tasks.md has
    uncommitted edits other than this tick.
    """
    return carry_out(repo, Options(), _planner(repo, change, tuple(dict.fromkeys(task_ids))))


def _planner(repo: Repository, change: str, task_ids: tuple[str, ...]) -> Planner[TaskPlan]:
    def plan(target: Target) -> TaskPlan:
        tip = open_tip(repo, target)
        try:
            return _planned(tip, change, task_ids)
        finally:
            tip.objects.close()

    return plan


def _planned(tip: Tip, change: str, task_ids: tuple[str, ...]) -> TaskPlan:
    active_folder(tip, change)
    path = change_path(change, "tasks.md")
    old = tip.at(path)
    if old is not None and old.mode != MODE_FILE:
        raise Refused("L002", "not an ordinary file", place=path, help=f"git show HEAD:{path}")
    before = tip.objects.read(old.oid) if old else b""
    after, edited = edited_tasks(change, before, task_ids, "done")
    who = settings(tip.repo)
    new = Item(MODE_FILE, tip.trees.batch.add("blob", after)) if after != before else old
    tree = tip.trees.edited(tip.root, {path: new}) if new != old else tip.root
    changes = tuple(tip.trees.changes(tip.root, tree))
    if tip.target.checked_out and _has_it_already(tip.repo, path, old, new, after):
        changes = ()
    message = task_message(change, edited.items)
    operation = Operation(_WHAT, change, tip.target, tree, changes, tip.trees.batch, message, None, who, ())
    return TaskPlan(operation, edited)


def _has_it_already(repo: Repository, path: str, old: Item | None, new: Item | None, after: bytes) -> bool:
    """Whether the tick is an edit that is not committed yet, and the only one; it is staged then.

    Raises Refused A006 where nothing would be written to the file and it has edits.
    """
    if not git(repo, "status", "--porcelain", "-z", "--no-renames", "--", path) or new is None:
        return False
    entry = read_index(repo, [path], []).get(path)
    try:
        on_disk = at_work_tree(repo).read(path)
    except CannotJudge:
        on_disk = b""
    if entry is not None and not entry.stage and entry.item in (old, new) and on_disk == after:
        if entry.item != new:
            Objects(repo).write_blob(after)
            git(repo, "update-index", "--cacheinfo", f"{MODE_FILE:o},{new.oid},{path}")
        return True
    if new == old:
        raise Refused(
            "A006",
            f"has edits that are not committed; {_WHAT} takes what is committed",
            place=path,
            help=f"git add {path} && git commit, or put them elsewhere first: git stash push -- {path}",
        )
    return False
