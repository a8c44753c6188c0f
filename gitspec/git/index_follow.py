"""The index follows an operation: read, locked, and replaced as a whole.

The lock is Git's own ``index.lock``. It is made as a second name of a file of ours, so that after a crash a lock can be
told to be ours (the same inode) and anybody else's is never touched. So are the index as it was (``before``) and as it
shall be (``index``): names in the operation's folder tell which of the two is in place.

It is in place before the branch moves, and the lock stays for a while afterwards. `git commit` reads HEAD, then the
index, and takes the lock only then: so none that builds on the new commit has the old index, and one that has read the
old one finds the lock taken instead of writing that back.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.removing import remove_file
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.spec_history import changes_below
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
    return list(changes_below(repo, [(new, old)], "spec")[0])


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
                raise _locked(repo) from None
            time.sleep(_POLL)


def _locked(repo: Repository) -> CannotJudge:
    return CannotJudge(
        "G013", "another Git process is using the index", place=os.path.relpath(f"{repo.git_dir}/index.lock", repo.top),
        help="wait until it has ended; if none is running, delete that file",
    )  # fmt: skip


def owns_index_lock(git_dir: str, folder: str) -> bool:
    """Whether index.lock is there and ours."""
    return _same(f"{git_dir}/index.lock", f"{folder}/lock")


def _same(one: str, other: str) -> bool:
    try:
        first, second = os.lstat(one), os.lstat(other)
    except FileNotFoundError:
        return False
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


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


def keep_index(git_dir: str, folder: str) -> None:
    """Name the present index ``<folder>/before``, so that it can be put back with no space left."""
    remove_file(f"{folder}/before")
    with suppress(FileNotFoundError):  # nothing was ever checked out
        os.link(f"{git_dir}/index", f"{folder}/before")


def replace_index(repo: Repository, folder: str) -> None:
    """Put ``<folder>/index`` into place under our lock, and keep that name of it.

    Raises CannotJudge G013 when somebody has removed our lock.
    """
    if not owns_index_lock(repo.git_dir, folder):
        raise _locked(repo)
    remove_file(f"{folder}/next")
    os.link(f"{folder}/index", f"{folder}/next")
    os.replace(f"{folder}/next", f"{repo.git_dir}/index")
    remove_file(f"{folder}/next")  # which stays when both were names of one file already


def release_index(repo: Repository, folder: str, paths: Sequence[str]) -> None:
    """Let the index know the times of new files, so that not even plumbing takes them for edited; then unlock it.

    When the first fails nothing is lost: ``git status`` would do it.
    """
    names = b"".join(os.fsencode(path) + b"\0" for path in paths)
    args = ("add", "--refresh", "--pathspec-from-file=-", "--pathspec-file-nul")
    if paths and run(repo, *args, input=names, env={"GIT_INDEX_FILE": f"{folder}/index"}).status == 0:
        with suppress(CannotJudge):
            replace_index(repo, folder)
    drop_index_lock(repo.git_dir, folder)


def put_back(git_dir: str, folder: str) -> bool | None:
    """Put the index back that was there before, under our lock, which goes then; takes no space.

    Whether that was needed; None when it cannot be told: somebody has written the index since.
    """
    if _same(f"{git_dir}/index", f"{folder}/before"):
        drop_index_lock(git_dir, folder)
        return False
    if not (owns_index_lock(git_dir, folder) and _same(f"{git_dir}/index", f"{folder}/index")):
        return None
    try:
        os.replace(f"{folder}/before", f"{git_dir}/index")
    except FileNotFoundError:
        return None
    drop_index_lock(git_dir, folder)
    return True


def _copy(source: str, target: str) -> None:
    try:
        with open(source, "rb") as file:
            data = file.read()
    except FileNotFoundError:  # nothing was ever checked out
        return
    with open(target, "wb") as file:
        file.write(data)
