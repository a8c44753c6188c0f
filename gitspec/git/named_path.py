"""A path as a user names it: where it is from the top of the repository, and what is there, at a commit or on disk."""

import os
from stat import S_ISDIR, S_ISLNK, S_ISREG

from gitspec.errors import CannotJudge
from gitspec.git.objects import MODE_FILE, MODE_SUBMODULE, MODE_SYMLINK, MODE_TREE, Objects, TreeEntry
from gitspec.git.repository import Repository
from gitspec.git.run import git, run

_BEGIN = 8000
"""Bytes in which Git looks for a NUL to tell that a file is binary."""


def from_top(repo: Repository, path: str) -> str | None:
    """The path from the top of the repository, None for one outside of it; in a bare repository it is given so.

    Links on the way are followed, one at the end is not.
    """
    if repo.top is None:
        return None if path.startswith("/") else os.path.normpath(path)
    whole = os.path.join(os.getcwd(), path)
    folder, name = os.path.split(whole.rstrip("/") or "/")
    real = os.path.realpath(whole) if name in ("", ".", "..") else os.path.join(os.path.realpath(folder), name)
    top = os.path.realpath(repo.top)
    if real != top and not real.startswith(f"{top.rstrip('/')}/"):
        return None
    return os.path.relpath(real, top)


def mode_at(repo: Repository, path: str, at: str) -> int | None:
    """The mode as Git has it, of the commit ``at`` or (empty) on disk; None when there is nothing, 0 for a device."""
    if path == ".":
        return MODE_TREE
    if at:
        entry = _entry(repo, at, path)
        return entry.mode if entry else None
    try:
        mode = os.lstat(f"{repo.top}/{path}").st_mode
    except (OSError, ValueError):
        return None
    if S_ISDIR(mode):
        return MODE_SUBMODULE if os.path.lexists(f"{repo.top}/{path}/.git") else MODE_TREE
    return MODE_SYMLINK if S_ISLNK(mode) else MODE_FILE if S_ISREG(mode) else 0


def begin_of(repo: Repository, path: str, at: str) -> bytes:
    """As much of a file as Git looks at to tell whether it is binary; of a link where it leads to.

    Raises CannotJudge G008 when it cannot be read.
    """
    if at:
        entry = _entry(repo, at, path)
        return Objects(repo).read(entry.oid)[:_BEGIN] if entry else b""
    full = f"{repo.top}/{path}"
    try:
        if os.path.islink(full):
            return os.fsencode(os.readlink(full))
        with open(full, "rb") as file:
            return file.read(_BEGIN)
    except OSError as error:
        raise CannotJudge("G008", f"cannot be read: {error.strerror}", place=path) from None


def names_in(repo: Repository, folder: str, at: str) -> list[str]:
    """The names in a folder (empty: at the top), of the commit ``at`` or on disk; nothing when there is none."""
    if at:
        args = ("ls-tree", "-z", "--name-only", "--full-tree", f"{at}:{folder}")
        return os.fsdecode(run(repo, *args).out).split("\0")[:-1]
    try:
        return os.listdir(f"{repo.top}/{folder}")
    except (OSError, ValueError):
        return []


def _entry(repo: Repository, commit: str, path: str) -> TreeEntry | None:
    listed = os.fsdecode(git(repo, "ls-tree", "-z", "--full-tree", commit, "--", path)).split("\0")[0]
    facts, _, name = listed.partition("\t")
    if name != path:
        return None
    mode, _, oid = facts.split(" ")
    return TreeEntry(name, int(mode, 8), oid)
