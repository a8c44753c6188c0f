"""Use case of `gitspec changelog`: the changes archived between two revisions, and the version that they ask for."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from gitspec.commands.compare import Landed, Sides, compare, landed_between
from gitspec.domain.diff import CapabilityDiff
from gitspec.domain.finding import Finding
from gitspec.domain.names_between import Step, capability_after, names_after
from gitspec.domain.version_bump import BreakingChange, Bump, Level, highest, next_version, suggest
from gitspec.store.release_facts import ReleaseFacts, release_facts


class Released(NamedTuple):
    """A change of a release. ``commit`` is the one that brought its folder, empty when that is told of no commit."""

    facts: ReleaseFacts
    level: Level
    commit: str


class Changelog(NamedTuple):
    """Release notes.

    ``changes`` were archived, in the order in which they landed; ``closed`` were given up; ``taken_back`` are gone again;
    ``imported`` came along as history. ``others`` is what differs and no change accounts for. ``cut_off``: the commits at which
    a shallow clone ends, where that hides in which order changes landed.
    """

    sides: Sides
    changes: tuple[Released, ...]
    closed: tuple[Released, ...]
    taken_back: tuple[Released, ...]
    imported: tuple[Released, ...]
    others: tuple[CapabilityDiff, ...]
    bump: Bump
    next_version: str | None
    findings: tuple[Finding, ...]
    cut_off: tuple[str, ...]


def changelog(sides: Sides) -> Changelog:
    """The release notes. What differs in the end decides about the version, whatever happened in between."""
    landed_now = cache(lambda: landed_between(sides.after, sides.before))
    compared = compare(sides, landed_now)
    landed = landed_now() if compared.came else Landed({})
    facts_of_came = release_facts(sides.after, compared.came)
    released = [_released(facts, landed.commits.get(facts.folder, "")) for facts in facts_of_came]
    order = {folder: at for at, folder in enumerate(landed.commits)}
    released.sort(key=lambda one: (order.get(one.facts.folder, len(order)), one.facts.day, one.facts.id))
    taken_back = [_released(facts, "") for facts in release_facts(sides.before, compared.gone)]
    changes = [one for one in released if one.facts.is_folded]
    undone = [one for one in taken_back if one.facts.is_folded]
    breaking = [BreakingChange(one.facts.id, one.facts.title) for one in changes if one.facts.kind == "breaking"]
    bump = suggest(compared.capabilities, breaking, anything=bool(changes or undone))
    accounted = _accounted([*changes, *undone], compared.step)
    findings = [f for one in (*released, *taken_back) for f in one.facts.findings]
    return Changelog(
        sides,
        tuple(changes),
        tuple(one for one in released if one.facts.closed),
        tuple(taken_back),
        tuple(one for one in released if one.facts.imported and not one.facts.closed),
        tuple(_others(compared.capabilities, accounted)),
        bump,
        next_version(sides.from_name, bump.level),
        (*compared.findings, *findings),
        tuple(dict.fromkeys((*landed.cut_off, *compared.cut_off))),
    )


def _released(facts: ReleaseFacts, commit: str) -> Released:
    levels: list[Level] = ["patch", *(effect.level for effect in facts.effects)]
    if facts.kind == "breaking":
        levels.append("major")
    return Released(facts, highest(levels), commit)


def _accounted(changes: Iterable[Released], step: Step) -> set[str]:
    """The names of what changes say that they touch, as they were called then and as they are called in the end."""
    names = {name for one in changes for effect in one.facts.effects for name in (effect.name, effect.was) if name}
    names |= {now for now in names_after(names, step).values() if now}
    capabilities = names & {naming.capability for archive in step.came for naming in archive.namings}
    return names | {now for name in capabilities if (now := capability_after(name, step))}


def _others(capabilities: Sequence[CapabilityDiff], accounted: set[str]) -> Iterator[CapabilityDiff]:
    for capability in capabilities:
        left = tuple(r for r in capability.requirements if not {f"{capability.capability}/{r.id}", r.was} & accounted)
        is_told = bool({capability.capability, capability.was} & accounted) or len(left) < len(capability.requirements)
        parts = () if capability.capability in accounted else capability.parts
        if left or (parts and not is_told):
            yield capability._replace(requirements=left, parts=parts)
