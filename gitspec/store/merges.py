"""What a merge does by itself: where it is not Git's own merge, and where it brings in code that nobody has judged.

A path that differs from the first parent is vouched for when a judged commit touched it, among those that the merge
brings in, or when it comes from a parent that has landed already. So no rename on one side moves an edit of the other one
into code unseen, and no commit from before the policy slips in.
"""

import time
from collections.abc import Callable, Iterable, Sequence

from gitspec.domain.commit import Touched
from gitspec.errors import CannotJudge
from gitspec.git.commit_facts import merged_tree
from gitspec.git.commit_log import LoggedCommit
from gitspec.git.repository import Repository
from gitspec.git.spec_history import changes_below, merge_bases, renames_between, tree_changes
from gitspec.git.tree_edit import PathChange

SECONDS = 40.0
"""All merges of a range together may take so long; a gate that needs more cannot judge."""


class Merges:
    """The merges of a range. ``note`` must have been called for every commit before, parents first."""

    def __init__(
        self,
        repo: Repository,
        commits: Sequence[LoggedCommit],
        is_code: Callable[[Touched], bool],
        seconds: float = SECONDS,
    ) -> None:
        self._repo = repo
        self._is_code = is_code
        self._until = time.monotonic() + seconds
        self._trees = {commit.oid: commit.tree for commit in commits}
        self._bits: dict[str, int] = {}
        self._reached: dict[str, int] = {}
        """A commit with all before it in the range, and the edge of the range, as bits."""
        self._gone: dict[str, set[str]] = {}
        self._renames: dict[tuple[str, str], dict[str, str]] = {}
        self._touched: dict[str, int] = {}
        """The judged commits that touch a path, as bits."""
        for commit in commits:
            reached = self._bit(commit.oid)
            for parent in commit.parents:
                reached |= self._reached.get(parent) or self._bit(parent)
            self._reached[commit.oid] = reached
        merges = [c for c in commits if len(c.parents) > 1]
        pairs = [(c.oid, parent) for c in merges for parent in c.parents[1:]]
        found = changes_below(repo, pairs, "")
        self._others = {pair: {p.path for p in changes} for pair, changes in zip(pairs, found, strict=True)}

    def note(self, commit: LoggedCommit) -> None:
        """The commit is judged: it vouches for the paths that it touches."""
        bit = self._bit(commit.oid)
        for change in commit.changes:
            self._touched[change.path] = self._touched.get(change.path, 0) | bit

    def to_judge(self, merge: LoggedCommit) -> tuple[Touched, ...]:
        """The paths that the merge itself must answer for. Raises CannotJudge G019 when time is up."""
        edited = self._edited(merge)
        found = dict(edited)
        for change in merge.changes:
            touched = as_touched(change)
            if change.path in edited or (self._is_code(touched) and not self._is_vouched(merge, change.path)):
                found[change.path] = touched
        return tuple(found.values())

    def _edited(self, merge: LoggedCommit) -> dict[str, Touched]:
        """Where it differs from Git's own merge; of an octopus, or when there is none, from all parents."""
        if len(merge.parents) == 2:
            tree = self._automatic(*merge.parents)
            if tree == merge.tree:
                return {}
            if tree:
                return {c.path: as_touched(c) for c in tree_changes(self._repo, tree, merge.tree)}
        differs = [self._others[merge.oid, parent] for parent in merge.parents[1:]]
        return {c.path: as_touched(c) for c in merge.changes if all(c.path in other for other in differs)}

    def _automatic(self, ours: str, theirs: str) -> str:
        if theirs in self._trees and self._reached[theirs] & self._bit(ours):
            return self._trees[theirs]  # ours is an ancestor: a merge that could have been a fast-forward
        left = self._until - time.monotonic()
        if left <= 0:
            raise CannotJudge("G019", "the merges take too long to judge", help="push or check fewer commits at once")
        return merged_tree(self._repo, ours, theirs, left)

    def _is_vouched(self, merge: LoggedCommit, path: str) -> bool:
        ours, *others = merge.parents
        before = self._reached.get(ours, 0)
        by = self._touched.get(path, 0)
        for other in others:
            if path not in self._others[merge.oid, other]:  # the merge has what this parent has
                brought = self._reached.get(other)
                if brought is None or by & brought & ~before:
                    return True
        if self._is_judged(merge, path):
            return True
        if any(self._is_judged_code(merge, source) for source in self._renamed_from(merge, path)):
            return True
        # Among files that are much alike Git's merge may take another one for the source than its diff does.
        sources = self._moved_away(merge)
        return bool(sources) and all(self._is_judged_code(merge, source) for source in sources)

    def _is_judged_code(self, merge: LoggedCommit, path: str) -> bool:
        return self._is_code(Touched(path, 0o100644, 0)) and self._is_judged(merge, path)

    def _is_judged(self, merge: LoggedCommit, path: str) -> bool:
        """Whether a judged commit on one of the sides that have not landed touches the path."""
        by = self._touched.get(path, 0)
        before = self._reached.get(merge.parents[0], 0)
        if by & self._reached[merge.oid] & ~before & ~self._bit(merge.oid):
            return True
        has_landed = any(other not in self._reached for other in merge.parents[1:])
        return has_landed and bool(by & before)

    def _renamed_from(self, merge: LoggedCommit, path: str) -> Iterable[str]:
        """The names that ``path`` had where the histories parted, by the renames of each side."""
        sources = set()
        for other in merge.parents[1:]:
            for base in merge_bases(self._repo, merge.parents[0], other):
                for side in (merge.parents[0], other):
                    if (base, side) not in self._renames:
                        self._renames[base, side] = renames_between(self._repo, base, side)
                    sources.add(self._renames[base, side].get(path, ""))
        return sources - {""}

    def _moved_away(self, merge: LoggedCommit) -> set[str]:
        """The paths that one side has edited and the other one no longer has: whatever edit was carried along is of these."""
        if merge.oid not in self._gone:
            found: set[str] = set()
            ours = merge.parents[0]
            for other in merge.parents[1:]:
                for base in merge_bases(self._repo, ours, other):
                    mine, theirs = changes_below(self._repo, [(ours, base), (other, base)], "")
                    for edits, moves in ((mine, theirs), (theirs, mine)):
                        found |= {c.path for c in edits if c.new} & {c.path for c in moves if not c.new}
            self._gone = {merge.oid: found}
        return self._gone[merge.oid]

    def _bit(self, oid: str) -> int:
        return self._bits.setdefault(oid, 1 << len(self._bits))


def as_touched(change: PathChange) -> Touched:
    """A change without its contents."""
    return Touched(change.path, change.old.mode if change.old else 0, change.new.mode if change.new else 0)
