"""The work tree follows an operation: what lies there now, and putting files in their place one by one.

A file is replaced or removed only while it still is what was looked at; what somebody saved meanwhile stays.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from stat import S_ISDIR, S_ISREG, S_IXUSR
from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.index_follow import ordinary_index
from gitspec.git.objects import MODE_EXECUTABLE
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.tree_edit import PathChange

Signature = tuple[int, ...]
"""What tells whether a file was written since."""


class OnDisk(NamedTuple):
    """What lies at a path. ``oid`` is how Git would store it, None for what is no ordinary file."""

    signature: Signature
    oid: str | None
    executable: bool


def look(repo: Repository, top: str, paths: Iterable[str]) -> dict[str, OnDisk]:
    """What lies at each path where anything does; contents are cleaned as ``git add`` would."""
    files: list[str] = []
    found: dict[str, OnDisk] = {}
    for path in paths:
        try:
            status = os.lstat(f"{top}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            continue
        ordinary = S_ISREG(status.st_mode) and not _behind_link(top, path)
        found[path] = OnDisk(_signature(status), None, bool(status.st_mode & S_IXUSR))
        if ordinary:
            files.append(path)
    if files:
        # Every path is one that a layout of ids allows, so none holds a line break.
        names = b"".join(os.fsencode(path) + b"\n" for path in files)
        oids = git(repo, "hash-object", "--stdin-paths", input=names).decode().split()
        for path, oid in zip(files, oids, strict=True):
            found[path] = found[path]._replace(oid=oid)
    return found


def strangers(repo: Repository, top: str, folders: Sequence[str], known: Iterable[str]) -> list[str]:
    """Files below ``folders`` that are not ``known`` and that no .gitignore tells Git to overlook."""
    expected = set(known)
    others = [path for folder in folders for path in _files_below(top, folder) if path not in expected]
    if not others:
        return []
    names = b"".join(os.fsencode(path) + b"\0" for path in others)
    env = {**ordinary_index(repo), "GIT_LITERAL_PATHSPECS": None}  # which check-ignore does not take
    ignored = run(repo, "check-ignore", "-z", "--stdin", "--no-index", input=names, env=env)
    overlooked = set(os.fsdecode(ignored.out).split("\0"))
    return [path for path in others if path not in overlooked]


def stage_files(repo: Repository, stage: str, index: str, paths: Sequence[str]) -> None:
    """Write the files as a checkout of ``index`` would (line endings, filters), to ``<stage>/<path>``."""
    if not paths:
        return
    os.makedirs(stage, exist_ok=True)
    names = b"".join(os.fsencode(path) + b"\0" for path in paths)
    args = ("checkout-index", "-q", "-z", "--stdin", f"--prefix={stage}/")
    git(repo, *args, input=names, env={"GIT_INDEX_FILE": index})


def place(top: str, stage: str, changes: Sequence[PathChange], seen: Mapping[str, OnDisk]) -> list[str]:
    """Put staged files in place and remove those that go; gives the paths that were left alone.

    Left alone is what is not as it was ``seen`` any more. What follows a link is refused.
    """
    kept: list[str] = []
    for change in changes:
        target = f"{top}/{change.path}"
        before = seen.get(change.path)
        if _behind_link(top, change.path) or _signature_at(target) != (before.signature if before else None):
            kept.append(change.path)
        elif change.new is None:
            os.unlink(target)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            staged = f"{stage}/{change.path}"
            if before is not None:
                os.replace(staged, target)
            elif not _put_new(staged, target):
                kept.append(change.path)
    return kept


def remove_empty(top: str, changes: Iterable[PathChange]) -> None:
    """Remove the folders that lost their last file, and those above them, as Git does."""
    for folder in dict.fromkeys(change.path.rpartition("/")[0] for change in changes if change.new is None):
        _remove_empty(top, folder)


def as_old(change: PathChange, found: OnDisk | None) -> bool:
    """Whether what lies on disk is what the commit before the operation has."""
    return found is None if change.old is None else found is not None and found.oid == change.old.oid


def as_new(change: PathChange, found: OnDisk | None) -> bool:
    """Whether what lies on disk is what the commit of the operation has."""
    return found is None if change.new is None else found is not None and found.oid == change.new.oid


def mode_differs(change: PathChange, found: OnDisk) -> bool:
    """Whether the executable bit is not what the commit before the operation has."""
    return change.old is not None and found.executable != (change.old.mode == MODE_EXECUTABLE)


def refuse_links(top: str, folders: Iterable[str]) -> None:
    """Raise CannotJudge L009 when a folder to be written to, or one above it, is a link or a file."""
    for folder in folders:
        at = top
        for name in folder.split("/"):
            at = f"{at}/{name}"
            try:
                mode = os.lstat(at).st_mode
            except FileNotFoundError:
                break
            if not S_ISDIR(mode):
                raise CannotJudge("L009", "is not a folder in the work tree; gitspec follows no links", place=folder)


def same_device(one: str, other: str) -> bool:
    """Whether a file can be renamed from one folder to the other."""
    return os.stat(one).st_dev == os.stat(other).st_dev


def _put_new(staged: str, target: str) -> bool:
    try:
        os.link(staged, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            return False
        os.rename(staged, target)
        return True
    os.unlink(staged)
    return True


def _signature(status: os.stat_result) -> Signature:
    return (status.st_dev, status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _signature_at(path: str) -> Signature | None:
    try:
        return _signature(os.lstat(path))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _behind_link(top: str, path: str) -> bool:
    at = top
    for name in path.split("/")[:-1]:
        at = f"{at}/{name}"
        try:
            if not S_ISDIR(os.lstat(at).st_mode):
                return True
        except FileNotFoundError:
            return False
    return False


def _files_below(top: str, folder: str) -> list[str]:
    found: list[str] = []
    try:
        with os.scandir(f"{top}/{folder}") as items:
            entries = sorted(items, key=lambda item: item.name)
    except (FileNotFoundError, NotADirectoryError):
        return found
    for item in entries:
        path = f"{folder}/{item.name}"
        if item.is_dir(follow_symlinks=False):
            found.extend(_files_below(top, path))
        else:
            found.append(path)
    return found


def _remove_empty(top: str, folder: str) -> None:
    """Remove a folder and those above it while they are empty; never the one somebody stands in."""
    here = os.path.realpath(os.curdir)
    while folder and os.path.realpath(f"{top}/{folder}") != here:
        try:
            os.rmdir(f"{top}/{folder}")
        except FileNotFoundError:  # gone already
            pass
        except OSError:  # not empty, or not ours to remove: it stays
            return
        folder = folder.rpartition("/")[0]
