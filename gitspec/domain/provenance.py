"""Whether what a delta says its author saw has ever been in a living spec.

`from` and `seen` are a claim; a three-way merge with a claim that is not true would silently undo what others wrote.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gitspec.domain.capability import Requirement, steps_text
from gitspec.domain.delta import ModifiedRequirement, RemovedRequirement
from gitspec.domain.digest import (
    OTHER_FIELDS,
    TEXT,
    is_scenario_key,
    scenario_rest_digest,
    scenario_rest_key,
    seen_of_whole,
)

Claim = ModifiedRequirement | RemovedRequirement
_FIELDS = ("title", "text", "rationale", "deferred", "notes")


class Doubt(NamedTuple):
    """What speaks against a claim: a rule's code, and the part that it is about (empty: all of it)."""

    code: str
    part: str
    why: str
    digest: str = ""
    """The digest that no version has."""


def digests_of(requirement: Requirement) -> dict[str, str]:
    """All that any `seen` may hold of a requirement."""
    rest = {scenario_rest_key(s.id): scenario_rest_digest(s) for s in requirement.scenarios}
    return seen_of_whole(requirement) | rest


def fits(claim: Claim, version: Requirement) -> bool:
    """Whether a version of the requirement is as the claim has it, in all that it mentions."""
    seen = claim.seen or {}
    digests = digests_of(version)
    if any(digests.get(key) != digest for key, digest in seen.items()):
        return False
    return all(text == _part(version, part) for part, text in quoted(claim))


def doubt(claim: Claim, versions: Iterable[Requirement]) -> Doubt | None:
    """Why no version of the requirement fits a claim; None when one does. All versions are looked at."""
    digests: dict[str, set[str]] = {}
    texts: dict[str, set[str]] = {}
    for version in versions:
        if fits(claim, version):
            return None
        for key, digest in digests_of(version).items():
            digests.setdefault(key, set()).add(digest)
        for part, _ in quoted(claim):
            if (text := _part(version, part)) is not None:
                texts.setdefault(part, set()).add(text)
    for part, text in quoted(claim):
        if text not in texts.get(part, ()):
            return Doubt("D035", part, "was in no living spec")
    for key, digest in (claim.seen or {}).items():
        if digest not in digests.get(key, ()):
            return Doubt("D036", _part_of(key), "is of no version of it", digest)
    return Doubt("D037", "", "is of several versions: part of it is newer than what its author saw")


def quoted(claim: Claim) -> Iterator[tuple[str, str]]:
    """(part, text) of each `from`; parts of a scenario are `<id>` for its steps, `<id>.title` and `<id>.notes`."""
    if isinstance(claim, RemovedRequirement):
        return
    for name in _FIELDS:
        edit = getattr(claim, name)
        if edit is not None and edit.before is not None:
            yield name, edit.before
    for key, line in claim.attributes.items():
        if line.before is not None:
            yield f"attribute {key}", line.before
    for scenario in claim.scenarios.modified if claim.scenarios else ():
        if scenario.steps and scenario.steps.before:
            yield f"#{scenario.id}", steps_text(scenario.steps.before)
        for name in ("title", "notes"):
            edit = getattr(scenario, name)
            if edit is not None and edit.before is not None:
                yield f"#{scenario.id} {name}", edit.before


def _part(version: Requirement, part: str) -> str | None:
    if part.startswith("#"):
        scenario_id, _, field = part[1:].partition(" ")
        scenario = version.scenario(scenario_id)
        if scenario is None:
            return None
        return getattr(scenario, field) if field else steps_text(scenario.steps)
    if part.startswith("attribute "):
        return version.attributes.get(part.removeprefix("attribute "))
    value: str | None = getattr(version, part)
    return value


def _part_of(key: str) -> str:
    if key in (TEXT, OTHER_FIELDS):
        return key.replace("_", " ")
    return f"#{key}" if is_scenario_key(key) else f"#{key.partition('.')[0]}"


def owner_of(digest: str, requirements: Mapping[str, Requirement]) -> str:
    """The name of another requirement that a digest of a text or of steps was copied from; empty when none has it."""
    return next((name for name, r in requirements.items() if digest in digests_of(r).values()), "")
