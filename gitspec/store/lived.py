"""What living specs have said before: the versions of a requirement along the history of a spec's commit."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.objects import Objects
from gitspec.git.run import git
from gitspec.git.spec_history import shallow_boundary
from gitspec.store import layout
from gitspec.store.archive_walk import arrivals

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability, Requirement
    from gitspec.domain.names_since import Archive
    from gitspec.domain.provenance import Claim
    from gitspec.store.spec import Spec

_QUIET = ("--full-history", "--diff-merges=separate", "--no-renames", "--no-abbrev", "--no-ext-diff", "-z")


class Version(NamedTuple):
    """A requirement as it lived; ``commit`` brought it (empty: it is what the change meets now)."""

    commit: str
    requirement: "Requirement"


class Lived:
    """The history of the living specs, up to the commit of a snapshot, or HEAD."""

    def __init__(self, spec: "Spec") -> None:
        self.spec = spec
        self.repo = spec.snapshot.repo
        self._objects = Objects(self.repo)
        name = spec.snapshot.name
        is_id = len(name) in (40, 64)
        heads = [name] if is_id else ["HEAD", "MERGE_HEAD"]
        self.tips = [oid for head in heads if (oid := self._objects.find(head))]
        """Commits whose history counts; none for a tree that is only tried out, or before the first commit."""
        self._blobs: dict[str, list[tuple[str, str]]] = {}
        self._models: dict[str, Capability | None] = {}
        self._archives: list[tuple[str, Archive]] | None = None

    @property
    def horizon(self) -> tuple[str, ...]:
        """What decides how far back can be looked: the tips, and where a shallow clone ends; never empty."""
        return (*self.tips, *sorted(shallow_boundary(self.repo))) or ("",)

    @property
    def is_cut_off(self) -> bool:
        """Whether a shallow clone hides what came before."""
        return bool(shallow_boundary(self.repo))

    def versions(self, name: str) -> Iterator[Version]:
        """The versions of a requirement, the newest first; the same one may come several times."""
        capability, _, requirement = name.rpartition("/")
        for commit, oid in self._contents(layout.capability_path(capability)):
            model = self._model(oid, capability)
            found = model.requirement(requirement) if model else None
            if found is not None:
                yield Version(commit, found)

    def find(self, name: str, claim: "Claim") -> Version | None:
        """The newest version that is as a claim has it. Raises CannotJudge G016 when missing history may hold it."""
        from gitspec.domain.provenance import fits

        found = next((version for version in self.versions(name) if fits(claim, version.requirement)), None)
        if found is None and self.is_cut_off:
            message = f"this clone hides the history in which {name} may have been as the delta says"
            raise CannotJudge("G016", message, help="git fetch --unshallow")
        return found

    def archives(self) -> "list[Archive]":
        """All archived changes that were folded, in the order in which they were."""
        return [archive for _, archive in self._in_order()]

    def archives_since(self, commit: str) -> "list[Archive]":
        """The archived changes that the commit did not have yet."""
        listed = git(self.repo, "ls-tree", "-z", "--name-only", "--full-tree", commit, "--", f"{layout.ARCHIVE}/")
        there = set(os.fsdecode(listed).split("\0"))
        return [archive for folder, archive in self._in_order() if folder not in there]

    def brought_in(self, path: str) -> str | None:
        """The commit whose author added the file at ``path``, the last one of several; None while there is none."""
        if not self.tips:
            return None
        args = ("log", "-1", "--full-history", "--diff-filter=A", "--no-renames", "--format=%H")
        return git(self.repo, *args, *self.tips, "--", path).decode().strip() or None

    def _in_order(self) -> "list[tuple[str, Archive]]":
        if self._archives is None:
            self._archives = _archives(self.spec, self._order_of_folders())
        return self._archives

    def _order_of_folders(self) -> list[str]:
        """The archived folders in the order in which they came into history; those that are not committed last."""
        known = {archived.folder: None for archived in self.spec.archived()}
        if not known or not self.tips:
            return list(known)
        found = arrivals(self.repo, self.tips, self.spec.cache)
        landed = dict.fromkeys(f"{layout.ARCHIVE}/{one.folder}" for one in found)
        return [folder for folder in landed if folder in known] + [folder for folder in known if folder not in landed]

    def _contents(self, path: str) -> list[tuple[str, str]]:
        """(commit, id of the content) of all versions of a file."""
        if path not in self._blobs:
            found: list[tuple[str, str]] = []
            commit = ""
            out = git(self.repo, "log", "--raw", "--format=%H", *_QUIET, *self.tips, "--", path) if self.tips else b""
            for field in os.fsdecode(out).split("\0"):
                row = field.strip("\n")
                if row.startswith(":"):
                    _, mode, _, oid, _ = row[1:].split(" ")
                    if mode != "000000":
                        found.append((commit, oid))
                elif len(row) in (40, 64) and "/" not in row:
                    commit = row
            self._blobs[path] = list(dict.fromkeys(found))
        return self._blobs[path]

    def _model(self, oid: str, capability: str) -> "Capability | None":
        from gitspec.domain.capability import Capability
        from gitspec.yaml.binding import load

        if oid not in self._models:
            self._models[oid] = load(Capability, self._objects.read(oid), layout.capability_path(capability)).value
        return self._models[oid]


def _archives(spec: "Spec", folders: Sequence[str]) -> "list[tuple[str, Archive]]":
    from gitspec.domain.names_since import Archive, Naming
    from gitspec.store.records import records_of

    known = {archived.folder: archived for archived in spec.archived()}
    records = records_of(spec, [spec.archived_change(known[folder]) for folder in folders])
    return [
        (
            folder,
            Archive(
                record.id,
                tuple(
                    Naming(d.capability, d.renamed, d.moved, d.removed, d.rename_to, d.retire) for d in record.deltas
                ),
            ),
        )
        for folder, record in zip(folders, records, strict=True)
        if record.change is None or record.change.closed is None
    ]
