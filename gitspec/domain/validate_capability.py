"""What the schema cannot say about living specs. Pure; places are paths into the model."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from gitspec.domain.capability import Capability, Requirement
from gitspec.domain.fold_result import Loc
from gitspec.domain.lookalike import look_alikes
from gitspec.domain.policy import Attribute, Policy
from gitspec.domain.validate_problem import Problem

Exists = Callable[[str], bool]
"""Whether a requirement of the name `<capability>/<requirement>` lives."""

_KEYWORD = re.compile(r"\b(?:SHALL|MUST)\b")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def capability_problems(
    capability: Capability, *, policy: Policy | None = None, exists: Exists | None = None
) -> list[Problem]:
    """Everything wrong with a living spec. Without ``policy`` attributes, without ``exists`` links are not judged."""
    ids = [r.id for r in capability.requirements]
    problems = list(id_problems(ids, "requirement", ("requirements",)))
    if not ids:
        problems.append(Problem("S108", f"{capability.capability} has no requirements"))
    for index, requirement in enumerate(capability.requirements):
        at = ("requirements", index)
        for problem in requirement_problems(capability.capability, requirement, policy=policy, exists=exists):
            problems.append(problem._replace(loc=at + problem.loc))
    return problems


def id_problems(ids: Sequence[str], what: str, at: Loc) -> Iterator[Problem]:
    """Ids that are used twice or look alike in one list; ``at`` is where the list is."""
    if len(set(ids)) < len(ids):
        seen: set[str] = set()
        for index, value in enumerate(ids):
            if value in seen:
                yield Problem(
                    "I002", f"{what} {value} is there twice", "give one of them another id", (*at, index, "id")
                )
            seen.add(value)
    for index, value, other in look_alikes(ids):
        loc = (*at, index, "id")
        yield Problem("I003", f"{what} {value} looks like {other}", "give one of them another id", loc)


def requirement_problems(
    capability: str, requirement: Requirement, *, policy: Policy | None = None, exists: Exists | None = None
) -> Iterator[Problem]:
    """Everything wrong with one requirement; places are inside it."""
    name = f"{capability}/{requirement.id}"
    if not _KEYWORD.search(requirement.text) and _is_latin(requirement.text):
        yield Problem(
            "S101", f"the text of {name} says neither SHALL nor MUST", "say what the system MUST do", ("text",)
        )
    if not requirement.scenarios:
        yield Problem("S102", f"{name} has no scenario", "add an example under `scenarios`", ("id",))
    yield from id_problems([s.id for s in requirement.scenarios], f"scenario of {name}:", ("scenarios",))
    for index, scenario in enumerate(requirement.scenarios):
        if not scenario.steps:
            message = f"scenario {name}#{scenario.id} has no steps"
            yield Problem("S109", message, "write them under `steps`", ("scenarios", index, "id"))
    yield from _links(name, requirement, exists)
    if policy is not None:
        yield from _attributes(name, requirement, policy)


def _links(name: str, requirement: Requirement, exists: Exists | None) -> Iterator[Problem]:
    for kind, targets in requirement.links.items():
        for index, target in enumerate(targets):
            loc = ("links", kind, index)
            if target == name:
                yield Problem("S107", f"{name} links to itself", "delete the link", loc)
            elif exists is not None and not exists(target):
                help_ = f"`gitspec show {target.rpartition('/')[0]}` names what there is; correct or delete the link"
                yield Problem("S103", f"{name} links to {target}, which does not exist", help_, loc)


def _attributes(name: str, requirement: Requirement, policy: Policy) -> Iterator[Problem]:
    for key, value in requirement.attributes.items():
        declared = policy.attributes.get(key)
        if declared is None:
            known = ", ".join(policy.attributes) or "none"
            help_ = f"declare it under `attributes` in spec/gitspec.yaml, which has: {known}"
            yield Problem(
                "S104", f"{name} has the attribute {key}, which the policy does not declare", help_, ("attributes", key)
            )
        elif wanted := _misfit(declared, value):
            message = f"attribute {key} of {name} must be {wanted}"
            yield Problem("S105", message, f"write {wanted} instead of '{value}'", ("attributes", key))
    for key, declared in policy.attributes.items():
        if declared.required and key not in requirement.attributes:
            yield Problem("S106", f"{name} has no attribute {key}", f"add `{key}` under `attributes`", ("id",))


def _misfit(declared: Attribute, value: str) -> str:
    """What the value should be; empty when it is that."""
    if declared.type == "choice" and value not in declared.values:
        return f"one of {', '.join(declared.values)}"
    if declared.type == "number" and not _NUMBER.fullmatch(value):
        return "a number"
    if declared.type == "date" and not _is_date(value):
        return "a date like 2026-11-21"
    return ""


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_latin(text: str) -> bool:
    """Whether at least half of the letters are Latin: SHALL and MUST are not asked of other scripts."""
    if text.isascii():
        return True
    from unicodedata import name

    letters = [char for char in text if char.isalpha()]
    return 2 * sum(name(char, "").startswith("LATIN") for char in letters) >= len(letters)


def new_problems(after: Iterable[Problem], before: Iterable[Problem]) -> list[Problem]:
    """The problems that were not there before, wherever they were."""
    known = {(problem.code, problem.message) for problem in before}
    return [problem for problem in after if (problem.code, problem.message) not in known]
