"""Writing to the terminal: whatever its encoding, and progress only where somebody watches."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from gitspec.render.colour import Paint, paint_for

T = TypeVar("T")
PATIENCE = 1.0
"""Seconds of work after which progress is shown."""


def write(text: str) -> None:
    """Write to standard output; characters that its encoding lacks are shown escaped instead of failing."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def write_lines(lines: Iterable[str]) -> None:
    """Write lines to standard output."""
    write("".join(f"{line}\n" for line in lines))


def paint() -> Paint:
    """Colours for standard output."""
    return paint_for(sys.stdout)


def progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Pass ``items`` on, showing ``what: n of total`` on standard error once the work takes longer than a second.

    Only on a terminal; the line is removed at the end.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    started = shown = time.monotonic()
    drawn = False
    try:
        for done, item in enumerate(items):
            now = time.monotonic()
            if now - started > PATIENCE and now - shown > 0.1:
                sys.stderr.write(f"\r{what}: {done} of {total}\x1b[K")
                sys.stderr.flush()
                shown, drawn = now, True
            yield item
    finally:
        if drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
