"""The grammar of tasks.md: what is a task, and that nothing which looks like one is passed over."""

import time

import pytest

from gitspec.markdown.checklist import read_checklist
from gitspec.markdown.tasks import read_tasks

LIST = """\
# Tasks

An introduction.

## 1. Ground

- [ ] 1.1 Write the reader (files/strict-reading)
  with places
  - [x] 1.1.1 Lines: with a colon

    A paragraph of its own.
- [~] 1.2 Write the writer

## Proof

- [!] 2.1 Measure: the machine is busy
- [-] 2.2 Draw pictures: nobody looks at them (files/pictures)
"""


def codes(text: str) -> list[tuple[str, int, int]]:
    return [(f.code, f.line, f.col) for f in read_checklist(text.encode(), "tasks.md").findings]


def test_every_field_of_a_task_is_read() -> None:
    tasks, findings = read_tasks(LIST.encode(), "tasks.md")
    assert findings == ()
    assert [(t.id, t.status, t.depth, t.group, t.line) for t in tasks] == [
        ("1.1", "pending", 0, "1. Ground", 7),
        ("1.1.1", "done", 1, "1. Ground", 9),
        ("1.2", "in-progress", 0, "1. Ground", 12),
        ("2.1", "blocked", 0, "Proof", 16),
        ("2.2", "dropped", 0, "Proof", 17),
    ]
    assert tasks[0].text == "Write the reader"
    assert tasks[0].requirement == "files/strict-reading"
    assert tasks[0].details == "with places"
    assert (tasks[1].text, tasks[1].reason) == ("Lines: with a colon", None)
    assert tasks[1].details == "A paragraph of its own."
    assert (tasks[3].text, tasks[3].reason, tasks[3].requirement) == ("Measure", "the machine is busy", None)
    assert (tasks[4].text, tasks[4].reason, tasks[4].requirement) == (
        "Draw pictures",
        "nobody looks at them",
        "files/pictures",
    )


def test_reference_may_stand_before_the_reason() -> None:
    (task,) = read_tasks(b"- [!] 1.1 Ship it (auth/totp): no phone\n", "").tasks
    assert (task.text, task.requirement, task.reason) == ("Ship it", "auth/totp", "no phone")


def test_reference_may_stand_at_the_end_of_wrapped_text() -> None:
    (task,) = read_tasks(b"- [ ] 1.1 A text that goes on\n  below (auth/totp)\n", "").tasks
    assert task.requirement == "auth/totp"


@pytest.mark.parametrize("end", ["(see above)", "(src/app.py)", "(I/O)", "f(a/b)", "(auth/totp", "()"])
def test_other_parentheses_are_text(end: str) -> None:
    (task,) = read_tasks(f"- [ ] 1.1 Do it {end}\n".encode(), "").tasks
    assert (task.text, task.requirement) == (f"Do it {end}", None)


