"""Rules on living specs, deltas and changes."""

from datetime import date
from typing import Any

import pytest

from gitspec.domain.change import Change
from gitspec.domain.delta import Delta
from gitspec.domain.digest import seen_of
from gitspec.domain.lookalike import look_alikes, skeleton
from gitspec.domain.policy import Policy
from gitspec.domain.rules import RULES
from gitspec.domain.validate import (
    Problem,
    capability_problems,
    change_problems,
    change_verdict,
    cycle_problem,
    delta_problems,
)
from tests.domain.specs import (
    Living,
    capability,
    delta,
    find,
    links_in,
    living,
    modified,
    removed,
    requirement,
    scenario,
)

GOOD = scenario("ok")


def found(problems: list[Problem]) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(p.code, p.loc) for p in problems]


# living specs


def test_a_good_capability_has_no_problems() -> None:
    assert capability_problems(capability("auth", requirement("login", "", GOOD))) == []


@pytest.mark.spec("files/ids#look-alike")
def test_ids_that_are_used_twice_or_look_alike_are_found_in_requirements_and_scenarios() -> None:
    twice = capability("auth", requirement("a", "", GOOD, GOOD), requirement("a", "", GOOD))
    assert found(capability_problems(twice)) == [
        ("I002", ("requirements", 1, "id")),
        ("I002", ("requirements", 0, "scenarios", 1, "id")),
    ]
    alike = capability("auth", requirement("copy", "", GOOD), requirement("сору", "", GOOD))
    assert found(capability_problems(alike)) == [("I003", ("requirements", 1, "id"))]


@pytest.mark.parametrize(
    ("one", "other"), [("copy", "сору"), ("level-1", "level-l"), ("modern", "rnodern"), ("ο", "o"), ("सत्र", "सत्र")]
)
def test_look_alikes_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_ids_that_can_be_told_apart_have_not() -> None:
    ids = [
        "login",
        "logon",
        "p0",
        "po",
        "café",
        "cafe",
        "登录",
        "登出",
        "вход",
        "выход",
        "ログイン",
        "ログアウト",
        "ei",
        "ie",
    ]
    assert list(look_alikes(ids)) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("It works.", ["S101"]),
        ("It must work.", ["S101"]),
        ("MUSTARD is served.", ["S101"]),
        ("It SHALL work.", []),
        ("Система работает.", []),
        ("ログインできる。", []),
        ("Überall läuft es.", ["S101"]),
    ],
)
def test_a_text_in_latin_script_says_shall_or_must(text: str, code: list[str]) -> None:
    problems = capability_problems(capability("auth", requirement("a", text, GOOD)))
    assert [p.code for p in problems] == code
    assert all(RULES[c].severity == "warning" for c in code)


def test_missing_scenarios_steps_and_requirements_are_warnings() -> None:
    no_steps = {"id": "empty"}
    spec = capability("auth", requirement("a"), requirement("b", "", no_steps))
    assert found(capability_problems(spec)) == [
        ("S102", ("requirements", 0, "id")),
        ("S109", ("requirements", 1, "scenarios", 0, "id")),
    ]
    assert found(capability_problems(capability("auth"))) == [("S108", ())]


def test_links_to_nothing_and_to_itself_are_found() -> None:
    spec = capability("auth", requirement("a", "", GOOD, links={"refines": ["auth/b", "auth/a", "web/x"]}))
    problems = capability_problems(spec, exists=lambda name: name == "web/x")
    assert found(problems) == [
        ("S103", ("requirements", 0, "links", "refines", 0)),
        ("S107", ("requirements", 0, "links", "refines", 1)),
    ]


def test_attributes_are_as_the_policy_declares() -> None:
    policy = Policy.model_validate(
        {
            "attributes": {
                "risk": {"type": "choice", "values": ["low", "high"], "required": "true"},
                "due": {"type": "date"},
                "cost": {"type": "number"},
                "owner": {},
            }
        }
    )

    def codes(**attributes: str) -> list[str]:
        spec = capability("auth", requirement("a", "", GOOD, attributes=attributes))
        return [p.code for p in capability_problems(spec, policy=policy)]

    assert codes(risk="low", due="2026-11-21", cost="-1.50", owner="anybody") == []
    assert codes(owner="x") == ["S106"]
    assert codes(risk="middling") == ["S105"]
    assert codes(risk="low", due="2026-02-30", cost="1e5") == ["S105", "S105"]
    assert codes(risk="low", colour="red") == ["S104"]


