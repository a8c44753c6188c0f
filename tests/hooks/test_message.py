"""What Git makes of a message file, and how trailers and hints get into it."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain import message as m
from gitspec.domain import trailers
from tests.conftest import Repo
from tests.hooks.git_trailers import PIECES

CUT = "# ------------------------ >8 ------------------------"
RAW = "\n\n  Subject  \n# comment\n\n\n\nBody\t\n#no comment?\n\n" + CUT + "\nDo not touch\ndiff\n"


@pytest.mark.parametrize("mode", ["strip", "whitespace", "scissors", "verbatim"])
def test_clean_up_gives_what_git_records(repo: Repo, mode: str) -> None:
    raw = RAW.replace(CUT, "# cut") if mode == "strip" else RAW  # strip cuts for `commit --verbose` only
    repo.write("message", raw)
    editor = "true" if mode in ("strip", "scissors") else ":"
    edit = ["-e"] if editor == "true" else []
    repo.git("commit", "-q", "--allow-empty", f"--cleanup={mode}", *edit, "-F", "message", GIT_EDITOR=editor)
    recorded = repo.run_git("cat-file", "commit", "HEAD").stdout.decode().partition("\n\n")[2]
    assert m.cleaned(raw, mode) == recorded


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([p for p in PIECES if p != "\0"]), max_size=10).map("".join))
def test_stripping_is_what_git_stripspace_does(text: str) -> None:
    done = subprocess.run(
        ["git", "-c", "core.commentChar=#", "stripspace", "-s"],
        input=text.encode("latin-1"),
        capture_output=True,
        check=True,
    )
    ours = m.cleaned(text.replace(trailers.SCISSORS, "scissors"), "strip").encode("latin-1")
    assert ours == done.stdout.replace(trailers.SCISSORS.encode(), b"scissors")


@pytest.mark.parametrize("mode", ["strip", "whitespace"])
@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([p for p in PIECES if p != "\0"]), max_size=12).map("".join))
def test_a_trailer_that_is_added_is_read_and_hides_none(mode: str, text: str) -> None:
    before = m.cleaned(text, mode)
    if not before:
        return
    after = m.cleaned(m.with_trailer(text, "Change", "new-one", mode=mode), mode)
    if mode == "whitespace" and trailers.SCISSORS in text:
        return
    assert ("Change", "new-one") in trailers.read(after)
    assert [t for t in trailers.parse(before) if t not in trailers.parse(after)] == []


def test_a_trailer_joins_those_that_are_there_and_stands_before_the_comments() -> None:
    text = "Subject\n\nBody\n\nSigned-off-by: A\n\n# Please enter the message\n"
    assert m.with_trailer(text, "Change", "x") == (
        "Subject\n\nBody\n\nSigned-off-by: A\nChange: x\n\n# Please enter the message\n"
    )
    assert m.with_trailer("Subject", "Change", "x") == "Subject\n\nChange: x\n"
    assert m.with_trailer("Subject\r\n\r\nBody\r\n", "Change", "x") == "Subject\r\n\r\nBody\r\n\r\nChange: x\r\n"


def test_a_hint_is_nothing_but_comment_so_that_an_untouched_message_stays_empty() -> None:
    template = f"\n# Please enter the message\n#\n{CUT}\ndiff\n"
    hinted = m.with_hint(template, ["Change: x"])
    assert m.cleaned(hinted, "strip") == ""
    assert hinted.startswith("\n\n# Change: x\n#\n# Please enter")
    typed = "Subject" + hinted.replace("# Change: x", "Change: x")
    assert trailers.read(m.cleaned(typed, "strip")) == [("Change", "x")]


@pytest.mark.parametrize(
    ("setting", "text", "prefix"),
    [
        ("", "", "#"),
        (";", "", ";"),
        ("auto", "#12 fix\n\n; Please enter\n", ";"),
        ("auto", "fix\n", "#"),
        ("//", "", "//"),
    ],
)
def test_the_comment_character_is_the_configured_or_chosen_one(setting: str, text: str, prefix: str) -> None:
    assert m.comment_prefix(setting, text) == prefix


def test_text_that_is_no_utf8_is_read_as_git_reads_it() -> None:
    assert m.decode("é".encode()) == "é"
    assert m.decode("é".encode("latin-1")) == "é"
    assert m.decode("é".encode("cp1252"), "no-such-encoding") == "é"