@pytest.mark.parametrize(
    ("line", "col", "help_"),
    [
        ("- [X] 1.2 Text", 1, "- [x] 1.2 Text"),
        ("- [y] 1.2 Text", 1, "- [ ] 1.2 Text"),
        ("- [] 1.2 Text", 1, "- [ ] 1.2 Text"),
        ("- [xx] 1.2 Text", 1, "- [x] 1.2 Text"),
        ("- [✓] 1.2 Text", 1, "- [x] 1.2 Text"),
        ("- [ ]1.2 Text", 1, "- [ ] 1.2 Text"),
        ("-[ ] 1.2 Text", 1, "- [ ] 1.2 Text"),
        ("-  [ ] 1.2 Text", 1, "- [ ] 1.2 Text"),
        ("* [ ] 1.2 Text", 1, "- [ ] 1.2 Text"),
        ("+ [x] 1.2 Text", 1, "- [x] 1.2 Text"),
        ("1. [ ] Text", 1, "- [ ] 1.2 Text"),
        ("– [ ] 1.2 Text", 1, "- [ ] 1.2 Text"),
        ("[ ] 1.2 Text", 1, "- [ ] 1.2 Text"),
        ("- [ ] Text without a number", 1, "- [ ] 1.2 Text without a number"),
        ("- [ ] 1.2. Text", 1, "- [ ] 1.2 Text"),
        ("- [ ] 1.2", 1, "- [ ] 1.2 <text>"),
        ("- [ ] 1.2  Text", 1, "- [ ] 1.2 Text"),
        ("- [ ]", 1, "- [ ] 1.2 <text>"),
        ("\t- [ ] 1.2 Text", 2, "  - [ ] 1.2 Text"),
        ("- 1.2 Text", 1, "- [ ] 1.2 Text"),
        ("1.2 Text", 1, "- [ ] 1.2 Text"),
        ("  - 1.1.1 Text", 3, "  - [ ] 1.1.1 Text"),
    ],
)
@pytest.mark.spec("changes/strict-checklist#unknown-mark")
def test_line_that_looks_like_a_task_is_a_finding_with_the_line_as_it_should_be(
    line: str, col: int, help_: str
) -> None:
    text = f"- [ ] 1.1 First\n{line}\n"
    checklist = read_checklist(text.encode(), "tasks.md")
    assert [item.id for item in checklist.items] == ["1.1"]
    (finding,) = checklist.findings
    assert (finding.code, finding.path, finding.line, finding.col) == ("T010", "tasks.md", 2, col)
    assert finding.help == help_
    if "<text>" not in help_:
        assert codes(f"- [ ] 1.1 First\n{help_}\n") == []


@pytest.mark.parametrize("line", ["- plain", "* plain", "1. plain", "2) plain", "-", "- [a link](https://example.com)"])
def test_list_item_at_the_margin_is_never_ignored(line: str) -> None:
    assert [c[0] for c in codes(f"- [ ] 1.1 First\n{line}\n")] == ["T016"]


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] 1.1 First\n  - a remark\n  * another\n  1. third\n",
        "- [ ] 1.1 First\n  3 of these\n",
        "- [ ] 1.1 First\n\n  [a link](https://example.com)\n",
        "- [ ] 1.1 First\n\nProse with [brackets] in it, and #12.\n",
        "- [ ] 1.1 First\n\n---\n",
        "- [ ] 1.1 First\n  ```\n  - [X] code\n- [ ] 1.1.1 code\n  ```\n".replace("- [ ] 1.1.1 code\n", ""),
        "<!-- - [X] a comment -->\n<!--\n- [X] another\n-->\n- [ ] 1.1 First\n",
        "```\n- [X] code\n```\n\n- [ ] 1.1 First\n",
    ],
)
def test_what_cannot_be_meant_as_a_task_is_none(text: str) -> None:
    checklist = read_checklist(text.encode(), "")
    assert [item.id for item in checklist.items] == ["1.1"]
    assert checklist.findings == ()


def test_number_used_twice_names_the_other_line_and_a_free_number() -> None:
    (finding,) = read_checklist(b"- [ ] 1.1 a\n- [ ] 1.2 b\n- [ ] 1.1 c\n", "").findings
    assert (finding.code, finding.line, finding.col) == ("T012", 3, 7)
    assert "line 1" in finding.message
    assert "1.3" in finding.help


@pytest.mark.parametrize("mark", "!-")
def test_blocked_or_dropped_task_says_why(mark: str) -> None:
    assert codes(f"- [{mark}] 1.1 Text\n") == [("T013", 1, 4)]


@pytest.mark.parametrize("indent", [1, 3, 4, 5])
def test_nested_task_at_another_indent_is_a_finding(indent: int) -> None:
    text = f"- [ ] 1.1 a\n{' ' * indent}- [ ] 1.1.1 b\n"
    assert codes(text) == [("T014", 2, indent + 1)]
    assert len(read_checklist(text.encode(), "").items) == 2


