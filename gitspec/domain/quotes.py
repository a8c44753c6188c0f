"""What deltas quote as `from`: each quotation must have been in a living spec, or it proves nothing."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from gitspec.domain.capability import Capability, Requirement, Scenario, steps_text
from gitspec.domain.delta import Delta, ModifiedRequirement, ModifiedScenario

_FIELDS = ("title", "text", "rationale", "deferred", "notes")


class Quote(NamedTuple):
    """A text that a delta says it found. ``requirement`` is empty for a field of the capability itself."""

    capability: str
    requirement: str
    part: str
    """The field; ``steps``, ``scenario title`` and ``scenario notes`` of a scenario."""
    text: str

    @property
    def name(self) -> str:
        """What it is quoted from."""
        return f"{self.capability}/{self.requirement}" if self.requirement else self.capability


def quotes(delta: Delta) -> Iterator[Quote]:
    """All quotations of a delta, under the ids from before its own renames."""
    old_ids = {renamed.to: renamed.id for renamed in delta.renamed}
    for key, field in (("title", "title"), ("purpose", "purpose"), ("capability_notes", "notes")):
        edit = getattr(delta, key)
        if edit is not None and not isinstance(edit, str) and edit.before is not None:
            yield Quote(delta.capability, "", field, edit.before)
    for entry in delta.modified:
        requirement = old_ids.get(entry.id, entry.id)
        for part, text in _of_requirement(entry):
            yield Quote(delta.capability, requirement, part, text)
    for renamed in delta.renamed:
        if renamed.title and renamed.title.before is not None:
            yield Quote(delta.capability, renamed.id, "title", renamed.title.before)


def unseen(
    delta: Delta, living: Mapping[str, Capability], also: AbstractSet[tuple[bool, str, str]] = frozenset()
) -> list[Quote]:
    """The quotations that stand neither in ``living`` nor in ``also``: stale ones, and those that were never true."""
    wanted = list(quotes(delta))
    if not wanted:
        return []
    capability = living.get(delta.capability)
    there = also | (texts_of(capability) if capability else set())
    return [quote for quote in wanted if (bool(quote.requirement), quote.part, quote.text) not in there]


def texts_of(capability: Capability) -> set[tuple[bool, str, str]]:
    """All that can be quoted from a capability: whether it is a requirement's, the part, and the text."""
    found = {(False, f, t) for f in ("title", "purpose", "notes") if (t := getattr(capability, f)) is not None}
    for requirement in capability.requirements:
        found |= {(True, part, text) for part, text in _texts(requirement)}
    return found


def _texts(requirement: Requirement) -> Iterator[tuple[str, str]]:
    for field in _FIELDS:
        if (text := getattr(requirement, field)) is not None:
            yield field, text
    yield from ((f"attribute {name}", value) for name, value in requirement.attributes.items())
    for scenario in requirement.scenarios:
        yield from _scenario_texts(scenario)


def _scenario_texts(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield "steps", steps_text(scenario.steps)
    for field in ("title", "notes"):
        if (text := getattr(scenario, field)) is not None:
            yield f"scenario {field}", text


def _of_requirement(entry: ModifiedRequirement) -> Iterator[tuple[str, str]]:
    for field in _FIELDS:
        edit = getattr(entry, field)
        if edit is not None and edit.before is not None:
            yield field, edit.before
    for name, line in entry.attributes.items():
        if line.before is not None:
            yield f"attribute {name}", line.before
    if entry.scenarios:
        for scenario in entry.scenarios.modified:
            yield from _of_scenario(scenario)
        for renamed in entry.scenarios.renamed:
            if renamed.title and renamed.title.before is not None:
                yield "scenario title", renamed.title.before


def _of_scenario(scenario: ModifiedScenario) -> Iterator[tuple[str, str]]:
    if scenario.steps and scenario.steps.before is not None:
        yield "steps", steps_text(scenario.steps.before)
    for field in ("title", "notes"):
        edit = getattr(scenario, field)
        if edit is not None and edit.before is not None:
            yield f"scenario {field}", edit.before


def carried(deltas: Sequence[Delta], living: Mapping[str, Capability]) -> set[tuple[bool, str, str]]:
    """What the deltas of a change may quote besides, because it moves requirements out of other capabilities."""
    homes = {delta.capability for delta in deltas if delta.moved}
    found: set[tuple[bool, str, str]] = set()
    for home in sorted(homes):
        if (capability := living.get(home)) is not None:
            found |= texts_of(capability)
    return found


def brought(delta: Delta) -> set[tuple[bool, str, str]]:
    """What deltas that build on this one may quote, though no commit had it: as ``texts_of``."""
    found: set[tuple[bool, str, str]] = set()
    for key, field in (("title", "title"), ("purpose", "purpose"), ("capability_notes", "notes")):
        edit = getattr(delta, key)
        after = edit if edit is None or isinstance(edit, str) else edit.after
        if after is not None:
            found.add((False, field, after))
    for added in delta.added:
        found |= {(True, part, text) for part, text in _texts(added)}
    for entry in delta.modified:
        for field in _FIELDS:
            edit = getattr(entry, field)
            if edit is not None and edit.after is not None:
                found.add((True, field, edit.after))
        found |= {(True, f"attribute {name}", line.after) for name, line in entry.attributes.items() if line.after}
        if entry.scenarios:
            for scenario in entry.scenarios.added:
                found |= {(True, part, text) for part, text in _scenario_texts(scenario)}
            for modified in entry.scenarios.modified:
                found |= {(True, part, text) for part, text in _brought_by(modified)}
    return found


def _brought_by(scenario: ModifiedScenario) -> Iterator[tuple[str, str]]:
    if scenario.steps and scenario.steps.after is not None:
        yield "steps", steps_text(scenario.steps.after)
    for field in ("title", "notes"):
        edit = getattr(scenario, field)
        if edit is not None and edit.after is not None:
            yield f"scenario {field}", edit.after
