"""What the requirements and scenarios that changes touched are called today, and where they stand."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from gitspec.commands.why_changes import ChangeAnswer, TouchedRequirement
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.store.citable import Outline
    from gitspec.store.part_spec import SpecParts
    from gitspec.store.spec import Spec


def with_names_of_today(parts: "SpecParts", answers: Mapping[str, ChangeAnswer]) -> dict[str, ChangeAnswer]:
    """With where the requirements stand today, under the names that they and their scenarios have today."""
    touched = [(answer, one) for answer in answers.values() for one in answer.requirements]
    living = _living(parts, {one.name for _, one in touched})
    gone = [(a.id, one.name) for a, one in touched if a.day and one.kind != "removed" and one.name not in living]
    now = _names_now(parts.whole(), gone) if gone else {}
    living |= _living(parts, set(now.values()))

    def told(change: str, one: TouchedRequirement) -> TouchedRequirement:
        name = now.get((change, one.name), "")
        outline = living.get(name or one.name) if one.kind != "removed" else None
        return one._replace(now=name, living=f"{outline.path}:{outline.line}" if outline else "")

    answers = {
        change: answer._replace(requirements=tuple(told(change, one) for one in answer.requirements))
        for change, answer in answers.items()
    }
    scenarios = {f"{name}#{scenario}" for name, one in living.items() for scenario, _ in one.scenarios}
    return _with_scenarios_now(parts, answers, scenarios)


def _with_scenarios_now(
    parts: "SpecParts", answers: dict[str, ChangeAnswer], living: Collection[str]
) -> dict[str, ChangeAnswer]:
    """With the ids that scenarios have today which later changes renamed."""
    lost = {
        (answer.id, f"{one.name}#{scenario.name}")
        for answer in answers.values() if answer.day and not answer.imported
        for one in answer.requirements if one.living
        for scenario in one.scenarios
        if scenario.kind != "removed" and f"{one.now or one.name}#{scenario.name}" not in living
    }  # fmt: skip
    if not lost:
        return answers
    from gitspec.domain.citable import name_followed
    from gitspec.store.citable import folded_names
    from gitspec.store.lived import Lived

    spec = parts.whole()
    order = [archive.change for archive in Lived(spec).archives()]
    ranks = {change: at for at, change in enumerate(order)}
    folded = folded_names(spec, order)
    now = {
        (change, name): name_followed(name, [step for step in folded if ranks[step[0]] > ranks[change]])[0]
        for change, name in lost
        if change in ranks
    }

    def told(change: str, one: TouchedRequirement) -> TouchedRequirement:
        names = [now.get((change, f"{one.name}#{scenario.name}"), "") for scenario in one.scenarios]
        pairs = zip(one.scenarios, names, strict=True)
        return one._replace(
            scenarios=tuple(s._replace(now=name.partition("#")[2] if name in living else "") for s, name in pairs)
        )

    return {
        change: answer._replace(requirements=tuple(told(change, one) for one in answer.requirements))
        for change, answer in answers.items()
    }


def _living(parts: "SpecParts", names: set[str]) -> "dict[str, Outline]":
    """Where the living ones of certain requirements stand, and what scenarios they have."""
    from gitspec.store.citable import outlines

    if not names:
        return {}
    capabilities = sorted({name.rpartition("/")[0] for name in names})
    found = outlines(parts.of([layout.capability_path(capability) for capability in capabilities]), capabilities)
    return {one.name: one for several in found.values() for one in several or () if one.name in names}


def _names_now(spec: "Spec", wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Of (change, name of a requirement after it) the name that it has today, where that is another one."""
    from gitspec.store.requirement_changes import requirement_changes

    chains = requirement_changes(spec, spec.cache)
    now = {(step.change, step.name): name for name, chain in chains.items() for step in chain if step.name}
    return {key: now[key] for key in wanted if now.get(key, key[1]) != key[1]}
