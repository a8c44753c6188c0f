"""The past of one requirement or capability: its versions along history, through renames and moves.

Histories are simplified as ``git log`` does it, but by content: a merge that has what one parent has follows that
parent alone, and a commit that leaves the content as it was is no version.
"""

from collections.abc import Mapping
from typing import NamedTuple

from gitspec.domain.capability import Capability, Requirement, Scenario
from gitspec.domain.diff import CapabilityDiff, RequirementDiff, diff, requirement_parts
from gitspec.git.repository import Repository
from gitspec.git.spec_history import shallow_boundary
from gitspec.store.commit_pairs import Pairs
from gitspec.store.file_lines import FileLines, Skipped

Thing = Requirement | Capability | Scenario
Place = tuple[str, str]
"""A commit that brought a version, and the name that the thing has there."""


class Before(NamedTuple):
    """What one parent of a commit has. ``to``: where its own past goes on; ``was``: its name there, if another one."""

    parent: str
    to: Place | None
    was: str
    thing: Thing | None
    is_same: bool


class Moment(NamedTuple):
    """A commit at which the file of the thing differs, and what the thing is there; None: it is not there."""

    commit: str
    name: str
    thing: Thing | None
    before: tuple[Before, ...]

    @property
    def is_version(self) -> bool:
        """Whether the thing is here as no parent has it."""
        if any(side.is_same for side in self.before):
            return False
        return self.thing is not None or any(side.thing is not None for side in self.before)


class Past(NamedTuple):
    """The past of one thing. ``start`` is where it stands; ``moments`` come children first.

    ``became`` is the name under which a thing goes on that is not there any more under this one.
    """

    name: str
    start: Place | None
    moments: Mapping[Place, Moment]
    became: str = ""

    def versions(self) -> list[Moment]:
        """The versions, the newest first."""
        return [moment for moment in self.moments.values() if moment.is_version]


