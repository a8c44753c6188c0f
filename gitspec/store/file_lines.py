"""The line of descent of one capability's file: its versions as ``git log`` simplifies them, each content parsed once."""

from collections.abc import Sequence
from typing import NamedTuple

from gitspec.domain.capability import Capability
from gitspec.domain.finding import Finding
from gitspec.domain.gc_paused import gc_paused
from gitspec.git.objects import Objects
from gitspec.git.path_history import FileCommit, real_parents, simplified
from gitspec.git.ref_tips import blobs_at
from gitspec.git.repository import Repository
from gitspec.store import layout
from gitspec.store.spec import read_capability


class Side(NamedTuple):
    """One parent of a version. ``next`` is the version that the parent has, None when the file was never there."""

    parent: str
    next: str | None


class Skipped(NamedTuple):
    """A version that cannot be read: what it says counts as what came before it."""

    commit: str
    path: str
    finding: Finding


class FileLines:
    """The lines of descent of capabilities, and what each version holds."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.objects = Objects(repo)
        self.skipped: dict[str, Skipped] = {}
        """By the id of the content."""
        self.times: dict[str, int] = {}
        """When the versions were committed, by their commits."""
        self._heads: dict[tuple[str, str], str | None] = {}
        self._sides: dict[str, dict[str, tuple[Side, ...]]] = {}
        self._held: dict[str, dict[str, Capability | None]] = {}
        self._models: dict[str, Capability | None] = {}

    def head(self, commit: str, capability: str) -> str | None:
        """The version that ``commit`` has: the commit that brought it. None: there never was such a file."""
        key = commit, capability
        if key not in self._heads:
            if commit in self._sides.get(capability, ()):
                return commit
            self._heads[key] = self._follow(commit, capability)
        return self._heads[key]

    def sides(self, version: str, capability: str) -> tuple[Side, ...]:
        """The parents of a version that ``head`` or ``sides`` gave."""
        return self._sides[capability][version]

    def at(self, version: str | None, capability: str) -> Capability | None:
        """What a version says; None where there is no such capability."""
        return self._held[capability][version] if version else None

    def parse(self, oid: str, path: str, commit: str) -> Capability | None:
        """The content of a file; None, and noted as skipped, when it has errors."""
        if oid not in self._models:
            loaded = read_capability(layout.classify(path).capability, self.objects.read(oid), path)
            model = loaded.value
            if model is None:
                self.skipped[oid] = Skipped(commit, path, next(f for f in loaded.findings if f.severity == "error"))
            self._models[oid] = model
        return self._models[oid]

    def close(self) -> None:
        """End the child that reads."""
        self.objects.close()

    def _follow(self, commit: str, capability: str) -> str | None:
        """Learn the line from ``commit`` on."""
        path = layout.capability_path(capability)
        line = simplified(self.repo, commit, path)
        known = self._sides.setdefault(capability, {})
        fresh = [version for version in line if version.oid not in known]
        parents = real_parents(self.repo, [version.oid for version in fresh])
        asked = [version.oid for version in fresh]
        asked += [p for version in fresh if len(parents[version.oid]) > 1 for p in parents[version.oid]]
        asked += [p for version in fresh for p in version.parents]
        blobs = blobs_at(self.repo, list(dict.fromkeys(asked)), path)
        for version in fresh:
            known[version.oid] = _sides(version, parents[version.oid], blobs)
            self.times[version.oid] = version.time
        self._read(capability, path, [version.oid for version in fresh], blobs)
        return line[0].oid if line else None

    def _read(self, capability: str, path: str, fresh: Sequence[str], blobs: dict[str, str]) -> None:
        """Parse what is new, oldest first: what cannot be read counts as what came before it."""
        missing = {oid for version in fresh if (oid := blobs[version]) and oid not in self._models}
        self.objects.prefetch(sorted(missing))
        held = self._held.setdefault(capability, {})
        with gc_paused():
            for version in reversed(fresh):
                oid = blobs[version]
                model = self.parse(oid, path, version) if oid else None
                if oid and model is None:
                    before = self._sides[capability][version]
                    model = self.at(before[0].next, capability) if before else None
                held[version] = model


def _sides(version: FileCommit, parents: Sequence[str], blobs: dict[str, str]) -> tuple[Side, ...]:
    """Each parent of a commit with the version that it has; Git tells the versions in the order of the parents."""
    if len(parents) < 2:
        return tuple(Side(parent, version.parents[0] if version.parents else None) for parent in parents)
    left = list(version.parents)
    sides = []
    for parent in parents:
        same = [v for v in version.parents if blobs[v] == blobs[parent]]
        fitting = [v for v in same if v in left] or same
        if fitting and fitting[0] in left:
            left.remove(fitting[0])
        sides.append(Side(parent, fitting[0] if fitting else None))
    return tuple(sides)
