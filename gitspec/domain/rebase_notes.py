"""What a rebase has to tell, gathered while it works: conflicts, merged parts, new names, edits that live already."""

from collections.abc import Callable
from typing import NamedTuple

from gitspec.domain.capability import Requirement, steps_text
from gitspec.domain.delta import ModifiedRequirement, MovedRequirement, RemovedRequirement, RenamedRequirement
from gitspec.domain.digest import TEXT
from gitspec.domain.fold_result import Conflict, Entry

Stale = RenamedRequirement | MovedRequirement | RemovedRequirement | ModifiedRequirement


class Merged(NamedTuple):
    """A part in which both edits were joined: nobody has written it as it is now, so somebody must read it."""

    name: str
    part: str
    seen: str | None
    living: str | None
    yours: str | None
    result: str


class NewName(NamedTuple):
    """What the delta called ``old`` lives as ``new``."""

    old: str
    new: str


class Origin(NamedTuple):
    """Where an entry comes from: what its requirement is called now (None: it went), and as the author saw it."""

    now: str | None
    seen: Requirement | None = None


class Lineage(NamedTuple):
    """What history knows. ``entry`` is asked with the living name of the author's time, and the entry of the delta."""

    entry: "Callable[[str, str, Stale], Origin]"
    """(capability of the delta, living name when the author wrote, entry)"""
    capability: Callable[[str], str | None]
    """The id of a capability now; None: retired."""
    name: Callable[[str], str]
    """The name now of a requirement that is mentioned; as it is when nothing better is known."""


class Notes:
    """Lists that fill up."""

    def __init__(self) -> None:
        self.conflicts: list[Conflict] = []
        self.merged: list[Merged] = []
        self.names: dict[NewName, None] = {}
        self.settled: list[str] = []
        """What the living specs say already, so that it left the delta."""

    def conflict(self, entry: Entry, part: str, texts: tuple[str | None, str | None, str | None], message: str) -> None:
        """Note a conflict; ``texts`` are what was seen, what lives, what is wanted."""
        seen, living, yours = texts
        help_ = f"decide what shall hold: `gitspec delta modify {entry.change} {entry.name}`"
        self.conflicts.append(entry.conflict("D020", message, help_, part=part, seen=seen, living=living, yours=yours))

    def found(self, conflict: Conflict, seen: Requirement | None, left_alone: bool = False) -> None:
        """Note a conflict of the fold, with the part as the author saw it; a part that was left alone is wanted so."""
        before = conflict.seen if conflict.seen is not None else part_of(seen, conflict.part)
        yours = before if left_alone and conflict.yours is None else conflict.yours
        self.conflicts.append(conflict._replace(seen=before, yours=yours))

    def renamed(self, old: str, new: str) -> None:
        """Note a name that was followed."""
        if old != new:
            self.names[NewName(old, new)] = None


def part_of(requirement: Requirement | None, part: str) -> str | None:
    """A part of a requirement as text: `text`, or a scenario's steps."""
    if requirement is None:
        return None
    if part == TEXT:
        return requirement.text
    scenario = requirement.scenario(part)
    return steps_text(scenario.steps) if scenario else None
