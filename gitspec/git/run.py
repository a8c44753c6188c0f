"""The one door to the git program.

Every call is free of what could change Git's answer or run somebody else's code: no locale, prompt, pager, file-system
monitor, replace refs, optional locks or pathspec magic, and no bare repository that merely lies around. What a hook is
given (index, quarantine, configuration) passes through.

Children are started with ``os.posix_spawn``: the ``subprocess`` module costs as much to import as Python to start.
"""

import os
import select
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import NamedTuple, Protocol

from gitspec.errors import CannotJudge
from gitspec.git.hardening import HARDENING, hardened

LOCAL_VARIABLES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE",
    "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR",
    "GIT_QUARANTINE_PATH", "GIT_INTERNAL_SUPER_PREFIX",
)  # fmt: skip
"""What ties an environment to one repository: ``git rev-parse --local-env-vars``, without what hardening sets."""

_CHUNK = 1 << 20
_SIGKILL, _SIGPIPE = 9, 13


class Located(Protocol):
    """Anything that knows where git shall run, and with which variables."""

    @property
    def cwd(self) -> str:
        """The folder to run in."""

    @property
    def env(self) -> Mapping[str, str | None]:
        """Variables to set, or with None to drop."""


class GitFailed(CannotJudge):
    """The git program ended with an error that nobody expected."""

    def __init__(self, args: tuple[str, ...], status: int, err: bytes) -> None:
        said = err.decode("utf-8", "replace").strip()
        last = said.splitlines()[-1] if said else f"exit {status}"
        super().__init__("G004", f"git {args[0] if args else ''} failed: {last}")
        self.status = status
        self.err = said


class Result(NamedTuple):
    """What a finished child left behind."""

    status: int
    out: bytes
    err: bytes


def git(
    where: Located | str,
    *args: str,
    input: bytes | None = None,  # noqa: A002
    env: Mapping[str, str | None] | None = None,
    check: bool = True,
) -> bytes:
    """What ``git <args>`` prints. ``where`` is a Repository or a folder.

    ``env`` adds variables, or drops those that are None. With ``check`` a failure raises GitFailed; without, what was
    printed until then is returned (use ``run`` where the status matters).
    """
    result = run(where, *args, input=input, env=env)
    if check and result.status:
        raise GitFailed(args, result.status, result.err)
    return result.out


def run(
    where: Located | str,
    *args: str,
    input: bytes | None = None,  # noqa: A002
    env: Mapping[str, str | None] | None = None,
    seconds: float | None = None,
) -> Result:
    """Run ``git <args>`` to its end; as ``git``, but gives the status and does not raise for a failure.

    A child that is not done after ``seconds`` is ended, and CannotJudge G019 raised. One that was killed has given no
    answer: GitFailed.
    """
    in_read = in_write = None
    if input:
        in_read, in_write = _pipe()
    out_read, out_write = _pipe()
    err_read, err_write = _pipe()
    opened = [fd for fd in (in_write, out_read, err_read) if fd is not None]
    try:
        try:
            pid = _spawn(where, args, env, in_read, out_write, err_write)
        finally:
            for fd in (in_read, out_write, err_write):
                if fd is not None:
                    os.close(fd)
        with _reaped(pid) as ended:
            out, err = _converse(in_write, input or b"", out_read, err_read, opened, seconds)
            ended.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        if ended[0] < 0:
            raise GitFailed(args, ended[0], f"killed by signal {-ended[0]}".encode())
        return Result(ended[0], out, err)
    finally:
        for fd in opened:
            os.close(fd)


def ask(where: Located | str, *args: str, env: Mapping[str, str | None] | None = None) -> bytes | None:
    """What ``git <args>`` prints; None when it says no, which is status 1. Raises GitFailed for any other status."""
    result = run(where, *args, env=env)
    if result.status > 1:
        raise GitFailed(args, result.status, result.err)
    return None if result.status else result.out


