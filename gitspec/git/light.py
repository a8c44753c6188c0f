"""Asking Git and reading files with what is built into the interpreter: ``os`` and its like would cost the hooks a tenth."""

import posix
import sys

from gitspec.git.hardening import HARDENING, hardened

MAX_MESSAGE = 1 << 16
MAX_INDEX = 1 << 24
EMPTY_BLOBS = ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")  # fmt: skip
"""Ids of nothing, which `git add --intent-to-add` leaves in the index for a file that is not added."""


def read_file(path: str | bytes, most: int = MAX_MESSAGE) -> bytes | None:
    """The content of a file; None when there is none, or ``most`` or more of it."""
    try:
        fd = posix.open(path, posix.O_RDONLY)
    except OSError:
        return None
    try:
        size = posix.fstat(fd).st_size or most - 1  # files of /proc have no size
        return posix.read(fd, size) if size < most else None
    except OSError:
        return None
    finally:
        posix.close(fd)


def variable(name: bytes) -> bytes | None:
    """A variable of the environment."""
    return posix.environ.get(name)


def start(args: list[str]) -> tuple[int, int]:
    """Start ``git <args>``, for ``answer``; several may run at once."""
    read, write = posix.pipe()
    actions = [(posix.POSIX_SPAWN_DUP2, write, 1), (posix.POSIX_SPAWN_OPEN, 2, "/dev/null", posix.O_WRONLY, 0)]
    try:
        pid = posix.posix_spawnp("git", ["git", *HARDENING, *args], hardened(_environment()), file_actions=actions)
    except OSError:  # no git program: the engine says so
        pid = 0
    posix.close(write)
    return pid, read


def answer(child: tuple[int, int]) -> bytes | None:
    """What the child has printed; None when it failed."""
    pid, read = child
    with open(read, "rb") as file:
        out = file.read()
    return None if not pid or posix.waitpid(pid, 0)[1] else out


def index_holds(index: bytes, path: bytes) -> bool:
    """Whether the content of an index file surely has ``path`` as an ordinary file that is not empty.

    Looks for the entry as ``gitformat-index`` lays it out in versions 2 and 3 with SHA-1: mode, six fields on, the
    flags (stage, length of the name), the name, NUL. A mode holds NUL, so that no name can feign an entry. Where False
    is the answer, Git has to be asked.
    """
    at = index.find(path + b"\0") if index.startswith((b"DIRC\0\0\0\2", b"DIRC\0\0\0\3")) else -1
    while at >= 38:
        entry = index[at - 38 : at]
        flags = entry[36] << 8 | entry[37]
        if entry[:4] == b"\0\0\x81\xa4" and flags & 0x7FFF == len(path) and entry[16:36].hex() not in EMPTY_BLOBS:
            return True
        at = index.find(path + b"\0", at + 1)
    return False


def _environment() -> dict[str, str]:
    encoding, errors = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
    return {k.decode(encoding, errors): v.decode(encoding, errors) for k, v in posix.environ.items()}
