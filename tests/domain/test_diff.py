"""Differences between two sets of capabilities."""

from gitspec.domain.diff import PartDiff, RequirementDiff, diff, diff_of_fold
from tests.domain.specs import capability, delta, folded, living, modified, removed, requirement, scenario

SPECS = living(
    capability(
        "auth", requirement("login", "Old MUST.", scenario("ok"), tags=["a"]), requirement("logout"), purpose="p"
    ),
    capability("web", requirement("page")),
)


def test_nothing_differs_from_itself_or_by_order_alone() -> None:
    auth = SPECS["auth"]
    turned = auth.model_copy(update={"requirements": auth.requirements[::-1]})
    assert diff(SPECS, {**SPECS, "auth": turned}) == ()


def test_a_fold_is_shown_part_by_part() -> None:
    entry = modified(
        SPECS,
        "auth/login",
        text={"from": "Old MUST.", "to": "New MUST."},
        tags={"added": ["b"]},
        attributes={"risk": {"to": "high"}},
        scenarios={"added": [scenario("bad", "GIVEN bad")], "removed": [{"id": "ok"}]},
    )
    result = folded(SPECS, delta("auth", modified=[entry], removed=[removed(SPECS, "auth/logout")], title={"to": "A"}))
    (auth,) = diff_of_fold(SPECS, result)
    assert (auth.capability, auth.kind, auth.parts) == ("auth", "modified", (PartDiff("title", None, "A"),))
    login, logout = auth.requirements
    assert (login.id, login.kind) == ("login", "modified")
    assert login.parts == (
        PartDiff("text", "Old MUST.", "New MUST."),
        PartDiff("tags", "a", "a, b"),
        PartDiff("attribute risk", None, "high"),
        PartDiff("id", None, "bad", "bad"),
        PartDiff("steps", None, "GIVEN bad", "bad"),
        PartDiff("id", "ok", None, "ok"),
        PartDiff("steps", "GIVEN a\nWHEN b\nTHEN c", None, "ok"),
    )
    assert logout == RequirementDiff("logout", "removed", (PartDiff("text", "The system MUST logout.", None),))


def test_renamed_and_moved_requirements_are_shown_as_what_they_are() -> None:
    result = folded(
        SPECS,
        delta(
            "auth",
            renamed=[{"id": "login", "to": "enter", "title": {"to": "Enter"}}],
            moved=[{"id": "logout", "to": "web/leave"}],
        ),
    )
    auth, web = diff_of_fold(SPECS, result)
    assert auth.requirements == (
        RequirementDiff("enter", "renamed", (PartDiff("title", None, "Enter"),), "auth/login"),
    )
    assert web.requirements == (RequirementDiff("leave", "moved", (), "auth/logout"),)


def test_a_renamed_scenario_is_shown_as_one() -> None:
    entry = modified(SPECS, "auth/login", scenarios={"renamed": [{"id": "ok", "to": "fine"}]})
    (auth,) = diff_of_fold(SPECS, folded(SPECS, delta("auth", modified=[entry])))
    assert auth.requirements[0].parts == (PartDiff("id", "ok", "fine", "fine"),)


def test_capabilities_that_are_added_renamed_and_retired_are_shown() -> None:
    result = folded(
        SPECS,
        delta("auth", rename_to="sign-in", renamed=[{"id": "login", "to": "enter"}]),
        delta("mail", purpose="Send.", added=[requirement("send")]),
        delta("web", removed=[removed(SPECS, "web/page")], retire="true"),
    )
    found = {d.capability: d for d in diff_of_fold(SPECS, result)}
    assert {name: (d.kind, d.was) for name, d in found.items()} == {
        "mail": ("added", ""),
        "sign-in": ("renamed", "auth"),
        "web": ("removed", ""),
    }
    assert [(r.id, r.kind, r.was) for r in found["sign-in"].requirements] == [("enter", "renamed", "auth/login")]
    assert [(r.id, r.kind) for r in found["mail"].requirements] == [("send", "added")]
    assert [(r.id, r.kind) for r in found["web"].requirements] == [("page", "removed")]
