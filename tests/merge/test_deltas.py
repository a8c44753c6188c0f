"""Two sides edit the delta, the change.yaml or the tasks.md of one change."""

import pytest

from gitspec.domain.merge_style import Style
from tests.merge.files import DELTA, TASKS, edit, merged, merged_tasks

SCENARIOS = """\
    scenarios:
      modified:
        - id: idle-timeout
          steps:
            from: GIVEN a
            to: GIVEN b
"""
TITLE = "    title:\n      from: A\n      to: B\n"


def test_edits_of_different_entries_merge() -> None:
    ours, theirs = edit(DELTA, "to: B", "to: C"), edit(DELTA, "after 30", "after 15")
    assert merged(DELTA, ours, theirs) == (edit(ours, "after 30", "after 15"), ())


def test_an_edit_is_one_piece() -> None:
    ours, theirs = edit(DELTA, "to: B", "to: C"), edit(DELTA, "from: A", "from: D")
    assert merged(DELTA, ours, theirs).conflicts == ("title of sign-in",)


def test_a_text_on_one_side_and_an_edited_scenario_on_the_other_are_a_conflict() -> None:
    ours = edit(DELTA, "after 30", "after 15")
    theirs = edit(DELTA, "  - id: sign-in", SCENARIOS + "  - id: sign-in")
    text, conflicts = merged(DELTA, ours, theirs)
    assert conflicts == ("text of session-expiry", "scenarios of session-expiry")
    assert text.count("<<<<<<<") == 2


def test_new_scenarios_merge_with_an_edited_text() -> None:
    added = "    scenarios:\n      added:\n        - id: new\n          steps: GIVEN n\n"
    theirs = edit(DELTA, "  - id: sign-in", added + "  - id: sign-in")
    assert merged(DELTA, edit(DELTA, "after 30", "after 15"), theirs).conflicts == ()


def test_a_new_stamp_on_one_side_and_a_new_text_on_the_other_are_a_conflict() -> None:
    stamped, texted = edit(DELTA, "222222222222", "444444444444"), edit(DELTA, "after 30", "after 15")
    assert merged(DELTA, stamped, texted).conflicts == ("seen of session-expiry", "text of session-expiry")


def test_entries_about_one_requirement_in_different_lists_are_a_conflict() -> None:
    ours = DELTA + "renamed:\n  - id: log-in\n    to: enter\n"
    theirs = DELTA + "removed:\n  - id: log-in\n"
    assert merged(DELTA, ours, theirs).conflicts == ("renamed", "removed")
    assert merged(DELTA, ours, DELTA + "removed:\n  - id: other\n").conflicts == ()


def test_approvals_and_dependencies_of_both_sides_stay() -> None:
    base = "change: a\ntitle: A\ncreated: 2026-11-21\n"
    ours = base + "depends_on: [one]\napprovals:\n  - by: Ada <a@b>\n    day: 2026-11-21\n    digest: 111111111111\n"
    theirs = base + "depends_on: [two]\napprovals:\n  - by: Bo <b@b>\n    day: 2026-11-21\n    digest: 222222222222\n"
    text, conflicts = merged(base, ours, theirs)
    assert conflicts == ()
    assert "depends_on: [one, two]\n" in text
    assert text.index("Ada") < text.index("Bo")


def test_a_conflict_between_merge_bases_is_one_again_for_whoever_starts_from_it() -> None:
    ours, theirs = edit(DELTA, "to: B", "to: C"), edit(DELTA, "to: B", "to: D")
    base = merged(DELTA, ours, theirs, Style("base"))
    assert "<<<<" not in base.text
    assert merged(base.text, ours, theirs).conflicts == ("title of sign-in",)
    assert merged(base.text, ours, ours) == (ours, ())


def test_tasks_of_both_sides_merge_field_by_field() -> None:
    ours = edit(TASKS, "[ ] 1.1 Write it", "[x] 1.1 Write it")
    theirs = edit(edit(TASKS, "1.1 Write it", "1.1 Write all of it"), "every browser", "each browser")
    expected = edit(theirs, "[ ] 1.1", "[x] 1.1")
    assert merged_tasks(TASKS, ours, theirs) == (expected, ())


def test_a_state_goes_with_its_reason() -> None:
    ours = edit(TASKS, "[ ] 1.2 Test it", "[!] 1.2 Test it: no browser")
    theirs = edit(TASKS, "[ ] 1.2 Test it", "[x] 1.2 Test it")
    text, conflicts = merged_tasks(TASKS, ours, theirs)
    assert conflicts == ("task 1.2",)
    assert "<<<<<<< ours: task 1.2\n- [!] 1.2 Test it: no browser\n=======\n- [x] 1.2 Test it\n>>>>>>> " in text
    theirs = edit(TASKS, "1.2 Test it", "1.2 Test all")
    assert "- [!] 1.2 Test all: no browser\n" in merged_tasks(TASKS, ours, theirs).text


def test_different_new_tasks_of_one_number_both_stay_and_theirs_gets_another() -> None:
    ours = edit(TASKS, "browser\n", "browser\n- [ ] 1.3 Ours\n")
    theirs = edit(TASKS, "browser\n", "browser\n- [ ] 1.3 Theirs\n  - [ ] 1.3.1 Below\n- [ ] 1.4 More\n")
    text, conflicts = merged_tasks(TASKS, ours, theirs)
    assert conflicts == ()
    assert "- [ ] 1.3 Ours\n- [ ] 1.5 Theirs\n  - [ ] 1.5.1 Below\n- [ ] 1.4 More\n" in text


def test_the_same_new_task_on_both_sides_stands_once() -> None:
    new = edit(TASKS, "browser\n", "browser\n- [ ] 1.3 Same\n")
    assert merged_tasks(TASKS, new, new) == (new, ())


def test_new_groups_of_both_sides_stay() -> None:
    ours, theirs = TASKS + "\n## 3. Mine\n\n- [ ] 3.1 A\n", TASKS + "\n## 3. Other\n\n- [ ] 3.2 B\n"
    assert merged_tasks(TASKS, ours, theirs) == (ours + "\n## 3. Other\n\n- [ ] 3.2 B\n", ())


@pytest.mark.parametrize("gone", ["- [ ] 1.2 Test it\n  in every browser\n", "\n## 2. Tell\n\n- [ ] 2.1 Document it\n"])
def test_removed_tasks_go_unless_the_other_side_changed_them(gone: str) -> None:
    removed = edit(TASKS, gone, "")
    assert merged_tasks(TASKS, removed, edit(TASKS, "Write it", "Write")).conflicts == ()
    changed = TASKS.replace("[ ] 1.2", "[x] 1.2").replace("[ ] 2.1", "[x] 2.1")
    assert len(merged_tasks(TASKS, removed, changed).conflicts) == 1
