"""Edits of a tree without an index: only the trees on the way to a changed path are read and written.

So the cost follows what changes and how deep it lies, not how many files the repository has.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import MODE_TREE, TreeEntry, parse_tree, tree_data


class Item(NamedTuple):
    """What a tree has at a path: a file, or with the mode of a tree a whole folder."""

    mode: int
    oid: str


Edits = Mapping[str, Item | None]
"""What shall be at each path; None: nothing."""


def edited_tree(root: str, edits: Edits, read: Callable[[str], bytes], batch: ObjectBatch) -> str:
    """The id of the tree that ``root`` becomes with ``edits``; new trees go into ``batch``, nothing is written yet.

    ``read`` gives the raw content of a tree object. A folder that ends up empty goes. No path of ``edits`` may lie
    below another one.
    """
    item = _edited(Item(MODE_TREE, root), edits, read, batch)
    return item.oid if item else batch.add("tree", b"")


def _edited(old: Item | None, edits: Edits, read: Callable[[str], bytes], batch: ObjectBatch) -> Item | None:
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
    entries: dict[str, TreeEntry] = {}
    if old is not None and old.mode == MODE_TREE:
        raw = batch.get(old.oid)
        raw = read(old.oid) if raw is None else raw
        entries = {entry.name: entry for entry in parse_tree(raw, batch.object_format)}
    for name, deeper in below.items():
        found = entries.get(name)
        here[name] = _edited(Item(found.mode, found.oid) if found else None, deeper, read, batch)
    for name, item in here.items():
        if item is None:
            entries.pop(name, None)
        else:
            entries[name] = TreeEntry(name, item.mode, item.oid)
    return Item(MODE_TREE, batch.add("tree", tree_data(entries.values()))) if entries else None
