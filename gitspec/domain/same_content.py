"""What is the same under another name, told by content alone: for steps of history that no archived change explains."""

from collections.abc import Callable, Hashable, Mapping

from gitspec.domain.capability import Capability, Requirement


def same_requirements(gone: Mapping[str, Requirement], come: Mapping[str, Requirement]) -> dict[str, str]:
    """Old names by new ones, of requirements with the same text: first those whose scenarios are the same too.

    Where several are alike, only those that kept their id are told apart.
    """
    found: dict[str, str] = {}
    for key in (_whole, _text):
        left = {name: r for name, r in gone.items() if name not in found.values()}
        new = {name: r for name, r in come.items() if name not in found}
        found |= _matched(left, new, key)
    return found


def same_capabilities(gone: Mapping[str, Capability], come: Mapping[str, Capability]) -> dict[str, str]:
    """Old ids by new ones, of capabilities most of whose requirements are in the other one."""
    if not gone or not come:
        return {}
    names = same_requirements(requirements_of(gone), requirements_of(come))
    shared: dict[tuple[str, str], int] = {}
    for new, old in names.items():
        pair = new.rpartition("/")[0], old.rpartition("/")[0]
        shared[pair] = shared.get(pair, 0) + 1
    found: dict[str, str] = {}
    for (new, old), number in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if new not in found and old not in found.values() and 2 * number > len(gone[old].requirements):
            found[new] = old
    return found


def requirements_of(capabilities: Mapping[str, Capability]) -> dict[str, Requirement]:
    """All requirements by their full names."""
    return {f"{name}/{r.id}": r for name, capability in capabilities.items() for r in capability.requirements}


def _matched(
    gone: Mapping[str, Requirement], come: Mapping[str, Requirement], key: Callable[[Requirement], Hashable]
) -> dict[str, str]:
    olds: dict[Hashable, list[str]] = {}
    news: dict[Hashable, list[str]] = {}
    for names, where in ((olds, gone), (news, come)):
        for name, requirement in where.items():
            names.setdefault(key(requirement), []).append(name)
    found: dict[str, str] = {}
    for content, candidates in news.items():
        left = list(olds.get(content, ()))
        new = list(candidates)
        for name in candidates:
            same = [old for old in left if old.rpartition("/")[2] == name.rpartition("/")[2]]
            if len(same) == 1:
                found[name] = same[0]
                left.remove(same[0])
                new.remove(name)
        if len(left) == len(new) == 1:
            found[new[0]] = left[0]
    return found


def _whole(requirement: Requirement) -> Hashable:
    return requirement.text, frozenset(scenario.steps for scenario in requirement.scenarios)


def _text(requirement: Requirement) -> Hashable:
    return requirement.text