def test_nesting_starts_anew_below_a_heading() -> None:
    assert codes("- [ ] 1.1 a\n\n## Next\n\n  - [ ] 2.1 b\n") == [("T014", 5, 3)]


def test_wrapped_text_at_the_margin_is_a_finding() -> None:
    assert codes("- [ ] 1.1 a\nthat goes on\n") == [("T019", 2, 1)]


def test_heading_without_a_space_is_a_finding() -> None:
    assert codes("- [ ] 1.1 a\n\n##2. Proof\n\n- [ ] 2.1 b\n") == [("T018", 3, 1)]


def test_task_that_names_a_scenario_is_a_finding() -> None:
    assert codes("- [ ] 1.1 a (auth/totp#wrong-code)\n") == [("T017", 1, 14)]


def test_code_that_is_not_closed_does_not_swallow_the_tasks_behind_its_item() -> None:
    checklist = read_checklist(b"- [ ] 1.1 a\n  ```\n  code\n- [ ] 1.2 b\n", "")
    assert [item.id for item in checklist.items] == ["1.1", "1.2"]
    assert [(f.code, f.line) for f in checklist.findings] == [("T004", 2)]


@pytest.mark.parametrize(
    ("text", "line"), [("- [ ] 1.1 a\n\n```\ncode\n", 3), ("<!-- a\n\n- [ ] 1.1 b\n\n<!-- c -->\n", 1), ("<!-- a", 1)]
)
def test_code_or_comment_that_is_not_closed_is_a_finding(text: str, line: int) -> None:
    assert ("T004", line, 1) in codes(text)


@pytest.mark.parametrize("char", ["\x1b", "\u202e", "\u200b", "\ufeff", "\U000e0041", "\x00", "\r", "\u2028"])
def test_character_that_nobody_sees_is_a_finding(char: str) -> None:
    assert ("T002", 1, 12) in codes(f"- [ ] 1.1 a{char}b\n")


@pytest.mark.parametrize("text", ["می‌خواهم", "👩‍💻", "naïve", "\u00a0"])
def test_joiners_that_a_script_needs_are_none(text: str) -> None:
    assert codes(f"- [ ] 1.1 a {text} b\n") == []


def test_bytes_that_are_no_text_are_one_finding_at_their_place() -> None:
    checklist = read_checklist(b"- [ ] 1.1 a\n- \xff\n", "tasks.md")
    assert [(f.code, f.line, f.col) for f in checklist.findings] == [("T001", 2, 3)]
    assert checklist.items == ()


def test_file_over_the_limit_is_a_finding() -> None:
    assert [f.code for f in read_checklist(b"x" * (1 << 20) + b"x", "").findings] == ["T003"]


def test_windows_line_breaks_read_the_same() -> None:
    unix, windows = read_checklist(LIST.encode(), ""), read_checklist(LIST.replace("\n", "\r\n").encode(), "")
    assert windows == unix


@pytest.mark.parametrize(
    "data",
    [
        b"- [ ] 1 x" + b" " * 400_000 + b"y",
        b"- [" * 300_000,
        b" " * 900_000 + b"x",
        b"1." * 400_000,
        b"- [ ] 1.1 a\n" * 80_000,
        b"- [ ] 1.1 " + b"(a/" * 200_000,
        b"- [!] 1 " + b": " * 400_000,
        b"- a\n" * 200_000,
        b"\n".join(b"- [ ] %d a" % (i % 20_000) for i in range(80_000)),
        b"".join(b"  " * depth + b"- [ ] %d a\n" % depth for depth in range(1_000)),
        "- [ ] 1 \u202e".encode() * 50_000,
    ],
    ids=range(11),
)
def test_hostile_file_costs_no_more_than_its_size(data: bytes) -> None:
    started = time.process_time()
    checklist = read_checklist(data[: 1 << 20], "")
    assert time.process_time() - started < 10  # quadratic work on any of them takes minutes
    assert len(checklist.findings) <= 1_000
