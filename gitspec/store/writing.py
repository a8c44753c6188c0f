"""Writing files of the work tree: whole or not at all, never through a link, never outside where they belong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from stat import S_IMODE, S_ISREG

from gitspec.errors import CannotJudge, Refused
from gitspec.git.repository import Repository

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def write_file(repo: Repository, path: str, data: bytes, *, exclusive: bool = False, within: str = "spec") -> None:
    """Write ``data`` to ``path`` (from the top of the work tree): a reader sees the old content or the new one.

    Folders on the way are made, an existing file keeps its mode. With ``exclusive`` an existing file is refused.
    ``within`` names the folder that must hold ``path``; ``""`` allows the whole work tree but Git's own folder.

    Raises Refused L009 for a path that leaves ``within`` or leads through a link, L012 for an existing file when
    ``exclusive``; CannotJudge G007 in a bare repository, G008 when the system refuses.
    """
    with _folder_of(repo, path, within, make=True) as (folder, name):
        mode = _mode_of(folder, name, path)
        if exclusive and mode is not None:
            raise Refused("L012", "exists already", place=path)
        temporary = f".{name[:100]}.{os.getpid()}.tmp"
        try:
            _write_new(folder, temporary, data, mode)
            if exclusive:
                os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
            else:
                os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
                temporary = ""
        except FileExistsError:
            raise Refused("L012", "exists already", place=path) from None
        finally:
            if temporary:
                _remove(folder, temporary)


def remove_file(repo: Repository, path: str, *, within: str = "spec") -> None:
    """Remove a file of the work tree, and the folders below ``within`` that this leaves empty. Absent is fine."""
    with suppress(FileNotFoundError), _folder_of(repo, path, within, make=False) as (folder, name):
        if _mode_of(folder, name, path) is not None:
            os.unlink(name, dir_fd=folder)
    above = path.rpartition("/")[0]
    while above and above != within:
        with suppress(FileNotFoundError), _folder_of(repo, above, within, make=False) as (folder, name):
            try:
                os.rmdir(name, dir_fd=folder)
            except OSError:  # it holds something else
                return
        above = above.rpartition("/")[0]


@contextmanager
def _folder_of(repo: Repository, path: str, within: str, *, make: bool) -> Iterator[tuple[int, str]]:
    """An open folder and the name in it, reached without following a link."""
    if repo.top is None:
        raise CannotJudge("G007", "a bare repository has no work tree to write to")
    parts = path.split("/")
    if not _is_inside(path, parts, within):
        raise Refused("L009", f"would be written outside {within or 'the work tree'}", place=path)
    folder = os.open(repo.top, _FOLDER)
    try:
        for depth, part in enumerate(parts[:-1], 1):
            inner = _enter(folder, part, "/".join(parts[:depth]), make=make)
            os.close(folder)
            folder = inner
        yield folder, parts[-1]
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not make:
            raise
        raise CannotJudge("G008", f"cannot be written: {error.strerror}", place=path) from None
    finally:
        os.close(folder)


def _is_inside(path: str, parts: list[str], within: str) -> bool:
    if "\0" in path or any(part in ("", ".", "..") or part.lower() == ".git" for part in parts):
        return False
    return not within or path.startswith(f"{within}/")


def _enter(folder: int, name: str, shown: str, *, make: bool) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        if not make:
            raise
    except NotADirectoryError:  # what O_NOFOLLOW says of a link to a folder, too
        raise Refused("L009", "is a link or a file where a folder should be", place=shown) from None
    with suppress(FileExistsError):  # somebody made it just now
        os.mkdir(name, dir_fd=folder)
    return os.open(name, _FOLDER, dir_fd=folder)


def _mode_of(folder: int, name: str, path: str) -> int | None:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return None
    if not S_ISREG(found):
        raise Refused("L009", "is no ordinary file", place=path)
    return S_IMODE(found)


def _write_new(folder: int, name: str, data: bytes, mode: int | None) -> None:
    _remove(folder, name)
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=folder)
    with open(fd, "wb") as file:
        file.write(data)
        if mode is not None:
            os.fchmod(fd, mode)


def _remove(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return
