"""What is under way in a repository: a lock that the kernel drops, and a journal that outlives its writer.

Both lie in ``<common Git folder>/gitspec/``, so that there is one operation at a time, whichever work tree it is in.
The journal says only which commits and refs an operation is about, and in which of the repository's work trees it was
started; everything else is worked out again from the commits themselves. It holds no path that could lead elsewhere, and
``gitspec.git.journal_shape`` refuses one that no operation writes.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from gitspec.errors import CannotJudge
from gitspec.git.journal_shape import Journal, check
from gitspec.git.removing import remove_file, remove_folder
from gitspec.git.repository import Repository

LOCK_WAIT = 60.0
_POLL = 0.02
_FILE = "journal.json"
_VERSION = 3
_MOST = 1 << 24


def folder_of(repo: Repository) -> str:
    """Where gitspec keeps what belongs to a repository."""
    return f"{repo.common_dir}/gitspec"


def operation_folder(repo: Repository) -> str:
    """Where the operation under way keeps its own files."""
    return f"{folder_of(repo)}/operation"


def left_over(repo: Repository) -> list[str]:
    """What lies there of an operation besides its journal; without one nobody needs it, and the next writes over it."""
    return [path for path in (operation_folder(repo), f"{folder_of(repo)}/{_FILE}.new") if os.path.lexists(path)]


def stage_folder(repo: Repository, journal: Journal) -> str:
    """Where new files wait for their place; ``repo`` is the one that the operation was started in."""
    return f"{repo.top}/{journal.stage}" if journal.stage.startswith(".") else f"{operation_folder(repo)}/files"


def shown(repo: Repository, path: str) -> str:
    """A path as it is shown: relative to the work tree (or the bare repository) when it lies in it."""
    base = repo.cwd + os.sep
    return path.removeprefix(base)


def is_pending(repo: Repository) -> bool:
    """Whether an operation is under way or was interrupted. One system call."""
    return os.path.lexists(f"{folder_of(repo)}/{_FILE}")


@contextmanager
def operation_lock(repo: Repository, wait: float = LOCK_WAIT) -> Iterator[int]:
    """Hold the lock that allows one operation at a time; gives its descriptor.

    A child that inherits the descriptor keeps the lock until it ends too: nobody recovers from an operation while a
    git child of it still moves refs. Raises CannotJudge G011 when others hold it for longer than ``wait`` seconds.
    """
    import fcntl
    import time

    fd = _open_lock(repo)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise CannotJudge(
                        "G011",
                        "another gitspec command is writing to this repository",
                        help="wait until it has ended, then run this again",
                    ) from None
                time.sleep(_POLL)
        try:
            yield fd
        finally:
            fcntl.flock(fd, fcntl.LOCK_UN)
    finally:
        os.close(fd)


def _open_lock(repo: Repository) -> int:
    path = f"{folder_of(repo)}/lock"
    try:
        os.makedirs(folder_of(repo), exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise CannotJudge(
            "G008", f"cannot be written: {error.strerror}", place=shown(repo, path),
            help="the Git folder must be writable",
        ) from None  # fmt: skip


@contextmanager
def inherited(fd: int) -> Iterator[None]:
    """Children that are started meanwhile get the descriptor too."""
    os.set_inheritable(fd, True)  # noqa: FBT003
    try:
        yield
    finally:
        os.set_inheritable(fd, False)  # noqa: FBT003


def write_journal(repo: Repository, journal: Journal, *, durable: bool) -> None:
    """Put the journal in place at once; with ``durable`` it is on the disk before this returns."""
    import json

    path = f"{folder_of(repo)}/{_FILE}"
    data = json.dumps({"version": _VERSION, **journal._asdict()}, indent=1).encode()
    try:
        with open(f"{path}.new", "wb") as file:
            file.write(data)  # all of it, or an error: os.write may stop half-way on a full disk
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(f"{path}.new", path)
    except OSError:
        remove_file(f"{path}.new")
        raise


def read_journal(repo: Repository) -> Journal | None:
    """The journal; None when there is none. Raises CannotJudge G012 when it is not one of ours, or not of this user."""
    import json

    path = f"{folder_of(repo)}/{_FILE}"
    try:
        data = json.loads(_own_file(path))
        if data.pop("version") != _VERSION:
            raise ValueError("made by another version")
        tags, dropped = _pairs(data.pop("tags")), _pairs(data.pop("dropped"))
        journal = Journal(**data, tags=tags, dropped=dropped)
        check(journal, len(repo.zero))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise CannotJudge(
            "G012", f"the journal of an interrupted operation cannot be used: {reason}", place=shown(repo, path),
            help="look at 'git log -1', 'git status' and 'git tag --list \"archive/*\"', then delete the file",
        ) from None  # fmt: skip
    return journal


def _own_file(path: str) -> bytes:
    """The content of a file that this user has written, not reached through a link. Raises ValueError, OSError."""
    if not stat.S_ISDIR(os.lstat(os.path.dirname(path)).st_mode):
        raise ValueError("it is behind a link")
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise ValueError("it is no ordinary file")
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        if status.st_uid != os.geteuid():
            raise ValueError(f"it belongs to another user (uid {status.st_uid}), who can run any gitspec command here")
        if status.st_size > _MOST:
            raise ValueError("it is too large")
        return file.read(_MOST)


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    found = []
    for row in value if isinstance(value, list) else [value]:
        if not isinstance(row, list) or len(row) != 2 or not all(isinstance(text, str) for text in row):
            raise ValueError("not of the right shape")
        found.append((row[0], row[1]))
    return tuple(found)


def drop_journal(repo: Repository, journal: Journal) -> None:
    """End an operation: its files first, the journal last, so that an interruption in between is found again.

    ``repo`` is the one that the operation was started in.
    """
    if journal.stage.startswith(".") and repo.top is not None:
        remove_folder(stage_folder(repo, journal))
    remove_folder(operation_folder(repo))
    for name in (f"{_FILE}.new", _FILE):
        remove_file(f"{folder_of(repo)}/{name}")
