"""Edits of a delta, as the `gitspec delta` commands make them. Pure: a delta goes in, a delta comes out.

Each is safe to repeat: saying the same twice leaves one entry, and what this delta itself adds, modifies or renames is
edited in its own entry. ``living`` is the delta's capability in the living specs, None when it does not exist.
Refused: D002 nothing of that id, D007 and D008 id that is taken, D028 what makes no sense in this delta.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from gitspec.domain.capability import Capability, LinkType, Requirement
from gitspec.domain.delta import (
    Delta,
    LineEdit,
    LinksEdit,
    ModifiedRequirement,
    MovedRequirement,
    RemovedRequirement,
    RenamedRequirement,
    TextEdit,
)
from gitspec.domain.difference import added_requirement, difference
from gitspec.domain.digest import seen_of_whole
from gitspec.domain.fold_items import HasId
from gitspec.domain.fold_result import ANY_CHANGE
from gitspec.errors import Refused

E = TypeVar("E", bound=HasId)
Links = Mapping[LinkType, tuple[str, ...]]


def empty_delta(capability: str, living: Capability | None, purpose: str | None = None) -> Delta:
    """A delta that says nothing yet; ``purpose`` is for a capability that does not exist."""
    if living is not None and purpose is not None:
        raise Refused("D028", f"capability {capability} exists and has a purpose", help="leave the purpose out")
    return Delta.model_construct(capability=capability, **_given(purpose=purpose))


def name_before(capability: str, requirement: str, deltas: Iterable[Delta]) -> tuple[str, LineEdit | None]:
    """The living name of what is called so once ``deltas`` have renamed and moved it, and the edit of its title."""
    deltas = list(deltas)
    home, old_id = capability, requirement
    for delta in deltas:
        for moved in delta.moved:
            if moved.to == f"{capability}/{requirement}":
                home, old_id = delta.capability, moved.id
    title: LineEdit | None = None
    for delta in deltas:
        for renamed in delta.renamed if delta.capability == home else ():
            if renamed.to == old_id:
                old_id, title = renamed.id, renamed.title
    return f"{home}/{old_id}", title


def base_of(
    capability: str, requirement: str, living: Mapping[str, Capability], deltas: Iterable[Delta]
) -> Requirement | None:
    """What a `modified` entry for a requirement is folded onto: the living one, renamed and moved as ``deltas`` say."""
    name, title = name_before(capability, requirement, deltas)
    home, _, old_id = name.rpartition("/")
    found = living[home].requirement(old_id) if home in living else None
    if found is None:
        return None
    update = {"id": requirement} | ({"title": title.after} if title else {})
    return found.model_copy(update=update)


def with_added(delta: Delta, living: Capability | None, requirement: Requirement, *, after: str | None = None) -> Delta:
    """Add a requirement, or put it in place of the one that the delta adds under that id."""
    mine = _find(delta.added, requirement.id)
    if mine is None:
        freed = {e.id for e in delta.renamed} | {e.id for e in delta.moved}
        taken = _find(delta.renamed, requirement.id, by="to") or _find(delta.removed, requirement.id)
        lives = living is not None and living.requirement(requirement.id) is not None and requirement.id not in freed
        if taken or lives:
            name = f"{delta.capability}/{requirement.id}"
            raise Refused("D007", f"{name} exists already", help=f"gitspec delta modify {ANY_CHANGE} {name}")
    entry = added_requirement(requirement, after or (mine.after if mine else None))
    return _put(delta, "added", entry)


def with_modified(delta: Delta, base: Requirement | None, wanted: Requirement) -> Delta:
    """Make ``wanted`` of a requirement: in its `added` entry if it has one, else as difference to ``base``.

    ``base`` comes from ``base_of``. An entry from before, also a removal, gives way; without a difference none is left.
    """
    if mine := _find(delta.added, wanted.id):
        return _put(delta, "added", added_requirement(wanted, mine.after))
    if base is None:
        raise _nothing(delta, wanted.id)
    delta = _without(delta, "removed", wanted.id)
    entry = difference(base, wanted)
    return _put(delta, "modified", entry) if entry else _without(delta, "modified", wanted.id)


def with_removed(
    delta: Delta,
    living: Capability | None,
    requirement: str,
    *,
    reason: str | None = None,
    migration: str | None = None,
) -> Delta:
    """Remove a requirement; one that this delta adds is just not added any more. Stamps anew when repeated."""
    if _find(delta.added, requirement):
        return _without(delta, "added", requirement)
    old_id = _id_before(delta, requirement)
    found = living.requirement(old_id) if living else None
    if found is None:
        raise _nothing(delta, requirement)
    mine = _find(delta.removed, old_id)
    fields = _given(
        reason=reason or (mine.reason if mine else None),
        migration=migration or (mine.migration if mine else None),
        notes=mine.notes if mine else None,
    )
    for group, entry_id in (("renamed", old_id), ("moved", old_id), ("modified", requirement)):
        delta = _without(delta, group, entry_id)
    return _put(delta, "removed", RemovedRequirement.model_construct(id=old_id, seen=seen_of_whole(found), **fields))


def with_renamed(
    delta: Delta, living: Capability | None, requirement: str, to: str, *, title: str | None = None
) -> Delta:
    """Give a requirement a new id, and a new title if one is given; entries of this delta follow."""
    if requirement != to and _is_taken(delta, living, to, by=requirement):
        raise Refused("D008", f"{delta.capability}/{to} exists already", help="choose another id")
    if mine := _find(delta.added, requirement):
        entry = mine.model_copy(update={"id": to} | _given(title=title))
        return _follow(_replace(delta, "added", requirement, entry), requirement, to)
    old_id = _id_before(delta, requirement)
    found = living.requirement(old_id) if living else None
    if found is None or _find(delta.removed, old_id) or _find(delta.moved, old_id):
        raise _nothing(delta, requirement)
    before = _find(delta.renamed, old_id)
    edit = before.title if before else None
    if title is not None:
        edit = LineEdit.model_construct(before=found.title, after=title) if title != found.title else None
    if to == old_id:
        delta = _without(delta, "renamed", old_id)
    else:
        delta = _put(delta, "renamed", RenamedRequirement.model_construct(id=old_id, to=to, **_given(title=edit)))
    delta = _follow(_follow(delta, requirement, to), before.to if before else requirement, to)
    return _without_title(delta, to) if title is not None else delta


def with_moved(delta: Delta, living: Capability | None, requirement: str, to: str) -> Delta:
    """Move a requirement to another capability, as `<capability>/<requirement>`."""
    if to.rpartition("/")[0] == delta.capability:
        help_ = f"gitspec delta rename {ANY_CHANGE} {delta.capability}/{requirement} {to.rpartition('/')[2]}"
        raise Refused("D028", f"{delta.capability}/{requirement} is in {delta.capability} already", help=help_)
    for group in ("added", "modified"):
        if _find(getattr(delta, group), requirement):
            message = f"this change has {delta.capability}/{requirement} under `{group}`"
            raise Refused("D028", message, help=f"move that entry by hand to the delta of {to.rpartition('/')[0]}")
    old_id = _id_before(delta, requirement)
    if living is None or living.requirement(old_id) is None or _find(delta.removed, old_id):
        raise _nothing(delta, requirement)
    return _put(_without(delta, "renamed", old_id), "moved", MovedRequirement.model_construct(id=old_id, to=to))


def with_rename_to(delta: Delta, to: str) -> Delta:
    """Give the capability a new id."""
    if delta.retire:
        raise Refused("D028", f"this change retires {delta.capability}", help="delete `retire` from the delta first")
    return delta.model_copy(update={"rename_to": None if to == delta.capability else to})


def with_retire(delta: Delta, living: Capability) -> Delta:
    """Let the capability go with its last requirement; what it says of itself is written down, so that it shows."""
    if delta.rename_to:
        raise Refused("D028", f"this change renames {delta.capability}", help="delete `rename_to` from the delta first")
    update: dict[str, Any] = {"retire": True}
    for key, field in (("title", "title"), ("purpose", "purpose"), ("capability_notes", "notes")):
        value = getattr(living, field)
        if value is not None and getattr(delta, key) is None:
            update[key] = (LineEdit if field == "title" else TextEdit).model_construct(before=value)
    return delta.model_copy(update=update)


def relinked(
    deltas: Mapping[str, Delta], living: Mapping[str, Capability], linkers: Iterable[str], old: str, new: str
) -> dict[str, Delta]:
    """Those of a change's deltas that must change when the change gives ``old`` the name ``new``.

    ``linkers`` are the living requirements that link to ``old``: each that the change does not touch otherwise gets an
    entry, for links of touched ones follow in the fold. Links that the deltas themselves bring are changed in place.
    """
    changed = {name: edited for name, delta in deltas.items() if (edited := _with_links(delta, old, new)) is not delta}
    for linker in linkers:
        capability, _, requirement = linker.rpartition("/")
        found = living[capability].requirement(requirement) if capability in living else None
        delta = changed.get(capability) or deltas.get(capability) or Delta.model_construct(capability=capability)
        groups: tuple[tuple[HasId, ...], ...] = (delta.renamed, delta.moved, delta.removed, delta.modified)
        if found is None or delta.rename_to or any(_find(group, requirement) for group in groups):
            continue
        wanted = found.model_copy(update={"links": _with_target(found.links, old, new)})
        changed[capability] = with_modified(delta, found, wanted)
    return changed


def _with_links(delta: Delta, old: str, new: str) -> Delta:
    """The delta with ``new`` in place of ``old`` in the links that it adds; the same object when it adds none."""
    added = tuple(
        e.model_copy(update={"links": _with_target(e.links, old, new)}) if _targets(e.links, old) else e
        for e in delta.added
    )
    modified = tuple(
        settled
        for e in delta.modified
        if (settled := _with_added_links(e, old, new) if e.links and _targets(e.links.added, old) else e)
    )
    if added == delta.added and modified == delta.modified:
        return delta
    return delta.model_copy(update={"added": added, "modified": modified})


def _with_added_links(entry: ModifiedRequirement, old: str, new: str) -> ModifiedRequirement | None:
    """The entry with ``new`` in place of ``old`` in the links that it adds; None when it then says nothing.

    A name that comes back to what it was is neither added nor removed.
    """
    assert entry.links is not None
    added, removed = _with_target(entry.links.added, old, new), entry.links.removed
    left = LinksEdit.model_construct(added=_less(added, removed), removed=_less(removed, added))
    update: dict[str, Any] = {"links": left if left.added or left.removed else None}
    settled = entry.model_copy(update=update)
    return None if settled == ModifiedRequirement.model_construct(id=entry.id, seen=entry.seen) else settled


def _less(links: Links, others: Links) -> dict[LinkType, tuple[str, ...]]:
    less = {kind: tuple(t for t in targets if t not in others.get(kind, ())) for kind, targets in links.items()}
    return {kind: targets for kind, targets in less.items() if targets}


def _targets(links: Links, name: str) -> bool:
    return any(name in targets for targets in links.values())


def _with_target(links: Links, old: str, new: str) -> dict[LinkType, tuple[str, ...]]:
    return {
        kind: tuple(dict.fromkeys(new if target == old else target for target in targets))
        for kind, targets in links.items()
    }


def _id_before(delta: Delta, requirement: str) -> str:
    renamed = _find(delta.renamed, requirement, by="to")
    return renamed.id if renamed else requirement


def _is_taken(delta: Delta, living: Capability | None, requirement: str, *, by: str) -> bool:
    lives = living is not None and living.requirement(requirement) is not None and _id_before(delta, by) != requirement
    renamed = _find(delta.renamed, requirement, by="to")
    return lives or bool(_find(delta.added, requirement) or (renamed and renamed.id != _id_before(delta, by)))


def _follow(delta: Delta, old: str, new: str) -> Delta:
    """Let what the delta says of ``old`` be said of ``new``."""
    modified = tuple(e.model_copy(update={"id": new}) if e.id == old else e for e in delta.modified)
    added = tuple(e.model_copy(update={"after": new}) if e.after == old else e for e in delta.added)
    return delta.model_copy(update={"modified": modified, "added": added})


def _without_title(delta: Delta, requirement: str) -> Delta:
    """The delta without the edit of a title that its rename gives; an entry with nothing else in it goes."""
    entry = _find(delta.modified, requirement)
    if entry is None or entry.title is None:
        return delta
    rest = entry.model_copy(update={"title": None})
    if rest == ModifiedRequirement.model_construct(id=entry.id, seen=entry.seen):
        return _without(delta, "modified", requirement)
    return _put(delta, "modified", rest)


def _find(entries: Iterable[E], value: str, by: str = "id") -> E | None:
    return next((entry for entry in entries if getattr(entry, by) == value), None)


def _put(delta: Delta, group: str, entry: E) -> Delta:
    return _replace(delta, group, entry.id, entry)


def _replace(delta: Delta, group: str, entry_id: str, entry: E) -> Delta:
    entries: tuple[E, ...] = getattr(delta, group)
    if _find(entries, entry_id):
        entries = tuple(entry if e.id == entry_id else e for e in entries)
    else:
        entries = (*entries, entry)
    return delta.model_copy(update={group: entries})


def _without(delta: Delta, group: str, entry_id: str) -> Delta:
    return delta.model_copy(update={group: tuple(e for e in getattr(delta, group) if e.id != entry_id)})


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _nothing(delta: Delta, requirement: str) -> Refused:
    return Refused(
        "D002",
        f"no requirement {delta.capability}/{requirement} lives, and this change adds none",
        help=f"`gitspec show {delta.capability}` names what there is",
    )
