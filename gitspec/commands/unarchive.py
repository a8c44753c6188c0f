"""What taking an archive back would do to a branch, as data: the living specs as without the change, and its folder."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from gitspec.commands.archive_plan import Plan, Tip
from gitspec.domain import archive_message
from gitspec.domain.capability import Capability
from gitspec.domain.change import Change
from gitspec.domain.ids import problem_with_change_id
from gitspec.domain.prove import Folded, take_back
from gitspec.errors import CannotJudge, Refused, UsageError
from gitspec.git.identity import settings
from gitspec.git.objects import MODE_FILE, MODE_TREE
from gitspec.git.transaction import Operation
from gitspec.git.tree_edit import Item
from gitspec.store import layout
from gitspec.store.history_reader import LivingAt, Unreadable
from gitspec.store.proving import Landing, Prover

_CHANGE = "change.yaml"
_SHOWN = 5


def plan_unarchive(tip: Tip, change: str) -> Plan:
    """Plan the commit that takes the archive of a change (by its id or folder) back; no tag is made, and none moves.

    The living specs become what they would be without the change, and its folder is active again as it was. Raises
    UsageError L011 when no such change is archived, Refused A027 when later ones build on it, A028 when it was only
    imported or is active too, CannotJudge L010 without a policy and G016 in a shallow clone.
    """
    name = _archived_name(tip, change)
    change = name[11:]
    folder = f"{layout.ARCHIVE}/{name}"
    prover = Prover(tip.repo)
    try:
        landing = prover.landing(tip.target.tip, folder)
        model = landing.undone.folder.change
        if model.imported:
            message = f"change '{change}' was imported as history: nothing was folded that could be taken back"
            raise Refused("A028", message, place=folder)
        living = LivingAt(prover.reader, tip.target.tip, {})
        taken = take_back(living, landing.undone, links_to=living.links_to)
        _refuse_built_on(tip, prover, landing, change, living, taken)
        files = _files(tip, landing, living, taken)
    except Unreadable as error:
        found = error.found
        raise Refused(
            found.code, found.message, place=error.path, help="gitspec fsck tells which commit it is"
        ) from None
    finally:
        prover.reader.close()
    return _plan(tip, change, name, landing, files, taken)


def _plan(tip: Tip, change: str, name: str, landing: Landing, files: Mapping[str, Item | None], taken: Folded) -> Plan:
    old, new = f"{layout.ARCHIVE}/{name}", layout.change_folder(change)
    held = tip.at(old)
    assert held is not None
    moved = held
    if landing.undone.folder.change.closed:
        moved = Item(
            MODE_TREE, tip.trees.edited(held.oid, {_CHANGE: _reopened(tip, landing, change, f"{old}/{_CHANGE}")})
        )
    tree = tip.trees.edited(tip.root, {**files, old: None, new: moved})
    title = landing.undone.folder.change.title
    message = archive_message.unarchive_message(change, title, name, taken.touched)
    operation = Operation(
        "unarchive",
        change,
        tip.target,
        tree,
        tuple(tip.trees.changes(tip.root, tree)),
        tip.trees.batch,
        message,
        None,
        settings(tip.repo),
        (old, new),
    )
    return Plan(operation, name, title, taken.touched)


def _archived_name(tip: Tip, change: str) -> str:
    split = layout.split_archive_name(change)
    wanted = split[1] if split else change
    if problem := problem_with_change_id(wanted):
        raise UsageError("I001", f"id of a change: {problem}", help="gitspec list --archived")
    if tip.at(layout.POLICY) is None:
        raise CannotJudge("L010", f"branch {tip.target.branch} has no {layout.POLICY}", help="run 'gitspec init'")
    names = _names(tip)
    found = [name for name in names if name == change or name[11:] == wanted]
    active = tip.at(layout.change_folder(wanted))
    if not found:
        if active:
            raise Refused("A028", f"change '{wanted}' is active, not archived", place=layout.change_folder(wanted))
        from difflib import get_close_matches

        near = get_close_matches(wanted, [name[11:] for name in names], 3, 0.5)
        raise UsageError(
            "L011",
            f"no change '{wanted}' is archived on branch {tip.target.branch}",
            help=f"did you mean {', '.join(near)}?" if near else "gitspec list --archived",
        )
    if active or len(found) > 1:
        other = layout.change_folder(wanted) if active else f"{layout.ARCHIVE}/{found[1]}"
        raise Refused("A028", f"the id '{wanted}' has another folder: {other}", place=f"{layout.ARCHIVE}/{found[0]}")
    return found[0]


def _names(tip: Tip) -> list[str]:
    folder = tip.at(layout.ARCHIVE)
    names = tip.trees.entries(folder.oid) if folder and folder.mode == MODE_TREE else {}
    return [name for name in names if layout.split_archive_name(name)]


def _refuse_built_on(tip: Tip, prover: Prover, landing: Landing, change: str, living: LivingAt, taken: Folded) -> None:
    there = prover.reader.at(landing.commit, layout.ARCHIVE)
    before = prover.reader.trees.entries(there.oid) if there else {}
    later = [name for name in _names(tip) if name not in before]
    conflicts = [conflict for one in taken.unfolded for conflict in one.conflicts]
    dead = [] if conflicts else list(_dead_links(living, taken))
    words = {conflict.requirement or conflict.capability for conflict in conflicts}
    words |= {target.rpartition("/")[2] for _, target in dead}
    builders = sorted({*_depending(tip, prover, change), *_touching(tip, prover, later, words)})
    reasons = [conflict.message for conflict in conflicts]
    reasons += [f"{name} would link to {target}, which does not exist any more" for name, target in dead]
    if not reasons and not builders:
        return
    why = f": {reasons[0]}" if reasons else ""
    shown = ", ".join(builders[:_SHOWN]) + (f" and {len(builders) - _SHOWN} more" if len(builders) > _SHOWN else "")
    if not builders:
        message = f"'{change}' cannot be taken back, for what it wrote was changed since{why}"
        raise Refused("A027", message, help="say what shall hold instead as a new change: gitspec propose")
    first = builders[0]
    raise Refused(
        "A027",
        f"later changes build on '{change}': {shown}{why}",
        place=f"{layout.ARCHIVE}/{next(name for name in _names(tip) if name[11:] == first)}",
        help=f"gitspec unarchive {builders[-1]} first; or say what shall hold instead as a new change",
    )


def _depending(tip: Tip, prover: Prover, change: str) -> Iterator[str]:
    """Archived changes that say they depend on it; only those whose text has its id are parsed."""
    names = _names(tip)
    items = [(name, tip.at(f"{layout.ARCHIVE}/{name}/{_CHANGE}")) for name in names]
    known = [(name, item) for name, item in items if item and item.mode == MODE_FILE]
    for (name, item), data in zip(known, tip.objects.read_many([i.oid for _, i in known]), strict=True):
        if b"depends_on" in data and change.encode() in data:
            path = f"{layout.ARCHIVE}/{name}/{_CHANGE}"
            if change in prover.reader.change(name[11:], item, path).depends_on:
                yield name[11:]


def _dead_links(living: LivingAt, taken: Folded) -> Iterator[tuple[str, str]]:
    """(requirement, target) of links that come back and whose target has gone meanwhile."""
    for capability in taken.changed:
        new, old = taken.living.get(capability), living.get(capability)
        known = {(r.id, t) for r in (old.requirements if old else ()) for ts in r.links.values() for t in ts}
        for requirement in new.requirements if new else ():
            for target in (t for targets in requirement.links.values() for t in targets):
                home, _, wanted = target.rpartition("/")
                there = taken.living.get(home)
                if (requirement.id, target) not in known and (there is None or there.requirement(wanted) is None):
                    yield f"{capability}/{requirement.id}", target


def _touching(tip: Tip, prover: Prover, later: Sequence[str], words: Collection[str]) -> Iterator[str]:
    """Later changes that speak of what cannot be taken back."""
    if not words:
        return
    for name in later:
        folder = tip.at(f"{layout.ARCHIVE}/{name}")
        if folder is None or folder.mode != MODE_TREE:
            continue
        deltas = [item for path, item in tip.trees.files(folder.oid) if path.startswith("deltas/")]
        if any(word.encode() in prover.reader.read(item.oid) for item in deltas for word in words):
            yield name[11:]


def _files(tip: Tip, landing: Landing, living: LivingAt, taken: Folded) -> dict[str, Item | None]:
    """The new files: byte for byte those from before the archive where nothing has changed since, else rewritten."""
    files: dict[str, Item | None] = {}
    for capability in _affected(landing, taken):
        path = layout.capability_path(capability)
        here = tip.at(path)
        change = landing.parts.living.get(capability)
        if change is not None and change.new == here and not (landing.undone.others or landing.undone.taken):
            files[path] = change.old
            continue
        wanted = taken.living.get(capability)
        if wanted != living.get(capability):
            files[path] = _written(tip, path, here, wanted)
    return files


def _affected(landing: Landing, taken: Folded) -> Iterable[str]:
    return sorted({*landing.parts.living, *taken.changed}) if landing.undone.folder.is_folded else ()


def _written(tip: Tip, path: str, here: Item | None, wanted: Capability | None) -> Item | None:
    from gitspec.yaml.emit import emit
    from gitspec.yaml.splice import rewrite

    if wanted is None:
        return None
    data = emit(wanted) if here is None else rewrite(tip.objects.read(here.oid), wanted, path)
    return Item(MODE_FILE, tip.trees.batch.add("blob", data))


def _reopened(tip: Tip, landing: Landing, change: str, path: str) -> Item:
    """change.yaml of a closed change without `closed:`: as it was before, if that is what it comes to."""
    from gitspec.yaml.binding import load
    from gitspec.yaml.splice import rewrite

    wanted = landing.undone.folder.change.model_copy(update={"closed": None})
    if landing.base:
        tree = tip.objects.read(landing.base).split(b"\n", 1)[0].removeprefix(b"tree ").decode()
        was = tip.trees.at(tree, layout.change_path(change, _CHANGE))
        if was and was.mode == MODE_FILE and load(Change, tip.objects.read(was.oid), path).value == wanted:
            return was
    held = tip.at(path)
    assert held is not None
    return Item(MODE_FILE, tip.trees.batch.add("blob", rewrite(tip.objects.read(held.oid), wanted, path)))
