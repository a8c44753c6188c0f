"""Short ways to write living specs and deltas in tests."""

from collections.abc import Iterable, Mapping
from typing import Any

from gitspec.domain.capability import Capability, Requirement
from gitspec.domain.delta import Delta
from gitspec.domain.digest import seen_of, seen_of_whole
from gitspec.domain.fold import FoldResult, fold

Living = dict[str, Capability]


def scenario(scenario_id: str, steps: str = "GIVEN a\nWHEN b\nTHEN c", **fields: Any) -> dict[str, Any]:
    return {"id": scenario_id, "steps": steps, **fields}


def requirement(requirement_id: str, text: str = "", *scenarios: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": requirement_id,
        "text": text or f"The system MUST {requirement_id}.",
        **({"scenarios": list(scenarios)} if scenarios else {}),
        **fields,
    }


def capability(capability_id: str, *requirements: dict[str, Any], **fields: Any) -> Capability:
    return Capability.model_validate({"capability": capability_id, "requirements": list(requirements), **fields})


def living(*capabilities: Capability) -> Living:
    return {c.capability: c for c in capabilities}


def delta(capability_id: str, **fields: Any) -> Delta:
    return Delta.model_validate({"capability": capability_id, **fields})


def find(specs: Mapping[str, Capability | None], name: str) -> Requirement:
    capability_id, _, requirement_id = name.rpartition("/")
    home = specs[capability_id]
    assert home is not None
    found = home.requirement(requirement_id)
    assert found is not None, f"{name} is not there"
    return found


def modified(specs: Living, name: str, **fields: Any) -> dict[str, Any]:
    """A stamped `modified` entry."""
    return {"id": name.rpartition("/")[2], "seen": seen_of(find(specs, name)), **fields}


def removed(specs: Living, name: str, **fields: Any) -> dict[str, Any]:
    """A stamped `removed` entry."""
    return {"id": name.rpartition("/")[2], "seen": seen_of_whole(find(specs, name)), **fields}


def links_in(specs: Mapping[str, Capability | None]) -> Any:
    """What `links_to` of the store answers."""

    def links_to(name: str) -> list[str]:
        return [
            f"{c.capability}/{r.id}"
            for c in specs.values()
            if c is not None
            for r in c.requirements
            if any(name in targets for targets in r.links.values())
        ]

    return links_to


def folded(specs: Living, *deltas: Delta, **options: Any) -> FoldResult:
    return fold(specs, deltas, links_to=links_in(specs), **options)


def after(specs: Living, *deltas: Delta) -> Living:
    """The living specs after a fold that must not conflict."""
    result = folded(specs, *deltas)
    assert result.conflicts == ()
    return laid_over(specs, result.capabilities)


def laid_over(specs: Mapping[str, Capability], changed: Mapping[str, Capability | None]) -> Living:
    return {name: c for name, c in {**specs, **changed}.items() if c is not None}


def ids(items: Iterable[Any]) -> list[str]:
    return [item.id for item in items]


def codes(result: FoldResult) -> list[str]:
    return [c.code for c in result.conflicts]
