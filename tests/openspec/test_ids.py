"""Ids made from titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitspec.domain import ids
from gitspec.domain.lookalike import look_alikes
from gitspec.markdown.openspec_ids import capability_id, change_ids, requirement_ids, scenario_ids, slug


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Session expiry", "session-expiry"),
        ("Don't `panic`: ever!", "dont-panic-ever"),
        ("[OA-001] Ids in names", "oa-001-ids-in-names"),
        ("日本語カタカナー", "日本語カタカナー"),
        ("`Agent`映射表必须与`vercel-labs/skills`对齐", "映射表必须与-对齐"),
        ("Hook 和 Slot", "hook-slot"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full-width"),
        ("Привет, мир", "привет-мир"),
    ],
)
def test_a_slug_reads_like_its_title(title, wanted):
    assert slug(title) == wanted
    assert ids.problem_with_requirement_id(wanted) is None


@given(st.lists(st.text(max_size=200), max_size=8))
def test_any_titles_get_ids_that_are_valid_unique_distinguishable_and_the_same_again(titles):
    for make, problem in (
        (requirement_ids, ids.problem_with_requirement_id),
        (scenario_ids, ids.problem_with_scenario_id),
    ):
        first, second = make(), make()
        found = [first.take(title) for title in titles]
        assert found == [second.take(title) for title in titles]
        assert len(set(found)) == len(found)
        assert not list(look_alikes(found))
        assert [problem(value) for value in found] == [None] * len(found)


@given(st.lists(st.text(max_size=100), max_size=4))
def test_ids_of_changes_are_ascii_whatever_the_folder_is_called(names):
    taken = change_ids()
    for name in names:
        stem = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")
        assert ids.problem_with_change_id(taken.take(stem)) is None


@pytest.mark.parametrize("path", ["Auth", "a/B_c", "con", "..", "日本", "a//b", "x" * 200])
def test_folders_become_ids_of_capabilities(path):
    assert ids.problem_with_capability_id(capability_id(path)) is None


def test_an_id_of_the_living_spec_goes_only_to_what_is_known_to_be_that():
    taken = requirement_ids(["foo"])
    assert taken.take("Foo") == "foo-2"
    assert taken.take("Foo again", "foo") == "foo"
