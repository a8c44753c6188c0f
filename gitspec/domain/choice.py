"""Which change a commit is for, when its message does not say."""

from collections.abc import Iterable
from typing import NamedTuple

from gitspec.domain.branch import change_of_branch


class Choice(NamedTuple):
    """A change and where it was stated; ``stated`` is False for a mere guess, which is offered and never taken."""

    change: str
    source: str
    stated: bool


def choose(*, option: str, branch: str, setting: str, active: Iterable[str]) -> Choice | None:
    """The change that a commit is for, first match: ``--change``, branch ``change/<id>``, ``gitspec use``, the only one.

    ``option`` counts whatever it says. A branch or a setting counts while its change is active: the branch of a change
    that has been archived says nothing any more.
    """
    known = sorted(active)
    if option:
        return Choice(option, "--change", stated=True)
    if (named := change_of_branch(branch)) in known:
        return Choice(named, f"branch {branch}", stated=True)
    if setting in known:
        return Choice(setting, "gitspec use", stated=True)
    return Choice(known[0], "the only active change", stated=False) if len(known) == 1 else None
