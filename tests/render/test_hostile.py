"""Whatever messages, names and ids hold: no raw byte, no command, no markup gets through, in bounded time and size."""

import json
import re
import time
from collections.abc import Callable

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain.finding import Finding
from gitspec.domain.report import CommitReport, RefReport, Report
from gitspec.render import github, markdown_report
from gitspec.render.check import check_data, check_text
from gitspec.render.github import annotations
from gitspec.render.json import document
from gitspec.render.markdown_report import markdown_summary
from gitspec.render.sarif import sarif
from gitspec.render.text import clean
from tests.render.reports import HOSTILE, A, B, huge_message, is_raw, many_findings, reports, texts
from tests.render.sarif_schema import SCHEMA

FORMS: dict[str, Callable[[Report], str]] = {
    "text": lambda report: "\n".join(check_text(report)),
    "json": lambda report: document("check", **check_data(report)),
    "annotations": lambda report: "\n".join(annotations(report)),
    "sarif": sarif,
    "markdown": markdown_summary,
}
VALID = jsonschema.Draft7Validator(SCHEMA)
RUNS = settings(max_examples=100, deadline=None)


def full_of(text: str) -> Report:
    """A report with ``text`` wherever a stranger can put one."""
    found = Finding("R001", "error", text, text, 1, 1, text)
    return Report((CommitReport(A, text, text, (found,)),), (RefReport(text, A, B, (found,)),), (found,), A, text)


def commands(line: str) -> list[str]:
    """The workflow commands that the runner of GitHub Actions, Azure Pipelines or TeamCity would find in a line."""
    start = line.lstrip()
    return re.findall(r"^::[^:]*::", start) + re.findall(r"##\w*\[", line)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_raw_character_gets_through(form: str, text: str) -> None:
    shown = FORMS[form](full_of(text))
    assert not [c for c in shown if is_raw(c)]
    assert shown.encode()  # no half of a character either


@RUNS
@given(reports)
def test_no_report_lets_a_raw_character_through(report: Report) -> None:
    for form in FORMS.values():
        shown = form(report)
        assert not [c for c in shown if is_raw(c)]
        assert shown.encode()


@RUNS
@given(reports)
def test_json_gives_every_text_back_exactly(report: Report) -> None:
    shown = json.loads(document("check", **check_data(report)))
    assert [c["subject"] for c in shown["commits"]] == [json.loads(json.dumps(c.subject)) for c in report.commits]
    given_ = [f.message for c in report.commits for f in c.findings]
    assert [f["message"] for c in shown["commits"] for f in c["findings"]] == [
        json.loads(json.dumps(m)) for m in given_
    ]


@RUNS
@given(reports)
def test_no_line_of_text_is_a_command_to_a_ci_system(report: Report) -> None:
    assert [commands(line) for line in check_text(report) if commands(line)] == []


@RUNS
@given(reports)
def test_annotations_are_one_command_a_line_and_nothing_else(report: Report) -> None:
    *lines, last = annotations(report)
    assert commands(last) == []
    assert len(lines) == min(30, len(lines))
    for line in lines:
        assert "\n" not in line and "\r" not in line
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match and not re.search(r"##\w*\[", line)
        properties = [part.split("=", 1) for part in match[2].split(",")]
        assert [key for key, _ in properties] in (
            ["title"],
            ["file", "title"],
            ["file", "line", "title"],
            ["file", "line", "col", "title"],
        )


def unescape(text: str) -> str:
    """What the runner makes of the data of a command."""
    for written, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(written, char)
    return text


@RUNS
@given(texts)
def test_the_escape_of_annotations_can_be_undone(text: str) -> None:
    assert unescape(github.escape(text)) == "\n".join(github.inert(line) for line in clean(text).split("\n"))
    assert not set(":,\n\r") & set(github.escape(text, in_property=True))


@RUNS
@given(reports)
def test_sarif_of_any_report_is_valid(report: Report) -> None:
    document_ = json.loads(sarif(report))
    assert list(VALID.iter_errors(document_)) == []
    for result in document_["runs"][0]["results"]:  # viewers show what JSON hides
        assert not [c for c in result["message"]["text"] if is_raw(c)]


MARKUP = re.compile(r"&#\d+;|(?<=[A-Za-z0-9])[-/.](?=[A-Za-z0-9])|(?<=[A-Za-z])\.|,")
ROW = re.compile(
    r"\| (❌|⚠️|ℹ️) \| \[[A-Z]\d{3}\]\(https://github\.com/gitspec/gitspec/blob/main/docs/rules\.md#[a-z]\d{3}\) \| "
    r"(?P<where>.*) \| (?P<text>.*) \|"
)


@RUNS
@given(reports)
def test_no_markup_of_a_stranger_survives_in_the_summary(report: Report) -> None:
    _, *rows = markdown_summary(report).split("|---|---|---|---|\n")
    for row in "".join(rows).splitlines():
        match = ROW.fullmatch(row)
        assert match, row
        for cell in (match["where"], match["text"].replace("<br>help: ", "<br>")):
            rest = MARKUP.sub("", cell.replace("<br>", ""))
            assert all(char == " " or char.isalnum() or ord(char) > 127 for char in rest), rest


@RUNS
@given(st.one_of(texts, st.text(alphabet="@#:/wW.ghGH-1a", max_size=12)))
def test_the_escape_of_markdown_links_and_mentions_nothing(text: str) -> None:
    from html import unescape as html

    shown = html(markdown_report.escape(text))
    assert shown.replace("\u2060", "") == " ".join(clean(text).split())
    assert not re.search(r"@\w|#\d|://|(?i:www\.)|(?i:gh-\d)", shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("auth/session-expiry in v2.0.0, at last", "auth/session-expiry in v2.0.0, at last"),
        ("- a", "&#45; a"),
        ("Gone. 1. a 2.", "Gone. 1&#46; a 2&#46;"),
        ("---", "&#45;&#45;&#45;"),
        ("a -- b--c", "a &#45;&#45; b&#45;&#45;c"),
        ("HEAD~2..HEAD", "HEAD&#126;2&#46;&#46;HEAD"),
        ("www.example.com GH-1", "www&#8288;&#46;example.com GH&#45;&#8288;1"),
    ],
)
def test_names_and_versions_stay_readable_and_structure_does_not(text: str, shown: str) -> None:
    assert markdown_report.escape(text) == shown


@pytest.mark.parametrize("form", FORMS)
def test_ten_megabytes_in_every_text_are_cut(form: str) -> None:
    report = huge_message()
    started = time.process_time()
    shown = FORMS[form](report)
    assert time.process_time() - started < 20
    if form != "json":  # which gives every text exactly
        assert len(shown) < 40_000


@pytest.mark.parametrize("form", FORMS)
def test_a_hundred_thousand_findings_take_bounded_time_and_size(form: str) -> None:
    report = many_findings()
    started = time.process_time()
    shown = FORMS[form](report)
    assert time.process_time() - started < 20
    largest = {"annotations": 5_000, "markdown": markdown_report.LARGEST, "sarif": 10_000_000}.get(form, 50_000_000)
    assert len(shown.encode()) <= largest
    if form == "sarif":
        run = json.loads(shown)["runs"][0]
        assert len(run["results"]) == 5_000
        assert "95000 findings more" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    if form == "markdown":
        number = re.search(r"\n(\d+) findings more: the summary is full\.\n$", shown)
        assert number and int(number[1]) + shown.count("[R001]") == 100_000
