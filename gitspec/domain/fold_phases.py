"""The five phases of a fold, each over one delta: renamed, moved, removed, modified, added."""

from collections.abc import Callable

from gitspec.domain.capability import Requirement
from gitspec.domain.delta import Delta, MovedRequirement, RenamedRequirement
from gitspec.domain.fold_links import without_renames
from gitspec.domain.fold_parts import merges
from gitspec.domain.fold_requirement import clash, fold_modified, fold_removed
from gitspec.domain.fold_result import Conflict, Entry
from gitspec.domain.fold_state import Folding, State, whole_requirement

AddedBy = Callable[[str], str | None]
"""The id of the archived change that added the requirement of that name, where it is known."""


def rename(folding: Folding, delta: Delta) -> None:
    """`renamed`: the old id must exist; the new one must be free, now and before the fold."""
    state = folding.open(delta.capability)
    for index, edit in enumerate(delta.renamed):
        entry = folding.entry(delta, edit.id, "renamed", index)
        if edit.id in state.blocked or not _rename_one(folding, state, edit, entry):
            state.blocked |= {edit.id, edit.to}


def _rename_one(folding: Folding, state: State, edit: RenamedRequirement, entry: Entry) -> bool:
    requirement = state.items.get(edit.id)
    if requirement is None:
        _missing(folding, entry, "renamed")
        return False
    if state.is_taken(edit.to):
        _taken(folding, entry, f"renamed to {edit.to}", "rename")
        return False
    update: dict[str, str | None] = {"id": edit.to}
    if edit.title is not None:
        title = edit.title
        if not merges(requirement.title, title.before, title.after):
            folding.conflicts.append(clash(entry, "title", (title.before, requirement.title, title.after), ("title",)))
            return False
        update["title"] = title.after
    state.items.replace(edit.id, requirement.model_copy(update=update))
    state.new_ids[edit.id] = edit.to
    state.note("renamed", (edit.id, edit.to))
    folding.record(entry, (state, edit.id), (state, edit.to))
    return True


def move(folding: Folding, delta: Delta) -> None:
    """`moved`: as `renamed`, to the end of another capability, which must exist or be brought by a delta."""
    state = folding.open(delta.capability)
    for index, edit in enumerate(delta.moved):
        entry = folding.entry(delta, edit.id, "moved", index)
        capability, _, new_id = edit.to.rpartition("/")
        target = folding.open(capability)
        if edit.id in state.blocked or not _move_one(folding, state, target, edit, entry):
            state.blocked.add(edit.id)
            target.blocked.add(new_id)


def _move_one(folding: Folding, state: State, target: State, edit: MovedRequirement, entry: Entry) -> bool:
    requirement = state.items.get(edit.id)
    if requirement is None:
        _missing(folding, entry, "moved")
        return False
    new_id = edit.to.rpartition("/")[2]
    if not target.there:
        message = f"{entry.name} is to be moved to {edit.to}, and capability {target.id} does not exist"
        help_ = f"correct the id, or say in deltas/{target.id}.yaml of this change what the new capability is for"
        folding.conflicts.append(entry.conflict("D009", message, help_, at=("to",)))
        return False
    if target.is_taken(new_id):
        _taken(folding, entry, f"moved to {edit.to}", "move")
        return False
    state.items.remove(edit.id)
    target.items.append(requirement.model_copy(update={"id": new_id}))
    state.note("moved_out", (edit.id, edit.to))
    target.note("moved_in", (entry.name, new_id))
    folding.record(entry, (state, edit.id), (target, new_id))
    return True


def remove(folding: Folding, delta: Delta) -> None:
    """`removed`: nothing of it may have been edited or added since it was seen. Links are judged at the end."""
    state = folding.open(delta.capability)
    for index, edit in enumerate(delta.removed):
        entry = folding.entry(delta, edit.id, "removed", index)
        if edit.id in state.blocked:
            continue
        requirement = state.items.get(edit.id)
        if requirement is None:
            _missing(folding, entry, "removed")
            continue
        if conflicts := fold_removed(requirement, edit, entry):
            folding.conflicts += conflicts
            folding.keep(entry, state)
            state.blocked.add(edit.id)
            continue
        state.items.remove(edit.id)
        state.note("removed", edit.id)
        folding.record(entry, (state, edit.id), None)


def modify(folding: Folding, delta: Delta) -> None:
    """`modified`: see ``fold_requirement``."""
    state = folding.open(delta.capability)
    for index, edit in enumerate(delta.modified):
        entry = folding.entry(delta, edit.id, "modified", index)
        if edit.id in state.blocked:
            continue
        requirement = state.items.get(edit.id)
        if requirement is None:
            _missing(folding, entry, "modified")
            continue
        if edit.links is not None:
            edit = edit.model_copy(update={"links": without_renames(folding, edit.links)})
        result, conflicts = fold_modified(requirement, edit, entry)
        folding.conflicts += conflicts
        if conflicts:
            continue
        state.touched.add(edit.id)
        if result is requirement:
            state.note("unchanged", edit.id)
        else:
            state.items.replace(edit.id, result)
            state.note("modified", edit.id)


def add(folding: Folding, delta: Delta, added_by: AddedBy | None) -> None:
    """`added`: the id must be new, or the same content lives under it already."""
    state = folding.open(delta.capability)
    additions: dict[str, tuple[Requirement, str | None]] = {}
    for index, added in enumerate(delta.added):
        if added.id in state.blocked:
            continue
        requirement = whole_requirement(added)
        there = additions[added.id][0] if added.id in additions else state.items.get(added.id)
        if there is None:
            after = added.after and state.new_ids.get(added.after, added.after)
            additions[added.id] = (requirement, after)
            state.note("added", added.id)
        elif there == requirement:
            state.note("unchanged", added.id)
        else:
            entry = folding.entry(delta, added.id, "added", index)
            folding.conflicts.append(_added_differs(entry, there, requirement, added_by))
            continue
        state.touched.add(added.id)
    state.items.place(list(additions.values()))


def _added_differs(entry: Entry, there: Requirement, yours: Requirement, added_by: AddedBy | None) -> Conflict:
    change = added_by(entry.name) if added_by else None
    return entry.conflict(
        "D007",
        f"{entry.name} is to be added and exists already{f' (change {change} added it)' if change else ''}, "
        "with other content",
        f"give yours another id, or modify the one that lives: `gitspec delta modify {entry.change} {entry.name}`",
        at=("id",),
        living=there.text,
        yours=yours.text,
    )


def _missing(folding: Folding, entry: Entry, verb: str) -> None:
    message = f"{entry.name} is to be {verb} and does not exist (any more)"
    help_ = f"`gitspec show {entry.capability}` names what there is; correct the id, or delete the entry"
    folding.conflicts.append(entry.conflict("D002", message, help_, at=("id",)))


def _taken(folding: Folding, entry: Entry, what: str, command: str) -> None:
    message = f"{entry.name} is to be {what}, which exists already"
    help_ = f"choose another id: `gitspec delta {command} {entry.change} {entry.name} <new id>`"
    folding.conflicts.append(entry.conflict("D008", message, help_, at=("to",)))
