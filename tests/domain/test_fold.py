"""Each rule of the fold."""

import pytest

from gitspec.domain.delta import Delta
from gitspec.domain.digest import part_digest, seen_of
from gitspec.domain.fold import FOLD_VERSION
from tests.domain.specs import (
    after,
    capability,
    codes,
    delta,
    find,
    folded,
    ids,
    living,
    modified,
    removed,
    requirement,
    scenario,
)

OLD = "The system MUST expire a session after 30 minutes."
NEW = "The system MUST expire a session after 15 minutes."
THEIRS = "The system MUST expire a session after 20 minutes."
IDLE = "GIVEN a session\nWHEN 30 minutes pass\nTHEN it ends"
IDLE_NEW = "GIVEN a session\nWHEN 15 minutes pass\nTHEN it ends"
IDLE_THEIRS = "GIVEN a session\nWHEN 20 minutes pass\nTHEN it ends"


def auth(text: str = OLD, idle: str = IDLE, *more: dict, **fields: object) -> dict:
    return living(
        capability(
            "auth",
            requirement("expiry", text, scenario("idle", idle), *more, **fields),
            requirement("login"),
            purpose="Sign users in.",
        )
    )


TEXT_EDIT = {"from": OLD, "to": NEW}
STEPS_EDIT = {"modified": [{"id": "idle", "steps": {"from": IDLE, "to": IDLE_NEW}}]}


def edit(**fields: object) -> Delta:
    """A delta whose author saw ``auth()``."""
    return delta("auth", modified=[modified(auth(), "auth/expiry", **fields)])


def assert_done(specs: dict, delta_: Delta) -> None:
    """Folding changes nothing, and nothing is wrong."""
    assert folded(specs, delta_)[:2] == ({}, ())


# modified: each part by itself


def test_text_that_is_as_the_author_saw_it_is_taken() -> None:
    assert find(after(auth(), edit(text=TEXT_EDIT)), "auth/expiry").text == NEW


def test_text_that_is_as_the_author_wants_it_is_done() -> None:
    result = folded(auth(NEW), edit(text=TEXT_EDIT))
    assert result.conflicts == ()
    assert result.capabilities == {}
    assert result.touched[0].unchanged == ("expiry",)


@pytest.mark.spec("folding/three-ways#same-text")
def test_text_that_somebody_else_changed_is_a_conflict_with_all_three_versions() -> None:
    result = folded(auth(THEIRS), edit(text=TEXT_EDIT), change="shorter")
    (conflict,) = result.conflicts
    assert (conflict.code, conflict.capability, conflict.requirement, conflict.part) == (
        "D003",
        "auth",
        "expiry",
        "text",
    )
    assert (conflict.seen, conflict.living, conflict.yours) == (OLD, THEIRS, NEW)
    assert conflict.loc == ("modified", 0, "text", "from")
    assert "gitspec delta modify shorter auth/expiry" in conflict.help


def test_steps_merge_by_the_same_rule() -> None:
    assert_done(auth(idle=IDLE_NEW), edit(scenarios=STEPS_EDIT))
    (conflict,) = folded(auth(idle=IDLE_THEIRS), edit(scenarios=STEPS_EDIT)).conflicts
    assert (conflict.code, conflict.part) == ("D003", "idle")
    assert conflict.loc == ("modified", 0, "scenarios", "modified", 0, "steps", "from")
    assert (conflict.seen, conflict.living, conflict.yours) == (IDLE, IDLE_THEIRS, IDLE_NEW)


@pytest.mark.parametrize("field", ["title", "rationale", "deferred", "notes"])
def test_other_fields_merge_each_by_itself(field: str) -> None:
    delta_ = edit(**{field: {"to": "mine"}})
    assert getattr(find(after(auth(), delta_), "auth/expiry"), field) == "mine"
    assert_done(auth(**{field: "mine"}), delta_)
    result = folded(auth(**{field: "theirs"}), delta_)
    assert codes(result) == ["D003"]
    assert result.conflicts[0].loc == ("modified", 0, field, "from")


def test_a_field_whose_edit_has_no_to_goes() -> None:
    specs = auth(notes="old")
    assert find(after(specs, edit(notes={"from": "old"})), "auth/expiry").notes is None


def test_a_text_can_not_become_nothing() -> None:
    assert codes(folded(auth(), edit(text={"from": OLD}))) == ["D014"]


def test_attributes_merge_each_by_its_name() -> None:
    delta_ = edit(attributes={"owner": {"from": "ann", "to": "bo"}, "risk": {"to": "high"}, "old": {"from": "x"}})
    specs = auth(attributes={"owner": "ann", "old": "x", "area": "web"})
    assert find(after(specs, delta_), "auth/expiry").attributes == {"owner": "bo", "risk": "high", "area": "web"}
    result = folded(auth(attributes={"owner": "cy", "old": "x"}), delta_)
    assert [c.loc for c in result.conflicts] == [("modified", 0, "attributes", "owner", "from")]


