"""Use case of `gitspec log`: each version of a requirement, scenario or capability, what it changed and whose doing it is."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from gitspec.commands.deeds import Asked, Deed, deeds
from gitspec.commands.names import find_one, unknown_scenario
from gitspec.domain.capability import Capability, Requirement, Scenario
from gitspec.domain.diff import CapabilityDiff, PartDiff, requirement_parts, scenario_parts
from gitspec.domain.ids import problem_with_capability_id
from gitspec.errors import UsageError
from gitspec.store.file_lines import Skipped
from gitspec.store.past import Moment, Past, Pasts, Thing
from gitspec.store.scenario_past import scenario_past
from gitspec.store.spec import Spec

Kind = Literal["added", "modified", "renamed", "moved", "removed", "merged", "unknown"]
"""``merged``: a merge that has it as none of its parents; ``unknown``: what came before is not in a shallow clone."""
What = Literal["requirement", "scenario", "capability"]
_KINDS: Sequence[What] = ("capability", "requirement", "scenario")


class Version(NamedTuple):
    """One version. ``name`` is what it is called from here on, ``was`` what it was called before, if otherwise.

    Of a requirement or scenario ``parts`` differ; of a capability ``difference`` says what does. A merge tells what differs from
    all its parents.
    """

    kind: Kind
    name: str
    was: str
    deed: Deed
    parts: tuple[PartDiff, ...]
    difference: CapabilityDiff | None


class Log(NamedTuple):
    """``name`` is what it is called now, or was called last; ``asked`` the name that led there.

    ``left_out`` counts older versions beyond the limit; ``cut_off`` are the commits at which a shallow clone ends.
    """

    what: What
    name: str
    asked: str
    lives: bool
    commit: str
    versions: tuple[Version, ...]
    left_out: int
    cut_off: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def log(spec: Spec, name: str, *, what: What | None = None, limit: int | None = None) -> Log:
    """The versions of what ``name`` names in the snapshot of a commit, or named in its history; the newest first.

    Raises UsageError L011 when nothing ever had that name, L013 when it may mean several things.
    """
    pasts = Pasts(spec.snapshot.repo, spec.snapshot.name)
    try:
        found, past = find_past(spec, pasts, name, what)
        moments = past.versions()
        shown = moments[:limit]
        done = deeds(spec.snapshot.repo, map(asked_of, shown))
        versions = tuple(_version(pasts, moment, done[asked_of(moment)]) for moment in shown)
        lives = past.start is not None and past.moments[past.start].thing is not None
        cut_off = tuple(dict.fromkeys(m.commit for m in moments if m.commit in pasts.hidden and not m.before))
        return Log(
            found, past.name, name, lives, pasts.tip, versions, len(moments) - len(shown), cut_off, pasts.skipped
        )
    finally:
        pasts.close()


def find_past(spec: Spec, pasts: Pasts, name: str, what: What | None) -> tuple[What, Past]:
    """What ``name`` names, and its past; an old name leads to what it has become. Raises as ``log``.

    ``what`` requirement stands for its scenarios too.
    """
    kinds: Sequence[What] = (
        _KINDS if what is None else ("requirement", "scenario") if what == "requirement" else (what,)
    )
    unknown = None
    try:
        named = find_one(spec, name, kinds)
        meant = [(kind, named.id) for kind in kinds if kind == named.kind]
    except UsageError as error:
        if error.code != "L011":
            raise
        unknown = error
        meant = [(kind, name) for kind in kinds if (kind == "scenario") == ("#" in name)]
    for kind, called in meant:
        past = _followed(pasts, called, kind)
        if past is not None and past.versions():
            return kind, past
    raise unknown or unknown_scenario(spec, meant[0][1])


def _followed(pasts: Pasts, name: str, what: What) -> Past | None:
    """The past of what had a name once, under the name that it has now."""
    seen: set[str] = set()
    while name not in seen and not problem_with_capability_id(_home(name, what)):
        seen.add(name)
        past = _past(pasts, name, what)
        if past is None or not past.became:
            return past
        name = past.became
    return None


def _past(pasts: Pasts, name: str, what: What) -> Past | None:
    if what == "capability":
        return pasts.of_capability(name)
    if what == "requirement":
        return pasts.of_requirement(name)
    requirement, _, scenario = name.partition("#")
    past = _followed(pasts, requirement, "requirement")
    return scenario_past(past, scenario) if past else None


def _home(name: str, what: What) -> str:
    """The capability that a name is in."""
    return name if what == "capability" else name.partition("#")[0].rpartition("/")[0]


def asked_of(moment: Moment) -> Asked:
    """What to ask ``deeds`` about a version."""
    names = {moment.name, *(side.was for side in moment.before if side.was)}
    return moment.commit, frozenset(name.partition("#")[0] for name in names)


def _version(pasts: Pasts, moment: Moment, deed: Deed) -> Version:
    kind, was = _kind(pasts, moment)
    if isinstance(moment.thing, Capability) or any(isinstance(side.thing, Capability) for side in moment.before):
        difference = pasts.difference(moment, moment.before[0]) if moment.before else pasts.beginning(moment)
        return Version(kind, moment.name, was, deed, (), difference)
    return Version(kind, moment.name, was, deed, _parts(moment), None)


def _kind(pasts: Pasts, moment: Moment) -> tuple[Kind, str]:
    there = [side for side in moment.before if side.thing is not None]
    was = next((side.was for side in there if side.was), "")
    if moment.thing is None:
        return "removed", ""
    if not there:
        is_cut_off = not moment.before and moment.commit in pasts.hidden
        return ("unknown" if is_cut_off else "added"), ""
    if was:
        is_capability = isinstance(moment.thing, Capability)
        stays = is_capability or was.rpartition("/")[0] == moment.name.rpartition("/")[0]
        return ("renamed" if stays else "moved"), was
    return ("merged" if len(moment.before) > 1 else "modified"), ""


def _parts(moment: Moment) -> tuple[PartDiff, ...]:
    """What differs from every parent that has it, as seen from the first one."""
    things: Sequence[Thing | None] = [side.thing for side in moment.before if side.thing is not None] or [None]
    each = [{(part.scenario, part.part): part for part in _differing(thing, moment.thing)} for thing in things]
    common = [key for key in each[0] if all(key in other for other in each[1:])]
    return tuple(each[0][key] for key in common)


def _differing(old: Thing | None, new: Thing | None) -> Iterator[PartDiff]:
    if isinstance(old, Scenario) or isinstance(new, Scenario):
        assert isinstance(old, Scenario | None) and isinstance(new, Scenario | None)
        parts = scenario_parts(old, new)
        yield from (part._replace(scenario="") for part in parts if part.part != "id")  # the version tells of ids
        return
    assert isinstance(old, Requirement | None) and isinstance(new, Requirement | None)
    yield from requirement_parts(old, new)
