"""What a commit does to spec/, sorted out by what it means. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gitspec.git.objects import MODE_FILE
from gitspec.git.tree_edit import Item, PathChange
from gitspec.store import layout

LIVING = f"{layout.CAPABILITIES}/"
ARCHIVE = f"{layout.ARCHIVE}/"
CHANGE = "change.yaml"


class Step(NamedTuple):
    """A commit, and what it changes below spec/ against ``base``: its first parent, or the first that has a policy.

    ``dropped`` are archived folders that another parent has and the commit has not. ``imported`` are contents of
    capabilities that commits brought which a merge brings in, and which may do so.
    """

    commit: str
    parents: tuple[str, ...]
    base: str | None
    changes: tuple[PathChange, ...]
    is_adoption: bool = False
    dropped: tuple[tuple[str, str], ...] = ()
    imported: tuple[tuple[str, str], ...] = ()


class Parts(NamedTuple):
    """The changes of a step, sorted out."""

    living: dict[str, PathChange]
    stray: tuple[PathChange, ...]
    """Below capabilities/, and not the file of a capability."""
    fresh: dict[str, dict[str, Item]]
    """Folders that come to the archive, with their files."""
    gone: tuple[str, ...]
    """Folders that leave the archive."""
    edits: tuple[PathChange, ...]
    """Of folders that stay."""
    proposed: tuple[str, ...]
    policy: PathChange | None

    @property
    def only_proposes(self) -> bool:
        """Whether nothing is touched but active changes."""
        return not (self.living or self.stray or self.fresh or self.gone or self.edits or self.policy)


def needs_judging(changes: Sequence[PathChange]) -> bool:
    """Whether a step does more than edit active changes."""
    return any(
        path.startswith((LIVING, ARCHIVE))
        or path == layout.POLICY
        or (old is None and path.endswith(f"/{CHANGE}"))
        or path in (layout.SPEC, layout.CAPABILITIES, layout.ARCHIVE)
        for path, old, _ in changes
    )


def sorted_out(step: Step) -> Parts:
    """What a step does, by kinds of places."""
    living: dict[str, PathChange] = {}
    stray, archive, proposed = [], [], []
    policy = None
    for change in step.changes:
        path = change.path
        if path.startswith(LIVING):
            place = layout.classify(path)
            usual = all(item is None or item.mode == MODE_FILE for item in change[1:])
            if place.kind == "capability" and usual:
                living[place.capability] = change
            elif change.new is not None:
                stray.append(change)
        elif path.startswith(ARCHIVE):
            archive.append(change)
        elif path == layout.POLICY:
            policy = change
        elif path in (layout.SPEC, layout.CAPABILITIES, layout.ARCHIVE) and change.new is not None:
            stray.append(change)
        elif path.endswith(f"/{CHANGE}") and change.old is None:
            proposed.append(path.split("/")[2])
    fresh, gone, edits = _folders(archive)
    return Parts(living, tuple(stray), fresh, gone, edits, tuple(proposed), policy)


def _folders(
    archive: Sequence[PathChange],
) -> tuple[dict[str, dict[str, Item]], tuple[str, ...], tuple[PathChange, ...]]:
    fresh: dict[str, dict[str, Item]] = {}
    gone: dict[str, None] = {}
    for path, old, new in archive:
        if layout.classify(path).kind == "change":
            folder = path.rpartition("/")[0]
            if old is None and new is not None and new.mode == MODE_FILE:
                fresh[folder] = {}
            elif new is None:
                gone[folder] = None
    edits = []
    for change in archive:
        folder = folder_of(change.path)
        if folder in fresh and change.old is None and change.new:
            fresh[folder][change.path] = change.new
        elif folder not in gone or change.new is not None:
            edits.append(change)
    return fresh, tuple(gone), tuple(edits)


def folder_of(path: str) -> str:
    return "/".join(path.split("/", 3)[:3])


def by_folder(changes: Iterable[PathChange]) -> dict[str, list[PathChange]]:
    groups: dict[str, list[PathChange]] = {}
    for change in changes:
        groups.setdefault(folder_of(change.path), []).append(change)
    return groups