def test_tags_and_links_are_sets_and_merge_unasked() -> None:
    delta_ = edit(
        tags={"added": ["mine", "both"], "removed": ["gone"]},
        links={"added": {"refines": ["auth/login"]}, "removed": {"depends-on": ["auth/x"]}},
    )
    specs = auth(
        tags=["theirs", "gone", "both"], links={"depends-on": ["auth/x", "auth/login"], "relates-to": ["auth/y"]}
    )
    found = find(after(specs, delta_), "auth/expiry")
    assert found.tags == ("theirs", "both", "mine")
    assert found.links == {"depends-on": ("auth/login",), "relates-to": ("auth/y",), "refines": ("auth/login",)}
    assert find(after(auth(), delta_), "auth/expiry").tags == ("mine", "both")


def test_edits_of_different_fields_by_different_people_both_stay() -> None:
    specs = auth(title="Their title", notes="Their notes", tags=["theirs"])
    found = find(after(specs, edit(text=TEXT_EDIT, rationale={"to": "Mine."})), "auth/expiry")
    assert (found.text, found.title, found.notes, found.tags, found.rationale) == (
        NEW,
        "Their title",
        "Their notes",
        ("theirs",),
        "Mine.",
    )


def test_of_an_entry_that_conflicts_nothing_is_folded() -> None:
    result = folded(auth(THEIRS), edit(text=TEXT_EDIT, title={"to": "Mine"}))
    assert codes(result) == ["D003"]
    assert result.capabilities == {}


def test_an_entry_without_seen_is_a_conflict_even_if_all_fits() -> None:
    (conflict,) = folded(auth(), delta("auth", modified=[{"id": "expiry", "text": TEXT_EDIT}]), change="c").conflicts
    assert conflict.code == "D001"
    assert conflict.help == "gitspec delta stamp c"
    assert codes(folded(auth(), delta("auth", removed=[{"id": "login"}]))) == ["D001"]
    only_scenarios = {"id": "expiry", "seen": {"idle": part_digest(IDLE)}, "text": TEXT_EDIT}
    assert codes(folded(auth(), delta("auth", modified=[only_scenarios]))) == ["D001"]


def test_a_requirement_that_is_gone_is_a_conflict() -> None:
    specs = living(capability("auth", requirement("login")))
    (conflict,) = folded(specs, edit(text=TEXT_EDIT)).conflicts
    assert (conflict.code, conflict.loc) == ("D002", ("modified", 0, "id"))


# scenarios


def test_scenarios_that_others_added_stay() -> None:
    specs = auth(OLD, IDLE, scenario("theirs"))
    delta_ = edit(text=TEXT_EDIT, scenarios={**STEPS_EDIT, "added": [scenario("mine", "GIVEN mine")]})
    assert ids(find(after(specs, delta_), "auth/expiry").scenarios) == ["idle", "theirs", "mine"]


def test_a_scenario_added_by_both_is_done_if_equal_and_else_a_conflict() -> None:
    delta_ = edit(scenarios={"added": [scenario("new", "GIVEN x", notes="n")]})
    assert_done(auth(OLD, IDLE, scenario("new", "GIVEN x", notes="n")), delta_)
    result = folded(auth(OLD, IDLE, scenario("new", "GIVEN x")), delta_)
    assert codes(result) == ["D011"]
    assert result.conflicts[0].loc == ("modified", 0, "scenarios", "added", 0, "id")


def test_a_scenario_is_removed_only_as_it_was_seen() -> None:
    delta_ = edit(scenarios={"removed": [{"id": "idle"}]})
    assert find(after(auth(), delta_), "auth/expiry").scenarios == ()
    (conflict,) = folded(auth(idle=IDLE_THEIRS), delta_).conflicts
    assert (conflict.code, conflict.part, conflict.living) == ("D005", "idle", IDLE_THEIRS)


def test_a_scenario_that_the_author_never_saw_is_not_removed() -> None:
    specs = auth(OLD, IDLE, scenario("theirs"))
    assert codes(folded(specs, edit(scenarios={"removed": [{"id": "theirs"}]}))) == ["D005"]


def test_a_new_title_or_notes_of_a_scenario_hold_up_its_removal() -> None:
    from gitspec.domain.difference import difference

    before = find(auth(), "auth/expiry")
    entry = difference(before, before.model_copy(update={"scenarios": ()}))
    assert entry is not None
    delta_ = Delta.model_construct(capability="auth", modified=(entry,))
    assert codes(folded(auth(), delta_)) == []
    specs = living(capability("auth", requirement("expiry", OLD, scenario("idle", IDLE, notes="theirs"))))
    assert codes(folded(specs, delta_)) == ["D005"]


def test_a_scenario_to_be_removed_that_was_never_seen_and_is_not_there_is_a_conflict() -> None:
    (conflict,) = folded(auth(), edit(scenarios={"removed": [{"id": "nothing"}]})).conflicts
    assert conflict.code == "D010"
    assert "did not see it" in conflict.message


def test_a_scenario_that_both_removed_is_done() -> None:
    specs = living(capability("auth", requirement("expiry", OLD)))
    assert_done(specs, edit(scenarios={"removed": [{"id": "idle"}]}))


