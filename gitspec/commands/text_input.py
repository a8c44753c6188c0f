"""Content that a command takes from a file or from standard input."""

import sys
from pathlib import Path

from gitspec.errors import UsageError

MAX_BYTES = 1 << 20


def read_input(source: str) -> bytes:
    """The bytes of the file ``source``, or of standard input for ``-``. Raises UsageError U004."""
    try:
        if source == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            "U004", f"cannot be read: {error.strerror}", place=source, help="--from FILE, or --from -"
        ) from None
    if len(data) > MAX_BYTES:
        raise UsageError(
            "U004", f"is larger than {MAX_BYTES // 1024} KiB", place=name_of(source), help="give one requirement"
        )
    return data


def name_of(source: str) -> str:
    """How to call the source in messages."""
    return "<stdin>" if source == "-" else source