# deltas by themselves

SPECS = living(
    capability("auth", requirement("login", "Old MUST.", GOOD), requirement("logout", "", GOOD), purpose="p"),
    capability("web", requirement("page", "", GOOD, links={"refines": ["auth/login"]})),
)


def test_a_good_delta_has_no_problems() -> None:
    entry = modified(SPECS, "auth/login", text={"from": "Old MUST.", "to": "New MUST."})
    assert delta_problems(delta("auth", modified=[entry])) == []


def test_a_recorded_conflict_waits_for_a_decision() -> None:
    recorded = delta("auth", conflicts=[{"requirement": "login", "part": "text"}])
    assert found(delta_problems(recorded)) == [("D020", ("conflicts", 0))]


def test_seen_must_be_of_what_from_quotes() -> None:
    seen = seen_of(find(SPECS, "auth/login"))
    text = {"id": "login", "seen": seen, "text": {"from": "Other MUST.", "to": "New MUST."}}
    assert found(delta_problems(delta("auth", modified=[text]))) == [("D021", ("modified", 0, "text", "from"))]
    steps = {
        "id": "login",
        "seen": seen,
        "scenarios": {
            "modified": [{"id": "ok", "steps": {"to": "GIVEN x"}}, {"id": "no", "steps": {"from": "GIVEN a"}}]
        },
    }
    at = ("modified", 0, "scenarios", "modified")
    assert found(delta_problems(delta("auth", modified=[steps]))) == [
        ("D021", (*at, 0, "steps", "from")),
        ("D021", (*at, 1, "steps")),
    ]


CONTRADICTIONS: list[tuple[dict[str, Any], str, tuple[str | int, ...]]] = [
    ({"removed": [{"id": "a"}, {"id": "a"}]}, "I002", ("removed", 1, "id")),
    ({"renamed": [{"id": "a", "to": "c"}, {"id": "b", "to": "c"}]}, "I002", ("renamed", 1, "to")),
    ({"removed": [{"id": "a"}], "modified": [{"id": "a", "notes": {"to": "n"}}]}, "D022", ("modified", 0, "id")),
    (
        {"moved": [{"id": "a", "to": "web/a"}], "modified": [{"id": "a", "notes": {"to": "n"}}]},
        "D022",
        ("modified", 0, "id"),
    ),
    (
        {"renamed": [{"id": "a", "to": "b"}], "modified": [{"id": "a", "notes": {"to": "n"}}]},
        "D022",
        ("modified", 0, "id"),
    ),
    ({"renamed": [{"id": "a", "to": "b"}], "removed": [{"id": "a"}]}, "D022", ("removed", 0, "id")),
    ({"renamed": [{"id": "a", "to": "b"}], "removed": [{"id": "b"}]}, "D022", ("removed", 0, "id")),
    ({"renamed": [{"id": "a", "to": "b"}], "added": [requirement("b")]}, "D022", ("added", 0, "id")),
    ({"removed": [{"id": "a"}], "added": [requirement("a")]}, "D022", ("added", 0, "id")),
    ({"added": [requirement("a")], "modified": [{"id": "a", "notes": {"to": "n"}}]}, "D022", ("modified", 0, "id")),
    ({"moved": [{"id": "a", "to": "auth/b"}]}, "D022", ("moved", 0, "to")),
    ({"retire": "true", "rename_to": "x"}, "D022", ("retire",)),
    ({"rename_to": "auth"}, "D023", ("rename_to",)),
    ({"purpose": {"from": "p", "to": "p"}}, "D023", ("purpose",)),
    ({}, "D025", ("capability",)),
]


@pytest.mark.parametrize(("fields", "code", "loc"), CONTRADICTIONS, ids=str)
def test_entries_that_do_not_go_together_are_found(
    fields: dict[str, Any], code: str, loc: tuple[str | int, ...]
) -> None:
    assert (code, loc) in found(delta_problems(delta("auth", **fields)))


