"""What `gitspec why` is asked about: a path from the top of the repository, and lines of it. Errors are designed here."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gitspec.errors import GitspecError, UsageError
from gitspec.git.named_path import begin_of, from_top, mode_at, names_in
from gitspec.git.objects import MODE_SUBMODULE, MODE_SYMLINK, MODE_TREE
from gitspec.git.repository import Repository

_LINES = re.compile(r":([0-9]{1,15})(?:-([0-9]{1,15}))?\Z")
_COLUMN = re.compile(r":[0-9]{1,15}\Z")


class Place(NamedTuple):
    """Lines ``first`` to ``last`` of a file, both 0 for all of it."""

    path: str
    first: int = 0
    last: int = 0


def place_of(repo: Repository, argument: str, at: str) -> Place:
    """What `PATH[:LINE[-LINE]]` means in the commit ``at``, or (empty) in the work tree.

    A file that is called so has precedence, and a column behind the line, as compilers and grep print it, is passed over.
    Raises UsageError U009 for what is not there, or has no lines.
    """
    found = None
    for one in _readings(argument):
        path = _top_path(repo, one.path)
        if mode_at(repo, path, at) is not None:
            found = one._replace(path=path)
            break
    if found is None:
        raise _missing(repo, _top_path(repo, next(_readings(argument, whole=False)).path), at)
    if found.first == 0 and found.last:
        raise UsageError("U009", "lines count from 1", place=found.path)
    if found.last < found.first:
        message = f"the lines end before they begin: {found.first}-{found.last}"
        raise UsageError("U009", message, place=found.path, help=f"write {found.last}-{found.first}")
    _refuse_what_has_no_lines(repo, found.path, at)
    return found


def _readings(argument: str, *, whole: bool = True) -> Iterator[Place]:
    """What the argument may mean, the most literal first."""
    if whole:
        yield Place(argument)
    for text in (argument, _COLUMN.sub("", argument)):
        if match := _LINES.search(text):
            first = int(match[1])
            yield Place(text[: match.start()], first, int(match[2]) if match[2] else max(first, 1))
    yield Place(argument)


def _top_path(repo: Repository, path: str) -> str:
    found = from_top(repo, path)
    if found is None:
        raise UsageError("U009", "is outside of the repository", place=path, help="name a file of this repository")
    return found


def _refuse_what_has_no_lines(repo: Repository, path: str, at: str) -> None:
    mode = mode_at(repo, path, at)
    if mode == MODE_TREE:
        raise UsageError("U009", "is a folder", place=path, help="name a file in it")
    if mode == MODE_SUBMODULE:
        raise UsageError("U009", "is a submodule: its lines are in its own history", place=path, help="ask in there")
    if mode == 0:
        raise UsageError("U009", "is no file that Git could hold", place=path)
    if mode == MODE_SYMLINK:
        target = begin_of(repo, path, at)[:500].decode("utf-8", "surrogateescape")
        raise UsageError("U009", f"is a symbolic link to {target}", place=path, help="name the file that it leads to")
    if b"\0" in begin_of(repo, path, at):
        raise UsageError(
            "U009", "is binary: it has no lines", place=path, help="git log -- the file, then gitspec trace"
        )


def _missing(repo: Repository, path: str, at: str) -> GitspecError:
    from difflib import get_close_matches

    from gitspec.git.ref_tips import commit_of

    where = f"commit {at[:12]}" if at else "the work tree"
    head = commit_of(repo, "HEAD")
    if not at and head and mode_at(repo, path, head) is not None:
        help_ = "it is gone, or left out by a sparse checkout: add --at HEAD"
    elif at and repo.top is not None and mode_at(repo, path, "") is not None:
        help_ = "the work tree has it: leave --at out"
    else:
        folder, _, name = path.rpartition("/")
        near = get_close_matches(name, names_in(repo, folder, at), 3, 0.6)
        listed = ", ".join(f"{folder}/{one}" if folder else one for one in near)
        help_ = f"did you mean {listed}?" if near else "git ls-files lists the paths"
    return UsageError("U009", f"there is no such file in {where}", place=path, help=help_)