class Coprocess:
    """A git child that answers requests over pipes until it is closed.

    Its errors are not shown, or with ``with_errors`` come among the answers.
    """

    def __init__(
        self,
        where: Located | str,
        *args: str,
        env: Mapping[str, str | None] | None = None,
        with_errors: bool = False,
    ) -> None:
        self._pid = 0
        child_in, self._in = _pipe()
        out, child_out = _pipe()
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            self._pid = _spawn(where, args, env, child_in, child_out, child_out if with_errors else null)
        except BaseException:
            os.close(self._in)
            os.close(out)
            raise
        finally:
            for fd in (child_in, child_out, null):
                os.close(fd)
        self._args = args
        self.out = os.fdopen(out, "rb", buffering=1 << 16)

    def send(self, data: bytes) -> None:
        """Write a request that is smaller than a pipe holds, or whose answer nobody has to read meanwhile."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._in, view) :]
        except BrokenPipeError:
            raise GitFailed(self._args, -1, b"it ended early") from None

    def close(self) -> int:
        """End the child, and give its status, negative for a signal. Safe to call twice."""
        if not self._pid:
            return 0
        pid, self._pid = self._pid, 0
        os.close(self._in)
        self.out.close()
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def end(self) -> None:
        """End a child whose further answers nobody wants, wherever it is. Safe to call twice."""
        if self._pid:
            os.kill(self._pid, _SIGKILL)
            self.close()

    def __del__(self) -> None:
        self.close()


def environment(where: Located | str, extra: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """The environment of a git child."""
    env = hardened(os.environ)
    for changes in (None if isinstance(where, str) else where.env, extra):
        for name, value in (changes or {}).items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = value
    return env


def _spawn(
    where: Located | str,
    args: tuple[str, ...],
    env: Mapping[str, str | None] | None,
    stdin: int | None,
    stdout: int,
    stderr: int,
) -> int:
    cwd = where if isinstance(where, str) else where.cwd
    if any("\0" in arg for arg in args):
        raise CannotJudge("G004", f"git {args[0]}: an argument holds a NUL character")
    actions: list[tuple[int, int, int] | tuple[int, int, str, int, int]] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0) if stdin is None else (os.POSIX_SPAWN_DUP2, stdin, 0),
        (os.POSIX_SPAWN_DUP2, stdout, 1),
        (os.POSIX_SPAWN_DUP2, stderr, 2),
    ]
    argv = ("git", "-C", cwd, *HARDENING, *args)
    try:
        return os.posix_spawnp("git", argv, environment(where, env), file_actions=actions, setsigdef=[_SIGPIPE])
    except FileNotFoundError:
        raise CannotJudge("G003", "the git program was not found", help="install Git 2.38 or newer") from None
    except OSError as error:
        raise CannotJudge("G004", f"the git program does not start: {error.strerror}") from None


def _pipe() -> tuple[int, int]:
    """A pipe above the standard streams, also in a parent that was started with some of them closed."""
    ends = os.pipe()
    if min(ends) > 2:
        return ends
    import fcntl

    try:
        return fcntl.fcntl(ends[0], fcntl.F_DUPFD_CLOEXEC, 3), fcntl.fcntl(ends[1], fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        for fd in ends:
            os.close(fd)


@contextmanager
def _reaped(pid: int) -> Iterator[list[int]]:
    """No child outlives an interrupted call."""
    ended: list[int] = []
    try:
        yield ended
    finally:
        if not ended:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, _SIGKILL)
                os.waitpid(pid, 0)


def _converse(
    stdin: int | None, data: bytes, stdout: int, stderr: int, opened: list[int], seconds: float | None
) -> tuple[bytes, bytes]:
    """Feed and read all pipes at once, so that none of both sides waits for the other; closes what came to its end."""
    until = None if seconds is None else time.monotonic() + seconds
    chunks: dict[int, list[bytes]] = {stdout: [], stderr: []}
    poll = select.poll()
    poll.register(stdout, select.POLLIN)
    poll.register(stderr, select.POLLIN)
    left = memoryview(data)
    if stdin is not None:
        os.set_blocking(stdin, False)
        poll.register(stdin, select.POLLOUT)

    def finish(fd: int) -> None:
        poll.unregister(fd)
        opened.remove(fd)
        os.close(fd)

    while opened:
        left_ms = None if until is None else max(0.0, until - time.monotonic()) * 1000
        ready = poll.poll(left_ms)
        if not ready and left_ms is not None:
            raise CannotJudge("G019", f"git did not answer within {seconds:.0f} seconds", help="judge less at once")
        for fd, _ in ready:
            if fd == stdin:
                try:
                    left = left[os.write(fd, left[:_CHUNK]) :]
                except BrokenPipeError:  # it needs no more: its status tells whether that is right
                    left = left[:0]
                if not left:
                    finish(fd)
            elif chunk := os.read(fd, _CHUNK):
                chunks[fd].append(chunk)
            else:
                finish(fd)
    return b"".join(chunks[stdout]), b"".join(chunks[stderr])
