"""Parts of spec/, for questions about a few changes among many: the cost is that of what is looked at."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gitspec.git.objects import Objects
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.snapshot import ROOT, WorkTree, at_tree
from gitspec.store import layout
from gitspec.store.spec import Spec

if TYPE_CHECKING:
    from gitspec.store.cache import Cache

_MANY = 1000


class SpecParts:
    """spec/ at ``commit``, or where that is empty of the work tree. ``name`` is what answers call it."""

    def __init__(self, repo: Repository, commit: str, cache: "Cache | None") -> None:
        self.repo = repo
        self.commit = commit
        self.cache = cache
        self.name = commit or "work tree"
        self._objects = Objects(repo)
        self._folders: dict[str, str] | None = None

    def of(self, paths: Sequence[str]) -> Spec:
        """A view of nothing but these files and folders (of very many: of all)."""
        roots = paths if len(paths) <= _MANY else (ROOT,)
        if self.commit or self.repo.top is None:
            stored = at_tree(self.repo, self.commit, self._objects, name=self.commit, roots=roots or (layout.POLICY,))
            return Spec(stored, self.cache)
        return Spec(WorkTree(self.repo, self.repo.top, roots), self.cache)

    def whole(self) -> Spec:
        """A view of all."""
        return self.of((ROOT,))

    def folders(self) -> dict[str, str]:
        """The folders of all changes by their ids, active and archived, as far as their names are sound."""
        if self._folders is None:
            archived = (layout.split_archive_name(name) for name in self._names(layout.ARCHIVE))
            found = {one[1]: layout.archive_folder(*one) for one in archived if one}
            active = (layout.classify(f"{layout.CHANGES}/{name}/change.yaml") for name in self._names(layout.CHANGES))
            self._folders = found | {place.change: place.folder for place in active if place.kind == "change"}
        return self._folders

    def _names(self, folder: str) -> list[str]:
        if self.commit:
            args = ("ls-tree", "-d", "-z", "--name-only", "--full-tree", self.commit, "--", f"{folder}/")
            return [path.rpartition("/")[2] for path in os.fsdecode(git(self.repo, *args)).split("\0")[:-1]]
        try:
            with os.scandir(f"{self.repo.top}/{folder}") as items:
                return [item.name for item in items if item.is_dir(follow_symlinks=False)]
        except OSError:
            return []
