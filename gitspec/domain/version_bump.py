"""The version that a difference of living specs asks for, after Semantic Versioning (https://semver.org).

Specs promise behaviour, so what they took back decides:

- **major**: a capability or a requirement was removed, the text of a requirement changed, a requirement was deferred, the
  steps of a scenario changed or a scenario was removed, or a change of kind ``breaking`` was archived.
- **minor**: a capability, a requirement or a scenario was added, or a deferral ended.
- **patch**: anything else: renames and moves, titles, notes, purposes, rationales, tags, links, attributes, text whose
  words are the same.
- **none**: nothing was archived and nothing differs.

Nobody but the authors can tell whether another text asks for more or for less, so each counts as breaking: the reasons
are there to be judged. A requirement that was added and removed in between is no difference.

Before 1.0.0 the numbers mean one less, as package managers take them: major raises the second number, minor and patch the
third.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from gitspec.domain.diff import CapabilityDiff, PartDiff, RequirementDiff

Level = Literal["none", "patch", "minor", "major"]
LEVELS: tuple[Level, ...] = ("none", "patch", "minor", "major")


class Reason(NamedTuple):
    """Why a level at least: ``what`` happened to ``name`` (a capability, a requirement, a scenario or a change)."""

    level: Level
    name: str
    what: str


class Bump(NamedTuple):
    """The level, and the reasons of that level, in the order of the difference."""

    level: Level
    reasons: tuple[Reason, ...]


class BreakingChange(NamedTuple):
    """An archived change of kind ``breaking``."""

    id: str
    title: str


def suggest(
    capabilities: Sequence[CapabilityDiff], breaking: Sequence[BreakingChange] = (), *, anything: bool = False
) -> Bump:
    """The bump for a difference, and for changes that say that they break; ``anything``: whether anything was archived."""
    reasons = [Reason("major", change.id, "is a breaking change") for change in breaking]
    reasons += [reason for capability in capabilities for reason in reasons_of(capability)]
    level = highest(reason.level for reason in reasons)
    if level == "none" and anything:
        return Bump("patch", ())
    return Bump(level, tuple(reason for reason in reasons if reason.level == level))


def highest(levels: Iterable[Level]) -> Level:
    """The highest of some levels; none of none."""
    return max(levels, key=LEVELS.index, default="none")


def reasons_of(capability: CapabilityDiff) -> Iterator[Reason]:
    """What a difference of one capability asks for."""
    name = capability.capability
    if capability.kind == "removed":
        yield Reason("major", name, "was removed")
    elif capability.kind == "added":
        yield Reason("minor", name, "was added")
    elif capability.was:
        yield Reason("patch", name, f"was called {capability.was}")
    if capability.parts and capability.kind not in ("added", "removed"):
        yield Reason("patch", name, f"has another {_listed(capability.parts)}")
    whole = capability.kind if capability.kind in ("added", "removed") else ""
    for requirement in capability.requirements:
        if requirement.kind != whole:
            yield from _requirement(f"{name}/{requirement.id}", requirement)


def level_of(capability: CapabilityDiff) -> Level:
    """The level of a difference of one capability."""
    return highest(reason.level for reason in reasons_of(capability))


def next_version(tag: str, level: Level) -> str | None:
    """The version after the one that a tag names, spelled as the tag; None when it names no release, or nothing changed.

    ``v1.2.3``, ``1.2``, ``gitspec-1.2.3``, ``gitspec/v1.2.3``. Pre-releases and numbers that look like a year have no next.
    """
    found = _VERSION.fullmatch(tag.removeprefix("refs/tags/").removeprefix("tags/"))
    if found is None or level == "none":
        return None
    head, major, minor, patch = found[1], int(found[2]), int(found[3]), int(found[4] or 0)
    if major >= _YEAR:
        return None
    at = LEVELS.index(level) - (1 if major == 0 else 0)
    if at >= 3:
        return f"{head}{major + 1}.0" + (".0" if found[4] else "")
    if at == 2:
        return f"{head}{major}.{minor + 1}" + (".0" if found[4] else "")
    return f"{head}{major}.{minor}.{patch + 1}"


_NUMBER = r"(0|[1-9][0-9]{0,8})"
_VERSION = re.compile(rf"((?:.*[-/_])?v?){_NUMBER}\.{_NUMBER}(?:\.{_NUMBER})?", re.DOTALL)
_YEAR = 1900
_KEYWORDS = frozenset(("MUST", "SHALL", "SHOULD", "MAY", "REQUIRED", "RECOMMENDED", "OPTIONAL"))
"""Those of RFC 2119, in capitals as RFC 8174 has it."""


def _requirement(name: str, diff: RequirementDiff) -> Iterator[Reason]:
    if diff.kind == "removed":
        yield Reason("major", name, "was removed")
        return
    if diff.kind == "added":
        yield Reason("minor", name, "was added")
        return
    if diff.was:
        yield Reason("patch", name, f"was called {diff.was}")
    whole = {p.scenario for p in diff.parts if p.scenario and p.part == "id" and not (p.before and p.after)}
    for part in diff.parts:
        if part.scenario not in whole or part.part == "id":
            yield _part(name, part)


def _part(name: str, part: PartDiff) -> Reason:
    name = f"{name}#{part.scenario}" if part.scenario else name
    if part.scenario and part.part == "id":
        if part.after is None:
            return Reason("major", name, "was removed")
        if part.before is None:
            return Reason("minor", name, "was added")
        return Reason("patch", name, f"was called {part.before}")
    if part.part in ("text", "steps") and _words(part.before) != _words(part.after):
        what = _another_text(part) if part.part == "text" else "has other steps"
        return Reason("minor", name, "has steps now") if part.before is None else Reason("major", name, what)
    if part.part == "deferred" and not (part.before and part.after):
        return (
            Reason("major", name, "was deferred") if part.after else Reason("minor", name, "is not deferred any more")
        )
    return Reason("patch", name, f"has another {part.part}")


def _another_text(part: PartDiff) -> str:
    """What happened to a text: where nothing but keywords differs, whoever judges shall see whether it asks for more."""
    old, new = _words(part.before), _words(part.after)
    differing = dict.fromkeys((a, b) for a, b in zip(old, new, strict=False) if a != b)
    if len(old) != len(new) or not all({*pair} <= _KEYWORDS for pair in differing):
        return "has another text"
    return "says " + ", ".join(f"{b} instead of {a}" for a, b in differing)


def _words(text: str | None) -> list[str]:
    return (text or "").split()


def _listed(parts: Sequence[PartDiff]) -> str:
    return ", ".join(part.part for part in parts)
