"""pre-receive and update: judge a push before a repository takes it."""

from collections.abc import Iterable

from gitspec.commands.gate import RefUpdate, judge_updates
from gitspec.domain.report import Report
from gitspec.errors import CannotJudge
from gitspec.git.repository import discover
from gitspec.store.cache import Cache

_KNOWN = ("--all",)
_HEX = frozenset("0123456789abcdef")


def pre_receive(lines: Iterable[str]) -> Report:
    """Judge all refs of a push; ``lines`` is what Git writes: ``<old> <new> <ref>``. Raises CannotJudge.

    The new objects lie in quarantine, which Git's own environment gives to every git child; refs are still as they were.
    """
    return _judged([_update(line) for line in lines if line.strip("\n")])


def update(ref: str, old: str, new: str) -> Report:
    """Judge one ref of a push. Raises CannotJudge.

    What the other refs of the push will be is not known here, so an archive tag is taken only after its branch.
    """
    return _judged([_update(f"{old} {new} {ref}")])


def _judged(updates: list[RefUpdate]) -> Report:
    repo = discover(recover=False)
    return judge_updates(repo, updates, _KNOWN, cache=Cache(repo))


def _update(line: str) -> RefUpdate:
    words = line.rstrip("\n").split(" ", 2)
    if len(words) < 3 or not all(len(word) in (40, 64) and _HEX.issuperset(word) for word in words[:2]):
        raise CannotJudge("G018", "Git gave a line that is no ref update", help="call it as Git's hook does")
    old, new = (oid if oid.strip("0") else "" for oid in words[:2])
    return RefUpdate(words[2], old, new)
