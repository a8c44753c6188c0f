"""Trailers are read as Git reads them, whatever anybody has configured."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain import trailers
from tests.hooks.git_trailers import PIECES, parsed_by_git, parsed_by_us

# A few of the situations, so that they are tested everywhere.
MESSAGES = (
    b"Add it\n\nChange: add-2fa\n",
    b"Add it\n\nChange: a\nchange: b\nChange: a\n",
    b"Add it\n\nChange:\n  add-2fa\n",
    b"Add it\nChange: no-empty-line-before\n",
    b"Change: subject\n",
    b"Add it\n\nChange: above\n\nand then text\n",
    b"Add it\n\n  Change: indented\n",
    b"Add it\n\nChange: x\nsome prose\n",
    b"Add it\n\nChange: x\nSigned-off-by: A <a@example.com>\none\ntwo\nthree\n",
    b"Add it\n\nChange: x\nSigned-off-by: A <a@example.com>\none\ntwo\nthree\nfour\nfive\nsix\nseven\n",
    b"Add it\r\n\r\nChange: x\r\n",
    b"Add it\n\nChange: x\n\nConflicts:\n\tsrc/a.py\n",
    b"Add it\n\nChange: x\n\n# Conflicts:\n#\tsrc/a.py\n",
    b"Add it\n\nChange: x\n# ------------------------ >8 ------------------------\ndiff --git\n",
    b"Add it\n\nbody\n---\nmore\n\nChange: x\n",
    "Add it\n\nChange\uff1a x\n".encode(),
    "Add it\n\nChange: \u00e9t\u00e9\n".encode(),
    b"",
    b"\n",
)


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_are_read_as_git_reads_them(message: bytes) -> None:
    assert parsed_by_us(message) == parsed_by_git(message)


@pytest.mark.parametrize(
    "source",
    [pytest.param(os.environ.get("GITSPEC_TRAILER_MESSAGES", "../shared/trailer-messages.json"), id="collection")],
)
def test_a_collection_of_odd_messages_is_read_as_git_reads_it(source: str) -> None:
    path = Path(__file__).parents[2] / source
    if not path.is_file():
        pytest.skip("GITSPEC_TRAILER_MESSAGES names no collection of messages")
    messages = json.loads(path.read_text())["messages"]
    assert len(messages) == 51
    for entry in messages:
        ours = parsed_by_us(entry["message"].encode("latin-1")).decode("latin-1")
        assert ours.splitlines() == entry["git_parse"], entry["name"]


_PLAIN = [
    "Title\n",
    "\n",
    "\n",
    "Change: a\n",
    "Task: 1.1\n",
    "Co-authored-by: A <a@example.com>\n",
    "prose\n",
    "Key :v\n",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([*_PLAIN, *_PLAIN, *PIECES]), max_size=10).map("".join))
def test_way_for_plain_messages_reads_them_as_the_whole_one(message: str) -> None:
    plain = trailers._plain(message)
    assert plain is None or plain == trailers._read(message, "#")


def test_ordinary_message_goes_the_way_for_plain_ones() -> None:
    assert trailers._plain("Do it\n\nWhy: not.\n\nChange: add-2fa\nTask: 1.2\n") == [
        ("Change", "add-2fa"),
        ("Task", "1.2"),
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_mixture_of_lines_is_read_as_git_reads_it(message: str) -> None:
    assert parsed_by_us(message.encode("latin-1")) == parsed_by_git(message.encode("latin-1"))


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("Title (#12)\n\nChange: x\n\n---------\n\nCo-authored-by: B <b@example.com>\n", ["x"]),
        ("Title\n\nChange: x\n\nSigned-off-by: A <a@example.com>\n", ["x"]),
        ("Title\n\nChange: x\n\nReviewed-by: A <a@example.com>\n", []),
        ("Title\n\nChange: x\n\nCo-authored-by: B <b@example.com>\nand some words\n", []),
        ("Title\n\n* a\n\nChange: x\n\n* b\n\nChange: y\n", ["y"]),
        ("Title\n\nSigned-off-by: A <a@example.com>\n", []),
    ],
)
def test_what_forges_append_hides_no_reference(message: str, changes: list[str]) -> None:
    assert trailers.values(trailers.read(message), "Change") == changes


def test_keys_ignore_case_and_repetitions_count_once() -> None:
    found = trailers.read("Title\n\nCHANGE: a\nChange: b\nchange: a\nChange-Skip: typo\n")
    assert trailers.values(found, "Change") == ["a", "b"]
    assert trailers.values(found, "change-skip") == ["typo"]


def test_huge_messages_take_time_in_proportion() -> None:
    message = "Title\n\n" + "Change: x\n" + " folded\n" * 200_000 + "\nSigned-off-by: a\n" * 20_000
    assert len(trailers.values(trailers.read(message), "Change")) == 1
