"""Capabilities while deltas are folded onto them: edited in place, built anew at the end."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gitspec.domain.capability import Capability, Requirement
from gitspec.domain.delta import AddedRequirement, Delta
from gitspec.domain.fold_items import Items
from gitspec.domain.fold_result import Conflict, Entry, Touched


class State:
    """One capability under the fold. ``living`` is None when it does not exist yet."""

    def __init__(self, capability_id: str, living: Capability | None) -> None:
        self.id = capability_id
        self.living = living
        self.final_id = capability_id
        self.there = living is not None
        """Whether it is there, or a delta brings it."""
        self.retired = False
        self.items: Items[Requirement] = Items(living.requirements if living else ())
        self.fields: dict[str, str | None] = {}
        """New values of title, purpose and notes."""
        self.new_ids: dict[str, str] = {}
        """Ids after the renames of this fold, by the ids before."""
        self.touched: set[str] = set()
        """Ids of requirements that the change touches."""
        self.blocked: set[str] = set()
        """Ids of entries in conflict, and those they should have brought: more about them is not judged."""
        self._log: dict[str, list[Any]] = {}
        self._before = frozenset(r.id for r in living.requirements) if living else frozenset()

    def note(self, what: str, value: object) -> None:
        """Remember for the summary (a field of Touched) what happened."""
        self._log.setdefault(what, []).append(value)

    def is_taken(self, requirement_id: str) -> bool:
        """Whether a requirement has the id now or had it before this fold."""
        return requirement_id in self.items or requirement_id in self._before

    def built(self) -> Capability | None:
        """The capability that results."""
        if self.retired or not self.there:
            return None
        values: dict[str, Any] = {**self.fields, "capability": self.final_id, "requirements": tuple(self.items)}
        if self.living is None:
            return Capability.model_construct(**{k: v for k, v in values.items() if v not in (None, ())})
        update = {name: value for name, value in values.items() if value != getattr(self.living, name)}
        return self.living.model_copy(update=update) if update else self.living

    def summary(self) -> Touched:
        """What happened, as data."""
        living = self.living
        return Touched(
            self.final_id,
            was=self.id if self.final_id != self.id else "",
            created=living is None,
            retired=self.retired,
            fields=tuple(n for n, v in self.fields.items() if v != (getattr(living, n) if living else None)),
            **{what: tuple(values) for what, values in self._log.items()},
        )


class Gone(NamedTuple):
    """What became of a living name, and which entry did it."""

    entry: Entry
    state: State | None
    """The capability where the requirement is now; None when it was removed."""
    requirement: str = ""
    """Its id there."""


class Folding:
    """The state of one fold: the capabilities that the deltas name, the conflicts so far, the names that went."""

    def __init__(self, living: Mapping[str, Capability], deltas: Iterable[Delta], change: str) -> None:
        self.change = change
        self.deltas = sorted(deltas, key=lambda d: d.capability)
        self.conflicts: list[Conflict] = []
        self.states: dict[str, State] = {}
        self.gone: dict[str, Gone] = {}
        """By the living name."""
        self.kept: dict[str, Gone] = {}
        """What would go, did its removal not conflict: what links to it is in the way, too."""
        self._given: set[str] = set()
        self._new_ids = {d.capability: d.rename_to for d in self.deltas if d.rename_to}
        own = {d.capability for d in self.deltas}
        self._aliases = {new: old for old, new in self._new_ids.items() if new not in own}
        self._name_before: dict[tuple[str, str], str] = {}
        self._living = living

    def open(self, capability_id: str) -> State:
        """The state of a capability, under the id it has or the one that a delta gives it."""
        key = self._aliases.get(capability_id, capability_id)
        if key not in self.states:
            self.states[key] = State(key, self._living.get(key))
        return self.states[key]

    def new_name(self, name: str) -> str | None:
        """What the renames and moves of these deltas make of a living name; None: it stays, or goes."""
        gone = self.gone.get(name)
        capability, _, requirement = name.rpartition("/")
        if gone is not None:
            if gone.state is None:
                return None
            capability, requirement = gone.state.id, gone.requirement
        new = f"{self._new_ids.get(capability, capability)}/{requirement}"
        return new if new != name else None

    def is_capability_taken(self, capability_id: str) -> bool:
        """Whether a capability lives under the id, or a delta brings one or has renamed one to it."""
        return capability_id in self._living or capability_id in self.states or capability_id in self._given

    def rename_capability(self, delta: Delta, new_id: str) -> None:
        """Give a capability, with all that is in it, a new id."""
        self._given.add(new_id)
        state = self.open(delta.capability)
        state.final_id = new_id
        for requirement in state.items:
            here = (state, requirement.id)
            self.record(self.entry(delta, requirement.id, "rename_to"), here, here)

    def entry(self, delta: Delta, requirement: str, *loc: str | int) -> Entry:
        """The entry at that place of the delta."""
        return Entry(self.change, delta.capability, requirement, loc)

    def keep(self, entry: Entry, state: State) -> None:
        """Remember that a requirement cannot go as an entry wants it to."""
        name = self._name_before.get((state.id, entry.requirement), f"{state.id}/{entry.requirement}")
        self.kept[name] = Gone(entry, None)

    def record(self, entry: Entry, was: tuple[State, str], now: tuple[State, str] | None) -> None:
        """Remember that a requirement got another name, or went."""
        state, requirement_id = was
        state.touched.discard(requirement_id)
        name = self._name_before.pop((state.id, requirement_id), f"{state.id}/{requirement_id}")
        self.gone[name] = Gone(entry, *now) if now else Gone(entry, None)
        if now:
            self._name_before[now[0].id, now[1]] = name
            now[0].touched.add(now[1])


def whole_requirement(added: AddedRequirement) -> Requirement:
    """The requirement that an `added` entry brings, without the place it asks for."""
    fields = {name: getattr(added, name) for name in Requirement.model_fields}
    return Requirement.model_construct(**{k: v for k, v in fields.items() if v not in (None, (), {})})
