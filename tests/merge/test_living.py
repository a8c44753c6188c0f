"""Two sides edit one living spec."""

import pytest

from gitspec.domain.merge_style import Style
from gitspec.yaml.merge_file import merge_yaml
from tests.merge.files import LIVING, edit, merged, requirement


def test_edits_of_different_requirements_merge_and_every_other_byte_stays() -> None:
    ours = edit(LIVING, "after 30", "after 15")
    theirs = edit(LIVING, "let users sign in", "let people sign in")
    expected = edit(ours, "let users sign in", "let people sign in")
    assert merged(LIVING, ours, theirs) == (expected, ())
    assert merged(LIVING, theirs, ours) == (expected, ())


def test_edits_of_different_scenarios_of_one_requirement_merge() -> None:
    ours = edit(LIVING, "WHEN 30 minutes pass", "WHEN 30 minutes pass by")
    theirs = edit(LIVING, "THEN it stays", "THEN it lives")
    assert merged(LIVING, ours, theirs) == (edit(ours, "THEN it stays", "THEN it lives"), ())


@pytest.mark.spec("folding/merge-driver#both-append")
def test_additions_at_the_same_place_both_stay_ours_first() -> None:
    ours, theirs = LIVING + "\n" + requirement("a"), LIVING + "\n  # why b\n" + requirement("b")
    assert merged(LIVING, ours, theirs) == (ours + "\n  # why b\n" + requirement("b"), ())


def test_additions_within_a_list_keep_the_place_they_were_made_at() -> None:
    at = "\n  - id: sign-in"
    ours = edit(LIVING, at, f"\n{requirement('a')}{at}")
    theirs = edit(LIVING, at, f"\n{requirement('b')}{at}")
    text, conflicts = merged(LIVING, ours, theirs)
    assert conflicts == ()
    assert [line.split()[2] for line in text.split("\n") if line.startswith("  - id")] == [
        "session-expiry", "a", "b", "sign-in"
    ]  # fmt: skip


def test_two_edits_of_one_text_are_a_conflict_in_that_field_alone() -> None:
    ours = edit(edit(LIVING, "let users", "let people"), "Authentication", "Auth")
    theirs = edit(edit(LIVING, "let users", "let all"), "30 minutes.", "15 minutes.")
    text, conflicts = merged(LIVING, ours, theirs)
    assert conflicts == ("text of sign-in",)
    start, end = text.index("<<<<<<<"), text.index(">>>>>>>")
    assert text[start:end] == (
        "<<<<<<< ours: text of sign-in\n"
        "    text: The system MUST let people sign in.\n"
        "=======\n"
        "    text: The system MUST let all sign in.\n"
    )
    assert "title: Auth\n" in text
    assert "15 minutes." in text


def test_the_merge_base_stands_between_the_markers_when_it_is_asked_for() -> None:
    ours, theirs = edit(LIVING, "let users", "let people"), edit(LIVING, "let users", "let all")
    text, _ = merged(LIVING, ours, theirs, Style(size=9, shows_base=True, ours="HEAD", theirs="topic"))
    assert "\n||||||||| base: text of sign-in\n    text: The system MUST let users sign in.\n=========\n" in text
    assert "\n<<<<<<<<< HEAD: text of sign-in\n" in text
    assert "\n>>>>>>>>> topic: text of sign-in\n" in text


def test_a_text_changed_by_one_side_and_a_scenario_by_the_other_is_a_conflict() -> None:
    ours = edit(LIVING, "after 30 minutes", "after 15 minutes")
    theirs = edit(LIVING, "WHEN 30 minutes", "WHEN 20 minutes")
    for mine, other in ((ours, theirs), (theirs, ours)):
        text, conflicts = merged(LIVING, mine, other)
        assert conflicts == ("text of session-expiry", "steps of idle-timeout in session-expiry")
        assert text.count("<<<<<<<") == text.count("\n=======\n") == text.count(">>>>>>>") == 2


def test_a_text_changed_by_one_side_and_a_scenario_removed_by_the_other_is_a_conflict() -> None:
    scenario = "      - id: activity\n        steps: |\n          GIVEN a session\n          THEN it stays\n"
    ours = edit(LIVING, "after 30 minutes", "after 15 minutes")
    _, conflicts = merged(LIVING, ours, edit(LIVING, scenario, ""))
    assert conflicts == ("text of session-expiry", "activity in session-expiry")


def test_new_scenarios_titles_and_tags_merge_with_a_changed_text() -> None:
    ours = edit(LIVING, "after 30 minutes", "after 15 minutes")
    theirs = edit(LIVING, '"Session expiry"', '"Expiry"')
    theirs = edit(theirs, "THEN it stays\n", "THEN it stays\n      - id: new\n        steps: |\n          GIVEN a\n")
    text, conflicts = merged(LIVING, ours, theirs)
    assert (conflicts, text) == ((), edit(theirs, "after 30 minutes", "after 15 minutes"))


