"""The index follows an operation: read, locked, and replaced as a whole.

The lock is Git's own ``index.lock``. It is made as a second name of a file of ours, so that after a crash a lock can be
told to be ours (the same inode) and anybody else's is never touched.
"""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.journal import remove_file
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.tree_edit import Item, PathChange

WAIT = 10.0
_POLL = 0.02
_FEW = 50


class IndexEntry(NamedTuple):
    """One entry of the index. ``skipped``: sparse checkout keeps it out of the work tree."""

    item: Item
    stage: int
    skipped: bool


def path_changes(repo: Repository, old: str, new: str) -> list[PathChange]:
    """The files below spec/ that differ between two commits, as recovery needs them."""
    listed = git(repo, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-commit-id", old, new, "--", "spec")
    fields = os.fsdecode(listed).split("\0")
    changes = []
    for facts, path in zip(fields[0:-1:2], fields[1::2], strict=False):
        old_mode, new_mode, old_oid, new_oid, _ = facts[1:].split(" ")
        before = Item(int(old_mode, 8), old_oid) if int(old_mode, 8) else None
        after = Item(int(new_mode, 8), new_oid) if int(new_mode, 8) else None
        changes.append(PathChange(path, before, after))
    return changes


def read_index(repo: Repository, paths: Sequence[str], folders: Sequence[str]) -> dict[str, IndexEntry]:
    """The entries of the index at ``paths`` and below ``folders``; of a path with a conflict any of its stages."""
    asked = [*folders, *(paths if len(paths) <= _FEW else sorted({path.rpartition("/")[0] for path in paths}))]
    if len(asked) > _FEW:
        asked = ["spec"]
    entries: dict[str, IndexEntry] = {}
    listed = git(repo, "ls-files", "-s", "-t", "-z", "--full-name", "--", *asked, env=ordinary_index(repo))
    for row in os.fsdecode(listed).split("\0")[:-1]:
        facts, _, path = row.partition("\t")
        tag, mode, oid, stage = facts.split(" ")
        entries[path] = IndexEntry(Item(int(mode, 8), oid), int(stage), tag == "S")
    return entries


def shown(changes: Sequence[PathChange], entries: Mapping[str, IndexEntry]) -> list[PathChange]:
    """The changes whose files lie in the work tree: what sparse checkout hides stays hidden where it is moved to."""
    hidden = {c.path for c in changes if (entry := entries.get(c.path)) and entry.skipped}
    moved = {c.old.oid for c in changes if c.old and c.new is None and c.path in hidden}
    return [c for c in changes if c.path not in hidden and not (c.old is None and c.new and c.new.oid in moved)]


def ordinary_index(repo: Repository) -> dict[str, str | None]:
    """Variables that make Git use the work tree's own index, whatever a hook or a shell has set."""
    return {"GIT_INDEX_FILE": f"{repo.git_dir}/index"}


def take_index_lock(repo: Repository, folder: str, wait: float = WAIT) -> None:
    """Create index.lock as ours; ``folder`` is where our own name for it goes.

    Raises CannotJudge G013 when somebody else holds it for longer than ``wait`` seconds.
    """
    import time

    marker = f"{folder}/lock"
    with open(marker, "wb") as file:
        file.write(b"gitspec\n")
    deadline = time.monotonic() + wait
    while True:
        try:
            os.link(marker, f"{repo.git_dir}/index.lock")
            return
        except FileExistsError:
            if time.monotonic() >= deadline:
                raise CannotJudge(
                    "G013", "another Git process is using the index",
                    place=os.path.relpath(f"{repo.git_dir}/index.lock", repo.top),
                    help="wait until it has ended; if none is running, delete that file",
                ) from None  # fmt: skip
            time.sleep(_POLL)


def owns_index_lock(git_dir: str, folder: str) -> bool:
    """Whether index.lock is there and ours."""
    try:
        lock = os.lstat(f"{git_dir}/index.lock")
    except FileNotFoundError:
        return False
    for name in ("lock", "index"):
        try:
            ours = os.lstat(f"{folder}/{name}")
        except FileNotFoundError:
            continue
        if (ours.st_dev, ours.st_ino) == (lock.st_dev, lock.st_ino):
            return True
    return False


def drop_index_lock(git_dir: str, folder: str) -> None:
    """Remove index.lock if it is ours."""
    if owns_index_lock(git_dir, folder):
        os.unlink(f"{git_dir}/index.lock")


def build_index(
    repo: Repository, folder: str, changes: Sequence[PathChange], entries: Mapping[str, IndexEntry]
) -> None:
    """Write the new index to ``<folder>/index``: the present one, in which each path that has ``old`` gets ``new``.

    A moved file that sparse checkout kept out of the work tree stays out of it.
    """
    _copy(f"{repo.git_dir}/index", f"{folder}/index")
    rows, skipped = [], []
    hidden = {e.item.oid for c in changes if c.new is None and (e := entries.get(c.path)) and e.skipped}
    for change in changes:
        entry = entries.get(change.path)
        if (entry.item if entry else None) != change.old:
            continue
        item = change.new or Item(0, repo.zero)
        rows.append(b"%06o %s\t%s\0" % (item.mode, item.oid.encode(), os.fsencode(change.path)))
        if change.new and (entry.skipped if entry else change.new.oid in hidden):
            skipped.append(os.fsencode(change.path) + b"\0")
    env = {"GIT_INDEX_FILE": f"{folder}/index"}
    git(repo, "update-index", "-z", "--index-info", input=b"".join(rows), env=env)
    if skipped:
        git(repo, "update-index", "--skip-worktree", "-z", "--stdin", input=b"".join(skipped), env=env)


def lock_with_new_index(git_dir: str, folder: str) -> None:
    """Make the new index the content of index.lock, which we hold; at any instant the lock is known to be ours."""
    for target in (f"{git_dir}/index.lock", f"{folder}/lock"):
        name_again(f"{folder}/index", target, folder)


def name_again(source: str, target: str, folder: str) -> None:
    """Make ``target`` one more name of ``source``, at once, whatever it was before."""
    remove_file(f"{folder}/next")
    os.link(source, f"{folder}/next")
    os.replace(f"{folder}/next", target)
    remove_file(f"{folder}/next")  # which stays when both were names of one file already


def refresh(repo: Repository, folder: str, paths: Sequence[str]) -> None:
    """Let the new index know the times of new files, so that not even plumbing takes them for edited.

    When that fails nothing is lost: ``git status`` would do it.
    """
    names = b"".join(os.fsencode(path) + b"\0" for path in paths)
    args = ("add", "--refresh", "--pathspec-from-file=-", "--pathspec-file-nul")
    if paths and run(repo, *args, input=names, env={"GIT_INDEX_FILE": f"{folder}/index"}).status == 0:
        lock_with_new_index(repo.git_dir, folder)


def replace_index(git_dir: str) -> None:
    """The lock becomes the index."""
    os.replace(f"{git_dir}/index.lock", f"{git_dir}/index")


def _copy(source: str, target: str) -> None:
    try:
        with open(source, "rb") as file:
            data = file.read()
    except FileNotFoundError:  # nothing was ever checked out
        return
    with open(target, "wb") as file:
        file.write(data)
