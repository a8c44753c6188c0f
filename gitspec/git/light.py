"""Asking Git and reading files with what is built into the interpreter: ``os`` and its like would cost the hooks a tenth."""

import posix
import sys

from gitspec.git.hardening import HARDENING, hardened

_MAX_FILE = 1 << 16


def read_file(path: str) -> bytes | None:
    """The content of a file; None when there is none, or more of it than a hook that must be quick reads."""
    try:
        fd = posix.open(path, posix.O_RDONLY)
    except OSError:
        return None
    try:
        data = posix.read(fd, _MAX_FILE)
    except OSError:
        return None
    finally:
        posix.close(fd)
    return data if len(data) < _MAX_FILE else None


def variable(name: bytes) -> bytes | None:
    """A variable of the environment."""
    return posix.environ.get(name)


def ask(*commands: list[str]) -> list[bytes | None]:
    """What git prints for each of ``commands``, None where it fails; they run at once, for there is a second core."""
    env = hardened(_environment())
    children = []
    for args in commands:
        read, write = posix.pipe()
        actions = [(posix.POSIX_SPAWN_DUP2, write, 1), (posix.POSIX_SPAWN_OPEN, 2, "/dev/null", posix.O_WRONLY, 0)]
        try:
            pid = posix.posix_spawnp("git", ["git", *HARDENING, *args], env, file_actions=actions)
        except OSError:  # no git program: the engine says so
            pid = 0
        posix.close(write)
        children.append((pid, read))
    answers: list[bytes | None] = []
    for pid, read in children:
        with open(read, "rb") as file:
            out = file.read()
        answers.append(None if not pid or posix.waitpid(pid, 0)[1] else out)
    return answers


def _environment() -> dict[str, str]:
    encoding, errors = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
    return {k.decode(encoding, errors): v.decode(encoding, errors) for k, v in posix.environ.items()}
