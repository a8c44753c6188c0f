"""A commit beside one of its parents: the capabilities that differ, and which of them and of their requirements is which."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gitspec.domain.capability import Capability
from gitspec.domain.names_between import Step
from gitspec.domain.renames import renames
from gitspec.git.repository import Repository
from gitspec.git.spec_history import changes_below
from gitspec.git.tree_edit import PathChange
from gitspec.store import layout
from gitspec.store.archive_names import archives_with_names
from gitspec.store.file_lines import FileLines


class Pair(NamedTuple):
    """The capabilities that differ, by their ids, and ``names``: what was called otherwise, names before by names after."""

    before: Mapping[str, Capability]
    after: Mapping[str, Capability]
    names: Mapping[str, str]


class Pairs:
    """Looks at commits and their parents, at each pair once."""

    def __init__(self, repo: Repository, lines: FileLines) -> None:
        self._repo = repo
        self._lines = lines
        self._known: dict[tuple[str, str], Pair] = {}

    def of(self, commit: str, parent: str) -> Pair:
        """A commit beside a parent."""
        key = commit, parent
        if key not in self._known:
            before, after = self._changed(commit, parent)
            names = renames(before, after, self._step(commit, parent)) if before and after else {}
            self._known[key] = Pair(before, after, names)
        return self._known[key]

    def _changed(self, commit: str, parent: str) -> tuple[dict[str, Capability], dict[str, Capability]]:
        """The capabilities that differ. Where there were none before, nothing is read: nothing can be renamed."""
        before: dict[str, Capability] = {}
        after: dict[str, Capability] = {}
        changes = self._changes(commit, parent, layout.CAPABILITIES)
        for change in changes if any(change.old for change in changes) else ():
            capability = layout.classify(change.path).capability
            for side, item in ((before, change.old), (after, change.new)):
                model = self._lines.parse(item.oid, change.path, commit) if capability and item else None
                if model is not None:
                    side[capability] = model
        return before, after

    def _step(self, commit: str, parent: str) -> Step:
        changes = self._changes(commit, parent, layout.ARCHIVE)
        came = {c.path: c.new.oid for c in changes if c.old is None and c.new is not None}
        gone = {c.path: c.old.oid for c in changes if c.new is None and c.old is not None}
        read = self._lines.objects.read_many
        return Step(archives_with_names(came, read), archives_with_names(gone, read))

    def _changes(self, commit: str, parent: str, path: str) -> Sequence[PathChange]:
        return changes_below(self._repo, [(commit, parent)], path)[0]
