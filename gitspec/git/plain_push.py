"""The pre-push hook's accepted path: nothing, or one branch that a few plain commits move forward."""

import posix

from gitspec.git.light import read_file, variable
from gitspec.git.plain_range import are_active, named_by_all, start_log

_MOST = 8
_CHUNK = 1 << 16
_HEX = frozenset("0123456789abcdef")
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


def is_plain_push() -> bool:
    """Whether nothing is pushed, or one branch is moved forward by a few commits that are surely fine."""
    lines = lines_of_push().decode("latin-1").splitlines()
    if not lines:
        return True
    fields = lines[0].split(" ")
    if len(lines) > 1 or len(fields) != 4 or not fields[2].startswith("refs/heads/"):
        return False
    new, old = fields[1], fields[3]
    if not (_HEX.issuperset(new + old) and len(new) == len(old) and new.strip("0") and old.strip("0")):
        return False
    named = named_by_all(start_log(old, new, _MOST), old, new, _MOST)
    return named is not None and are_active(_common_folder(), new, named[1], may_settle=True)


def _common_folder() -> str:
    folder = (variable(b"GIT_DIR") or b".git").decode("latin-1")
    common = read_file(f"{folder}/commondir")
    if common is None:
        return folder
    inner = common.decode("latin-1").rstrip("\n")
    return inner if inner.startswith("/") else f"{folder}/{inner}"
