"""The console script: the cheapest answers first, and every way a command may end.

Exit codes: 0 fine, 1 findings or refused, 2 wrong usage, 3 could not judge or do it; as shells have it, 130 after
Ctrl-C and 141 when nobody reads the output any more.
"""

import gc
import os
import sys
from collections.abc import Sequence

from gitspec import __version__, errors

EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141


def main() -> None:
    """Entry point of ``gitspec`` and ``python -m gitspec``."""
    # Plugins of pydantic are found through importlib.metadata, which is slow, and are nobody's business here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(50_000, 20, 20)  # imports make much that stays: looking through it again and again costs 5 %
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _open_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a file name that is no UTF-8, or a terminal that is not, is no crash
            stream.reconfigure(errors="backslashreplace")
    try:
        code = run(sys.argv[1:])
    except BrokenPipeError:
        code = EXIT_CLOSED_PIPE
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except OSError:  # not even that something is wrong can be told
        code = errors.EXIT_CANNOT
    os._exit(code)  # putting everything away piece by piece would take up to a sixth of a command


def _open_closed() -> None:
    """Let what the caller closed (`>&-`) lead nowhere: else the next file that is opened would get what is printed."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest that is free
        os.set_inheritable(fd, True)  # noqa: FBT003 - takes no keywords
    os.close(fd)
    sys.stdin = sys.stdin or os.fdopen(0, closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def run(args: Sequence[str]) -> int:
    """Run one command line (without the program's name) and return its exit code; errors are on stderr then.

    Raises BrokenPipeError and KeyboardInterrupt, which only the process can answer.
    """
    try:
        try:
            return _answer(args)
        finally:
            sys.stdout.flush()
    except errors.GitspecError as error:
        _report(error)
        return error.exit_code
    except BrokenPipeError:
        raise
    except OSError as error:
        name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
        what = error.strerror or str(error)
        _report(errors.CannotJudge("G000", f"{name}: {what}" if name else what, help="mend that and run it again"))
        return errors.EXIT_CANNOT
    finally:
        _tell_notices()


def _answer(args: Sequence[str]) -> int:
    """The commands that are asked most, in their plain form, before click is paid for; else what click makes of it."""
    if list(args) == ["--version"]:
        sys.stdout.write(f"gitspec {__version__}\n")
        return errors.EXIT_OK
    if args[:1] == ["hook"]:  # Git waits for it
        from gitspec.cli.hook_run import run_hook

        code = run_hook(args[1:])
        if code is not None:
            return code
    if args[:1] == ["check"] and len(args) == 2:
        from gitspec.cli.check_plain import run_check

        if run_check(args[1]):
            return errors.EXIT_OK
    if args[:1] == ["trace"]:
        from gitspec.cli.trace_run import run_trace

        code = run_trace(args[1:])
        if code is not None:
            return code
    from gitspec.cli.main import run_cli

    return run_cli(args)


def _tell_notices() -> None:
    """Say what became of an earlier command that was interrupted."""
    repository = sys.modules.get("gitspec.git.repository")
    for notice in repository.NOTICES if repository else ():
        sys.stderr.write(f"gitspec: {notice}\n")


def _report(error: errors.GitspecError) -> None:
    from gitspec.cli.options import show_error

    show_error(error)


if __name__ == "__main__":
    main()
