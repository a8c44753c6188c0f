"""Two edits of one prose, joined where they cannot meet."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain.merge_text import merged_prose

SEEN = "One.\n\nTwo.\n\nThree."


def test_edits_of_different_paragraphs_are_joined() -> None:
    assert merged_prose(SEEN, "One!\n\nTwo.\n\nThree.", "One.\n\nTwo.\n\nThree?") == "One!\n\nTwo.\n\nThree?"


def test_a_paragraph_removed_here_and_another_one_edited_there_are_joined() -> None:
    assert merged_prose(SEEN, "One.\n\nThree.", "One!\n\nTwo.\n\nThree.") == "One!\n\nThree."


@pytest.mark.parametrize(
    ("living", "yours"),
    [
        ("One!\n\nTwo.\n\nThree.", "One?\n\nTwo.\n\nThree."),  # the same paragraph
        (f"{SEEN}\n\nFour.", f"{SEEN}\n\nFive."),  # two new ones at one place
        (f"{SEEN}\n\nFour.", "One.\n\nTwo.\n\nThree!"),  # a new one beside an edited one
        ("One.\n\nThree.", "One.\n\nTwo!\n\nThree."),  # removed and edited
        ("First line.\nSecond line!", "First line!\nSecond line."),  # lines of one paragraph, seen wholly different
    ],
)
def test_edits_that_meet_are_not_joined(living: str, yours: str) -> None:
    assert merged_prose(SEEN, living, yours) is None


def test_lines_of_one_paragraph_are_one_piece() -> None:
    assert merged_prose("a\nb\nc\nd", "A\nb\nc\nd", "a\nb\nc\nD") is None


def test_a_code_fence_is_one_piece() -> None:
    seen = "Say:\n\n```\na\n\nb\n```\n\nEnd."
    assert merged_prose(seen, seen.replace("\na\n", "\nA\n"), seen.replace("\nb\n", "\nB\n")) is None
    assert merged_prose(seen, seen.replace("\na\n", "\nA\n"), seen.replace("End", "Fin")) == seen.replace(
        "\na\n", "\nA\n"
    ).replace("End", "Fin")


_PARAGRAPHS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6).map("\n\n".join)


@given(_PARAGRAPHS, _PARAGRAPHS, _PARAGRAPHS)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_joining_is_the_same_from_both_sides_and_loses_no_new_paragraph(seen: str, living: str, yours: str) -> None:
    joined = merged_prose(seen, living, yours)
    assert joined == merged_prose(seen, yours, living)
    if joined is not None:
        new = (set(living.split("\n\n")) | set(yours.split("\n\n"))) - set(seen.split("\n\n"))
        assert new <= set(joined.split("\n\n"))


@given(_PARAGRAPHS, _PARAGRAPHS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_an_edit_of_one_side_alone_is_taken(seen: str, yours: str) -> None:
    assert merged_prose(seen, seen, yours) == yours
    assert merged_prose(seen, yours, seen) == yours
    assert merged_prose(seen, yours, yours) == yours
