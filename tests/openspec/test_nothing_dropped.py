"""Whatever a document looks like: reading it never fails, and every word of it is somewhere afterwards."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain.capability import Capability
from gitspec.markdown.checklist import read_checklist
from gitspec.markdown.openspec import capability_of, read_spec_file
from gitspec.markdown.openspec_tasks import convert_tasks
from gitspec.yaml.binding import load
from gitspec.yaml.emit import emit
from tests.openspec.dropped import dropped_lines, dropped_words, words
from tests.openspec.trees import EXCERPTS, TREES, spec_files, task_files

UNREPAIRABLE = {"T001", "T002", "T003"}  # not UTF-8, invisible characters, size

LINES = st.one_of(
    st.builds(
        "{} {}{}".format,
        st.sampled_from(["#", "##", "###", "####", "#####", "  ###", "\t##", "###", "####"]),
        st.sampled_from(
            [
                "Requirement: ", "Requirement:", "Scenario: ", "Scenario:", "ADDED Requirement: ", "Requirement 1: ",
                "需求：", "场景：", "Notes ", "", "**Requirement: ", "Removed: ",
            ]
        ),
        st.text(max_size=12),
    ),
    st.sampled_from(
        [
            "## Purpose", "## Requirements", "## ADDED Requirements", "## MODIFIED Requirements (more)",
            "## REMOVED Requirements", "## RENAMED Requirements", "# T Specification", "---", "***", "```", "~~~~",
            "```yaml", "  ```", "<!--", "-->", "<!-- x -->", "", "", "**Reason**: r", "- **Migration:** m",
            "- FROM: `### Requirement: A`", "- TO: `### Requirement: B`", "- `### Requirement: C` gone", "| a | b |",
            "**Scenario**: s", "**Scenario: t**", "\u2028x", "a\x0bb", "\ufeff", "- [ ] 1.1 x",
        ]
    ),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["- ", "* ", "", "  - ", "1. ", "\t"]),
        st.sampled_from(
            ["**WHEN** ", "**Then**: ", "WHEN ", "When ", "Then ", "**当** ", "**AND", "__GIVEN__ ", "**OR** ", "**BUT**"]
        ),
        st.text(max_size=12),
    ),
    st.text(max_size=30),
)  # fmt: skip
DOCUMENTS = st.lists(LINES, max_size=30).map("\n".join)


def check_spec(text):
    spec = read_spec_file(text)
    assert dropped_words(text, spec) == {}
    capability = capability_of(spec, "some/capability")
    loaded = load(Capability, emit(capability), "x.yaml")
    assert (loaded.value, loaded.findings) == (capability, ())


def check_tasks(data):
    converted = convert_tasks(data)
    read = read_checklist(converted.data, "tasks.md")
    assert [f for f in read.findings if f.code not in UNREPAIRABLE] == []
    if not read.findings:
        assert len(read.items) == converted.done + converted.undone + converted.other
    # a task in a numbered list loses the number of the list
    text = re.sub(r"^([ \t]*)[0-9]{1,9}[.)](?=[ \t]+\[)", r"\1", data.decode("utf-8", "replace"), flags=re.MULTILINE)
    assert dict(words([text]) - words([converted.data.decode("utf-8", "replace")])) == {}


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_no_word_of_any_document_is_lost_and_what_is_written_reads_back(text):
    check_spec(text)


TASK_LINES = st.one_of(
    st.builds(
        "{}{} [{}] {}{}".format,
        st.sampled_from(["", "  ", "    ", "\t", "      ", " "]),
        st.sampled_from(["-", "*", "+", "1.", "2)"]),
        st.sampled_from([" ", "x", "X", "~", "-", "!", "N/A", "✓", "P1", ""]),
        st.sampled_from(["", "1.1 ", "1.1 ", "1.2. ", "**2.1** ", "3: ", "4 ", "~~1.9 ", "2.1) "]),
        st.text(max_size=20),
    ),
    st.sampled_from(
        [
            "# Tasks", "## 1. Build", "## 3 Test", "### Notes", "#12", "##x", "", "", "```", "  ```", "---", "> quote",
            "- plain item", "  - nested item", "1. numbered", "1.1 numbered", "- 1.2 numbered", "Prose.", "  indented",
            "<!-- c -->", "[x] boxed", "- [link](a/b)", "- [API] tag", "- [ ] 9.1 see (docs/readme)", "- [-] 9.2 gone",
        ]
    ),
    st.text(max_size=30),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(TASK_LINES, max_size=25).map("\n".join))
def test_no_word_of_any_checklist_is_lost_and_it_reads_strictly(text):
    check_tasks(text.encode())


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_text_are_no_reason_to_fail(data):
    convert_tasks(data)


@pytest.mark.parametrize("tree", TREES)
def test_every_line_of_the_excerpts_is_found_again(tree):
    found = list(spec_files(EXCERPTS / tree))
    assert found
    for path in found:
        text = path.read_bytes().decode()
        check_spec(text)
        assert dropped_lines(text, read_spec_file(text)) == [], path


@pytest.mark.parametrize("tree", TREES)
def test_every_checklist_of_the_excerpts_reads_strictly(tree):
    for path in task_files(EXCERPTS / tree):
        check_tasks(path.read_bytes())


def mutated(text: str, rng: random.Random) -> str:
    """The text with some lines doubled, moved, cut, indented or joined with a piece of mark-up."""
    lines = text.split("\n")
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(lines))
        act = rng.randrange(6)
        if act == 0:
            lines.insert(at, lines[rng.randrange(len(lines))])
        elif act == 1:
            lines.insert(at, lines.pop(rng.randrange(len(lines))))
        elif act == 2:
            lines[at] = lines[at][: rng.randint(0, len(lines[at]))]
        elif act == 3:
            lines[at] = rng.choice(["  ", "\t", "    ", " "]) + lines[at]
        elif act == 4:
            lines[at] = lines[at].lstrip()
        else:
            lines.insert(at, rng.choice(["```", "<!--", "---", "## Requirements", "#### Scenario:", "**Scenario**: x"]))
    return "\n".join(lines)


def mutate(tree, seed, rounds):
    rng = random.Random(f"{tree} {seed}")
    for path in spec_files(EXCERPTS / tree):
        text = path.read_bytes().decode()
        for _ in range(rounds):
            check_spec(mutated(text, rng))
    for path in task_files(EXCERPTS / tree):
        text = path.read_bytes().decode()
        for _ in range(rounds):
            check_tasks(mutated(text, rng).encode())


@pytest.mark.parametrize("tree", TREES)
def test_mutated_excerpts_lose_nothing_either(tree):
    mutate(tree, "quick", 4)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("tree", TREES)
def test_campaign_of_mutated_excerpts(tree, seed):
    mutate(tree, seed, 150)
