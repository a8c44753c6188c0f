"""What time has done to a change: which of its entries are stale, against what, and whether they were ever true.

A stale entry that conflicts is put down to the archived change behind it, and helped by `gitspec rebase`; one that
folds all the same is only mentioned.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.staleness import GONE, StalePart, stale_parts
from gitspec.domain.validate_problem import Problem
from gitspec.errors import CannotJudge
from gitspec.store.stale import Stale, last_touched

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.domain.delta import Delta
    from gitspec.store.spec import ChangeFolder, Spec

_CONFLICTS = ("D002", "D003", "D004", "D005", "D010")
_NO_CAPABILITY = ("D009", "D032")


class Aged(NamedTuple):
    """``problems`` with what time has to do with them; ``horizon``: how far back was looked, if it made a difference."""

    problems: list[Problem]
    stale: list[Stale]
    horizon: tuple[str, ...] = ()


def aged(
    spec: "Spec",
    folder: "ChangeFolder",
    deltas: "Mapping[str, Delta]",
    living: "Mapping[str, Capability]",
    problems: Sequence[Problem],
) -> Aged:
    """The problems of a change's deltas, those of age told as such, and its stale parts."""
    found = [_without_home(spec, folder.id, p) for p in problems]
    parts = stale_parts(list(deltas.values()), living)
    if not parts:
        return Aged(found, [])
    entries: dict[tuple[str, str, int], list[StalePart]] = {}
    for part in parts:
        entries.setdefault((part.capability, part.group, part.at), []).append(part)
    unfounded, horizon = _unfounded(spec, folder, deltas, living, entries)
    touched = {
        key: [Stale(p.name, p.part, last_touched(spec, p.name, p.part)) for p in ps] for key, ps in entries.items()
    }
    kept = []
    conflicting = set()
    for problem in found:
        key = _key(problem)
        if key in unfounded and problem.code in _CONFLICTS:
            continue
        if key in entries:
            conflicting.add(key)
            if problem.code in _CONFLICTS:
                problem = _told(problem, folder.id, touched[key])
        kept.append(problem)
    kept += [_mention(folder.id, key, touched[key]) for key in entries if key not in conflicting | unfounded.keys()]
    stale = dict.fromkeys(s for key, rows in touched.items() if key not in unfounded for s in rows)
    return Aged([*kept, *unfounded.values()], list(stale), horizon)


def _key(problem: Problem) -> tuple[str, str, int]:
    group, at = (*problem.loc[:2], -1)[:2] if problem.loc else ("", -1)
    return problem.capability, str(group), at if isinstance(at, int) else -1


def _told(problem: Problem, change: str, stale: Sequence[Stale]) -> Problem:
    by = ", ".join(dict.fromkeys(s.change for s in stale if s.change))
    message = f"{problem.message} (archived change {by})" if by else problem.message
    return problem._replace(message=message, help=f"gitspec rebase {change}")


def _mention(change: str, key: tuple[str, str, int], stale: Sequence[Stale]) -> Problem:
    capability, group, at = key
    by = ", ".join(dict.fromkeys(s.change for s in stale if s.change))
    parts = ", ".join(s.part for s in stale)
    message = f"{stale[0].name} has changed since the author saw it ({parts}{f': archived change {by}' if by else ''})"
    loc = (group,) if at < 0 else (group, at, "id")
    return Problem("D034", message, f"it folds all the same; gitspec rebase {change} renews it", loc, capability)


def _unfounded(
    spec: "Spec",
    folder: "ChangeFolder",
    deltas: "Mapping[str, Delta]",
    living: "Mapping[str, Capability]",
    entries: "Mapping[tuple[str, str, int], list[StalePart]]",
) -> tuple[dict[tuple[str, str, int], Problem], tuple[str, ...]]:
    """The entries that say of the past what was never so, and those of which this clone cannot tell."""
    from gitspec.domain.provenance import Claim
    from gitspec.store.lineage import Origins, Unfounded
    from gitspec.store.lived import Lived

    found: dict[tuple[str, str, int], Problem] = {}
    lived = Lived(spec)
    if not lived.tips:
        return {}, lived.horizon
    origins = Origins(lived, folder, living)
    for (capability, group, at), parts in entries.items():
        entry = getattr(deltas[capability], group)[at] if at >= 0 else None
        if not isinstance(entry, Claim):
            continue
        try:
            origins.version(parts[0].name, entry)
        except Unfounded as error:
            place = (group, at, "seen")
            found[capability, group, at] = Problem(error.code, error.message, error.help, place, capability)
        except CannotJudge as error:  # a check never passes for lack of data
            place = (group, at, "seen")
            found[capability, group, at] = Problem(error.code, error.message, error.help, place, capability)
    return found, lived.horizon if found else ()


def _without_home(spec: "Spec", mine: str, problem: Problem) -> Problem:
    """A delta for a capability that is gone: what became of it."""
    if problem.code not in _NO_CAPABILITY or problem.loc != ("capability",):
        return problem
    capability = problem.capability
    change = last_touched(spec, capability, GONE)
    if not change:
        return problem
    delta = next(d for a in spec.archived() if a.id == change for d in _deltas(spec, a.folder, capability))
    if delta.rename_to:
        message = f"capability {capability} was renamed to {delta.rename_to} (archived change {change})"
        return problem._replace(code="D039", message=message, help=f"gitspec rebase {mine}")
    message = f"capability {capability} was retired (archived change {change})"
    help_ = "delete the delta, or say under `purpose` what the capability shall be for now"
    return problem._replace(code="D038", message=message, help=help_)


def _deltas(spec: "Spec", folder: str, capability: str) -> "list[Delta]":
    archived = next(a for a in spec.archived() if a.folder == folder)
    loaded = spec.archived_change(archived).deltas.get(capability)
    return [loaded.value] if loaded is not None and loaded.value is not None else []