def test_a_scenario_to_be_removed_that_was_renamed_is_a_conflict_that_says_so() -> None:
    specs = living(capability("auth", requirement("expiry", OLD, scenario("timeout", IDLE))))
    (conflict,) = folded(specs, edit(scenarios={"removed": [{"id": "idle"}]})).conflicts
    assert conflict.code == "D010"
    assert "renamed to timeout" in conflict.message


def test_a_scenario_to_be_modified_that_is_gone_is_a_conflict() -> None:
    specs = living(capability("auth", requirement("expiry", OLD)))
    (conflict,) = folded(specs, edit(scenarios=STEPS_EDIT)).conflicts
    assert (conflict.code, conflict.seen, conflict.yours) == ("D010", IDLE, IDLE_NEW)


def test_a_renamed_scenario_keeps_its_place_and_content() -> None:
    specs = auth(OLD, IDLE, scenario("last"))
    delta_ = edit(scenarios={"renamed": [{"id": "idle", "to": "timeout", "title": {"to": "Time-out"}}]})
    found = find(after(specs, delta_), "auth/expiry").scenarios
    assert ids(found) == ["timeout", "last"]
    assert found[0].title == "Time-out"
    assert found[0].steps == find(specs, "auth/expiry").scenarios[0].steps


def test_a_scenario_is_modified_under_the_id_it_has_before_its_rename() -> None:
    delta_ = edit(scenarios={**STEPS_EDIT, "renamed": [{"id": "idle", "to": "timeout"}]})
    found = find(after(auth(), delta_), "auth/expiry").scenario("timeout")
    assert found is not None
    assert found.steps[1].text == "15 minutes pass"


def test_a_scenario_renamed_to_a_taken_or_from_a_missing_id_is_a_conflict() -> None:
    delta_ = edit(scenarios={"renamed": [{"id": "idle", "to": "timeout"}]})
    assert codes(folded(auth(OLD, IDLE, scenario("timeout", "GIVEN other")), delta_)) == ["D011"]
    specs = living(capability("auth", requirement("expiry", OLD)))
    assert codes(folded(specs, delta_)) == ["D010"]
    same = living(capability("auth", requirement("expiry", OLD, scenario("timeout", IDLE))))
    assert_done(same, delta_)


def test_a_scenario_that_a_delta_adds_twice_is_added_once_if_equal_and_else_a_conflict() -> None:
    equal = edit(scenarios={"added": [scenario("x"), scenario("x")]})
    assert ids(find(after(auth(), equal), "auth/expiry").scenarios) == ["idle", "x"]
    other = edit(scenarios={"added": [scenario("x"), scenario("x", "GIVEN other")]})
    assert codes(folded(auth(), other)) == ["D011"]


def test_two_scenarios_cannot_be_renamed_to_one_id() -> None:
    specs = auth(OLD, IDLE, scenario("last"))
    renamed = {"renamed": [{"id": "idle", "to": "x"}, {"id": "last", "to": "x"}]}
    entry = modified(specs, "auth/expiry", scenarios=renamed)
    assert codes(folded(specs, delta("auth", modified=[entry]))) == ["D011"]


@pytest.mark.parametrize(
    "edits",
    [
        {"modified": [{"id": "idle", "title": {"to": "Mine"}}]},
        {"renamed": [{"id": "idle", "to": "mine"}]},
        {"removed": [{"id": "idle"}]},
    ],
    ids=["modified", "renamed", "removed"],
)
def test_an_edit_never_hits_another_scenario_that_got_the_id_since(edits: dict) -> None:
    specs = auth(OLD, "GIVEN another", scenario("timeout", IDLE))
    assert codes(folded(specs, edit(scenarios=edits))) in (["D010"], ["D005"])


def test_a_scenario_that_both_renamed_to_the_same_still_gets_its_new_title() -> None:
    specs = living(capability("auth", requirement("expiry", OLD, scenario("timeout", IDLE))))
    delta_ = edit(scenarios={"renamed": [{"id": "idle", "to": "timeout", "title": {"to": "Mine"}}]})
    assert find(after(specs, delta_), "auth/expiry").scenarios[0].title == "Mine"
    theirs = living(capability("auth", requirement("expiry", OLD, scenario("timeout", IDLE, title="Theirs"))))
    assert codes(folded(theirs, delta_)) == ["D003"]


def test_scenarios_go_behind_the_one_that_after_names() -> None:
    specs = auth(OLD, IDLE, scenario("last"))
    added = [
        {**scenario("c"), "after": "b"},
        {**scenario("a"), "after": "idle"},
        {**scenario("b"), "after": "idle"},
        scenario("end"),
        {**scenario("lost"), "after": "nowhere"},
    ]
    found = find(after(specs, edit(scenarios={"added": added})), "auth/expiry")
    assert ids(found.scenarios) == ["idle", "a", "b", "c", "last", "end", "lost"]


def test_items_that_are_after_one_another_go_to_the_end_in_their_order() -> None:
    added = [{**scenario("a"), "after": "b"}, {**scenario("b"), "after": "a"}, {**scenario("c"), "after": "c"}]
    found = find(after(auth(), edit(scenarios={"added": added})), "auth/expiry")
    assert sorted(ids(found.scenarios)) == ["a", "b", "c", "idle"]
    assert ids(found.scenarios)[0] == "idle"


