"""Digests of the parts of a requirement: what `seen` in a delta holds.

The keys of `seen` are `text` and the id of each scenario, and, for what a `removed` entry takes away beyond them,
`other_fields` and `<scenario>.other_fields`: neither can be the id of a scenario. Without these an edit of a title or
of notes would go unreported with the requirement or scenario that goes.
"""

import json
from hashlib import sha256
from typing import Any

from gitspec.domain.capability import Requirement, Scenario, Steps, steps_text

TEXT = "text"
OTHER_FIELDS = "other_fields"
_DIGITS = 12


def part_digest(text: str) -> str:
    """First 12 hex digits of the SHA-256 of a canonical text as UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def steps_digest(steps: Steps) -> str:
    """Digest of the steps of a scenario, as the literal block that they are written as."""
    return part_digest(steps_text(steps))


def seen_of(requirement: Requirement) -> dict[str, str]:
    """`seen` for a `modified` entry: the text, and the steps of each scenario."""
    seen = {TEXT: part_digest(requirement.text)}
    for scenario in requirement.scenarios:
        seen[scenario.id] = steps_digest(scenario.steps)
    return seen


def seen_of_whole(requirement: Requirement) -> dict[str, str]:
    """`seen` for a `removed` entry: as ``seen_of``, and everything else that would go with the requirement."""
    return seen_of(requirement) | {OTHER_FIELDS: other_fields_digest(requirement)}


def scenario_rest_key(scenario_id: str) -> str:
    """The key under which `seen` holds the title and notes of a scenario that is to be removed."""
    return f"{scenario_id}.{OTHER_FIELDS}"


def scenario_rest_digest(scenario: Scenario) -> str:
    """Digest of the title and notes of a scenario."""
    return _json_digest([scenario.title, scenario.notes])


def other_fields_digest(requirement: Requirement) -> str:
    """Digest of all of a requirement but its text and the steps of its scenarios. Sets have no order."""
    return _json_digest(
        {
            "title": requirement.title,
            "rationale": requirement.rationale,
            "tags": sorted(requirement.tags),
            "links": {kind: sorted(names) for kind, names in sorted(requirement.links.items())},
            "attributes": dict(sorted(requirement.attributes.items())),
            "deferred": requirement.deferred,
            "notes": requirement.notes,
            "scenarios": {s.id: [s.title, s.notes] for s in requirement.scenarios if s.title or s.notes},
        }
    )


def is_scenario_key(key: str) -> bool:
    """Whether a key of `seen` names a scenario."""
    return key not in (TEXT, OTHER_FIELDS) and not key.endswith("." + OTHER_FIELDS)


def _json_digest(value: Any) -> str:
    return part_digest(json.dumps(value, ensure_ascii=True, separators=(",", ":")))