SCENARIO_CONTRADICTIONS = [
    ({"added": [GOOD, GOOD]}, "I002", ("added", 1, "id")),
    ({"removed": [{"id": "a"}], "renamed": [{"id": "a", "to": "b"}]}, "D022", ("renamed", 0, "id")),
    ({"removed": [{"id": "a"}], "added": [scenario("a")]}, "D022", ("added", 0, "id")),
    ({"renamed": [{"id": "a", "to": "b"}], "added": [scenario("b")]}, "D022", ("added", 0, "id")),
    ({"modified": [{"id": "a"}]}, "D023", ("modified", 0)),
    ({"modified": [{"id": "a", "title": {"from": "t", "to": "t"}}]}, "D023", ("modified", 0, "title")),
]


@pytest.mark.parametrize(("edits", "code", "loc"), SCENARIO_CONTRADICTIONS, ids=str)
def test_edits_of_scenarios_that_do_not_go_together_are_found(
    edits: dict[str, Any], code: str, loc: tuple[Any, ...]
) -> None:
    problems = delta_problems(delta("auth", modified=[{"id": "login", "scenarios": edits}]))
    assert (code, ("modified", 0, "scenarios", *loc)) in found(problems)


def test_entries_that_change_nothing_and_sets_that_contradict_themselves_are_found() -> None:
    entries = [
        {"id": "a"},
        {"id": "b", "text": {"from": "x", "to": "x"}},
        {"id": "c", "tags": {"added": ["t"], "removed": ["t"]}},
        {"id": "d", "links": {"added": {"refines": ["a/b"]}, "removed": {"refines": ["a/b"]}}},
    ]
    assert found(delta_problems(delta("auth", modified=entries))) == [
        ("D023", ("modified", 0)),
        ("D023", ("modified", 1, "text")),
        ("D022", ("modified", 2, "tags")),
        ("D022", ("modified", 3, "links")),
    ]


# changes


def verdict(*deltas: Delta, specs: Living = SPECS, policy: Policy | None = None, **fields: Any) -> list[Problem]:
    change = Change.model_validate({"change": "my-change", "title": "T", "created": "2026-11-21", **fields})
    exists = {f"{c.capability}/{r.id}" for c in specs.values() for r in c.requirements}
    result = change_verdict(
        change,
        {d.capability: d for d in deltas},
        specs,
        links_to=links_in(specs),
        exists=exists.__contains__,
        policy=policy,
        is_change={"my-change", "other"}.__contains__,
    )
    return list(result.problems)


def test_a_change_that_folds_cleanly_has_no_problems() -> None:
    entry = modified(SPECS, "auth/login", text={"from": "Old MUST.", "to": "New MUST."})
    assert verdict(delta("auth", modified=[entry], added=[requirement("new", "", GOOD)])) == []


def test_an_unstamped_delta_is_an_error_that_says_the_command() -> None:
    (problem,) = verdict(delta("auth", modified=[{"id": "login", "text": {"from": "Old MUST.", "to": "New MUST."}}]))
    assert (problem.code, problem.help, problem.capability) == ("D001", "gitspec delta stamp my-change", "auth")
    assert problem.finding("deltas/auth.yaml", 3, 5).severity == "error"


def test_conflicts_of_the_fold_are_problems_at_their_place_with_the_change_in_the_help() -> None:
    entry = modified(SPECS, "auth/login", text={"from": "Old MUST.", "to": "New MUST."})
    theirs = {**SPECS, **living(capability("auth", requirement("login", "Their MUST.", GOOD)))}
    (problem,) = verdict(delta("auth", modified=[entry]), specs=theirs)
    assert (problem.code, problem.loc) == ("D003", ("modified", 0, "text", "from"))
    assert "gitspec delta modify my-change auth/login" in problem.help


def test_every_conflict_gets_into_the_verdict() -> None:
    deltas = (
        delta("auth", removed=[removed(SPECS, "auth/login")], added=[requirement("logout", "Other MUST.", GOOD)]),
        delta("gone", modified=[{**modified(SPECS, "web/page", notes={"to": "n"})}]),
    )
    assert [(p.code, p.capability) for p in verdict(*deltas)] == [("D007", "auth"), ("D006", "auth"), ("D009", "gone")]


