"""Edits of a tree without an index: only the trees on the way to a changed path are read and written.

So the cost follows what changes and how deep it lies, not how many files the repository has.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import MODE_TREE, TreeEntry, parse_tree, tree_data


class Item(NamedTuple):
    """What a tree has at a path: a file, or with the mode of a tree a whole folder."""

    mode: int
    oid: str


class PathChange(NamedTuple):
    """What happens to one file."""

    path: str
    old: Item | None
    new: Item | None


def raw_change(facts: str, path: str) -> PathChange:
    """One row of ``git diff --raw -z --no-renames --no-abbrev``: the words before the path (``:100644 …``), and the path."""
    old_mode, new_mode, old, new, _ = facts[1:].split(" ")
    return PathChange(path, _item(old_mode, old), _item(new_mode, new))


def _item(mode: str, oid: str) -> Item | None:
    return Item(int(mode, 8), oid) if mode != "000000" else None


Edits = Mapping[str, Item | None]
"""What shall be at each path; None: nothing."""


class Trees:
    """The trees of a repository, and of a batch that is not written yet; each is read once."""

    def __init__(self, read: Callable[[str], bytes], batch: ObjectBatch) -> None:
        self._read = read
        self._parsed: dict[str, dict[str, Item]] = {}
        self.batch = batch

    def entries(self, tree: str) -> dict[str, Item]:
        """What a tree has, by name. Not to be changed."""
        parsed = self._parsed.get(tree)
        if parsed is None:
            raw = self.batch.get(tree)
            entries = parse_tree(self._read(tree) if raw is None else raw, self.batch.object_format)
            self._parsed[tree] = parsed = {entry.name: Item(entry.mode, entry.oid) for entry in entries}
        return parsed

    def at(self, tree: str, path: str) -> Item | None:
        """What a tree has at ``path``."""
        item: Item | None = Item(MODE_TREE, tree)
        for name in path.split("/"):
            if item is None or item.mode != MODE_TREE:
                return None
            item = self.entries(item.oid).get(name)
        return item

    def files(self, tree: str) -> Iterator[tuple[str, Item]]:
        """All files below a tree, with their paths in it."""
        for name, item in self.entries(tree).items():
            if item.mode == MODE_TREE:
                yield from ((f"{name}/{path}", file) for path, file in self.files(item.oid))
            else:
                yield name, item

    def edited(self, tree: str, edits: Edits) -> str:
        """The id of the tree that ``tree`` becomes; new trees go into the batch, nothing is written yet.

        A folder that ends up empty goes. No path of ``edits`` may lie below another one.
        """
        item = self._edited(Item(MODE_TREE, tree), edits)
        return item.oid if item else self.batch.add("tree", b"")

    def changes(self, old: str, new: str, path: str = "") -> Iterator[PathChange]:
        """The files that differ between two trees, by path; folders that are the same are not looked into."""
        before, after = self.entries(old), self.entries(new)
        for name in sorted({name for name, _ in before.items() ^ after.items()}):
            yield from self._differing(before.get(name), after.get(name), f"{path}{name}")

    def _differing(self, old: Item | None, new: Item | None, path: str) -> Iterator[PathChange]:
        if old == new:
            return
        folders = [item is not None and item.mode == MODE_TREE for item in (old, new)]
        if old and new and all(folders):
            yield from self.changes(old.oid, new.oid, f"{path}/")
        elif not any(folders):
            yield PathChange(path, old, new)
        else:
            yield from (PathChange(at, file, None) for at, file in self._below(old, path))
            yield from (PathChange(at, None, file) for at, file in self._below(new, path))

    def _below(self, item: Item | None, path: str) -> Iterator[tuple[str, Item]]:
        if item is not None and item.mode == MODE_TREE:
            yield from ((f"{path}/{name}", file) for name, file in self.files(item.oid))
        elif item is not None:
            yield path, item

    def _edited(self, old: Item | None, edits: Edits) -> Item | None:
        here: dict[str, Item | None] = {}
        below: dict[str, dict[str, Item | None]] = {}
        for path, item in edits.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = item
            else:
                here[name] = item
        if nested := here.keys() & below.keys():
            raise ValueError(f"an edit lies below another one: {sorted(nested)}")
        entries = dict(self.entries(old.oid)) if old is not None and old.mode == MODE_TREE else {}
        for name, deeper in below.items():
            here[name] = self._edited(entries.get(name), deeper)
        for name, item in here.items():
            if item is None:
                entries.pop(name, None)
            else:
                entries[name] = item
        if not entries:
            return None
        rows = [TreeEntry(name, item.mode, item.oid) for name, item in entries.items()]
        return Item(MODE_TREE, self.batch.add("tree", tree_data(rows)))
