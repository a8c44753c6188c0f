"""Prove a commit: its living specs are its first parent's, folded with the deltas of exactly the folders it archives.

Pure. The rule is the same for archive, squash, rebase and merge commits: what counts is what a commit does to the specs
of its first parent. The order of requirements, scenarios, tags and links is no content here; ``Mismatch`` tells an
order alone apart, for only a merge is free to have another one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gitspec.domain.capability import Capability, Requirement
from gitspec.domain.change import Change
from gitspec.domain.delta import Delta, RemovedRequirement
from gitspec.domain.diff import CapabilityDiff, RequirementDiff, diff
from gitspec.domain.difference import delta_between
from gitspec.domain.digest import seen_of_whole
from gitspec.domain.fold_changes import Overlay, fold_changes, order_changes
from gitspec.domain.fold_links import LinksTo
from gitspec.domain.fold_result import Conflict, Touched

ORDER = "order"
"""The part of a mismatch that is about nothing but an order."""


class Folder(NamedTuple):
    """A change as its archived folder has it."""

    change: Change
    deltas: tuple[Delta, ...]

    @property
    def is_folded(self) -> bool:
        """Whether archiving it changes living specs: not so for one that was closed, or imported as history."""
        return self.change.closed is None and self.change.imported is None


class Undone(NamedTuple):
    """An archived folder that a commit takes back, and the living specs around the commit that had archived it.

    ``others`` are the folders that the same commit had archived and that stay, ``taken`` what it had taken back;
    ``touched`` the capabilities that differ between ``before`` and ``after``.
    """

    folder: Folder
    before: Mapping[str, Capability]
    after: Mapping[str, Capability]
    touched: frozenset[str]
    others: tuple[Folder, ...] = ()
    taken: "tuple[Undone, ...]" = ()


class Mismatch(NamedTuple):
    """Where the living specs are not what they must be.

    ``requirement`` is empty for the capability itself. ``what`` is `missing`, `unexpected` or `differs`; ``parts``
    names the parts that differ, or is ``(ORDER,)``.
    """

    capability: str
    requirement: str
    what: str
    parts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The requirement's or capability's full name."""
        return f"{self.capability}/{self.requirement}" if self.requirement else self.capability

    @property
    def is_order_only(self) -> bool:
        """Whether the content is right."""
        return self.parts == (ORDER,)


class Unfolded(NamedTuple):
    """A change that does not fold onto the first parent; ``conflicts`` say why."""

    change: str
    conflicts: tuple[Conflict, ...]


class Proof(NamedTuple):
    """No mismatch and nothing unfolded: proven. A change that does not fold is left out of the comparison.

    ``changed`` names the capabilities that the changes touch.
    """

    mismatches: tuple[Mismatch, ...]
    unfolded: tuple[Unfolded, ...]
    not_undone: tuple[Unfolded, ...]
    """Changes that cannot be taken back, because later ones build on them."""
    changed: frozenset[str]


def prove(
    before: Mapping[str, Capability],
    after: Mapping[str, Capability],
    touched: Iterable[str],
    folders: Sequence[Folder],
    *,
    links_to: LinksTo,
    undone: Sequence[Undone] = (),
) -> Proof:
    """Compare ``after`` with ``before``, out of which ``undone`` is taken and into which ``folders`` are folded.

    ``before`` are the living specs of the first parent, ``after`` those of the commit, ``touched`` the capabilities
    whose files differ between the two: nothing else is looked up but what the deltas name. ``links_to`` answers for
    ``before``.
    """
    folded, not_undone = fold_step(before, folders, undone, links_to=links_to)
    names = sorted({*touched, *folded.changed})
    wanted = {name: found for name in names if (found := folded.living.get(name)) is not None}
    there = {name: found for name in names if (found := after.get(name)) is not None}
    return Proof(tuple(mismatches(wanted, there)), folded.unfolded, not_undone, frozenset(folded.changed))


class Folded(NamedTuple):
    """``changed`` names what may differ from where the folding began; ``living`` is what lives afterwards."""

    changed: dict[str, None]
    unfolded: tuple[Unfolded, ...]
    living: Overlay
    touched: tuple[Touched, ...] = ()
    """What taking back did; of folding each result tells."""


def fold_step(
    before: Mapping[str, Capability], folders: Sequence[Folder], undone: Sequence[Undone], *, links_to: LinksTo
) -> tuple[Folded, tuple[Unfolded, ...]]:
    """What a commit makes of ``before`` that takes ``undone`` back and archives ``folders``; and what cannot be undone."""
    living = Overlay(before, links_to)
    changed: dict[str, None] = {}
    not_undone: list[Unfolded] = []
    for one in undone:
        taken = take_back(living, one, links_to=living.links_to)
        living = taken.living
        changed |= taken.changed
        not_undone += taken.unfolded
    folded = fold_folders(living, folders, links_to=living.links_to)
    return folded._replace(changed=changed | folded.changed), tuple(not_undone)