# of one piece: text and scenarios


@pytest.mark.spec("folding/one-piece#scenario-changed-meanwhile")
def test_a_text_edit_conflicts_with_a_seen_scenario_that_somebody_changed() -> None:
    (conflict,) = folded(auth(idle=IDLE_THEIRS), edit(text=TEXT_EDIT)).conflicts
    assert (conflict.code, conflict.part, conflict.living) == ("D004", "idle", IDLE_THEIRS)
    assert conflict.loc == ("modified", 0, "text")


def test_a_text_edit_conflicts_with_a_seen_scenario_that_somebody_removed() -> None:
    specs = living(capability("auth", requirement("expiry", OLD)))
    (conflict,) = folded(specs, edit(text=TEXT_EDIT)).conflicts
    assert (conflict.code, conflict.living) == ("D004", None)


def test_two_edits_of_the_text_are_one_conflict_whatever_else_changed() -> None:
    assert codes(folded(auth(THEIRS, IDLE_THEIRS), edit(text=TEXT_EDIT))) == ["D003"]


def test_an_edit_of_the_title_of_a_scenario_is_no_word_on_its_steps() -> None:
    titled = {"modified": [{"id": "idle", "title": {"to": "Mine"}}]}
    assert codes(folded(auth(idle=IDLE_THEIRS), edit(text=TEXT_EDIT, scenarios=titled))) == ["D004"]


def test_a_text_edit_goes_with_the_rename_of_a_scenario() -> None:
    renamed = {"renamed": [{"id": "idle", "to": "timeout"}]}
    found = find(after(auth(), edit(text=TEXT_EDIT, scenarios=renamed)), "auth/expiry")
    assert (found.text, ids(found.scenarios)) == (NEW, ["timeout"])
    both = living(capability("auth", requirement("expiry", OLD, scenario("timeout", IDLE))))
    assert ids(find(after(both, edit(text=TEXT_EDIT, scenarios=renamed)), "auth/expiry").scenarios) == ["timeout"]


@pytest.mark.parametrize("edits", [STEPS_EDIT, {"removed": [{"id": "idle"}]}], ids=["modified", "removed"])
def test_a_scenario_edit_conflicts_with_a_text_that_somebody_changed(edits: dict) -> None:
    (conflict,) = folded(auth(THEIRS), edit(scenarios=edits)).conflicts
    assert (conflict.code, conflict.part, conflict.living) == ("D004", "text", THEIRS)


def test_new_scenarios_merge_with_a_changed_text_and_a_changed_text_with_new_scenarios() -> None:
    mine = edit(scenarios={"added": [scenario("mine")]})
    assert ids(find(after(auth(THEIRS), mine), "auth/expiry").scenarios) == ["idle", "mine"]
    theirs = auth(OLD, IDLE, scenario("theirs"))
    assert find(after(theirs, edit(text=TEXT_EDIT)), "auth/expiry").text == NEW


def test_titles_and_notes_of_scenarios_merge_with_a_changed_text() -> None:
    delta_ = edit(scenarios={"modified": [{"id": "idle", "title": {"to": "Idle"}, "notes": {"to": "n"}}]})
    found = find(after(auth(THEIRS), delta_), "auth/expiry")
    assert (found.text, found.scenarios[0].title, found.scenarios[0].notes) == (THEIRS, "Idle", "n")


def test_a_seen_scenario_that_was_only_renamed_is_no_conflict_for_a_text_edit() -> None:
    specs = living(capability("auth", requirement("expiry", OLD, scenario("timeout", IDLE))))
    assert find(after(specs, edit(text=TEXT_EDIT)), "auth/expiry").text == NEW


def test_edits_that_are_applied_already_conflict_with_nothing() -> None:
    both = edit(text=TEXT_EDIT, scenarios=STEPS_EDIT)
    assert_done(auth(NEW, IDLE_NEW), both)
    assert_done(auth(NEW, IDLE_THEIRS), edit(text=TEXT_EDIT))
    assert_done(auth(THEIRS, IDLE_NEW), edit(scenarios=STEPS_EDIT))
    assert find(after(auth(NEW), both), "auth/expiry").scenarios[0].steps[1].text == "15 minutes pass"


def test_a_delta_that_edits_both_joins_them_itself() -> None:
    found = find(after(auth(), edit(text=TEXT_EDIT, scenarios=STEPS_EDIT)), "auth/expiry")
    assert (found.text, found.scenarios[0].steps[1].text) == (NEW, "15 minutes pass")


# removed


def test_a_requirement_goes_as_it_was_seen() -> None:
    delta_ = delta("auth", removed=[removed(auth(), "auth/expiry", reason="r")])
    assert ids(after(auth(), delta_)["auth"].requirements) == ["login"]
    assert folded(auth(), delta_).touched[0].removed == ("expiry",)


