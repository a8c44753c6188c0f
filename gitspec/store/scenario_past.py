"""The past of one scenario, told from that of its requirement: only what changed the scenario is a version of it."""

from collections.abc import Mapping, Sequence

from gitspec.domain.capability import Requirement, Scenario
from gitspec.domain.diff import scenario_parts
from gitspec.domain.difference import renamed_scenarios
from gitspec.store.past import Before, Moment, Past, Place, last_name


def scenario_past(past: Past, scenario: str) -> Past:
    """The past of a scenario of a requirement by its id; places are named `<capability>/<requirement>#<scenario>`.

    A new name of the requirement is no version of its scenarios. Which one was renamed the steps tell.
    """
    name = f"{past.name}#{scenario}"
    if past.start is None:
        return Past(name, None, {})
    found: dict[Place, Moment] = {}
    became: dict[str, str] = {}
    left = [(past.start, scenario)]
    while left:
        place, id_ = left.pop()
        if (place[0], f"{place[1]}#{id_}") in found:
            continue
        moment, now = _moment(past.moments[place], id_)
        found[moment.commit, moment.name] = moment
        if now:
            became[moment.commit] = now
        explored = [(old, side) for old, side in zip(past.moments[place].before, moment.before, strict=True)
                    if old.to in past.moments]  # fmt: skip
        same = [(old, side) for old, side in explored if side.is_same]
        left += [(old.to, _id(side.to)) for old, side in same[:1] or explored if old.to and side.to]
    ordered = _in_order_of(past, found)
    return Past(name, (past.start[0], f"{past.start[1]}#{scenario}"), ordered, last_name(ordered, became))


def _moment(moment: Moment, id_: str) -> tuple[Moment, str]:
    """The moment of the requirement as one of the scenario, and under what name that goes on from here, if another."""
    thing = _scenario(moment.thing, id_)
    became = ""
    sides = []
    for side in moment.before:
        renamed = renamed_scenarios(_scenarios(side.thing), _scenarios(moment.thing))
        was = next((old for old, new in renamed.items() if new == id_), id_)
        old = _scenario(side.thing, was)
        name = f"{side.was or moment.name}#{was}"
        to = (side.to[0], f"{side.to[1]}#{was}") if side.to else None
        if thing is None and id_ in renamed:
            to, old, became = None, None, f"{moment.name}#{renamed[id_]}"
        is_same = not any(scenario_parts(old, thing))
        sides.append(Before(side.parent, to, name if name != f"{moment.name}#{id_}" else "", old, is_same))
    return Moment(moment.commit, f"{moment.name}#{id_}", thing, tuple(sides)), became


def _scenarios(thing: object) -> Mapping[str, Scenario]:
    return {one.id: one for one in thing.scenarios} if isinstance(thing, Requirement) else {}


def _scenario(thing: object, id_: str) -> Scenario | None:
    return thing.scenario(id_) if isinstance(thing, Requirement) else None


def _id(place: Place | None) -> str:
    return place[1].rpartition("#")[2] if place else ""


def _in_order_of(past: Past, found: Mapping[Place, Moment]) -> dict[Place, Moment]:
    """The moments of a scenario in the order of its requirement's."""
    by_place: dict[Place, list[Place]] = {}
    for commit, name in sorted(found):
        by_place.setdefault((commit, name.partition("#")[0]), []).append((commit, name))
    places: Sequence[Place] = [one for place in past.moments for one in by_place.get(place, ())]
    return {place: found[place] for place in places}
