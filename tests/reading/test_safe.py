"""What strangers wrote neither steers a terminal nor misleads a reader, and JSON keeps it exactly."""

import io
import os
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitspec.render import output
from gitspec.render.colour import paint_for
from gitspec.render.json import document
from gitspec.render.text import clean, clean_line, columns, width
from tests.conftest import Repo
from tests.reading.conftest import AUTH, CHANGE, PROPOSAL, Cli

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202eevil\u2066\u200f\u00ad\U000e0041\x9b31m"


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_clean_text_holds_nothing_that_steers(text: str) -> None:
    for line in clean(text).split("\n"):
        assert all(c.isprintable() or c in "\u200c\u200d" for c in line)
    assert "\n" not in clean_line(text)


@given(st.text(max_size=60))
def test_clean_text_keeps_what_can_be_read(text: str) -> None:
    letters = [c for c in text if unicodedata.category(c)[0] in "LMNPS"]
    assert [c for c in clean(text) if unicodedata.category(c)[0] in "LMNPS" and c != "\ufffd"] == letters


def test_cleaning_keeps_joiners_and_shows_bytes_that_are_no_text() -> None:
    assert clean("نمی\u200cخواهم 👩\u200d👧 a\tb\r\nc \udcff") == "نمی\u200cخواهم 👩\u200d👧 a    b\nc \\xff"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_json_is_exact_and_safe_to_look_at(text: str) -> None:
    import json

    shown = document("x", text=text)
    assert json.loads(shown)["text"] == text
    assert all(c == "\n" or c.isprintable() for c in shown)


def test_columns_align_wide_letters() -> None:
    lines = columns([("日本", "x"), ("a", "y")])
    assert [width(line[: line.index(end)]) for line, end in zip(lines, "xy", strict=True)] == [6, 6]


@pytest.mark.spec("commands/safe-output#escape-in-title")
def test_hostile_titles_and_names_are_shown_harmless(project: Repo, gitspec: Cli) -> None:
    project.write("spec/changes/add-2fa/proposal.md", PROPOSAL + HOSTILE + "\n")
    project.write("spec/changes/add-2fa/tasks.md", f"- [ ] 1.1 {HOSTILE}\n")
    project.write("spec/capabilities/auth.yaml", AUTH.replace("Sign users in", f'"{HOSTILE}"'))
    project.write(f"spec/changes/{HOSTILE}/change.yaml", CHANGE)
    project.write(os.fsdecode(b"spec/\xff\x1b[31m"), "x")
    for command in (("list",), ("show", "add-2fa"), ("status", "add-2fa"), ("validate",), ("validate", "--json")):
        for fails in (0, 1):
            try:
                done = gitspec(*command, fails=fails)
            except AssertionError:
                continue
            assert all(c == "\n" or c.isprintable() for c in done.out + done.err)
            break
        else:
            pytest.fail(f"{command} ended neither with 0 nor with 1")


def test_escapes_within_yaml_do_not_get_through(project: Repo, gitspec: Cli) -> None:
    project.write("spec/capabilities/auth.yaml", AUTH.replace("title: Authentication", 'title: "A\\e[31m\\u202Eb"'))
    for command in (("list", "--specs"), ("show", "auth"), ("validate", "auth"), ("show", "auth", "--json")):
        for fails in (0, 1):
            try:
                done = gitspec(*command, fails=fails)
            except AssertionError:
                continue
            assert all(c == "\n" or c.isprintable() for c in done.out + done.err)
            break


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_only_and_never_with_no_color() -> None:
    assert paint_for(Terminal(), {}).enabled
    assert not paint_for(Terminal(), {"NO_COLOR": "1"}).enabled
    assert not paint_for(Terminal(), {"TERM": "dumb"}).enabled
    assert not paint_for(io.StringIO(), {}).enabled


def test_an_encoding_that_lacks_letters_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    output.write("日 ok\n")
    assert raw.getvalue() == b"\\u65e5 ok\n"


def test_waiting_is_explained_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr(output, "PATIENCE", 0.02)
    for stream, said in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        with output.patience("reading"):
            end = time.monotonic() + 0.1
            while time.monotonic() < end:
                pass
        assert ("reading" in stream.getvalue()) is said