@pytest.mark.parametrize(
    ("specs", "part"),
    [
        (auth(THEIRS), "text"),
        (auth(idle=IDLE_THEIRS), "idle"),
        (auth(OLD, IDLE, scenario("new")), "new"),
        (living(capability("auth", requirement("expiry", OLD))), "idle"),
        (auth(notes="new"), "other_fields"),
        (auth(title="new"), "other_fields"),
        (auth(tags=["new"]), "other_fields"),
        (living(capability("auth", requirement("expiry", OLD, scenario("idle", IDLE, title="new")))), "other_fields"),
    ],
)
@pytest.mark.spec("folding/removal-loses-nothing#edited-since")
def test_a_removal_conflicts_with_any_edit_since(specs: dict, part: str) -> None:
    (conflict,) = folded(specs, delta("auth", removed=[removed(auth(), "auth/expiry")])).conflicts
    assert (conflict.code, conflict.part, conflict.loc) == ("D005", part, ("removed", 0))


def test_a_removal_that_was_stamped_without_other_fields_is_judged_by_text_and_scenarios() -> None:
    seen = seen_of(find(auth(), "auth/expiry"))
    assert codes(folded(auth(notes="new"), delta("auth", removed=[{"id": "expiry", "seen": seen}]))) == []


def test_a_removal_of_what_is_gone_is_a_conflict_because_it_may_have_been_renamed() -> None:
    delta_ = delta("auth", removed=[removed(auth(), "auth/expiry")])
    assert codes(folded(after(auth(), delta_), delta_)) == ["D002"]


def linked(**links: list[str]) -> dict:
    return living(
        capability("auth", requirement("login"), requirement("logout", "", links={"refines": ["auth/login"]})),
        capability("web", requirement("page", "", links={"depends-on": ["auth/login"]})),
    )


def test_a_removal_conflicts_while_others_link_to_it() -> None:
    (conflict,) = folded(linked(), delta("auth", removed=[removed(linked(), "auth/login")])).conflicts
    assert (conflict.code, conflict.loc) == ("D006", ("removed", 0))
    assert "auth/logout, web/page link to it" in conflict.message


def test_a_removal_that_conflicts_names_the_links_in_its_way_too() -> None:
    seen = linked()
    now = {
        **seen,
        "auth": capability(
            "auth",
            requirement("login", "It MUST be edited since.", links={"relates-to": ["auth/login"]}),
            requirement("logout", "", links={"refines": ["auth/login"]}),
        ),
    }
    found = folded(now, delta("auth", removed=[removed(seen, "auth/login")])).conflicts
    assert [c.code for c in found] == ["D005", "D006"]
    assert "auth/login is to be removed, and auth/logout, web/page link to it" in found[1].message
    both = delta("auth", removed=[removed(seen, "auth/login"), removed(seen, "auth/logout")])
    unlink = delta("web", modified=[modified(seen, "web/page", links={"removed": {"depends-on": ["auth/login"]}})])
    assert codes(folded(now, both, unlink)) == ["D005"]


def test_a_removal_is_fine_when_the_links_go_with_it_in_the_same_change() -> None:
    specs = linked()
    auth_delta = delta("auth", removed=[removed(specs, "auth/login"), removed(specs, "auth/logout")])
    unlink = modified(specs, "web/page", links={"removed": {"depends-on": ["auth/login"]}})
    assert codes(folded(specs, auth_delta)) == ["D006"]
    result = after(specs, auth_delta, delta("web", modified=[unlink]))
    assert result["auth"].requirements == ()
    assert find(result, "web/page").links == {}


def test_a_change_that_adds_a_link_to_what_it_removes_conflicts() -> None:
    specs = living(capability("auth", requirement("login")))
    added = requirement("new", "", links={"refines": ["auth/login"]})
    assert codes(folded(specs, delta("auth", removed=[removed(specs, "auth/login")], added=[added]))) == ["D006"]


# renamed and moved


def test_a_renamed_requirement_keeps_its_place_and_is_modified_under_its_new_id() -> None:
    specs = auth()
    entry = {**modified(specs, "auth/expiry", text=TEXT_EDIT), "id": "time-out"}
    delta_ = delta("auth", renamed=[{"id": "expiry", "to": "time-out", "title": {"to": "Time-out"}}], modified=[entry])
    result = after(specs, delta_)
    assert ids(result["auth"].requirements) == ["time-out", "login"]
    found = find(result, "auth/time-out")
    assert (found.title, found.text) == ("Time-out", NEW)


def test_a_rename_conflicts_when_the_old_id_is_gone_or_the_new_one_taken() -> None:
    missing = folded(auth(), delta("auth", renamed=[{"id": "nothing", "to": "x"}]))
    taken = folded(auth(), delta("auth", renamed=[{"id": "expiry", "to": "login"}]))
    title = folded(auth(title="theirs"), delta("auth", renamed=[{"id": "expiry", "to": "x", "title": {"to": "mine"}}]))
    assert [c.loc for c in (*missing.conflicts, *taken.conflicts, *title.conflicts)] == [
        ("renamed", 0, "id"),
        ("renamed", 0, "to"),
        ("renamed", 0, "title", "from"),
    ]
    assert [codes(r) for r in (missing, taken, title)] == [["D002"], ["D008"], ["D003"]]
    assert title.conflicts[0].help.startswith("fill in `from`: `gitspec delta stamp <change>`; or decide")


