"""The merges that brought commits to a branch, told along first parents."""

import os
from collections.abc import Iterable, Mapping, Sequence

from gitspec.git.repository import Repository
from gitspec.git.run import git

_DEEPEST = 20


def merges_of(repo: Repository, tip: str, wanted: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each commit that ``tip`` reaches the merges that brought it in, the innermost first; none on the first parents.

    One child and one pass for any number of commits; of a shallow clone what is there.
    """
    missing = set(wanted)
    found: dict[str, list[str]] = {oid: [] for oid in missing}
    listed = git(repo, "rev-list", "--parents", tip, env={"GIT_GRAFT_FILE": os.devnull}).decode()
    parents = {oid: above for oid, *above in map(str.split, listed.splitlines())}
    tips: list[tuple[str, frozenset[str] | None]] = [(tip, None)]
    for _ in range(_DEEPEST):  # branches that were merged into branches
        inner: list[tuple[str, frozenset[str] | None]] = []
        for start, within in tips:
            for merge, side, brought in _sides(parents, start, within):
                here = missing & brought
                for oid in here:
                    found[oid].insert(0, merge)
                if here - {side}:
                    inner.append((side, brought))
        tips = inner
    return {oid: tuple(merges) for oid, merges in found.items()}


def _sides(
    parents: Mapping[str, Sequence[str]], tip: str, within: frozenset[str] | None
) -> Iterable[tuple[str, str, frozenset[str]]]:
    """(merge, the tip of a side that it merged, what that brought) along the first parents of ``tip``, oldest first."""
    chain: list[str] = []
    at: str | None = tip
    while at is not None and at in parents and (within is None or at in within):
        chain.append(at)
        at = parents[at][0] if parents[at] else None
    known = set(chain)
    for merge in reversed(chain):
        for side in parents[merge][1:]:
            brought: set[str] = set()
            left = [side]
            while left:
                oid = left.pop()
                if oid in known or oid not in parents or (within is not None and oid not in within):
                    continue
                known.add(oid)
                brought.add(oid)
                left.extend(parents[oid])
            if brought:
                yield merge, side, frozenset(brought)
