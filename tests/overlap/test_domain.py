"""Which changes meet, and how they fold, in the pure domain."""

from itertools import count
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain.overlap import Bench, Side, best_order, components, meetings, touched
from tests.domain.histories import Author, judged
from tests.domain.specs import (
    Living,
    after,
    capability,
    delta,
    folded,
    laid_over,
    links_in,
    living,
    modified,
    removed,
    requirement,
    scenario,
)

SEEDS = st.integers(min_value=0, max_value=2**32)


def project(random: Random, marks: Any) -> Living:
    specs: Living = {}
    for steps in (0, 4, 4):
        author = Author(random, specs, marks)
        author.work(steps) if specs else author.found()
        specs = laid_over(specs, folded(specs, *author.deltas.values()).capabilities)
    return specs


def folds_in_turn(specs: Living, *authors: Author) -> bool:
    """Whether validation accepts each of the changes on top of those before it."""
    for author in authors:
        reported, result = judged(author.deltas, specs)
        if set(reported) - {"D032", "D033"}:  # these only warn
            return False
        specs = laid_over(specs, result.capabilities)
    return True


def sides(specs: Living, authors: list[Author]) -> tuple[Bench, list[Side]]:
    found = [Side(name, name, tuple(a.deltas.values())) for name, a in zip("ab", authors, strict=True)]
    return Bench(specs, links_in(specs)), found


@given(SEEDS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_verdict_is_what_validation_says_of_both_orders(seed: int) -> None:
    random, marks = Random(seed), count(100)
    specs = project(random, marks)
    authors = [Author(random, specs, marks) for _ in range(2)]
    for author in authors:
        author.work(3)
    bench, (a, b) = sides(specs, authors)
    first, second = folds_in_turn(specs, *authors), folds_in_turn(specs, *authors[::-1])
    shown = bench.judge(a, b)
    order = ("a", "b") if first else ("b", "a")
    if first and second:
        assert (shown.verdict, shown.order) == ("merges", None)
    elif first or second:
        assert (shown.verdict, shown.order) == ("ordered", order)
    else:
        assert shown.verdict in ("conflicts", "stale") and len(shown.tries) == 2


@given(SEEDS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_changes_that_do_not_meet_never_get_in_each_others_way(seed: int) -> None:
    random, marks = Random(seed), count(100)
    specs = project(random, marks)
    authors = [Author(random, specs, marks) for _ in range(2)]
    for author in authors:
        author.work(2)
    touches = {name: touched(a.deltas.values()) for name, a in zip("ab", authors, strict=True)}
    if meetings(touches, {"a": "one", "b": "two"}) or not all(folds_in_turn(specs, a) for a in authors):
        return
    assert folds_in_turn(specs, *authors)
    assert folds_in_turn(specs, *authors[::-1])


def test_versions_of_one_change_never_meet() -> None:
    one = {"auth/x": ["modified"]}
    assert meetings({"a": one, "b": one}, {"a": "same", "b": "same"}) == {}
    assert meetings({"a": one, "b": one}, {"a": "z", "b": "y"}) == {("b", "a"): ("auth/x",)}


def test_renaming_a_capability_meets_all_that_is_done_in_it() -> None:
    renaming = touched([delta("auth", rename_to="sign-in")])
    inside = touched([delta("auth", added=[requirement("x")])])
    beside = touched([delta("authority", added=[requirement("x")])])
    taken = touched([delta("sign-in", purpose="New.", added=[requirement("x")])])
    found = meetings({"r": renaming, "i": inside, "b": beside, "t": taken}, {k: k for k in "ribt"})
    assert found == {("i", "r"): ("auth",), ("r", "t"): ("sign-in",)}


def test_a_link_meets_only_what_takes_its_target_away() -> None:
    linking = touched([delta("web", added=[requirement("x", links={"refines": ["auth/login"]})])])
    editing = {"auth/login": ["modified"]}
    removing = {"auth/login": ["removed"]}
    ids = {k: k for k in "ler"}
    assert meetings({"l": linking, "e": editing}, ids) == {}
    assert meetings({"l": linking, "r": removing}, ids) == {("l", "r"): ("auth/login",)}


def test_what_a_version_depends_on_is_folded_before_it() -> None:
    specs = living(capability("auth", requirement("x", "", scenario("s"))))
    adding = delta("auth", added=[requirement("y", "The system MUST y.")])
    base = Side("base", "base", (adding,))
    edit = {"from": "The system MUST y.", "to": "The system MUST z."}
    on_top = modified(after(specs, adding), "auth/y", text=edit)
    stacked = Side("top", "top", (delta("auth", modified=[on_top]),), before=(base,))
    bench = Bench(specs, links_in(specs))
    assert bench.alone(stacked) == ()
    assert bench.alone(stacked._replace(key="bare", before=())) != ()
    assert bench.judge(base, stacked).order == ("base", "top")
    other = Side("other", "other", (delta("auth", removed=[removed(specs, "auth/x")]),))
    assert bench.in_order([other, stacked]) == (("other", "top"), {})


def test_an_order_keeps_what_must_come_first_and_puts_trouble_last() -> None:
    names = {k: k for k in "abcd"}
    assert best_order("abcd", [("d", "b")], [("a", "b"), ("a", "c")], names) == ["d", "b", "c", "a"]
    assert sorted(best_order("ab", [("a", "b"), ("b", "a")], [], names)) == ["a", "b"]


def test_pairs_hang_together_in_components() -> None:
    assert components([("a", "b"), ("c", "d"), ("b", "e")]) == [["a", "b", "e"], ["c", "d"]]
