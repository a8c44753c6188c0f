"""Specs of many commits as typed values: each content is read and parsed once, whatever commits have it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from gitspec.domain.capability import Capability
from gitspec.domain.change import Change
from gitspec.domain.delta import Delta
from gitspec.domain.finding import Finding
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import MODE_FILE, MODE_TREE, Objects
from gitspec.git.repository import Repository
from gitspec.git.spec_history import CommitText, parse_commit
from gitspec.git.tree_edit import Item, Trees
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.domain.model import Model

M = TypeVar("M", bound="Model")
_MOST_MODELS = 4000
_MOST_TREES = 20_000


class Unreadable(Exception):
    """A file of the history that has errors; ``found`` is the first one."""

    def __init__(self, path: str, found: Finding) -> None:
        super().__init__(path)
        self.path = path
        self.found = found


class Reader:
    """Objects of a repository as models, remembered by their ids."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.objects = Objects(repo)
        self.trees = Trees(self.read, ObjectBatch(repo.object_format))
        self._held: dict[str, bytes] = {}
        self._models: dict[tuple[str, str], Model | Finding] = {}
        self._links: dict[str, tuple[tuple[str, str], ...]] = {}

    def hold(self, oids: Iterable[str]) -> None:
        """Read objects that will be asked for next, at one go; those of the last call are let go."""
        wanted = list(dict.fromkeys(oids))
        self._held = dict(zip(wanted, self.objects.read_many(wanted), strict=True))

    def is_parsed(self, kind: type[M], oid: str) -> bool:
        """Whether the model of that content is remembered."""
        return (kind.__name__, oid) in self._models

    def read(self, oid: str) -> bytes:
        """The content of an object."""
        held = self._held.get(oid)
        return self.objects.read(oid) if held is None else held

    def commit(self, oid: str) -> CommitText:
        """A commit."""
        return parse_commit(self.read(oid))

    def at(self, commit: str, path: str) -> Item | None:
        """What a commit has at ``path``."""
        if len(self.trees._parsed) > _MOST_TREES:
            self.trees = Trees(self.read, ObjectBatch(self.repo.object_format))
        return self.trees.at(self.commit(commit).tree, path)

    def model(self, kind: type[M], oid: str, path: str) -> M:
        """A file as a model. Raises Unreadable when it has errors."""
        key = kind.__name__, oid
        found = self._models.get(key)
        if found is None:
            from gitspec.yaml.binding import load

            loaded = load(kind, self.read(oid), path)
            errors = [f for f in loaded.findings if f.severity == "error"]
            found = loaded.value if loaded.value is not None else errors[0]
            if len(self._models) >= _MOST_MODELS:
                for old in list(self._models)[: _MOST_MODELS // 2]:
                    del self._models[old]
            self._models[key] = found
        if isinstance(found, Finding):
            raise Unreadable(path, found)
        assert isinstance(found, kind)
        return found

    def capability(self, capability: str, item: Item) -> Capability:
        """A living capability. Raises Unreadable when its file has errors, or another id than its path."""
        path = layout.capability_path(capability)
        model = self.model(Capability, item.oid, path)
        if model.capability != capability:
            raise Unreadable(path, _misnamed(path, model.capability))
        return model

    def change(self, change: str, item: Item, path: str) -> Change:
        """A change.yaml; as ``capability``."""
        model = self.model(Change, item.oid, path)
        if model.change != change:
            raise Unreadable(path, _misnamed(path, model.change))
        return model

    def delta(self, capability: str, item: Item, path: str) -> Delta:
        """A delta; as ``capability``."""
        model = self.model(Delta, item.oid, path)
        if model.capability != capability:
            raise Unreadable(path, _misnamed(path, model.capability))
        return model

    def links(self, capability: str, item: Item) -> tuple[tuple[str, str], ...]:
        """(requirement, what it links to) of a living capability; of a broken file nothing can be told."""
        found = self._links.get(item.oid)
        if found is None:
            found = ()
            if b"links" in self.read(item.oid):
                try:
                    found = tuple(_links(self.capability(capability, item)))
                except Unreadable:
                    found = ()
            self._links[item.oid] = found
        return found

    def know_links(self, items: Iterable[Item]) -> None:
        """Read what ``links`` will be asked for at one go."""
        missing = [item.oid for item in items if item.oid not in self._links and item.oid not in self._held]
        self._held |= dict(zip(missing, self.objects.read_many(missing), strict=True))

    def close(self) -> None:
        """End the children that read."""
        self.objects.close()


class LivingAt(Mapping[str, Capability]):
    """The living specs of a commit (None: of nothing). ``known`` are items that need no look into its trees.

    ``more`` are capabilities that count as living although the commit has none of that id.
    """

    def __init__(
        self,
        reader: Reader,
        commit: str | None,
        known: Mapping[str, Item | None],
        more: Mapping[str, Capability] | None = None,
    ) -> None:
        self._reader = reader
        self._commit = commit
        self._known = known
        self._more = more or {}
        self._all: dict[str, Item] | None = None

    def item(self, capability: str) -> Item | None:
        """The file of a capability."""
        if capability in self._known:
            return self._known[capability]
        if self._commit is None:
            return None
        found = self._reader.at(self._commit, layout.capability_path(capability))
        return found if found and found.mode == MODE_FILE else None

    def files(self) -> Mapping[str, Item]:
        """All files by id."""
        if self._all is None:
            folder = self._reader.at(self._commit, layout.CAPABILITIES) if self._commit else None
            found = self._reader.trees.files(folder.oid) if folder and folder.mode == MODE_TREE else ()
            places = ((layout.classify(f"{layout.CAPABILITIES}/{path}"), item) for path, item in found)
            self._all = {p.capability: item for p, item in places if p.kind == "capability" and item.mode == MODE_FILE}
        return self._all

    def links_to(self, name: str) -> list[str]:
        """The requirements that link to the one of that name."""
        items = self.files()
        self._reader.know_links(items.values())
        found = {
            f"{capability}/{requirement}"
            for capability, item in items.items()
            for requirement, target in self._reader.links(capability, item)
            if target == name
        }
        for capability, model in self._more.items():
            found |= {f"{capability}/{requirement}" for requirement, target in _links(model) if target == name}
        return sorted(found)

    def __getitem__(self, capability: str) -> Capability:
        item = self.item(capability)
        if item is None:
            return self._more[capability]
        return self._reader.capability(capability, item)

    def __contains__(self, capability: object) -> bool:
        return self.item(str(capability)) is not None or capability in self._more

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.files().keys() | self._more.keys()))

    def __len__(self) -> int:
        return len(self.files().keys() | self._more.keys())


def deltas_below(files: Mapping[str, Item], folder: str, load: Callable[[str, Item, str], Delta]) -> Sequence[Delta]:
    """The deltas among the files of a change's folder, by capability."""
    places = sorted((layout.classify(path), path) for path in files)
    return tuple(
        load(p.capability, files[path], path) for p, path in places if p.kind == "delta" and p.folder == folder
    )


def _links(capability: Capability) -> Iterator[tuple[str, str]]:
    for requirement in capability.requirements:
        for targets in requirement.links.values():
            yield from ((requirement.id, target) for target in targets)


def _misnamed(path: str, name: str) -> Finding:
    from gitspec.domain.rules import finding

    return finding("L008", f"the file says '{name}'", path)
