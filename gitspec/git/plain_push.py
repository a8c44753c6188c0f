"""The pre-push hook's accepted path: what a push says on standard input, and whether it surely is fine.

What it cannot be sure of it leaves to the gate (``gitspec.commands.gate``), so it never refuses and may only say yes
where the gate would.
"""

import posix

_CHUNK = 1 << 16
_read: list[bytes] = []


def lines_of_push() -> bytes:
    """What Git has written to standard input: for each ref ``<local ref> <local id> <remote ref> <remote id>``.

    May be asked again: it is read once.
    """
    if not _read:
        chunks = []
        while chunk := posix.read(0, _CHUNK):
            chunks.append(chunk)
        _read.append(b"".join(chunks))
    return _read[0]


def is_plain_push(_arguments: list[str]) -> bool:
    """Whether nothing is pushed."""
    return not lines_of_push().strip()
