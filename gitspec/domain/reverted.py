"""Which commit takes another one back, where reverts may be reverted. Pure."""

from collections.abc import Callable, Iterable
from functools import cache

_DEEPEST = 20
"""Reverts of reverts that are followed."""


def reverting(reverts: Callable[[str], Iterable[str]]) -> Callable[[str], str]:
    """What tells of a commit the newest one that takes it back and was not taken back itself; empty when there is none.

    ``reverts`` gives those that say that they take a commit back, newest first.
    """

    @cache  # or each of them would be asked for once for every way that leads to it
    def by(oid: str, depth: int) -> str:
        return next((one for one in reverts(oid) if not by(one, depth - 1)), "") if depth else ""

    return lambda oid: by(oid, _DEEPEST)
