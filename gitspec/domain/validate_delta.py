"""What is wrong with a delta by itself, whatever lives. Pure; places are paths into the delta."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gitspec.domain.delta import Delta, LinksEdit, ModifiedRequirement, ScenarioEdits, TagsEdit
from gitspec.domain.digest import TEXT, part_digest, steps_digest
from gitspec.domain.fold_result import Loc
from gitspec.domain.validate_problem import Problem

_STAMP = "gitspec delta stamp <change>"
_EDITS = ("title", "text", "rationale", "deferred", "notes")


def delta_problems(delta: Delta) -> list[Problem]:
    """Everything wrong with a delta that can be told without the living specs."""
    problems = [*_conflicts(delta), *_duplicates(delta), *_contradictions(delta), *_whole(delta)]
    for index, modified in enumerate(delta.modified):
        at: Loc = ("modified", index)
        problems += _seen(delta, modified, at)
        problems += _scenario_entries(delta, modified, at)
        problems += _no_edits(delta, modified, at)
    return problems


def _conflicts(delta: Delta) -> Iterator[Problem]:
    for index, conflict in enumerate(delta.conflicts):
        name = f"{delta.capability}/{conflict.requirement}" if conflict.requirement else delta.capability
        message = f"the conflict about {conflict.part} of {name} is not decided"
        how = f"decide with `gitspec delta modify <change> {name}`" if conflict.requirement else "decide in this file"
        help_ = f"{how}, then delete this entry under `conflicts`"
        yield Problem("D020", message, help_, ("conflicts", index))


def _duplicates(delta: Delta) -> Iterator[Problem]:
    for group in ("renamed", "moved", "removed", "modified", "added"):
        yield from _twice(getattr(delta, group), (group,), "requirement")
    yield from _twice(delta.renamed, ("renamed",), "new id", "to")
    yield from _twice(delta.moved, ("moved",), "new name", "to")


def _twice(entries: Iterable[Any], at: Loc, what: str, key: str = "id") -> Iterator[Problem]:
    seen = set()
    for index, entry in enumerate(entries):
        value = getattr(entry, key)
        if value in seen:
            yield Problem("I002", f"{what} {value} is there twice", "make one entry of them", (*at, index, key))
        seen.add(value)


def _contradictions(delta: Delta) -> Iterator[Problem]:
    """Entries about one requirement that do not go together; only `renamed` and `modified` (by the new id) do."""
    owners: dict[str, str] = {}
    for group in ("renamed", "moved", "removed"):
        for index, entry in enumerate(getattr(delta, group)):
            first = owners.setdefault(entry.id, group)
            if first != group:
                yield _contradiction(delta, entry.id, first, (group, index, "id"))
    new_ids = {entry.to: entry.id for entry in delta.renamed}
    ids_after = {entry.id: entry.to for entry in delta.renamed}
    for group in ("moved", "removed"):
        for index, entry in enumerate(getattr(delta, group)):
            if entry.id in new_ids:
                yield _contradiction(delta, entry.id, "renamed", (group, index, "id"))
    added = {entry.id for entry in delta.added}
    for index, entry in enumerate(delta.modified):
        at: Loc = ("modified", index, "id")
        if entry.id in added:
            yield _contradiction(delta, entry.id, "added", at)
        elif owners.get(entry.id) in ("moved", "removed"):
            yield _contradiction(delta, entry.id, owners[entry.id], at)
        elif owners.get(entry.id) == "renamed":
            to = ids_after[entry.id]
            message = f"{delta.capability}/{entry.id} is {to} when its turn to be modified comes"
            yield Problem("D022", message, f"write `id: {to}`", at)
    for index, entry in enumerate(delta.added):
        if entry.id in new_ids or owners.get(entry.id) == "removed":
            other = "renamed" if entry.id in new_ids else "removed"
            yield _contradiction(delta, entry.id, other, ("added", index, "id"))


def _contradiction(delta: Delta, requirement: str, other: str, at: Loc) -> Problem:
    message = f"{delta.capability}/{requirement} is under `{at[0]}` and under `{other}`"
    return Problem("D022", message, "keep the one that is meant, or say all under `modified`", at)


def _whole(delta: Delta) -> Iterator[Problem]:
    if delta.rename_to and delta.retire:
        yield Problem("D022", f"{delta.capability} is to be renamed and retired", "keep one of the two", ("retire",))
    if delta.rename_to == delta.capability:
        yield Problem("D023", f"{delta.capability} is to get the id that it has", "delete `rename_to`", ("rename_to",))
    for index, moved in enumerate(delta.moved):
        if moved.to.rpartition("/")[0] == delta.capability:
            message = f"{delta.capability}/{moved.id} is to be moved to where it is"
            yield Problem("D022", message, "write it under `renamed`", ("moved", index, "to"))
    groups = (delta.renamed, delta.moved, delta.removed, delta.modified, delta.added, delta.conflicts)
    fields = (delta.title, delta.purpose, delta.capability_notes, delta.rename_to)
    if not any(groups) and not delta.retire and all(field is None for field in fields):
        help_ = f"`gitspec delta add <change> {delta.capability}`, or delete the file"
        yield Problem("D025", f"the delta for {delta.capability} says nothing", help_, ("capability",))
    for key in ("title", "purpose", "capability_notes"):
        edit = getattr(delta, key)
        if edit is not None and not isinstance(edit, str) and edit.before == edit.after:
            yield Problem("D023", f"the edit of {key} changes nothing", "delete it", (key,))


def _seen(delta: Delta, entry: ModifiedRequirement, at: Loc) -> Iterator[Problem]:
    """`seen` must be the digests of what `from` quotes. That there is a `seen` at all, the fold asks for."""
    seen = entry.seen
    if seen is None or TEXT not in seen:
        return
    name = f"{delta.capability}/{entry.id}"
    if entry.text is not None:
        yield from _fits(seen, TEXT, part_digest(entry.text.before or ""), f"the text of {name}", (*at, "text"))
    for index, modified in enumerate(entry.scenarios.modified if entry.scenarios else ()):
        if modified.steps is not None:
            loc = (*at, "scenarios", "modified", index, "steps")
            what = f"scenario {name}#{modified.id}"
            yield from _fits(seen, modified.id, steps_digest(modified.steps.before or ()), what, loc)


def _fits(seen: Mapping[str, str], key: str, digest: str, what: str, at: Loc) -> Iterator[Problem]:
    if key not in seen:
        help_ = f"delete `seen` of this entry and type `{_STAMP}`"
        yield Problem("D021", f"`seen` has nothing about {what}", help_, at)
    elif seen[key] != digest:
        help_ = f"delete `from` and `seen` of this entry and type `{_STAMP}`"
        yield Problem("D021", f"`from` of {what} is not what `seen` has the digest of", help_, (*at, "from"))


def _scenario_entries(delta: Delta, entry: ModifiedRequirement, at: Loc) -> Iterator[Problem]:
    if entry.scenarios is None:
        return
    edits: ScenarioEdits = entry.scenarios
    for group in ("added", "modified", "renamed", "removed"):
        yield from _twice(getattr(edits, group), (*at, "scenarios", group), "scenario")
    yield from _twice(edits.renamed, (*at, "scenarios", "renamed"), "new id", "to")
    removed = {e.id for e in edits.removed}
    for group in ("modified", "renamed"):
        for index, other in enumerate(getattr(edits, group)):
            if other.id in removed:
                message = f"scenario {delta.capability}/{entry.id}#{other.id} is under `{group}` and under `removed`"
                loc = (*at, "scenarios", group, index, "id")
                yield Problem("D022", message, "keep the one that is meant", loc)
    new_ids = {e.to for e in edits.renamed}
    for index, added in enumerate(edits.added):
        if added.id in removed or added.id in new_ids:
            other_group = "removed" if added.id in removed else "renamed"
            message = f"scenario {delta.capability}/{entry.id}#{added.id} is under `added` and under `{other_group}`"
            help_ = "say it under `modified`" if added.id in removed else "give it another id"
            yield Problem("D022", message, help_, (*at, "scenarios", "added", index, "id"))


def _no_edits(delta: Delta, entry: ModifiedRequirement, at: Loc) -> Iterator[Problem]:
    """Edits that change nothing, and tags or links that come and go at once."""
    name = f"{delta.capability}/{entry.id}"
    edits: list[tuple[Any, Loc]] = [(getattr(entry, key), (key,)) for key in _EDITS]
    edits += [(edit, ("attributes", key)) for key, edit in entry.attributes.items()]
    for index, modified in enumerate(entry.scenarios.modified if entry.scenarios else ()):
        where: Loc = ("scenarios", "modified", index)
        edits += [(getattr(modified, key), (*where, key)) for key in ("title", "steps", "notes")]
        if modified.title is None and modified.steps is None and modified.notes is None:
            yield Problem(
                "D023", f"the entry for scenario {name}#{modified.id} changes nothing", "delete it", at + where
            )
    for edit, where in edits:
        if edit is not None and edit.before == edit.after:
            yield Problem("D023", f"the edit of {where[-1]} of {name} changes nothing", "delete it", at + where)
    nothing = entry.scenarios is None or not any(
        (entry.scenarios.added, entry.scenarios.modified, entry.scenarios.renamed, entry.scenarios.removed)
    )
    if nothing and entry.tags is None and entry.links is None and all(edit is None for edit, _ in edits):
        yield Problem("D023", f"the entry for {name} changes nothing", "delete it", at)
    for key, sets in (("tags", entry.tags), ("links", entry.links)):
        if sets is not None and (both := _both(sets)):
            message = f"{both} is under `added` and under `removed` in {key} of {name}"
            yield Problem("D022", message, "keep the one that is meant", (*at, key))


def _both(sets: TagsEdit | LinksEdit) -> str:
    if isinstance(sets, TagsEdit):
        return next((tag for tag in sets.added if tag in sets.removed), "")
    pairs = ((target, kind) for kind, targets in sets.added.items() for target in targets)
    return next((target for target, kind in pairs if target in sets.removed.get(kind, ())), "")