def test_renames_can_not_swap_ids_because_a_second_fold_would_swap_them_back() -> None:
    delta_ = delta("auth", renamed=[{"id": "expiry", "to": "login"}, {"id": "login", "to": "expiry"}])
    assert codes(folded(auth(), delta_)) == ["D008"]


def test_an_id_is_neither_used_again_in_the_fold_that_frees_it_nor_given_twice() -> None:
    freed = [{"id": "expiry", "to": "x"}, {"id": "login", "to": "expiry"}]
    assert codes(folded(auth(), delta("auth", renamed=freed))) == ["D008"]
    twice = [{"id": "expiry", "to": "x"}, {"id": "login", "to": "x"}]
    assert codes(folded(auth(), delta("auth", renamed=twice))) == ["D008"]


def test_what_else_is_said_of_an_entry_in_conflict_makes_no_further_noise() -> None:
    entry = {**modified(auth(), "auth/expiry", text=TEXT_EDIT), "id": "time-out"}
    delta_ = delta("auth", renamed=[{"id": "expiry", "to": "login"}], modified=[{**entry, "id": "login"}])
    assert codes(folded(auth(), delta_)) == ["D008"]


def test_a_moved_requirement_goes_to_the_end_of_the_other_capability_with_all_it_has() -> None:
    specs = living(
        capability(
            "auth", requirement("devices", "", scenario("s"), links={"refines": ["auth/login"]}), requirement("login")
        ),
        capability("web", requirement("page")),
    )
    result = after(specs, delta("auth", moved=[{"id": "devices", "to": "web/device-list"}]))
    assert ids(result["auth"].requirements) == ["login"]
    assert ids(result["web"].requirements) == ["page", "device-list"]
    moved = find(result, "web/device-list")
    assert moved == find(specs, "auth/devices").model_copy(update={"id": "device-list"})


def test_a_moved_requirement_is_modified_in_the_delta_of_its_new_capability() -> None:
    specs = {**auth(), **living(capability("web"))}
    entry = {**modified(specs, "auth/expiry", text=TEXT_EDIT), "id": "time-out"}
    deltas = (delta("auth", moved=[{"id": "expiry", "to": "web/time-out"}]), delta("web", modified=[entry]))
    assert find(after(specs, *deltas), "web/time-out").text == NEW


def test_a_move_needs_a_capability_that_exists_or_that_the_change_brings() -> None:
    move = delta("auth", moved=[{"id": "expiry", "to": "web/expiry"}])
    (conflict,) = folded(auth(), move).conflicts
    assert (conflict.code, conflict.loc) == ("D009", ("moved", 0, "to"))
    result = after(auth(), move, delta("web", purpose="Pages."))
    assert find(result, "web/expiry").text == OLD
    taken = {**auth(), **living(capability("web", requirement("expiry")))}
    assert codes(folded(taken, move)) == ["D008"]
    assert codes(folded(taken, delta("auth", moved=[{"id": "x", "to": "web/y"}]))) == ["D002"]


def test_a_rename_of_what_untouched_requirements_link_to_is_a_conflict() -> None:
    (conflict,) = folded(linked(), delta("auth", renamed=[{"id": "login", "to": "sign-in"}])).conflicts
    assert conflict.code == "D006"
    assert "is to become auth/sign-in, and auth/logout, web/page link to it" in conflict.message


def test_links_of_touched_requirements_follow_a_rename() -> None:
    specs = linked()
    deltas = (
        delta("auth", renamed=[{"id": "login", "to": "sign-in"}, {"id": "logout", "to": "sign-out"}]),
        delta("web", modified=[modified(specs, "web/page", notes={"to": "n"})]),
    )
    result = after(specs, *deltas)
    assert find(result, "auth/sign-out").links == {"refines": ("auth/sign-in",)}
    assert find(result, "web/page").links == {"depends-on": ("auth/sign-in",)}


def test_a_link_that_others_removed_is_not_brought_back_by_a_rename() -> None:
    relink = {"removed": {"depends-on": ["auth/login"]}, "added": {"depends-on": ["auth/sign-in", "auth/logout"]}}
    specs = {**linked(), **living(capability("web", requirement("page")))}
    deltas = (
        delta("auth", renamed=[{"id": "login", "to": "sign-in"}, {"id": "logout", "to": "sign-out"}]),
        delta("web", modified=[modified(linked(), "web/page", links=relink)]),
    )
    assert find(after(specs, *deltas), "web/page").links == {"depends-on": ("auth/sign-out",)}
    assert find(after(linked(), *deltas), "web/page").links == {"depends-on": ("auth/sign-in", "auth/sign-out")}


def test_a_link_edit_that_has_nothing_to_do_with_the_rename_is_applied() -> None:
    unlink = modified(linked(), "web/page", links={"removed": {"depends-on": ["auth/login"]}})
    deltas = (
        delta("auth", renamed=[{"id": "login", "to": "sign-in"}, {"id": "logout", "to": "sign-out"}]),
        delta("web", modified=[unlink]),
    )
    assert find(after(linked(), *deltas), "web/page").links == {}


