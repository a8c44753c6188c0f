"""The versions of active changes on branches and in the work tree, each with what it touches.

A version is a tree of a change's folder: identical copies on several branches are one. What a version says is remembered
by that tree, so that a later run reads only what is new.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.git.objects import MODE_FILE
from gitspec.git.promised import fetch_promised
from gitspec.git.snapshot import folder_trees
from gitspec.store import layout
from gitspec.store.branches import Branch, Folders, TreeReader
from gitspec.store.records import finding_of, plain

if TYPE_CHECKING:
    from gitspec.domain.delta import Delta
    from gitspec.git.objects import Objects
    from gitspec.store.cache import Cache
    from gitspec.store.spec import Spec

WORK_TREE = ""
"""Stands for the work tree where a ref would stand."""
_KIND = "versions"
_SPARE = 2000
_ANY = layout.change_folder("any")


class Place(NamedTuple):
    """Where a version is: the full name of a ref, or WORK_TREE; ``archived`` when it is archived there already."""

    ref: str
    archived: bool = False


class Version(NamedTuple):
    """One version of a change. ``files``: the object id of each file of the folder by its path.

    ``fold_key`` is the same for versions that fold alike: tasks and prose do not matter. ``is_closed``: it was given
    up there. Of a ``broken`` one, whose change.yaml or deltas have errors (``findings``), nothing else is known.
    """

    change: str
    tree: str
    places: tuple[Place, ...]
    files: dict[str, str]
    title: str
    depends_on: tuple[str, ...]
    is_closed: bool
    fold_key: str
    touches: dict[str, list[str]]
    capabilities: tuple[str, ...]
    asks_for_links: bool
    findings: tuple[Finding, ...]

    @property
    def broken(self) -> bool:
        """Whether its change.yaml or a delta has errors."""
        return any(f.severity == "error" for f in self.findings)


class Contents:
    """The delta files of versions: objects, or the work tree's own where they are not stored yet."""

    def __init__(self, objects: "Objects") -> None:
        self._objects = objects
        self._loose: dict[str, bytes] = {}
        self._read: set[str] = set()

    def keep(self, oid: str, data: bytes) -> None:
        """Take in a content that may not be stored."""
        self._loose[oid] = data

    def prefetch(self, oids: Sequence[str]) -> None:
        """Read what is not there yet with one child."""
        wanted = [oid for oid in dict.fromkeys(oids) if oid not in self._loose and oid not in self._read]
        self._read.update(wanted)
        fetch_promised(self._objects.repo, wanted)
        self._objects.prefetch(wanted)

    def read(self, oid: str) -> bytes:
        """One content. Raises CannotJudge G006 when it is missing."""
        return self._loose[oid] if oid in self._loose else self._objects.read(oid)


def places_of(
    branches: Sequence[Branch], folders: Sequence[Folders], landed: "frozenset[str]"
) -> dict[tuple[str, str], list[Place]]:
    """(change, tree) -> where that version is; changes that have ``landed`` are left out."""
    found: dict[tuple[str, str], list[Place]] = {}
    for branch, there in zip(branches, folders, strict=True):
        for change, tree in there.active.items():
            if change not in landed:
                found.setdefault((change, tree), []).append(Place(branch.ref))
        for name, tree in there.archived.items():
            split = layout.split_archive_name(name)
            if split and split[1] not in landed:
                found.setdefault((split[1], tree), []).append(Place(branch.ref, archived=True))
    return found