def test_deltas_and_no_deltas_exclude_each_other() -> None:
    assert [(p.code, p.loc, p.capability) for p in verdict()] == [("D027", ("change",), "")]
    assert verdict(no_deltas="true") == []
    assert [p.code for p in verdict(delta("auth", added=[requirement("n", "", GOOD)]), no_deltas="true")] == ["D026"]


def test_dependencies_exist_and_are_others() -> None:
    problems = verdict(no_deltas="true", depends_on=["other", "unknown", "my-change"])
    assert found(problems) == [("D030", ("depends_on", 1)), ("D029", ("depends_on", 2))]
    change = Change(change="a", title="T", created=date(2026, 11, 21), no_deltas=True, depends_on=("whatever",))
    assert list(change_problems(change, has_deltas=False)) == []
    assert "a → b → a" in cycle_problem("a", ("a", "b")).message


def test_what_a_delta_brings_is_judged_like_living_specs_at_its_place() -> None:
    policy = Policy.model_validate({"attributes": {"risk": {"required": "true"}}})
    added = requirement("new", "It works.", links={"refines": ["auth/nothing"]})
    problems = verdict(delta("auth", added=[added]), policy=policy)
    assert found(problems) == [
        ("S101", ("added", 0, "text")),
        ("S102", ("added", 0, "id")),
        ("S103", ("added", 0, "links", "refines", 0)),
        ("S106", ("added", 0, "id")),
    ]


def test_old_problems_of_a_modified_requirement_are_not_laid_at_the_door_of_the_change() -> None:
    specs = living(capability("auth", requirement("login", "It works.")))
    assert verdict(delta("auth", modified=[modified(specs, "auth/login", notes={"to": "n"})]), specs=specs) == []
    unlink = modified(SPECS, "auth/login", scenarios={"removed": [{"id": "ok"}]})
    assert found(verdict(delta("auth", modified=[unlink]))) == [("S102", ("modified", 0, "id"))]


def test_links_may_point_to_what_the_change_itself_brings() -> None:
    new = [requirement("a", "", GOOD, links={"refines": ["auth/b"]}), requirement("b", "", GOOD)]
    assert verdict(delta("auth", added=new)) == []


def test_new_ids_may_not_look_like_those_that_live() -> None:
    specs = living(capability("auth", requirement("copy", "", GOOD), requirement("x", "", GOOD)))
    added = delta("auth", added=[requirement("сору", "", GOOD)])
    assert found(verdict(added, specs=specs)) == [("I003", ("added", 0, "id"))]
    renamed = delta("auth", renamed=[{"id": "x", "to": "сору"}])
    assert found(verdict(renamed, specs=specs)) == [("I003", ("renamed", 0, "to"))]


def test_places_that_do_not_exist_are_warnings() -> None:
    entry = modified(SPECS, "auth/login", scenarios={"added": [{**scenario("n"), "after": "nowhere"}]})
    problems = verdict(delta("auth", modified=[entry], added=[{**requirement("new", "", GOOD), "after": "nowhere"}]))
    assert found(problems) == [
        ("D024", ("added", 0, "after")),
        ("D024", ("modified", 0, "scenarios", "added", 0, "after")),
    ]
    assert RULES["D024"].severity == "warning"


def test_a_new_capability_without_a_purpose_is_a_warning_because_it_may_have_been_renamed() -> None:
    assert found(verdict(delta("mail", added=[requirement("send", "", GOOD)]))) == [("D032", ("capability",))]
    assert verdict(delta("mail", purpose="p", added=[requirement("send", "", GOOD)])) == []


def test_a_link_to_be_removed_whose_target_was_renamed_is_a_warning() -> None:
    entry = modified(SPECS, "web/page", links={"removed": {"refines": ["auth/login"]}})
    renamed = living(
        capability("auth", requirement("enter", "Old MUST.", GOOD)),
        capability("web", requirement("page", "", GOOD, links={"refines": ["auth/enter"]})),
    )
    problems = verdict(delta("web", modified=[entry]), specs=renamed)
    assert found(problems) == [("D033", ("modified", 0, "links", "removed", "refines", 0))]


def test_wrong_seen_is_told_once() -> None:
    entry = {**modified(SPECS, "auth/login"), "text": {"from": "Other MUST.", "to": "New MUST."}}
    assert [p.code for p in verdict(delta("auth", modified=[entry]))] == ["D021"]
