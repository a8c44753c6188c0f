"""Use case of `gitspec blame`: who last touched each requirement, each scenario and each field of a capability."""

from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple

from gitspec.commands.deeds import Deed, deeds
from gitspec.commands.log import asked_of
from gitspec.commands.names import find_one, unknown_scenario
from gitspec.domain.capability import Capability, Requirement
from gitspec.errors import UsageError
from gitspec.store.file_lines import Skipped
from gitspec.store.past import Moment, Past, Pasts, Thing
from gitspec.store.scenario_past import scenario_past
from gitspec.store.spec import Spec

_FIELDS = ("title", "purpose", "notes")
_PARTS = ("title", "text", "rationale", "tags", "links", "attributes", "deferred", "notes")


class Blamed(NamedTuple):
    """One thing and who last touched it.

    ``name`` is that of a capability, a requirement or a scenario; ``part`` is a field of it, or empty for all that it is
    (of a capability: its own fields, and no requirement).
    """

    name: str
    part: str
    deed: Deed


class Blame(NamedTuple):
    """``cut_off`` are the commits at which a shallow clone ends: what they have may be older."""

    name: str
    commit: str
    rows: tuple[Blamed, ...]
    cut_off: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def blame(spec: Spec, name: str) -> Blame:
    """Who last touched the capability, requirement or scenario ``name`` at the commit of a snapshot, and what is in it.

    What was only moved, ordered or formatted otherwise was not touched; a rename touches the requirement or scenario, and
    not its parts. Raises UsageError: L011 when there is none of that name now, L013 when it may mean several.
    """
    named = find_one(spec, name, ("capability", "requirement", "scenario"))
    pasts = Pasts(spec.snapshot.repo, spec.snapshot.name)
    try:
        rows_of = _of_capability if named.kind == "capability" else _of_requirement
        rows = list(rows_of(pasts, named.id.partition("#")[0]))
        if named.kind == "scenario":
            rows = [row for row in rows if row[0] == named.id]
            if not rows:
                raise unknown_scenario(spec, named.id)
        done = deeds(spec.snapshot.repo, (asked_of(moment) for _, _, moment in rows))
        blamed = tuple(Blamed(what, part, done[asked_of(moment)]) for what, part, moment in rows)
        cut_off = tuple(dict.fromkeys(m.commit for _, _, m in rows if m.commit in pasts.hidden and not m.before))
        return Blame(named.id, pasts.tip, blamed, cut_off, pasts.skipped)
    finally:
        pasts.close()


_Row = tuple[str, str, Moment]


def _of_capability(pasts: Pasts, capability: str) -> Iterator[_Row]:
    past = pasts.of_capability(capability)
    now = _now(past)
    assert isinstance(now, Capability)
    yield capability, "", _last_touch(past, _own_fields)
    for field in _FIELDS:
        if getattr(now, field) is not None:
            yield capability, field, _last_touch(past, _part(field))
    for requirement in now.requirements:
        yield from _of_requirement(pasts, f"{capability}/{requirement.id}")


def _of_requirement(pasts: Pasts, name: str) -> Iterator[_Row]:
    past = pasts.of_requirement(name)
    now = _now(past)
    assert isinstance(now, Requirement)
    yield name, "", past.versions()[0]
    for part in _PARTS:
        if getattr(now, part):
            yield name, part, _last_touch(past, _part(part))
    for scenario in now.scenarios:
        yield f"{name}#{scenario.id}", "", scenario_past(past, scenario.id).versions()[0]


def _now(past: Past) -> Thing:
    thing = past.moments[past.start].thing if past.start else None
    if thing is None:
        raise UsageError("L011", f"there is no '{past.name}' in that commit", help="gitspec list --specs")
    return thing


def _part(name: str) -> Callable[[Thing], Hashable]:
    def value(thing: Thing) -> Hashable:
        return _unordered(getattr(thing, name))

    return value


def _unordered(found: object) -> Hashable:
    """Tags, links and attributes have no order."""
    if isinstance(found, dict):
        return frozenset((key, _unordered(value)) for key, value in found.items())
    assert isinstance(found, Hashable)
    return frozenset(found) if isinstance(found, tuple) else found


def _own_fields(thing: Thing) -> Hashable:
    return tuple(getattr(thing, field) for field in _FIELDS)


def _last_touch(past: Past, value: Callable[[Thing], Hashable]) -> Moment:
    """As ``git blame``: to the first parent that has it alike, until none has."""
    assert past.start is not None
    moment = past.moments[past.start]
    while moment.thing is not None:
        mine = value(moment.thing)
        sides = [side for side in moment.before if side.is_same][:1] or list(moment.before)
        on = next((s.to for s in sides if s.thing is not None and s.to and value(s.thing) == mine), None)
        if on is None:
            break
        moment = past.moments[on]
    return moment