# added


def test_added_requirements_go_to_the_end_or_behind_the_one_that_after_names() -> None:
    added = [requirement("z"), {**requirement("b"), "after": "expiry"}, {**requirement("c"), "after": "b"}]
    result = after(auth(), delta("auth", added=added))
    assert ids(result["auth"].requirements) == ["expiry", "b", "c", "login", "z"]


def test_after_follows_a_rename_in_the_same_delta() -> None:
    delta_ = delta(
        "auth", renamed=[{"id": "expiry", "to": "time-out"}], added=[{**requirement("b"), "after": "expiry"}]
    )
    assert ids(after(auth(), delta_)["auth"].requirements) == ["time-out", "b", "login"]


@pytest.mark.spec("folding/never-twice#added-again")
def test_an_added_requirement_that_lives_with_the_same_content_is_done() -> None:
    delta_ = delta("auth", added=[{**requirement("new", "", scenario("s")), "after": "expiry"}])
    once = after(auth(), delta_)
    result = folded(once, delta_)
    assert (result.conflicts, result.capabilities) == ((), {})
    assert result.touched[0].unchanged == ("new",)


def test_an_added_requirement_that_lives_with_other_content_is_a_conflict_that_names_the_change() -> None:
    delta_ = delta("auth", added=[requirement("expiry", "Another MUST.")])
    (conflict,) = folded(auth(), delta_, added_by=lambda name: f"of-{name.replace('/', '-')}").conflicts
    assert (conflict.code, conflict.loc) == ("D007", ("added", 0, "id"))
    assert "change of-auth-expiry added it" in conflict.message
    assert (conflict.living, conflict.yours) == (OLD, "Another MUST.")


def test_an_id_added_twice_in_one_delta_is_a_conflict_unless_equal() -> None:
    assert codes(folded(auth(), delta("auth", added=[requirement("n", "A MUST."), requirement("n", "B MUST.")]))) == [
        "D007"
    ]
    twice = after(auth(), delta("auth", added=[requirement("n"), requirement("n")]))
    assert ids(twice["auth"].requirements) == ["expiry", "login", "n"]


def test_the_place_of_an_added_requirement_is_no_part_of_it() -> None:
    result = after(auth(), delta("auth", added=[{**requirement("b"), "after": "expiry"}]))
    assert type(result["auth"].requirements[1]) is type(result["auth"].requirements[0])


# capabilities


def test_a_capability_that_does_not_exist_is_new() -> None:
    result = folded({}, delta("web", title="Web", purpose="Pages.", capability_notes="n", added=[requirement("page")]))
    web = result.capabilities["web"]
    assert web is not None
    assert (web.title, web.purpose, web.notes, ids(web.requirements)) == ("Web", "Pages.", "n", ["page"])
    assert result.touched[0].created


def test_of_a_capability_that_does_not_exist_only_additions_can_be_told() -> None:
    for fields in (
        {"modified": [modified(auth(), "auth/expiry", text=TEXT_EDIT)]},
        {"removed": [removed(auth(), "auth/expiry")]},
        {"renamed": [{"id": "expiry", "to": "x"}]},
        {"moved": [{"id": "expiry", "to": "web/x"}]},
        {"retire": "true"},
        {"rename_to": "sign-in"},
    ):
        specs = living(capability("web"))
        assert codes(folded(specs, delta("auth", **fields))) == ["D009"], fields


def test_fields_of_a_capability_merge_like_any_part() -> None:
    delta_ = delta("auth", purpose={"from": "Sign users in.", "to": "Mine."}, title={"to": "Auth"})
    result = after(auth(), delta_)["auth"]
    assert (result.purpose, result.title) == ("Mine.", "Auth")
    theirs = living(capability("auth", purpose="Theirs."))
    (conflict,) = folded(theirs, delta_).conflicts
    assert (conflict.code, conflict.part, conflict.loc) == ("D003", "purpose", ("purpose", "from"))


def test_a_plain_purpose_for_a_capability_that_two_changes_bring_is_done_if_equal_and_else_a_conflict() -> None:
    mine = delta("web", purpose="Pages.", added=[requirement("mine")])
    theirs = living(capability("web", requirement("theirs"), purpose="Pages."))
    assert ids(after(theirs, mine)["web"].requirements) == ["theirs", "mine"]
    (conflict,) = folded(living(capability("web", purpose="Other.")), mine).conflicts
    assert (conflict.code, conflict.loc) == ("D003", ("purpose",))
    assert "exists already" in conflict.message


def test_a_retired_capability_goes_with_its_last_requirement() -> None:
    specs = living(capability("auth", requirement("login"), purpose="p"))
    delta_ = delta("auth", removed=[removed(specs, "auth/login")], retire="true")
    result = folded(specs, delta_)
    assert result.capabilities == {"auth": None}
    assert result.touched[0].retired
    more = living(capability("auth", requirement("login"), requirement("theirs"), purpose="p"))
    (conflict,) = folded(more, delta_).conflicts
    assert (conflict.code, conflict.loc) == ("D012", ("retire",))
    assert "theirs" in conflict.message


