"""The messages that GitHub composes, for each of its settings."""

import pytest

from gitspec.domain.landing_message import Landed, merge_message, squash_message
from gitspec.domain.references import references

A, B = "A <a@example.com>", "B <b@example.com>"
ONE = ("One\n\nWhy one.\n\nChange: x\n", A)
TWO = ("Two\n\nChange: y\n", A)
BODY = "Because.\r\n\r\nChange: z\r\n"


def request(*commits: tuple[str, str], title: str = "Title", body: str = BODY) -> Landed:
    return Landed(7, title, body, "somebody/topic", commits)


@pytest.mark.parametrize(
    ("title", "message", "commits", "text"),
    [
        ("PR_TITLE", "PR_BODY", (ONE, TWO), "Title (#7)\n\nBecause.\r\n\r\nChange: z\n"),
        ("PR_TITLE", "BLANK", (ONE, TWO), "Title (#7)\n"),
        ("PR_TITLE", "COMMIT_MESSAGES", (ONE, TWO), "Title (#7)\n\n* One\n\nWhy one.\n\nChange: x\n\n* Two\n\nChange: y\n"),
        ("COMMIT_OR_PR_TITLE", "COMMIT_MESSAGES", (ONE,), "One (#7)\n\nWhy one.\n\nChange: x\n"),
        ("COMMIT_OR_PR_TITLE", "COMMIT_MESSAGES", (ONE, TWO), "Title (#7)\n\n* One\n\nWhy one.\n\nChange: x\n\n* Two\n\nChange: y\n"),
    ],
)  # fmt: skip
def test_squash(title: str, message: str, commits: tuple[tuple[str, str], ...], text: str) -> None:
    assert squash_message(request(*commits), title, message) == text


def test_of_listed_messages_only_the_last_reference_counts() -> None:
    text = squash_message(request(ONE, TWO), "PR_TITLE", "COMMIT_MESSAGES")
    assert references(text).changes == ("y",)


def test_several_authors_are_credited_behind_dashes_and_hide_nothing() -> None:
    text = squash_message(request(ONE, ("Two", B)), "PR_TITLE", "PR_BODY")
    assert text.endswith(f"Change: z\n\n---------\n\nCo-authored-by: {A}\nCo-authored-by: {B}\n")
    assert references(text).changes == ("z",)
    alone = squash_message(request(ONE, ("Two", B), body=""), "PR_TITLE", "PR_BODY")
    assert "---------" not in alone


def test_a_title_is_one_line() -> None:
    text = squash_message(request(ONE, TWO, title="a\n\nChange: victim\n", body=""), "PR_TITLE", "PR_BODY")
    assert text == "a Change: victim (#7)\n"
    assert references(text).changes == ()


def test_merge() -> None:
    two = request(ONE, TWO)
    assert merge_message(two, "MERGE_MESSAGE", "PR_TITLE") == "Merge pull request #7 from somebody/topic\n\nTitle\n"
    assert merge_message(two, "PR_TITLE", "BLANK") == "Title (#7)\n"
    assert references(merge_message(two, "PR_TITLE", "PR_BODY")).changes == ("z",)