class Pasts:
    """Looks into the past of the living specs, from one commit on."""

    def __init__(self, repo: Repository, tip: str) -> None:
        self.repo = repo
        self.tip = tip
        self.hidden = shallow_boundary(repo)
        self._lines = FileLines(repo)
        self._pairs = Pairs(repo, self._lines)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Versions that could not be read, and count as what came before them."""
        return tuple(self._lines.skipped.values())

    def of_requirement(self, name: str) -> Past:
        """The past of `<capability>/<requirement>`."""
        return self._past(name, is_capability=False)

    def of_capability(self, capability: str) -> Past:
        """The past of a capability."""
        return self._past(capability, is_capability=True)

    def difference(self, moment: Moment, side: Before) -> CapabilityDiff | None:
        """What a version changes in its capability, against one parent."""
        if not isinstance(moment.thing, Capability | None) or not isinstance(side.thing, Capability | None):
            raise TypeError("a requirement has parts, not a difference of capabilities")
        return self._difference(moment.commit, moment.name, moment.thing, side.parent, side.thing)

    def beginning(self, moment: Moment) -> CapabilityDiff | None:
        """All of a capability in the first commit there is."""
        thing = moment.thing
        return next(iter(diff({}, {moment.name: thing})), None) if isinstance(thing, Capability) else None

    def close(self) -> None:
        """End the child that reads."""
        self._lines.close()

    # -- walking

    def _past(self, name: str, *, is_capability: bool) -> Past:
        head = self._lines.head(self.tip, name if is_capability else name.rpartition("/")[0])
        if head is None:
            return Past(name, None, {})
        start = head, name
        moments: dict[Place, Moment] = {}
        became: dict[str, str] = {}
        left: list[Place] = [start]
        while left:
            place = left.pop()
            if place in moments:
                continue
            moment, now = self._moment(*place, is_capability=is_capability)
            moments[place] = moment
            if now:
                became[moment.commit] = now
            same = [side for side in moment.before if side.is_same]
            left += [side.to for side in same[:1] or moment.before if side.to is not None]
        ordered = self._in_order(moments)
        return Past(name, start, ordered, last_name(ordered, became))

    def _moment(self, commit: str, name: str, *, is_capability: bool) -> tuple[Moment, str]:
        """A moment, and the name under which the thing goes on when it is only called otherwise from here on."""
        capability = name if is_capability else name.rpartition("/")[0]
        thing = self._thing(commit, name, is_capability)
        before = []
        became = ""
        for parent, version in self._lines.sides(commit, capability):
            was, to = name, (version, name) if version else None
            old = self._thing(version, name, is_capability)
            pair = self._pairs.of(commit, parent) if self._is_renaming(commit, name, thing, parent, old) else None
            if pair and thing is not None and (other := pair.names.get(name)):
                head = self._lines.head(parent, other if is_capability else other.rpartition("/")[0])
                was, to, old = other, (head, other) if head else None, self._thing(head, other, is_capability)
            elif pair and old is not None and (now := next((n for n, o in pair.names.items() if o == name), "")):
                to, old, became = None, None, "" if thing is not None else now
            is_same = was == name and self._is_same(commit, name, thing, parent, old)
            before.append(Before(parent, to, was if was != name else "", old, is_same))
        return Moment(commit, name, thing, tuple(before)), became

    def _thing(self, version: str | None, name: str, is_capability: bool) -> Thing | None:
        if is_capability:
            return self._lines.at(version, name)
        capability, _, requirement = name.rpartition("/")
        model = self._lines.at(version, capability)
        return model.requirement(requirement) if model else None

    def _is_renaming(self, commit: str, name: str, thing: Thing | None, parent: str, old: Thing | None) -> bool:
        """Whether names have to be looked at: something comes, goes, or may be another one of that name."""
        if thing is None or old is None:
            return thing is not old
        if not isinstance(thing, Requirement) or not isinstance(old, Requirement) or thing.text == old.text:
            return False
        capability = name.rpartition("/")[0]
        here = self._lines.at(commit, capability)
        there = next(s.next for s in self._lines.sides(commit, capability) if s.parent == parent)
        return _ids(here) != _ids(self._lines.at(there, capability))

    def _is_same(self, commit: str, name: str, thing: Thing | None, parent: str, old: Thing | None) -> bool:
        if thing is old:
            return True
        if thing is None or old is None:
            return False
        if isinstance(thing, Requirement) and isinstance(old, Requirement):
            return thing == old or not any(requirement_parts(old, thing))
        assert isinstance(thing, Capability) and isinstance(old, Capability)
        return self._difference(commit, name, thing, parent, old) is None

    # -- what a commit does against one parent

    def _difference(
        self, commit: str, name: str, thing: Capability | None, parent: str, old: Capability | None
    ) -> CapabilityDiff | None:
        """The difference of one capability; requirements that came from or went to others are told as moved."""
        was = old.capability if old else name
        is_moving = _ids(thing) != _ids(old)
        names: Mapping[str, str] = {}
        before = {was: old} if old else {}
        after = {name: thing} if thing else {}
        if is_moving:
            pair = self._pairs.of(commit, parent)
            names = {n: o for n, o in pair.names.items() if n == name or n.startswith(f"{name}/")}
            before = {**pair.before, **before}
        found = diff(before, after, names if was == name else {**names, name: was})
        own = next((one for one in found if one.capability == name), None)
        return self._with_moved_away(commit, parent, own, name, was) if is_moving else own

    def _with_moved_away(
        self, commit: str, parent: str, found: CapabilityDiff | None, name: str, was: str
    ) -> CapabilityDiff | None:
        pair = self._pairs.of(commit, parent)
        away = {o: n for n, o in pair.names.items() if o.startswith(f"{was}/") and n.rpartition("/")[0] != name}
        if found is None or not away:
            return found
        told = tuple(
            RequirementDiff(r.id, "moved", (), f"{was}/{r.id}", away[f"{was}/{r.id}"])
            if r.kind == "removed" and f"{was}/{r.id}" in away
            else r
            for r in found.requirements
        )
        return found._replace(requirements=told)

    def _in_order(self, moments: Mapping[Place, Moment]) -> dict[Place, Moment]:
        """Children before parents, then by time."""
        from graphlib import TopologicalSorter

        parents = {
            place: [side.to for side in moment.before if side.to is not None and side.to in moments]
            for place, moment in moments.items()
        }
        raised: dict[Place, int] = {}
        for place in TopologicalSorter(parents).static_order():
            raised[place] = max([self._lines.times[place[0]], *(raised[parent] + 1 for parent in parents[place])])
        return {place: moments[place] for place in sorted(moments, key=lambda place: (-raised[place], place))}


def _ids(capability: Capability | None) -> set[str]:
    return {r.id for r in capability.requirements} if capability else set()


def last_name(moments: Mapping[Place, Moment], became: Mapping[str, str]) -> str:
    """What a thing is called that is gone: the newest commit decides, which may also have removed it."""
    for moment in moments.values():
        if moment.thing is not None:
            return ""
        if now := became.get(moment.commit):
            return now
        if moment.is_version:
            return ""
    return ""
