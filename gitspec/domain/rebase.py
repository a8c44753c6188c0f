"""Rebase the deltas of a change onto what lives now: what merges is merged, the rest is recorded to be decided.

Pure: deltas, the living specs and what history knows go in (``Lineage``), deltas come out. First every name is followed
through the archived changes since the author's version; then each entry is renewed: `from` and `seen` are those of what
lives, edits that live already are dropped. What the fold would refuse becomes an entry of `conflicts`, with the author's
wish in the delta: once the author has decided and deleted it, the delta says what holds.

When no conflict is recorded, the deltas fold.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gitspec.domain.capability import Capability
from gitspec.domain.delta import (
    Delta,
    LineEdit,
    ModifiedRequirement,
    RecordedConflict,
    RemovedRequirement,
    RenamedRequirement,
    TextEdit,
)
from gitspec.domain.digest import seen_of
from gitspec.domain.edit_delta import base_of
from gitspec.domain.fold import AddedBy, LinksTo, fold
from gitspec.domain.fold_capability import FIELDS
from gitspec.domain.fold_parts import merges
from gitspec.domain.fold_requirement import clash
from gitspec.domain.fold_result import ANY_CHANGE, Conflict, Entry
from gitspec.domain.merge_text import merged_prose
from gitspec.domain.rebase_links import without_gone
from gitspec.domain.rebase_names import Named, with_names_of_now
from gitspec.domain.rebase_notes import Lineage, Merged, NewName, Notes
from gitspec.domain.rebase_requirement import rebase_modified, rebase_removed
from gitspec.domain.validate_delta import delta_problems

OWN_FAULT = ("D001", "D014")
"""Conflicts of the fold that no other change has caused: not recorded, for validation says them anyway."""
_PART = {"D009": "capability", "D012": "retire", "D013": "rename_to", "D006": "links"}


class Rebased(NamedTuple):
    """``deltas`` by capability, without those that say nothing any more; ``conflicts`` are the new ones."""

    deltas: dict[str, Delta]
    conflicts: tuple[Conflict, ...]
    merged: tuple[Merged, ...]
    names: tuple[NewName, ...]
    settled: tuple[str, ...]


def rebase(
    deltas: Mapping[str, Delta],
    living: Mapping[str, Capability],
    lineage: Lineage,
    *,
    links_to: LinksTo,
    added_by: AddedBy | None = None,
    change: str = ANY_CHANGE,
) -> Rebased:
    """Rebase all deltas of a change. ``living`` is what it folds onto, dependencies included."""
    notes = Notes()
    named = with_names_of_now(deltas, lineage, change, notes)
    renewing = _Renewing(named, living, change, notes)
    renewed = {name: renewing.delta(delta) for name, delta in named.deltas.items()}
    result = fold(living, list(renewed.values()), links_to=links_to, added_by=added_by, change=change)
    known = {(c.capability, c.requirement, c.part) for c in notes.conflicts}
    undecided = {(c.capability, c.requirement) for c in notes.conflicts if c.part in ("id", "capability")}
    for conflict in result.conflicts:
        conflict = renewing.told(conflict._replace(part=conflict.part or _PART.get(conflict.code, "id")))
        key = (conflict.capability, conflict.requirement, conflict.part)
        if conflict.code not in OWN_FAULT and key not in known and key[:2] not in undecided:
            known.add(key)
            notes.conflicts.append(conflict)
    for found in _collisions(deltas, renewed, change):
        if (found.capability, found.requirement, found.part) not in known:
            notes.conflicts.append(found)
    for name, delta in renewed.items():
        if mine := [c for c in notes.conflicts if c.capability == name]:
            renewed[name] = delta.model_copy(update={"conflicts": with_recorded(delta.conflicts, mine)})
    renewed = {name: d for name, d in renewed.items() if d != Delta.model_construct(capability=name)}
    return Rebased(renewed, tuple(notes.conflicts), tuple(notes.merged), tuple(notes.names), tuple(notes.settled))


def _collisions(before: Mapping[str, Delta], after: Mapping[str, Delta], change: str) -> Iterator[Conflict]:
    """Entries of one delta that do not go together since names were followed."""
    old = {problem.message for delta in before.values() for problem in delta_problems(delta)}
    for delta in after.values():
        for problem in delta_problems(delta):
            if problem.code not in ("D022", "I002") or problem.message in old or len(problem.loc) < 2:
                continue
            group, index, *inner = problem.loc
            entry = getattr(delta, str(group))[index]
            item = entry
            for key in inner:
                item = item[key] if isinstance(key, int) else getattr(item, key)
            part = str(item) if "scenarios" in inner else "id"
            requirement = Entry(change, delta.capability, entry.id, problem.loc)
            yield requirement.conflict(problem.code, problem.message, problem.help, part=part)


def with_recorded(recorded: tuple[RecordedConflict, ...], conflicts: list[Conflict]) -> tuple[RecordedConflict, ...]:
    """The conflicts of a delta with new ones; one about the same part takes the place of the old, but for `seen`."""
    entries = {(r.requirement, r.part): r for r in recorded}
    for conflict in conflicts:
        key = conflict.requirement or None, conflict.part
        old = entries.get(key)
        texts = (old.seen if old else conflict.seen, conflict.living, conflict.yours)
        seen, living, yours = ((text or "").strip("\n") or None for text in texts)
        entries[key] = RecordedConflict(requirement=key[0], part=key[1], seen=seen, living=living, yours=yours)
    return tuple(entries.values())


class _Renewing:
    """The second half: entries that are under their names of now, renewed from what lives."""

    def __init__(self, named: Named, living: Mapping[str, Capability], change: str, notes: Notes) -> None:
        self.named = named
        self.living = living
        self.change = change
        self.notes = notes

    def delta(self, delta: Delta) -> Delta:
        """The delta from what lives."""
        update: dict[str, Any] = self._own_fields(delta)
        update["renamed"] = tuple(self._renamed(delta, e) for e in delta.renamed)
        update["removed"] = tuple(self._removed(delta, e) for e in delta.removed)
        modified = [e for e in (self._modified(delta, e) for e in delta.modified) if e is not None]
        update["modified"] = self._with_titles(delta.capability, modified)
        return delta.model_copy(update={name: v for name, v in update.items() if v != getattr(delta, name)})

    def told(self, conflict: Conflict) -> Conflict:
        """A conflict about a requirement that is gone, with the texts that the author knows."""
        if conflict.code != "D002" or conflict.requirement == "":
            return conflict
        seen = self.named.seen.get(("modified", conflict.capability, conflict.requirement))
        delta = self.named.deltas.get(conflict.capability)
        edit = next((e for e in delta.modified if e.id == conflict.requirement), None) if delta else None
        yours = edit.text.after if edit and edit.text else None
        return conflict._replace(seen=seen.text if seen else None, yours=yours)

    def _entry(self, delta: Delta, requirement: str) -> Entry:
        return Entry(self.change, delta.capability, requirement, ())

    def _own_fields(self, delta: Delta) -> dict[str, Any]:
        """`title`, `purpose` and `capability_notes`."""
        update: dict[str, Any] = {}
        living = self.living.get(delta.capability)
        for key, field in FIELDS.items():
            edit = getattr(delta, key)
            current = getattr(living, field) if living else None
            if edit is None or (isinstance(edit, str) and current in (None, edit)):
                continue
            before, after = (None, edit) if isinstance(edit, str) else (edit.before, edit.after)
            if not merges(current, before, after):
                after = self._joined(delta, field, (before, current, after))
            if after == current:
                self.notes.settled.append(f"{field} of {delta.capability} says so already")
                update[key] = None
                continue
            kind = LineEdit if key == "title" else TextEdit
            update[key] = kind.model_construct(before=current, after=after)
        return update

    def _joined(self, delta: Delta, field: str, texts: tuple[str | None, str | None, str | None]) -> str | None:
        """What comes of two edits of a field of the capability."""
        before, current, after = texts
        if field != "title" and before and current and after and (result := merged_prose(before, current, after)):
            if result not in (current, after):
                self.notes.merged.append(Merged(delta.capability, field, before, current, after, result))
            return result
        message = f"{field} of capability {delta.capability} was changed since the author saw it"
        self.notes.conflict(self._entry(delta, ""), field, texts, message)
        return after

    def _renamed(self, delta: Delta, edit: RenamedRequirement) -> RenamedRequirement:
        living = self.living.get(delta.capability)
        found = living.requirement(edit.id) if living else None
        if edit.title is None or found is None:
            return edit
        entry = self._entry(delta, edit.to)
        return edit.model_copy(update={"title": self._title(found.title, edit.title, entry)})

    def _title(self, living: str | None, edit: LineEdit, entry: Entry) -> LineEdit | None:
        if not merges(living, edit.before, edit.after):
            self.notes.conflicts.append(clash(entry, "title", (edit.before, living, edit.after), ("title",)))
        return None if edit.after == living else edit.model_copy(update={"before": living})

    def _removed(self, delta: Delta, edit: RemovedRequirement) -> RemovedRequirement:
        living = self.living.get(delta.capability)
        found = living.requirement(edit.id) if living else None
        if found is None:
            return edit
        seen = self.named.seen.get(("removed", delta.capability, edit.id))
        return rebase_removed(found, edit, self._entry(delta, edit.id), self.notes, seen)

    def _modified(self, delta: Delta, edit: ModifiedRequirement) -> ModifiedRequirement | None:
        found = base_of(delta.capability, edit.id, self.living, self.named.deltas.values())
        if found is None:
            return edit
        seen = self.named.seen.get(("modified", delta.capability, edit.id))
        if edit.links is not None:
            edit = edit.model_copy(update={"links": without_gone(edit.links, found.links, self._new_names())})
        return rebase_modified(found, edit, self._entry(delta, edit.id), self.notes, seen)

    def _new_names(self) -> dict[str, str]:
        """What this change itself renames and moves."""
        deltas = self.named.deltas.values()
        names = {f"{d.capability}/{e.id}": f"{d.capability}/{e.to}" for d in deltas for e in d.renamed}
        names |= {f"{d.capability}/{e.id}": e.to for d in deltas for e in d.moved}
        for delta in deltas:
            living = self.living.get(delta.capability) if delta.rename_to else None
            for requirement in living.requirements if living else ():
                old = f"{delta.capability}/{requirement.id}"
                new = names.get(old, old)
                if new.rpartition("/")[0] == delta.capability:
                    names[old] = f"{delta.rename_to}/{new.rpartition('/')[2]}"
        return names

    def _with_titles(self, capability: str, modified: list[ModifiedRequirement]) -> tuple[ModifiedRequirement, ...]:
        """With the titles that came with renames that others have done."""
        for (home, requirement), edit in self.named.titles.items():
            living = self.living.get(home) if home == capability else None
            found = living.requirement(requirement) if living else None
            if found is None:
                continue
            title = self._title(found.title, edit, Entry(self.change, home, requirement, ()))
            if title is None:
                continue
            index = next((i for i, e in enumerate(modified) if e.id == requirement), None)
            if index is None:
                fields: dict[str, Any] = {"seen": seen_of(found), "title": title}
                modified.append(ModifiedRequirement.model_construct(id=requirement, **fields))
            else:
                modified[index] = modified[index].model_copy(update={"title": title})
        return tuple(modified)