def work_tree_files(spec: "Spec", contents: Contents) -> dict[tuple[str, str], dict[str, str]]:
    """The active changes of the work tree: (change, tree) -> path -> object id."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for change in spec.change_ids():
        folder = spec.change(change)
        paths = [entry.path for entry in folder.entries]
        cut = len(folder.path) + 1
        files = {path[cut:]: oid for path, oid in zip(paths, spec.oids(paths), strict=True)}
        found[change, folder.tree()] = files
        for path, oid in files.items():
            if _matters(path):
                contents.keep(oid, folder.read(path))
    return found


def versions_of(
    where: Mapping[tuple[str, str], Sequence[Place]],
    known_files: Mapping[tuple[str, str], dict[str, str]],
    reader: TreeReader,
    contents: Contents,
    cache: "Cache | None",
) -> list[Version]:
    """The versions, sorted by change and tree. ``known_files`` are those of the work tree."""
    known = cache.load(_KIND) if cache else {}
    keys = {place: f"{place[0]} {place[1]}" for place in sorted(where)}
    missing = [place for place, key in keys.items() if not isinstance(known.get(key), dict)]
    stored = reader.files(tree for change, tree in missing if (change, tree) not in known_files)
    files: dict[tuple[str, str], dict[str, str]] = {}
    for place in missing:
        ordinary = {path: e.oid for path, e in stored.get(place[1], {}).items() if e.mode == MODE_FILE}
        files[place] = known_files.get(place) or ordinary
    contents.prefetch([oid for held in files.values() for path, oid in held.items() if _matters(path)])
    fresh = {keys[place]: _row(place[0], files[place], contents, reader) for place in missing}
    if cache and (fresh or len(known) > len(keys) + _SPARE):
        cache.save(_KIND, {k: v for k, v in known.items() if k in keys.values() or len(known) <= _SPARE} | fresh)
    rows = {**known, **fresh}
    return [_version(place, tuple(where[place]), rows[key]) for place, key in keys.items()]


def load_deltas(version: Version, contents: Contents) -> "tuple[Delta, ...]":
    """The deltas of a version that is not broken, by capability."""
    from gitspec.domain.delta import Delta
    from gitspec.yaml.binding import load

    loaded = [load(Delta, contents.read(oid), path).value for path, oid in delta_files(version.files)]
    return tuple(delta for delta in loaded if delta is not None)


def delta_files(files: Mapping[str, str]) -> list[tuple[str, str]]:
    """(path, object id) of the deltas among the files of a folder; about other paths the layout has findings."""
    return sorted((path, oid) for path, oid in files.items() if layout.classify(f"{_ANY}/{path}").kind == "delta")


def _matters(path: str) -> bool:
    return path == "change.yaml" or path.startswith("deltas/")


def _row(change: str, files: dict[str, str], contents: Contents, reader: TreeReader) -> dict[str, Any]:
    from gitspec.domain.change import Change
    from gitspec.domain.overlap import touched
    from gitspec.domain.rules import finding
    from gitspec.store.spec import misnamed
    from gitspec.yaml.binding import load, locate

    folder = layout.change_folder(change)
    findings: list[Finding] = []
    outline = None
    if "change.yaml" in files:
        loaded = load(Change, contents.read(files["change.yaml"]), f"{folder}/change.yaml")
        findings += loaded.findings
        outline = loaded.value
        if outline is not None and outline.change != change:
            place = locate(loaded.document, ("change",))
            findings.append(misnamed("change", change, f"{folder}/change.yaml", *place))
    else:
        findings.append(finding("L005", "the folder of a change has no change.yaml", folder))
    deltas, found = _deltas(folder, files, contents)
    findings += found
    depends_on = list(outline.depends_on) if outline else []
    tree = folder_trees([(path, MODE_FILE, oid) for path, oid in delta_files(files)], reader.repo.object_format)[""]
    capabilities = {d.capability for d in deltas} | {m.to.rpartition("/")[0] for d in deltas for m in d.moved}
    return {
        "files": files,
        "title": outline.title if outline else "",
        "depends_on": depends_on,
        "closed": bool(outline and outline.closed),
        "fold": " ".join([change, tree, *depends_on]),
        "touches": touched(deltas),
        "capabilities": sorted(capabilities | {d.rename_to for d in deltas if d.rename_to}),
        "links": any(d.removed or d.renamed or d.moved or d.rename_to or d.retire for d in deltas),
        "findings": [plain(f) for f in findings],
    }


def _deltas(folder: str, files: dict[str, str], contents: Contents) -> "tuple[list[Delta], list[Finding]]":
    from gitspec.domain.delta import Delta
    from gitspec.store.spec import misnamed
    from gitspec.yaml.binding import load, locate

    deltas: list[Delta] = []
    findings: list[Finding] = []
    for path, oid in delta_files(files):
        full = f"{folder}/{path}"
        loaded = load(Delta, contents.read(oid), full)
        findings += loaded.findings
        capability = layout.classify(full).capability
        if loaded.value is not None and loaded.value.capability != capability:
            findings.append(misnamed("capability", capability, full, *locate(loaded.document, ("capability",))))
        elif loaded.value is not None:
            deltas.append(loaded.value)
    return deltas, findings


def _version(place: tuple[str, str], places: tuple[Place, ...], row: dict[str, Any]) -> Version:
    return Version(
        *place,
        places,
        row["files"],
        row["title"],
        tuple(row["depends_on"]),
        row["closed"],
        row["fold"],
        row["touches"],
        tuple(row["capabilities"]),
        row["links"],
        tuple(finding_of(f) for f in row["findings"]),
    )
