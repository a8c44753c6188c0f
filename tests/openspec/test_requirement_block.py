"""One requirement as OpenSpec writes it."""

import pytest

from gitspec.domain.capability import Step
from gitspec.errors import Refused
from gitspec.markdown.openspec import parse_requirement_block

BLOCK = """\
### Requirement: Session expiry

The system MUST expire a session after 30 minutes.

| a | b |
|---|---|

#### Scenario: Idle timeout
- **GIVEN** an authenticated session
- **WHEN** 30 minutes pass
- **THEN** the session is invalid:
  - `401` from then on
- **AND** the user signs in again
"""


def steps(body: str) -> tuple[Step, ...]:
    return parse_requirement_block(f"### Requirement: R\nIt MUST.\n#### Scenario: S\n{body}").scenarios[0].steps


def notes(body: str) -> str | None:
    return parse_requirement_block(f"### Requirement: R\nIt MUST.\n#### Scenario: S\n{body}").scenarios[0].notes


def test_a_block_becomes_text_scenarios_and_steps_with_ids_from_titles():
    found = parse_requirement_block(BLOCK)
    assert (found.id, found.title) == ("session-expiry", "Session expiry")
    assert found.text == "The system MUST expire a session after 30 minutes.\n\n| a | b |\n|---|---|"
    (scenario,) = found.scenarios
    assert (scenario.id, scenario.title, scenario.notes) == ("idle-timeout", "Idle timeout", None)
    assert scenario.steps == (
        Step("GIVEN", "an authenticated session"),
        Step("WHEN", "30 minutes pass"),
        Step("THEN", "the session is invalid:\n  - `401` from then on"),
        Step("AND", "the user signs in again"),
    )


@pytest.mark.parametrize("text", ["", "# Title\n\nProse.", "```\n### Requirement: in a fence\n```", BLOCK + BLOCK])
def test_anything_but_one_requirement_is_refused(text):
    with pytest.raises(Refused) as caught:
        parse_requirement_block(text)
    assert caught.value.code == "M001"
    assert caught.value.help


@pytest.mark.parametrize(
    "line",
    [
        "- **WHEN** x",
        "* **WHEN** x",
        "1. **WHEN** x",
        "**WHEN** x",
        "**When** x  ",
        "- WHEN x",
        "WHEN x",
        "- **WHEN**: x",
        "- **WHEN:** x",
        "- **When**, x",
        "- __WHEN__ x",
        "  - **WHEN** x",
        "- **当** x",
        "- **当**x",
        "- **もし** x",
        "- **Wenn** x",
    ],
)
def test_every_spelling_of_a_step_is_read(line):
    assert steps(line) == (Step("WHEN", "x"),)


def test_plain_sentences_are_steps_only_where_when_and_then_both_start_one():
    assert steps("Given a\nWhen b  \nThen c") == (Step("GIVEN", "a"), Step("WHEN", "b"), Step("THEN", "c"))
    assert steps("When users list examples, they appear in order.") == ()
    assert notes("When users list examples, they appear in order.") == "When users list examples, they appear in order."


def test_words_that_only_begin_like_a_keyword_are_no_steps():
    assert steps("- **WHENEVER** x\n- Andrew\n- **Andere** Sache") == ()


def test_what_continues_a_step_is_indented_below_it_and_keeps_its_own_shape():
    body = "- **THEN** it prints\n\n```yaml\na:\n  b\n```\n- plain item\nlazy line\n- **AND** more"
    first, second = steps(body)
    assert first.text == "it prints\n  ```yaml\n  a:\n    b\n  ```\n  - plain item\n  lazy line"
    assert second == Step("AND", "more")


@pytest.mark.spec("importing/openspec#prose-without-a-field")
def test_prose_before_the_first_step_and_paragraphs_behind_the_last_are_notes_in_their_order():
    body = "First.\n\n- **WHEN** x\n- **THEN** y\n\n**Rationale**: because.\n\n- a list of the rationale\n"
    assert steps(body) == (Step("WHEN", "x"), Step("THEN", "y"))
    assert notes(body) == "First.\n\n**Rationale**: because.\n\n- a list of the rationale"


def test_a_keyword_with_nothing_behind_it_keeps_what_is_below():
    assert steps("- **WHEN**\n  - one\n  - two") == (Step("WHEN", "…\n  - one\n  - two"),)


def test_keywords_inside_fences_and_deeper_lists_start_no_step():
    body = "- **THEN** x\n  - **WHEN** nested\n```\nWHEN fenced\n```"
    assert len(steps(body)) == 1


def test_bold_text_that_goes_on_behind_the_keyword_stays_bold():
    assert steps("- **WHEN running** fast") == (Step("WHEN", "**running** fast"),)


def test_headings_in_fences_and_comments_are_text():
    text = "### Requirement: R\nIt MUST.\n```\n#### Scenario: no\n```\n<!--\n#### Scenario: no\n-->\n"
    assert parse_requirement_block(text).scenarios == ()


def test_a_comment_mark_in_the_text_hides_nothing():
    text = "### Requirement: R\nLines with `<!--` are skipped.\n#### Scenario: S\n- **WHEN** x\n"
    assert len(parse_requirement_block(text).scenarios) == 1


def test_a_fence_that_is_never_closed_hides_nothing():
    text = "### Requirement: R\nIt MUST.\n```\n#### Scenario: S\n- **WHEN** x\n"
    assert len(parse_requirement_block(text).scenarios) == 1


@pytest.mark.parametrize(
    "heading", ["### Requirement:R", "###Requirement: R", "## Requirement: R", "#### Requirement: R ##", "### 需求：R"]
)
def test_odd_headings_of_requirements_are_read(heading):
    assert parse_requirement_block(f"{heading}\nIt MUST.").title == "R"


def test_a_section_with_scenarios_is_a_requirement_whatever_its_heading_says():
    found = parse_requirement_block("## Requirements\n### 3.1 Handler\nIt MUST.\n#### Scenario: S\n- **WHEN** x\n")
    assert (found.title, len(found.scenarios)) == ("3.1 Handler", 1)


def test_bold_lines_do_a_headings_work_where_there_is_no_scenario_yet():
    found = parse_requirement_block(
        "### Requirement: R\nIt MUST.\n\n**Scenario**: A\n\n- **WHEN** x\n\n**Scenario: B**\n"
    )
    assert [s.title for s in found.scenarios] == ["A", "B"]


def test_what_stands_behind_the_scenarios_is_the_requirements_notes():
    text = "### Requirement: R\nIt MUST.\n#### Scenario: S\n- **WHEN** x\n#### Remarks\nLate.\n\n---\n"
    found = parse_requirement_block(text)
    assert found.notes == "#### Remarks\nLate."
    assert found.scenarios[0].notes is None


def test_a_requirement_without_text_is_said_by_its_title():
    assert parse_requirement_block("### Requirement: It MUST work\n").text == "It MUST work"


def test_scenarios_of_one_title_get_ids_of_their_own():
    found = parse_requirement_block("### Requirement: R\nx\n#### Scenario: S\n#### Scenario: S\n#### Scenario: text\n")
    assert [s.id for s in found.scenarios] == ["s", "s-2", "text-scenario"]
