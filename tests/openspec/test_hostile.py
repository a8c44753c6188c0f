"""Documents made to take time: each has some hundred thousand characters, and reading it takes about as long as any."""

import pytest

from gitspec.commands.import_openspec_delta import Surroundings, active_delta, known_to
from gitspec.markdown.openspec import capability_of, read_spec_file
from gitspec.markdown.openspec_tasks import convert_tasks

MANY = 20_000
LONG = 300_000
DOCUMENTS = {
    "hashes": "#" * LONG,
    "hashes and spaces": "# " * LONG,
    "a heading of spaces": "### " + " " * LONG + "x",
    "a heading of digits": "### Requirement " + "1" * LONG,
    "a long title": "### Requirement: " + "aé" * LONG,
    "white space": " " * LONG + "\t" * LONG,
    "fences that never close": "".join("~" * (n % 700 + 3) + "x\n" for n in range(1000)),
    "open comments": "<!--\n" * MANY,
    "rules": "- - -\n" * MANY,
    "one rule": "- " * LONG,
    "equal titles": "### Requirement: a\n" * MANY,
    "equal scenarios": "### Requirement: a\n" + "#### Scenario: b\n" * MANY,
    "bold scenarios": "### Requirement: a\n" + "**Scenario: b**\n" * MANY,
    "headings in a scenario": "### Requirement: a\n#### Scenario: b\n" + "##### c\n" * MANY,
    "headings behind scenarios": "### Requirement: a\n" + "#### Scenario: b\n#### c\n" * MANY,
    "steps": "### Requirement: a\n#### Scenario: b\n" + "- **WHEN** x\n" * MANY,
    "keywords in one line": "### Requirement: a\n#### Scenario: b\n" + "- **WHEN** " * MANY,
    "bold": "### Requirement: a\n#### Scenario: b\n" + "**" * LONG,
    "renames": "## RENAMED Requirements\n" + "- FROM: `### Requirement: a`\n" * MANY,
    "removals": "## REMOVED Requirements\n" + "- `### Requirement: a`\n" * MANY,
    "reasons": "## REMOVED Requirements\n### Requirement: a\n" + "**Reason**: x\n" * MANY,
    "purposes": "## Purpose\n" * MANY,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_specs_that_were_made_to_hang(name):
    capability_of(read_spec_file(DOCUMENTS[name]), "a")


@pytest.mark.parametrize("name", ["equal scenarios", "equal titles", "steps"])
def test_deltas_that_were_made_to_hang(name):
    living = capability_of(read_spec_file("## Requirements\n### Requirement: a\nIt MUST.\n#### Scenario: z\n"), "a")
    around = Surroundings(living, {}, {})
    text = "## MODIFIED Requirements\n" + DOCUMENTS[name]
    active_delta(read_spec_file(text, known_to(around)), "a", around, "spec.md")


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] x\n" * MANY,
        "- [ ] 1.1 x\n" * MANY,
        "  - [ ] x\n" * MANY,
        "".join(" " * (n % 60) + "- [ ] x\n" for n in range(MANY)),
        "- [ ] " + "1" * LONG,
        "- [ ] " + "1." * LONG,
        "- x\n" * MANY,
        "1.1 x\n" * MANY,
        "```\n~~~\n" * 5000 + "```",
        "<!--\n" * MANY,
        "- [ ] a\n" + "b\n" * MANY,
    ],
    ids=range(11),
)
def test_checklists_that_were_made_to_hang(text):
    convert_tasks(text.encode())
