"""The file with a commit's message, as Git hands it to a hook."""

import os

from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository


def read(path: str) -> bytes:
    """The content of the message file. Raises CannotJudge G008."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise CannotJudge("G008", f"the message cannot be read: {error.strerror}", place=path) from None


def write(path: str, data: bytes) -> None:
    """Replace the message file as a whole. Raises CannotJudge G008."""
    temporary = f"{path}.gitspec"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError as error:
        raise CannotJudge("G008", f"the message cannot be written: {error.strerror}", place=path) from None


def editor_is_used() -> bool:
    """Whether Git opens an editor on the message: it tells hooks with GIT_EDITOR=: when it does not."""
    return os.environ.get("GIT_EDITOR") != ":"


def what_was_given() -> tuple[str, str]:
    """What `git commit` must be given again to commit the same: an option, and what stands for the paths.

    Git hands its hooks an index of its own unless what was staged is committed: that of `git commit --all` (or
    --include) is called index.lock, that of named paths otherwise.
    """
    name = os.path.basename(os.environ.get("GIT_INDEX_FILE", "index"))
    if name == "index":
        return "", ""
    return ("-a ", "") if name == "index.lock" else ("", " -- …")


def shown(repo: Repository, path: str) -> str:
    """The path of the message as its author can type it: relative to the folder that Git was called in."""
    called = os.path.join(repo.top or repo.cwd, os.environ.get("GIT_PREFIX", ""))
    return os.path.relpath(os.path.abspath(path), called)