def fold_folders(living: Mapping[str, Capability], folders: Sequence[Folder], *, links_to: LinksTo) -> Folded:
    """Fold archived changes in the order of `depends_on`, then of id.

    One that does not fold yet is tried again after the others: changes that landed together may build on one another
    without saying so, when they were archived one by one.
    """
    by_id = {folder.change.change: folder for folder in folders if folder.is_folded}
    order = order_changes([folder.change for folder in by_id.values()]).ids
    pending = [(change, by_id[change].deltas) for change in (*order, *sorted(by_id.keys() - set(order)))]
    overlay = Overlay(living, links_to)
    changed: dict[str, None] = {}
    while pending:
        folded = fold_changes(overlay, pending, links_to=overlay.links_to)
        left = [one for one in pending if one[0] in folded.conflicts]
        if len(left) < len(pending):
            overlay = folded.living
            changed |= dict.fromkeys(overlay.changed)
        if not left or len(left) == len(pending):
            unfolded = tuple(Unfolded(change, folded.conflicts[change]) for change, _ in left)
            return Folded(changed, unfolded, overlay)
        pending = left
    return Folded(changed, (), overlay)


def take_back(living: Mapping[str, Capability], undone: Undone, *, links_to: LinksTo) -> Folded:
    """Fold the inverse of an archived change onto ``living``; it conflicts where later changes build on it."""
    if not undone.folder.is_folded:
        return Folded({}, (), Overlay(living, links_to))
    without: Mapping[str, Capability] = undone.before
    if undone.others or undone.taken:
        rest, not_undone = fold_step(undone.before, undone.others, undone.taken, links_to=lambda _: ())
        if rest.unfolded or not_undone:
            return Folded({}, (*not_undone, *rest.unfolded), Overlay(living, links_to))
        without = rest.living
    deltas = []
    edited: list[Conflict] = []
    for name in sorted(undone.touched):
        there, wanted = undone.after.get(name), without.get(name)
        if wanted is not None:
            inverse = delta_between(there, wanted)
            deltas += [inverse] if inverse else []
        elif there is not None:
            deltas.append(_ending(there))
            edited += _edited_since(there, living.get(name))
    change = undone.folder.change.change
    if edited:
        return Folded({}, (Unfolded(change, tuple(edited)),), Overlay(living, links_to))
    folded = fold_changes(living, [(change, deltas)], links_to=links_to)
    unfolded = tuple(Unfolded(name, conflicts) for name, conflicts in folded.conflicts.items())
    return Folded(dict.fromkeys(folded.living.changed), unfolded, folded.living, folded.results[change].touched)


def mismatches(wanted: Mapping[str, Capability], found: Mapping[str, Capability]) -> Iterator[Mismatch]:
    """What ``found`` gets wrong; only the capabilities of the two mappings are compared."""
    same = {name for name in wanted.keys() & found.keys() if wanted[name] == found[name]}
    left = {name: sorted_out(one) for name, one in wanted.items() if name not in same}
    right = {name: sorted_out(one) for name, one in found.items() if name not in same}
    differing = {one.capability: one for one in diff(left, right)}
    for name in sorted(left.keys() | right.keys()):
        if (one := differing.get(name)) is not None:
            yield from _of_capability(one)
        else:
            yield from _of_order(wanted[name], found[name])


def sorted_out(capability: Capability) -> Capability:
    """The capability without what is no content: the order of tags and links."""
    return capability.model_copy(update={"requirements": tuple(map(_sorted_out, capability.requirements))})


def _sorted_out(requirement: Requirement) -> Requirement:
    links = {kind: tuple(sorted(targets)) for kind, targets in sorted(requirement.links.items())}
    return requirement.model_copy(update={"tags": tuple(sorted(requirement.tags)), "links": links})


def _of_capability(one: CapabilityDiff) -> Iterator[Mismatch]:
    what = {"added": "unexpected", "removed": "missing"}.get(one.kind, "differs")
    if one.parts or what != "differs":
        yield Mismatch(one.capability, "", what, tuple(part.part for part in one.parts))
    for requirement in one.requirements:
        yield _of_requirement(one.capability, requirement)


def _of_requirement(capability: str, one: RequirementDiff) -> Mismatch:
    what = {"added": "unexpected", "removed": "missing"}.get(one.kind, "differs")
    parts = () if what != "differs" else tuple(f"#{p.scenario} {p.part}" if p.scenario else p.part for p in one.parts)
    return Mismatch(capability, one.id, what, parts)


def _of_order(wanted: Capability, found: Capability) -> Iterator[Mismatch]:
    if [r.id for r in wanted.requirements] != [r.id for r in found.requirements]:
        yield Mismatch(found.capability, "", "differs", (ORDER,))
        return
    for left, right in zip(wanted.requirements, found.requirements, strict=True):
        if left != right:
            yield Mismatch(found.capability, right.id, "differs", (ORDER,))


def _edited_since(before: Capability, now: Capability | None) -> Iterator[Conflict]:
    """What others have since said of a capability itself that shall go: the removal of its requirements tells only theirs."""
    for part in ("title", "purpose", "notes") if now else ():
        seen, living = getattr(before, part), getattr(now, part)
        if seen != living:
            message = f"capability {before.capability} is to be removed and its {part} was changed since"
            yield Conflict("D005", before.capability, "", part, seen, living, None, message, "say it as a new change")


def _ending(capability: Capability) -> Delta:
    """The delta that removes all of a capability."""
    removed = tuple(RemovedRequirement.model_construct(id=r.id, seen=seen_of_whole(r)) for r in capability.requirements)
    return Delta.model_construct(capability=capability.capability, removed=removed, retire=True)
