"""Which commits build on which of a few, for all that came after them: one look at that part of history."""

import os
from collections.abc import Collection, Iterable

from gitspec.git.repository import Repository
from gitspec.git.run import ask, git

_NO_GRAFTS = {"GIT_GRAFT_FILE": os.devnull}
_MOST = 500
"""So many commits fit on a command line, whatever the system; of more all history is read."""


class BuiltOn:
    """The commits that ``tip`` reaches and that may build on some of ``commits``."""

    def __init__(self, repo: Repository, tip: str, commits: Collection[str]) -> None:
        args = ("rev-list", "--topo-order", "--reverse", "--parents", "--stdin")
        asked = "".join(f"{line}\n" for line in (tip, *_too_old(repo, commits)))
        listed = git(repo, *args, input=asked.encode(), env=_NO_GRAFTS).decode().splitlines()
        self._rows = [line.split() for line in listed]  # parents first
        self._commits = commits

    def later(self) -> frozenset[str]:
        """Those that build on one of the commits at least."""
        found: set[str] = set()
        known = {*self._commits}
        for oid, *parents in self._rows:
            if any(parent in known or parent in found for parent in parents):
                found.add(oid)
        return frozenset(found)

    def below(self, wanted: Iterable[str], among: Collection[str]) -> dict[str, frozenset[str]]:
        """Those of ``among``, each one of the commits or later, that each of ``wanted`` builds on."""
        bits = {oid: 1 << at for at, oid in enumerate(among)}
        found: dict[str, int] = {}
        for oid, *parents in self._rows:
            mask = 0
            for parent in parents:
                mask |= found.get(parent, 0) | bits.get(parent, 0)
            if mask:
                found[oid] = mask
        return {one: frozenset(o for o, bit in bits.items() if found.get(one, 0) & bit) for one in wanted}


def _too_old(repo: Repository, commits: Collection[str]) -> list[str]:
    """What leaves out history from before all of the commits: what a common ancestor builds on is no later than any."""
    if len(commits) > _MOST:
        return []
    found = ask(repo, "merge-base", "--octopus", *commits, env=_NO_GRAFTS) or b""
    return [f"^{base}^@" for base in found.decode().split()]
