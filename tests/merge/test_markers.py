"""What a plain text merge has left in a file is found, and reading goes on behind it."""

import pytest

from gitspec.domain.conflict_markers import Marked, find_marked, our_side
from gitspec.markdown.checklist import read_checklist
from gitspec.markdown.proposal import read_proposal
from gitspec.yaml.reader import read

YAML = """\
capability: auth
<<<<<<< HEAD
title: Ours
||||||| 1234567
title: Base
=======
title: Theirs
>>>>>>> topic
purpose: x: y
"""


def test_conflicts_in_yaml_are_findings_of_their_own_and_our_side_is_read_on() -> None:
    found = read(YAML.encode(), "a.yaml").findings
    assert [(f.code, f.line) for f in found] == [("Y023", 2), ("Y007", 9)]
    assert found[0].message == "a conflict of a merge that is not decided, up to line 8"
    decided = read(YAML.replace("x: y", "x").encode(), "a.yaml")
    assert decided.data == {"capability": "auth", "title": "Ours", "purpose": "x"}


def test_a_marker_that_stands_alone_is_found_in_yaml() -> None:
    found = read(b"capability: auth\n>>>>>>> topic\ntitle: A\n", "a.yaml").findings
    assert [(f.code, f.line) for f in found] == [("Y023", 2)]


def test_markers_within_a_text_are_text() -> None:
    data = b"capability: auth\nnotes: |\n  <<<<<<< HEAD\n  a\n  =======\n  b\n  >>>>>>> topic\n"
    assert read(data, "a.yaml").findings == ()


def test_conflicts_in_tasks_are_one_finding_each() -> None:
    data = b"- [ ] 1.1 A\n<<<<<<< HEAD\n- [x] 1.2 B\n=======\n- [ ] 1.2 B\n>>>>>>> topic\n- [ ] 1.3 C\n"
    found = read_checklist(data, "tasks.md")
    assert [(f.code, f.line) for f in found.findings] == [("T005", 2)]
    assert [(i.id, i.status, i.line) for i in found.items] == [
        ("1.1", "pending", 1), ("1.2", "done", 3), ("1.3", "pending", 7)
    ]  # fmt: skip


def test_conflicts_in_a_proposal_are_found_and_headings_and_quotes_are_not() -> None:
    text = "# P\n\n## Why\n\nA\n=======\n>>>>>>> quoted\n\n## What Changes\n\nB\n"
    assert read_proposal(text.encode(), "proposal.md").findings == ()
    marked = text.replace("A\n", "<<<<<<< HEAD\nA\n")
    assert [f.code for f in read_proposal(marked.encode(), "proposal.md").findings] == ["P005"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["<<<<<<<", "=======", ">>>>>>>"], [Marked(1, 2, 3)]),
        (["<<<<<<<<< a", "=======", "=========", ">>>>>>>>> b"], [Marked(1, 3, 4)]),
        (["<<<<<<< a", "<<<<<<< b", "=======", ">>>>>>> c"], [Marked(1, 1, 1), Marked(2, 3, 4)]),
        (["<<<<<< a", "<<<<<<<a", " <<<<<<< a", "======="], []),
    ],
)
def test_markers_are_told_from_what_looks_like_them(lines: list[str], expected: list[Marked]) -> None:
    assert find_marked(lines) == expected
    assert len(our_side(lines, expected)) == len(lines)
