"""Bring the names in a change's deltas up to date: what archived changes renamed and moved, the entries follow.

A new name is merged like any other part: the capability and the id each from what was seen. Both sides giving another
one is a conflict; the author's is kept, and noted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gitspec.domain.capability import LinkType, Requirement
from gitspec.domain.delta import (
    AddedRequirement,
    Delta,
    LineEdit,
    LinksEdit,
    ModifiedRequirement,
    MovedRequirement,
    RecordedConflict,
    RemovedRequirement,
    RenamedRequirement,
)
from gitspec.domain.edit_delta import name_before
from gitspec.domain.fold_result import Entry
from gitspec.domain.rebase_notes import Lineage, Notes

GROUPS = ("renamed", "moved", "removed", "modified", "added")


class Named(NamedTuple):
    """Deltas under the names of now."""

    deltas: dict[str, Delta]
    seen: dict[tuple[str, str, str], Requirement]
    """Requirements as the author saw them, by (group, capability, id)."""
    titles: dict[tuple[str, str], LineEdit]
    """Edits of titles that came with renames that others have done, by (capability, id)."""


def with_names_of_now(deltas: Mapping[str, Delta], lineage: Lineage, change: str, notes: Notes) -> Named:
    """All deltas of a change under the names that its requirements and capabilities have now."""
    following = _Following(deltas, lineage, change, notes)
    for delta in deltas.values():
        following.take(delta)
    return Named(following.built(), following.seen, following.titles)


class _Following:
    """The entries found so far, by the capability that they belong to now."""

    def __init__(self, deltas: Mapping[str, Delta], lineage: Lineage, change: str, notes: Notes) -> None:
        self.deltas = deltas
        self.lineage = lineage
        self.change = change
        self.notes = notes
        self.seen: dict[tuple[str, str, str], Requirement] = {}
        self.titles: dict[tuple[str, str], LineEdit] = {}
        self._entries: dict[str, dict[str, list[Any]]] = {}
        self._fields: dict[str, dict[str, Any]] = {}
        now = {name: lineage.capability(name) for name in deltas}
        self._retired = {name for name in now if now[name] is None}
        self._now = {name: new or name for name, new in now.items()}
        self._new_ids: dict[tuple[str, str], str] = {}
        """Ids of moved requirements at their new home that had to differ, by (capability, id wanted)."""
        self._brought = {f"{self._now[d.capability]}/{e.id}" for d in deltas.values() for e in d.added}

    def take(self, delta: Delta) -> None:
        """Find out where all that the delta says belongs."""
        home = self._now[delta.capability]
        self.notes.renamed(delta.capability, home)
        fields = {name: getattr(delta, name) for name in Delta.model_fields if name not in GROUPS}
        fields |= {"capability": home, "conflicts": tuple(self._recorded(delta, home))}
        if home != delta.capability and delta.rename_to:
            fields["rename_to"] = self._capability_renamed(delta, delta.rename_to, home)
        self._lay(home, fields)
        if delta.capability in self._retired and not isinstance(delta.purpose, str):
            message = f"capability {delta.capability} was retired since the author wrote about it"
            self.notes.conflict(self._entry(home, ""), "capability", (None, None, None), message)
        for renamed in delta.renamed:
            self._rename(delta, renamed)
        for moved in delta.moved:
            self._move(delta, moved)
        for removed in delta.removed:
            self._remove(delta, removed)
        for modified in delta.modified:
            self._modify(delta, modified)
        for added in delta.added:
            self._put(home, "added", self._added(delta, added))

    def built(self) -> dict[str, Delta]:
        """The deltas, in the order of their capabilities."""
        built = {}
        for home in sorted({*self._fields, *self._entries, *(home for home, _ in self.titles)}):
            fields = dict(self._fields.get(home) or {"capability": home})
            for group, entries in self._entries.get(home, {}).items():
                fields[group] = tuple(self._at_home(home, group, e) for e in entries)
            default = Delta.model_construct(capability=home)
            given = {name: value for name, value in fields.items() if value != getattr(default, name, None)}
            built[home] = Delta.model_construct(**{**given, "capability": home})
        return built

    def _at_home(self, home: str, group: str, entry: Any) -> Any:
        """A `modified` entry of a requirement that this change moves in: under the id that it gets."""
        new_id = self._new_ids.get((home, entry.id)) if group == "modified" else None
        return entry.model_copy(update={"id": new_id}) if new_id else entry

    def _put(self, home: str, group: str, entry: Any) -> None:
        self._entries.setdefault(home, {}).setdefault(group, []).append(entry)

    def _lay(self, home: str, fields: dict[str, Any]) -> None:
        """Keep what a delta says of its capability; two may have come to be about the same one."""
        there = self._fields.setdefault(home, fields)
        if there is fields:
            return
        there["conflicts"] += fields["conflicts"]
        for name, value in fields.items():
            if name == "notes" and there[name] and value:
                there[name] = f"{there[name]}\n\n{value}"
            elif not there[name]:
                there[name] = value
            elif value and name not in ("capability", "conflicts") and value != there[name]:
                message = f"two deltas of this change came to be about {home}, and differ in {name}"
                texts = (None, str(value), str(there[name]))
                self.notes.conflict(self._entry(home, ""), name, texts, message)

    def _recorded(self, delta: Delta, home: str) -> Iterator[RecordedConflict]:
        """The conflicts that are not decided yet."""
        for recorded in delta.conflicts:
            if recorded.requirement:
                now, _, requirement = self.lineage.name(f"{delta.capability}/{recorded.requirement}").rpartition("/")
                if now == home:
                    recorded = recorded.model_copy(update={"requirement": requirement})
            yield recorded

    def _entry(self, capability: str, requirement: str) -> Entry:
        return Entry(self.change, capability, requirement, ())

    def _capability_renamed(self, delta: Delta, wanted: str, now: str) -> str | None:
        if wanted == now:
            self.notes.settled.append(f"{delta.capability} is {now}")
            return None
        message = f"capability {delta.capability} is to become {wanted}, and became {now} since"
        self.notes.conflict(self._entry(now, ""), "id", (delta.capability, now, wanted), message)
        return wanted

    def _rename(self, delta: Delta, edit: RenamedRequirement) -> None:
        old = f"{delta.capability}/{edit.id}"
        now = self.lineage.entry(delta.capability, old, edit).now
        if now is None:
            self._put(self._now[delta.capability], "renamed", edit)
            return
        home, _, requirement = now.rpartition("/")
        self.notes.renamed(old, now)
        if requirement == edit.to:
            self.notes.settled.append(f"{old} is {now}")
            if edit.title is not None:
                self.titles[home, edit.to] = edit.title
            return
        if requirement != edit.id:
            message = f"{old} is to be renamed to {edit.to}, and became {now} since"
            self.notes.conflict(self._entry(home, edit.to), "id", (edit.id, requirement, edit.to), message)
        self._put(home, "renamed", edit.model_copy(update={"id": requirement}))

    def _move(self, delta: Delta, edit: MovedRequirement) -> None:
        old = f"{delta.capability}/{edit.id}"
        now = self.lineage.entry(delta.capability, old, edit).now
        target, _, wanted = edit.to.rpartition("/")
        target = self._now.get(target) or self.lineage.capability(target) or target
        if now is None:
            self._put(self._now[delta.capability], "moved", edit.model_copy(update={"to": f"{target}/{wanted}"}))
            return
        self.notes.renamed(old, now)
        home, _, requirement = now.rpartition("/")
        to = wanted if requirement in (edit.id, wanted) else requirement
        clashes = requirement not in (edit.id, wanted) and wanted != edit.id
        if clashes or home not in (self._now[delta.capability], target):
            message = f"{old} is to become {edit.to}, and became {now} since"
            self.notes.conflict(self._entry(home, requirement), "id", (old, now, edit.to), message)
            to = wanted
        if to != wanted:
            self._new_ids[target, wanted] = to
        if home != target:
            self._put(home, "moved", MovedRequirement.model_construct(id=requirement, to=f"{target}/{to}"))
        elif requirement != to:
            self._put(home, "renamed", RenamedRequirement.model_construct(id=requirement, to=to))
        else:
            self.notes.settled.append(f"{old} is {now}")

    def _remove(self, delta: Delta, edit: RemovedRequirement) -> None:
        old = f"{delta.capability}/{edit.id}"
        origin = self.lineage.entry(delta.capability, old, edit)
        if origin.now is None:
            self.notes.settled.append(f"{old} is gone")
            return
        self.notes.renamed(old, origin.now)
        home, _, requirement = origin.now.rpartition("/")
        if origin.seen is not None:
            self.seen["removed", home, requirement] = origin.seen
        self._put(home, "removed", edit.model_copy(update={"id": requirement}))

    def _modify(self, delta: Delta, edit: ModifiedRequirement) -> None:
        old, _ = name_before(delta.capability, edit.id, self.deltas.values())
        origin = self.lineage.entry(delta.capability, old, edit)
        home, requirement = self._now[delta.capability], edit.id
        if origin.now is not None and old == f"{delta.capability}/{edit.id}":
            home, _, requirement = origin.now.rpartition("/")
            self.notes.renamed(old, origin.now)
        elif origin.now is not None and old.rpartition("/")[0] == delta.capability:  # renamed by this change too
            home = origin.now.rpartition("/")[0]
        if origin.seen is not None:
            self.seen["modified", home, requirement] = origin.seen.model_copy(update={"id": requirement})
        links = self._links_edit(edit.links) if edit.links else None
        self._put(home, "modified", edit.model_copy(update={"id": requirement, "links": links}))

    def _added(self, delta: Delta, edit: AddedRequirement) -> AddedRequirement:
        update: dict[str, Any] = {}
        if links := self._links(edit.links):
            update["links"] = links
        own = {e.id for e in delta.added} | {e.to for e in delta.renamed}
        if edit.after and edit.after not in own:
            home, _, after = self.lineage.name(f"{delta.capability}/{edit.after}").rpartition("/")
            if home == self._now[delta.capability]:
                update["after"] = after
        return edit.model_copy(update={k: v for k, v in update.items() if v != getattr(edit, k)})

    def _links_edit(self, edit: LinksEdit) -> LinksEdit:
        return edit.model_copy(update={"added": self._links(edit.added), "removed": self._links(edit.removed)})

    def _links(self, links: Mapping[LinkType, tuple[str, ...]]) -> dict[LinkType, tuple[str, ...]]:
        return {kind: tuple(dict.fromkeys(map(self._link, targets))) for kind, targets in links.items()}

    def _link(self, target: str) -> str:
        if target in self._brought:
            return target
        now = self.lineage.name(target)
        self.notes.renamed(target, now)
        return now