def test_a_capability_that_is_not_retired_stays_when_it_is_empty() -> None:
    specs = living(capability("auth", requirement("login"), purpose="p"))
    assert after(specs, delta("auth", removed=[removed(specs, "auth/login")]))["auth"].requirements == ()


def test_a_retired_capability_whose_purpose_was_edited_since_is_a_conflict() -> None:
    from gitspec.domain.edit_delta import with_retire

    specs = living(capability("auth", purpose="Seen."))
    delta_ = with_retire(delta("auth"), specs["auth"])
    assert folded(specs, delta_).capabilities == {"auth": None}
    assert codes(folded(living(capability("auth", purpose="Theirs.")), delta_)) == ["D003"]


def test_a_renamed_capability_keeps_all_and_its_own_links_follow() -> None:
    specs = living(
        capability("auth", requirement("login"), requirement("logout", "", links={"refines": ["auth/login"]}))
    )
    result = folded(specs, delta("auth", rename_to="sign-in"))
    assert result.conflicts == ()
    assert result.capabilities["auth"] is None
    renamed = result.capabilities["sign-in"]
    assert renamed is not None
    assert renamed.requirements[1].links == {"refines": ("sign-in/login",)}
    assert (result.touched[0].capability, result.touched[0].was) == ("sign-in", "auth")


def test_links_from_elsewhere_hold_up_the_rename_of_a_capability_until_they_are_changed() -> None:
    specs = linked()
    rename = delta("auth", rename_to="sign-in")
    assert codes(folded(specs, rename)) == ["D006"]
    relink = {"removed": {"depends-on": ["auth/login"]}, "added": {"depends-on": ["sign-in/login"]}}
    result = after(specs, rename, delta("web", modified=[modified(specs, "web/page", links=relink)]))
    assert find(result, "web/page").links == {"depends-on": ("sign-in/login",)}


def test_a_capability_can_not_get_an_id_that_is_taken() -> None:
    assert codes(folded(linked(), delta("auth", rename_to="web"))) == ["D013"]
    both = living(capability("a"), capability("b"))
    assert codes(folded(both, delta("a", rename_to="c"), delta("b", rename_to="c"))) == ["D013"]
    assert codes(folded(both, delta("a", rename_to="c"), delta("c", purpose="p"))) == ["D013"]


def test_a_move_may_name_the_id_that_a_capability_gets_in_the_same_change() -> None:
    specs = {**auth(), **living(capability("web", purpose="p"))}
    deltas = (delta("auth", moved=[{"id": "expiry", "to": "pages/expiry"}]), delta("web", rename_to="pages"))
    assert ids(after(specs, *deltas)["pages"].requirements) == ["expiry"]


# as a whole


def test_the_order_of_deltas_makes_no_difference() -> None:
    specs = linked()
    deltas = [
        delta("auth", renamed=[{"id": "login", "to": "sign-in"}, {"id": "logout", "to": "sign-out"}]),
        delta("web", modified=[modified(specs, "web/page", notes={"to": "n"})], added=[requirement("x")]),
    ]
    assert folded(specs, *deltas) == folded(specs, *reversed(deltas))


def test_only_capabilities_that_deltas_name_are_looked_up() -> None:
    class Watched(dict):  # type: ignore[type-arg]
        asked: set[object] = set()  # noqa: RUF012

        def get(self, key: object, default: object = None) -> object:
            self.asked.add(key)
            return super().get(key, default)

        def __contains__(self, key: object) -> bool:
            self.asked.add(key)
            return super().__contains__(key)

        def __getitem__(self, key: object) -> object:
            self.asked.add(key)
            return super().__getitem__(key)

        def __iter__(self):  # type: ignore[no-untyped-def]
            raise AssertionError("all of them were asked for")

    from gitspec.domain.fold import fold

    specs = Watched({**auth(), **living(capability("web"), capability("other"))})
    fold(specs, [delta("auth", moved=[{"id": "login", "to": "web/login"}])], links_to=lambda name: ())
    assert specs.asked == {"auth", "web"}


def test_a_fold_says_what_it_did() -> None:
    specs = {**auth(), **living(capability("web", requirement("page")))}
    result = folded(
        specs,
        delta(
            "auth",
            purpose={"from": "Sign users in.", "to": "New."},
            renamed=[{"id": "expiry", "to": "time-out"}],
            moved=[{"id": "login", "to": "web/sign-in"}],
            added=[requirement("n")],
        ),
        delta("web", removed=[removed(specs, "web/page")]),
    )
    auth_touched, web_touched = result.touched
    assert auth_touched.fields == ("purpose",)
    assert auth_touched.renamed == (("expiry", "time-out"),)
    assert auth_touched.moved_out == (("login", "web/sign-in"),)
    assert auth_touched.added == ("n",)
    assert web_touched.moved_in == (("auth/login", "sign-in"),)
    assert web_touched.removed == ("page",)


def test_the_version_of_the_fold_is_one() -> None:
    assert FOLD_VERSION == 1
