"""The accepted path of `gitspec check A..B`: on to ``gitspec.git.plain_range``, before anything else is imported."""

import posix

from gitspec.git.light import answer, start
from gitspec.git.plain_range import are_active, named_by_all, start_log

_MOST = 20_000
_HEX = frozenset("0123456789abcdef")


def plain_commits(words: str) -> int | None:
    """How many commits ``A..B`` has when all of them are surely fine; None when the engine has to say."""
    left, dots, right = words.partition("..")
    if (
        not left
        or not dots
        or not right
        or right.startswith((".", "-"))
        or left.startswith(("-", "^"))
        or ".." in right
    ):
        return None
    log = start_log(left, right, _MOST)
    asked = ["rev-parse", "--path-format=absolute", "--git-common-dir", f"{left}^{{commit}}", f"{right}^{{commit}}"]
    told = (answer(start(asked)) or b"").decode("latin-1").split("\n")
    if len(told) != 4 or not all(len(oid) >= 40 and _HEX.issuperset(oid) for oid in told[1:3]):
        answer(log)
        return None
    common, old, new, _ = told
    named = named_by_all(log, old, new, _MOST)
    if named is None or _is_interrupted(common) or not are_active(common, new, named[1], may_settle=False):
        return None
    return named[0]


def _is_interrupted(common: str) -> bool:
    """Whether the journal of an operation lies in the Git folder: the slow path sees to it."""
    try:
        posix.lstat(f"{common}/gitspec/journal.json")
    except OSError:
        return False
    return True