def test_a_scenario_with_a_new_id_joins_nothing() -> None:
    ours = edit(LIVING, "after 30 minutes", "after 15 minutes")
    theirs = edit(LIVING, "id: activity", "id: active")
    assert merged(LIVING, ours, theirs) == (edit(ours, "id: activity", "id: active"), ())


def test_the_same_edit_on_both_sides_is_no_conflict() -> None:
    ours = edit(edit(LIVING, "after 30", "after 15"), "WHEN 30", "WHEN 15")
    assert merged(LIVING, ours, ours) == (ours, ())
    assert merged(LIVING, ours, edit(LIVING, "after 30", "after 15")).conflicts == ()


def test_a_removed_requirement_that_the_other_side_changed_is_a_conflict() -> None:
    removed = LIVING[: LIVING.index("\n  - id: sign-in")]
    text, conflicts = merged(LIVING, removed, edit(LIVING, "let users", "let all"))
    assert conflicts == ("sign-in",)
    assert text.startswith(removed)
    assert merged(LIVING, removed, edit(LIVING, "after 30", "after 15")).conflicts == ()


@pytest.mark.parametrize(("new", "expected"), [("log-in", ()), ("enter", ("sign-in in requirements",))])
def test_two_new_ids_of_one_requirement_are_a_conflict(new: str, expected: tuple[str, ...]) -> None:
    ours = edit(LIVING, "id: sign-in", "id: log-in")
    assert merged(LIVING, ours, edit(LIVING, "id: sign-in", f"id: {new}")).conflicts == expected


def test_a_requirement_with_a_new_id_that_the_other_side_edited_is_a_conflict() -> None:
    renamed = edit(LIVING, "id: sign-in", "id: log-in")
    text, conflicts = merged(LIVING, renamed, edit(LIVING, "let users", "let all"))
    assert conflicts == ("sign-in in requirements",)
    assert text.count("log-in") == 1


def test_tags_merge_as_sets_in_either_notation() -> None:
    ours = edit(LIVING, "[web, api]", "[web, api, ours]")
    for theirs in (
        edit(LIVING, "[web, api]", "[api, theirs]"),
        edit(LIVING, " [web, api]", "\n      - api\n      - theirs"),
    ):
        assert "tags: [api, ours, theirs]\n" in merged(LIVING, ours, theirs).text
    block = edit(LIVING, " [web, api]", "\n      # c\n      - web\n      - api")
    theirs = edit(LIVING, "[web, api]", "[web, api, '404']")
    assert merged(LIVING, block, theirs).text.endswith('      # c\n      - web\n      - api\n      - "404"\n')


def test_unknown_fields_and_comments_survive_from_both_sides() -> None:
    ours = edit(LIVING, "title: Authentication\n", "title: Authentication # A\nx-ours: 1\n# mine\n")
    theirs = edit(LIVING, "    tags:", "    x-theirs:\n      deep: [a]\n    # other\n    tags:")
    expected = edit(ours, "    tags:", "    x-theirs:\n      deep: [a]\n    # other\n    tags:")
    assert merged(LIVING, ours, theirs) == (expected, ())


def test_comments_at_one_place_both_stay() -> None:
    ours = edit(LIVING, "  # how long", "  # mine\n  # how long")
    theirs = edit(LIVING, "session lives\n", "session lives\n  # other\n")
    assert "  # mine\n  # how long a session lives\n  # other\n" in merged(LIVING, ours, theirs).text


def test_what_comes_from_a_file_with_other_indents_and_line_ends_fits_in() -> None:
    theirs = "capability: auth\r\nrequirements:\r\n- id: one\r\n  text: |\r\n    The system MUST.\r\n"
    ours = "capability: auth\nrequirements:\n    - id: two\n      text: It MUST.\n"
    text, conflicts = merged("capability: auth\n", ours, theirs)
    assert conflicts == ()
    assert text == ours + "    - id: one\n      text: |\n        The system MUST.\n"
    crlf = merged("capability: auth\n", theirs, ours).text
    assert crlf == theirs + "- id: two\r\n  text: It MUST.\r\n"


def test_files_in_unusual_form_merge_too() -> None:
    base = edit(
        LIVING, "    text: The system MUST let users sign in.", '    text: "The \\"system\\" MUST\n      let users."'
    )
    ours, theirs = edit(base, "after 30", "after 15"), base + "    notes: >\n      folded\n      text\n"
    assert merged(base, ours, theirs) == (edit(theirs, "after 30", "after 15"), ())


def test_a_side_that_cannot_be_read_is_named() -> None:
    assert merge_yaml(LIVING.encode(), b"a: [\n", LIVING.encode(), "x", Style()) == "our side cannot be read"
    assert merge_yaml(b"\xff", LIVING.encode(), b"", "x", Style()) == "the merge base cannot be read"


def test_ids_cannot_break_out_of_a_marker() -> None:
    ours = 'requirements:\n  - id: "a\\n=======\\u001b[2J"\n    text: x\n'
    theirs = edit(ours, "text: x", "text: y")
    text, _ = merged("capability: a\n", ours, theirs)
    assert "\x1b" not in text
    assert text.count("\n=======\n") == 1
