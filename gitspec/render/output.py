"""Writing to the terminal: whatever its encoding, and progress only where somebody watches."""

import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from gitspec.render.colour import Paint, paint_for
from gitspec.render.text import inert

PATIENCE = 1.0
"""Seconds of work after which somebody who waits is told what for."""


def write(text: str) -> None:
    """Write to standard output; characters that its encoding lacks are shown escaped instead of failing."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def write_lines(lines: Iterable[str]) -> None:
    """Write lines to standard output, none of which a CI system takes for a command."""
    write("".join(f"{inert(line)}\n" for line in lines))


def write_commands(lines: Iterable[str]) -> None:
    """Write lines that a CI system shall take for commands."""
    write("".join(f"{line}\n" for line in lines))


def paint() -> Paint:
    """Colours for standard output."""
    return paint_for(sys.stdout)


@contextmanager
def patience(what: str) -> Iterator[None]:
    """Say on standard error what is being done and for how long, once that takes more than a second.

    Only on a terminal; the line is removed at the end. A timer of the system ticks, no thread: work may fork.
    """
    if not sys.stderr.isatty() or not hasattr(signal, "setitimer"):
        yield
        return
    drawn = False
    started = time.monotonic()

    def draw(_signal: int, _frame: FrameType | None) -> None:
        nonlocal drawn
        drawn = True
        sys.stderr.write(f"\r{what} … {time.monotonic() - started:.0f} s\x1b[K")
        sys.stderr.flush()

    before = signal.signal(signal.SIGALRM, draw)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
