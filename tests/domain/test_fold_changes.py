"""The order of changes, folding several, and what a large fold costs."""

import sys
from collections.abc import Callable
from datetime import date
from random import Random

import pytest

from gitspec.domain.change import Change
from gitspec.domain.delta import Delta
from gitspec.domain.digest import seen_of
from gitspec.domain.fold import fold
from gitspec.domain.fold_changes import fold_changes, order_changes
from tests.domain.specs import (
    Living,
    capability,
    delta,
    find,
    folded,
    ids,
    links_in,
    living,
    modified,
    removed,
    requirement,
    scenario,
)


def change(change_id: str, *depends_on: str) -> Change:
    return Change(change=change_id, title="T", created=date(2026, 11, 21), depends_on=depends_on)


def test_changes_come_after_what_they_depend_on_and_else_by_id() -> None:
    changes = [change("a", "z"), change("b"), change("z"), change("c", "b", "a"), change("d", "archived-long-ago")]
    for _ in range(5):
        Random(1).shuffle(changes)
        assert order_changes(changes) == (("b", "d", "z", "a", "c"), ())


def test_rings_of_changes_are_told_and_left_out() -> None:
    changes = [
        change("a", "b"),
        change("b", "c"),
        change("c", "a"),
        change("self", "self"),
        change("e", "a"),
        change("f"),
    ]
    order = order_changes(changes)
    assert order.ids == ("e", "f")
    assert order.cycles == (("a", "b", "c"), ("self",))


def test_a_change_may_quote_what_the_one_before_it_adds() -> None:
    first = delta("auth", purpose="p", added=[requirement("login", "First MUST.")])
    added = find(folded({}, first).capabilities, "auth/login")
    entry = {"id": "login", "seen": seen_of(added), "text": {"from": "First MUST.", "to": "Second MUST."}}
    second = delta("auth", modified=[entry])
    result = fold_changes({}, [("one", [first]), ("two", [second])], links_to=lambda name: ())
    assert result.conflicts == {}
    assert find(result.capabilities, "auth/login").text == "Second MUST."
    assert set(fold_changes({}, [("two", [second]), ("one", [first])], links_to=lambda name: ()).conflicts) == {"two"}


def test_a_change_in_conflict_is_left_out_whole_and_the_others_are_folded() -> None:
    specs = living(capability("auth", requirement("login")))
    bad = [delta("auth", added=[requirement("login", "Other MUST."), requirement("x")]), delta("web", purpose="p")]
    good = [delta("auth", added=[requirement("y")])]
    result = fold_changes(specs, [("bad", bad), ("good", good)], links_to=links_in(specs))
    assert list(result.conflicts) == ["bad"]
    assert list(result.capabilities) == ["auth"]
    assert ids(result.living["auth"].requirements) == ["login", "y"]


def test_the_change_that_added_a_requirement_first_is_named() -> None:
    changes = [
        (name, [delta("auth", purpose="p", added=[requirement("x", f"{name} MUST.")])]) for name in ("one", "two")
    ]
    (conflict,) = fold_changes({}, changes, links_to=lambda name: ()).conflicts["two"]
    assert "change one added it" in conflict.message


def test_links_that_come_and_go_with_earlier_changes_are_seen_by_later_ones() -> None:
    specs = living(
        capability("auth", requirement("login"), requirement("logout", "", links={"refines": ["auth/login"]}))
    )
    unlink = [delta("auth", modified=[modified(specs, "auth/logout", links={"removed": {"refines": ["auth/login"]}})])]
    link = [delta("web", purpose="p", added=[requirement("page", "", links={"refines": ["auth/login"]})])]
    gone = [delta("auth", removed=[removed(specs, "auth/login")])]
    to = links_in(specs)
    assert list(fold_changes(specs, [("gone", gone)], links_to=to).conflicts) == ["gone"]
    assert fold_changes(specs, [("unlink", unlink), ("gone", gone)], links_to=to).conflicts == {}
    assert list(fold_changes(specs, [("unlink", unlink), ("link", link), ("gone", gone)], links_to=to).conflicts) == [
        "gone"
    ]


def test_a_capability_that_went_can_be_brought_again() -> None:
    specs = living(capability("auth", requirement("login")))
    gone = [delta("auth", removed=[removed(specs, "auth/login")], retire="true")]
    again = [delta("auth", purpose="New.", added=[requirement("login", "New MUST.")])]
    result = fold_changes(specs, [("gone", gone), ("again", again)], links_to=links_in(specs))
    assert find(result.capabilities, "auth/login").text == "New MUST."
    assert list(result.living) == ["auth"]
    assert "auth" in result.living and len(result.living) == 1


def calls(specs: Living, deltas: list[Delta]) -> int:
    """How many calls a fold makes."""
    made = 0

    def note(*_: object) -> None:
        nonlocal made
        made += 1

    sys.setprofile(note)
    try:
        result = fold(specs, deltas, links_to=lambda name: ())
    finally:
        sys.setprofile(None)
    assert result.conflicts == ()
    return made


def wide(size: int) -> int:
    """A change to that many capabilities."""
    specs = living(
        *(capability(f"c{n}", *(requirement(f"r{i}", "", scenario("s")) for i in range(5))) for n in range(size))
    )
    deltas = [
        delta(
            f"c{n}",
            renamed=[{"id": "r1", "to": "new"}],
            modified=[modified(specs, f"c{n}/r0", text={"from": "The system MUST r0.", "to": "New MUST."})],
            added=[{**requirement("x"), "after": "r3"}],
        )
        for n in range(size)
    ]
    return calls(specs, deltas)


def tall(size: int) -> int:
    """A change to that many requirements of one capability, and scenarios of one requirement."""
    scenarios = [scenario(f"s{i}") for i in range(size)]
    specs = living(
        capability("auth", requirement("big", "", *scenarios), *(requirement(f"r{n}") for n in range(2 * size)))
    )
    entries = [modified(specs, "auth/big", scenarios={"removed": [{"id": s["id"]} for s in scenarios]})]
    seen = {r.id: seen_of(r) for r in specs["auth"].requirements}
    entries += [{"id": f"r{n}", "seen": seen[f"r{n}"], "notes": {"to": "n"}} for n in range(size)]
    added = [{**requirement(f"x{n}"), "after": f"x{n - 1}" if n else "r0"} for n in range(size)]
    renamed = [{"id": f"r{n}", "to": f"y{n}"} for n in range(size, 2 * size)]
    return calls(specs, [delta("auth", modified=entries, added=added, renamed=renamed)])


@pytest.mark.parametrize("shape", [wide, tall])
def test_the_cost_of_a_fold_grows_with_the_change_and_not_with_its_square(shape: Callable[[int], int]) -> None:
    assert shape(200) < 12 * shape(20)
