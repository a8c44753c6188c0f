"""proposal.md: required sections are there, once, and say something."""

import pytest

from gitspec.markdown.proposal import read_proposal

GOOD = "# Title\n\n## Why\n\nBecause.\n\n### A closer look\n\n- More\n\n## What Changes\n\n- This\n"


def codes(text: str, *required: str) -> list[tuple[str, int, str]]:
    return [(f.code, f.line, f.help) for f in read_proposal(text.encode(), "proposal.md", required).findings]


def test_title_and_sections_are_read() -> None:
    proposal = read_proposal(GOOD.encode(), "proposal.md")
    assert proposal.findings == ()
    assert proposal.title == "Title"
    assert proposal.sections == {"Why": "Because.\n\n### A closer look\n\n- More", "What Changes": "- This"}


def test_windows_line_breaks_read_the_same() -> None:
    assert read_proposal(GOOD.replace("\n", "\r\n").encode(), "") == read_proposal(GOOD.encode(), "")


def test_sections_that_the_policy_asks_for_are_required_too() -> None:
    assert codes(GOOD, "Risks") == [("P010", 0, "add a heading: ## Risks")]
    assert codes(GOOD + "\n## Risks\n\nNone.\n", "Risks") == []


@pytest.mark.parametrize("body", ["", "<!-- What is wrong today? -->", "<!--\nmany\nlines\n-->", "-", "...", "### Sub"])
@pytest.mark.spec("changes/proposal-says-why#empty-why")
def test_section_that_says_nothing_is_empty(body: str) -> None:
    text = f"## Why\n\n{body}\n\n## What Changes\n\n- This\n"
    assert [c[:2] for c in codes(text)] == [("P011", 1)]


def test_section_of_nothing_but_code_is_not_empty() -> None:
    assert codes("## Why\n\n```\nthe error\n```\n\n## What Changes\n\n- This\n") == []


def test_section_that_stands_twice_is_a_finding_at_the_second() -> None:
    assert [c[:2] for c in codes(GOOD + "\n## Why\n\nAgain.\n")] == [("P012", 15)]


@pytest.mark.parametrize(
    "line", ["## why", "##Why", "### Why", "# Why", "## Why:", "**Why**", "## WHY", "## What changes", "## What Change"]
)
def test_line_that_was_meant_as_the_heading_is_named(line: str) -> None:
    name = "Why" if "why" in line.lower() else "What Changes"
    text = "# Title\n\n" + GOOD.removeprefix("# Title\n\n").replace(f"## {name}\n", f"{line}\n")
    found = [c for c in codes(text) if c[0] == "P013"]
    assert found == [("P013", text.split("\n").index(line) + 1, f"## {name}")]


@pytest.mark.parametrize("hidden", ["```\n## What Changes\n\nx\n```", "<!--\n## What Changes\n\nx\n-->"])
def test_heading_inside_of_code_or_a_comment_is_none(hidden: str) -> None:
    assert codes(f"## Why\n\nBecause.\n\n{hidden}\n") == [("P010", 0, "add a heading: ## What Changes")]


def test_bytes_that_are_no_text_are_one_finding() -> None:
    assert [f.code for f in read_proposal(b"## Why\n\xff", "").findings] == ["P001"]
