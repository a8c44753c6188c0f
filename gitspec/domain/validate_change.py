"""The verdict on a change: its deltas by themselves, folded onto what lives, and what results from them."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from gitspec.domain.capability import Capability, Requirement
from gitspec.domain.change import Change
from gitspec.domain.delta import Delta, ModifiedRequirement
from gitspec.domain.fold import AddedBy, FoldResult, LinksTo, fold
from gitspec.domain.fold_result import ANY_CHANGE, Conflict, Loc
from gitspec.domain.lookalike import look_alikes
from gitspec.domain.policy import Policy
from gitspec.domain.validate_capability import Exists, new_problems, requirement_problems
from gitspec.domain.validate_delta import delta_problems
from gitspec.domain.validate_problem import Problem


class ChangeVerdict(NamedTuple):
    """``problems`` in the order of their deltas; ``result`` is the fold that archive would make."""

    problems: tuple[Problem, ...]
    result: FoldResult


def change_verdict(
    change: Change,
    deltas: Mapping[str, Delta],
    living: Mapping[str, Capability],
    *,
    links_to: LinksTo,
    exists: Exists | None = None,
    policy: Policy | None = None,
    is_change: Callable[[str], bool] | None = None,
    added_by: AddedBy | None = None,
) -> ChangeVerdict:
    """Judge the deltas of a change against ``living``; changes that it depends on must have been folded into that.

    ``exists`` and ``is_change`` say what requirements live and which ids of changes are known, active or archived;
    without them links and dependencies are not judged. Problems carry the capability of the delta that they are in.
    """
    result = fold(living, list(deltas.values()), links_to=links_to, added_by=added_by, change=change.change)
    problems = list(change_problems(change, bool(deltas), is_change))
    conflicts: dict[str, list[Conflict]] = {}
    for conflict in result.conflicts:
        conflicts.setdefault(conflict.capability, []).append(conflict)
    exists_after = _exists_after(result, exists) if exists else None
    for name in sorted(deltas):
        delta = deltas[name]
        found = delta_problems(delta)
        places = {problem.loc for problem in found if problem.code in ("D021", "D022", "I002")}
        found += [_of_conflict(c) for c in conflicts.get(delta.capability, ()) if c.loc not in places]
        found += _resulting_problems(delta, living, result, policy, exists_after)
        problems += [problem._replace(capability=name, help=_named(problem.help, change)) for problem in found]
    return ChangeVerdict(tuple(problems), result)


def change_problems(
    change: Change, has_deltas: bool, is_change: Callable[[str], bool] | None = None
) -> Iterator[Problem]:
    """What is wrong with change.yaml as to deltas and dependencies."""
    if change.no_deltas and has_deltas:
        help_ = "write `no_deltas: false`, or delete the files under deltas/"
        yield Problem("D026", f"{change.change} says `no_deltas: true` and has deltas", help_, ("no_deltas",))
    elif not change.no_deltas and not has_deltas and change.closed is None:
        help_ = f"`gitspec delta add {change.change} <capability>`, or write `no_deltas: true`"
        yield Problem("D027", f"{change.change} has no deltas", help_, ("change",))
    for index, needed in enumerate(change.depends_on):
        if needed == change.change:
            yield Problem("D029", f"{needed} depends on itself", "delete the line", ("depends_on", index))
        elif is_change is not None and not is_change(needed):
            help_ = "`gitspec list` and `gitspec list --archived` name the changes"
            yield Problem("D030", f"{needed} is no change of this project", help_, ("depends_on", index))


def cycle_problem(change: str, ring: tuple[str, ...]) -> Problem:
    """The problem of a change in a ring of dependencies, as ``order_changes`` finds it."""
    way = " → ".join((*ring, ring[0]))
    return Problem("D029", f"{change} depends on itself: {way}", "delete one of these dependencies", ("depends_on",))


def _of_conflict(conflict: Conflict) -> Problem:
    return Problem(conflict.code, conflict.message, conflict.help, conflict.loc)


def _named(help_: str, change: Change) -> str:
    return help_.replace(ANY_CHANGE, change.change)


def _exists_after(result: FoldResult, exists: Exists) -> Exists:
    ids = {
        name: frozenset(r.id for r in capability.requirements) if capability else frozenset()
        for name, capability in result.capabilities.items()
    }

    def exists_after(name: str) -> bool:
        capability, _, requirement = name.rpartition("/")
        return requirement in ids[capability] if capability in ids else exists(name)

    return exists_after


def _resulting_problems(
    delta: Delta, living: Mapping[str, Capability], result: FoldResult, policy: Policy | None, exists: Exists | None
) -> list[Problem]:
    """What would be wrong afterwards with the requirements that the delta touches, and was not before."""
    home = delta.rename_to if delta.rename_to in result.capabilities else delta.capability
    before = living.get(delta.capability)
    after = result.capabilities.get(home or delta.capability, before)
    if after is None:
        return []
    old = {r.id: r for r in before.requirements} if before else {}
    new = {r.id: r for r in after.requirements}
    problems = list(_places(delta, new))
    if before is None and after.purpose is None:
        message = f"capability {delta.capability} does not exist (any more) and would be created without a purpose"
        help_ = "say under `purpose` what it is for, or `gitspec list --specs` for those that exist"
        problems.append(Problem("D032", message, help_, ("capability",)))
    new_ids = {e.to: e.id for e in delta.renamed}
    for index, added in enumerate(delta.added):
        if added.id in new and added.id not in old:
            found = requirement_problems(after.capability, new[added.id], policy=policy, exists=exists)
            problems += [problem._replace(loc=("added", index, *problem.loc)) for problem in found]
    for index, modified in enumerate(delta.modified):
        if modified.id in new:
            was = old.get(new_ids.get(modified.id, modified.id))
            found = requirement_problems(after.capability, new[modified.id], policy=policy, exists=exists)
            earlier = requirement_problems(after.capability, was, policy=policy, exists=exists) if was else ()
            at: Loc = ("modified", index, "id")
            problems += [problem._replace(loc=at) for problem in new_problems(found, earlier)]
            problems += _lost_unlinking(modified, was, ("modified", index, "links", "removed"), exists)
    return problems + list(_look_alikes(delta, old, new))


def _lost_unlinking(
    entry: ModifiedRequirement, was: Requirement | None, at: Loc, exists: Exists | None
) -> list[Problem]:
    """A link that is to go, is not there, and whose target is gone: it may be there under a new name."""
    if entry.links is None or was is None or exists is None:
        return []
    return [
        Problem(
            "D033",
            f"the link to {target} is not there and {target} does not exist (any more): was it renamed?",
            f"see `gitspec show {target.rpartition('/')[0]}`; name the link as it is now, or delete the line",
            (*at, kind, index),
        )
        for kind, targets in entry.links.removed.items()
        for index, target in enumerate(targets)
        if target not in was.links.get(kind, ()) and not exists(target)
    ]


def _look_alikes(delta: Delta, old: Mapping[str, Requirement], new: Mapping[str, Requirement]) -> Iterator[Problem]:
    brought: dict[str, Loc] = {e.id: ("added", i, "id") for i, e in enumerate(delta.added)}
    brought |= {e.to: ("renamed", i, "to") for i, e in enumerate(delta.renamed)}
    fresh = {value: loc for value, loc in brought.items() if value in new and value not in old}
    if not fresh:
        return
    for _, value, other in look_alikes([*(v for v in new if v not in fresh), *fresh]):
        if value in fresh:
            message = f"requirement {value} looks like {other}"
            yield Problem("I003", message, "give it another id", fresh[value])


def _places(delta: Delta, new: Mapping[str, Requirement]) -> Iterator[Problem]:
    """`after` that names nothing."""
    renamed = {e.id: e.to for e in delta.renamed}
    for index, added in enumerate(delta.added):
        if added.after and (added.after == added.id or renamed.get(added.after, added.after) not in new):
            yield _no_place(f"{delta.capability}/{added.after}", ("added", index, "after"))
    for index, entry in enumerate(delta.modified):
        if entry.scenarios is None or entry.id not in new:
            continue
        ids = {s.id for s in new[entry.id].scenarios} | {e.id for e in entry.scenarios.renamed}
        for number, scenario in enumerate(entry.scenarios.added):
            if scenario.after and (scenario.after == scenario.id or scenario.after not in ids):
                loc = ("modified", index, "scenarios", "added", number, "after")
                yield _no_place(f"{delta.capability}/{entry.id}#{scenario.after}", loc)


def _no_place(name: str, at: Loc) -> Problem:
    return Problem(
        "D024", f"`after` names {name}, which is not there: this goes to the end", "correct or delete it", at
    )
