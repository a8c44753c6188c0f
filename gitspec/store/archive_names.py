"""The renames, moves and removals of archived folders, from their files alone: most have none, and are not parsed."""

from collections.abc import Callable, Mapping, Sequence

from gitspec.domain.fold_changes import order_by_needs
from gitspec.domain.names_since import Archive, Naming
from gitspec.store import layout

_GIVES_NAMES = (b"renamed:", b"moved:", b"removed:", b"rename_to:", b"retire:")


def archives_with_names(
    files: Mapping[str, str],
    read: Callable[[Sequence[str]], list[bytes]],
    order: Callable[[], Sequence[str]] = tuple,
) -> tuple[Archive, ...]:
    """Those archived changes among ``files`` that were folded and gave a name up, as they were folded.

    ``files`` are the files of archived folders by path, each with what ``read`` finds its content by. ``order`` tells
    the folders in the order in which they landed, where that matters; those of one commit go by `depends_on`, then by id.
    Files with errors say nothing.
    """
    deltas = {path: key for path, key in files.items() if layout.classify(path).kind == "delta"}
    contents = dict(zip(deltas, read(list(deltas.values())), strict=True))
    naming = {path: data for path, data in contents.items() if any(word in data for word in _GIVES_NAMES)}
    folders: dict[str, list[Naming]] = {}
    for path in sorted(naming):
        found = _naming(path, naming[path])
        if found is not None:
            folders.setdefault(layout.classify(path).folder, []).append(found)
    if not folders:
        return ()
    keys = [files[path] for folder in folders if (path := f"{folder}/change.yaml") in files]
    held = dict(zip(keys, read(keys), strict=True))
    needs = {}
    for folder in folders:
        depends = _depends_on(f"{folder}/change.yaml", held.get(files.get(f"{folder}/change.yaml", ""), b""))
        if depends is not None:
            needs[layout.classify(f"{folder}/change.yaml").change] = depends
    by_change = {layout.classify(f"{folder}/change.yaml").change: folder for folder in folders}
    ranks = {folder: at for at, folder in enumerate(order() if len(folders) > 1 else ())}
    ids = sorted(order_by_needs(needs).ids, key=lambda i: ranks.get(by_change[i], len(ranks)))
    return tuple(Archive(change, tuple(folders[by_change[change]])) for change in ids)


def _naming(path: str, data: bytes) -> Naming | None:
    from gitspec.domain.delta import Delta
    from gitspec.yaml.binding import load

    delta = load(Delta, data, path).value
    if delta is None:
        return None
    renamed = tuple((r.id, r.to) for r in delta.renamed)
    moved = tuple((r.id, r.to) for r in delta.moved)
    removed = tuple(r.id for r in delta.removed)
    return Naming(delta.capability, renamed, moved, removed, delta.rename_to, delta.retire)


def _depends_on(path: str, data: bytes) -> tuple[str, ...] | None:
    """What the change depends on; None when it was not folded."""
    from gitspec.domain.change import Change
    from gitspec.yaml.binding import load

    change = load(Change, data, path).value
    if change is None or change.closed is not None or change.imported is not None:
        return None
    return change.depends_on
