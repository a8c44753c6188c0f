"""Edits of tasks.md touch nothing but what they are about."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gitspec.domain.task_status import MARK_OF, REASONED, TaskStatus
from gitspec.errors import GitspecError, Refused, UsageError
from gitspec.markdown.checklist import read_checklist
from gitspec.markdown.tasks import add_task, next_added, set_status

STATES = list(MARK_OF)
words = st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="()[]#<`~"), min_size=1, max_size=12)
texts = st.lists(words, min_size=1, max_size=5).map(" ".join)
references = st.sampled_from(["", " (auth/totp)", " (a/b/c-d)"])


@st.composite
def task_lines(draw: st.DrawFn) -> tuple[str, TaskStatus]:
    status = draw(st.sampled_from(STATES))
    reason = ": " + draw(words) if status in REASONED else ""
    tail = draw(st.sampled_from(["", " ", "  "]))
    return f"{draw(texts)}{reason}{draw(references)}{tail}", status


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A tasks.md without findings: headings, tasks, details, prose, blank lines, either line break."""
    lines = [draw(st.sampled_from(["# Tasks", "", "Prose."]))]
    number = 0
    for _ in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(["task", "task", "task", "nested", "detail", "blank", "heading", "prose"]))
        if kind in ("task", "nested"):
            number += 1
            body, status = draw(task_lines())
            lines.append(f"{'  ' if kind == 'nested' else ''}- [{MARK_OF[status]}] {number} {body}")
        else:
            lines += {
                "detail": ["  more: of it"],
                "blank": [""],
                "heading": ["", f"## {number + 1}. Group", ""],
                "prose": ["", "Prose.", ""],
            }[kind]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    last = draw(st.sampled_from(["", end]))
    return (end.join(lines) + last).encode()


@given(files(), st.integers(0, 7), st.sampled_from(STATES), words)
@pytest.mark.spec("changes/strict-checklist#only-that-line")
def test_setting_a_state_changes_exactly_one_line_and_reads_back(
    data: bytes, index: int, status: TaskStatus, reason: str
) -> None:
    before = read_checklist(data, "")
    assume(before.items and not before.findings)
    item = before.items[index % len(before.items)]
    after = set_status(data, item.id, status, reason if status in REASONED else None)
    old, new = data.split(b"\n"), after.split(b"\n")
    assert len(old) == len(new)
    assert [n for n, (a, b) in enumerate(zip(old, new, strict=True), 1) if a != b] in ([], [item.line])
    read = read_checklist(after, "")
    assert read.items == tuple(
        i._replace(status=status, reason=reason if status in REASONED else None) if i.line == item.line else i
        for i in before.items
    )
    assert set_status(after, item.id, status) == after


@given(files(), st.sampled_from(STATES), words)
def test_there_and_back_gives_the_same_bytes(data: bytes, status: TaskStatus, reason: str) -> None:
    checklist = read_checklist(data, "")
    assume(checklist.items and not checklist.findings)
    item = checklist.items[0]
    there = set_status(data, item.id, status, reason if status in REASONED else None)
    assert set_status(there, item.id, item.status, item.reason) == data


@given(files(), texts, st.sampled_from([None, "auth/totp"]), st.sampled_from([None, "Proof", "1"]), st.booleans())
def test_adding_a_task_keeps_every_line_that_was_there(
    data: bytes, text: str, requirement: str | None, group: str | None, nested: bool
) -> None:
    before = read_checklist(data, "")
    parent = before.items[0].id if nested and before.items else None
    try:
        after = add_task(data, text, None if parent else group, requirement, parent)
    except Refused as refused:
        assert refused.code in ("T012", "T021", "T020")
        return
    read = read_checklist(after, "")
    new = next_added(data, after)
    assert (new.text, new.requirement, new.status) == (text, requirement, "pending")
    assert [i._replace(line=0) for i in read.items if i != new] == [i._replace(line=0) for i in before.items]
    left = iter(after.replace(b"\r\n", b"\n").split(b"\n"))
    kept = [line for line in data.replace(b"\r\n", b"\n").split(b"\n") if line]
    assert all(line in left for line in kept), "a line is gone or has moved"
    if b"\r\n" in data:
        assert after.count(b"\n") == after.count(b"\r\n")


def test_other_bytes_stay() -> None:
    data = b"# T\r\n\r\n-  odd\r\n- [ ] 1.1  two spaces\r\n- [ ] 1.2 One\t \r\n  detail\r\n* [X] wrong"
    assert set_status(data, "1.2", "done") == data.replace(b"[ ] 1.2", b"[x] 1.2")


def test_reason_is_added_kept_changed_and_taken_away() -> None:
    data = b"- [ ] 1.1 Fix a: b (auth/totp)\n"
    blocked = set_status(data, "1.1", "blocked", "no phone")
    assert blocked == b"- [!] 1.1 Fix a: b: no phone (auth/totp)\n"
    assert set_status(blocked, "1.1", "blocked") == blocked
    assert set_status(blocked, "1.1", "dropped") == b"- [-] 1.1 Fix a: b: no phone (auth/totp)\n"
    assert set_status(blocked, "1.1", "blocked", "later") == b"- [!] 1.1 Fix a: b: later (auth/totp)\n"
    assert set_status(blocked, "1.1", "done") == b"- [x] 1.1 Fix a: b (auth/totp)\n"


@pytest.mark.parametrize(
    ("task_id", "status", "reason", "code", "kind"),
    [
        ("9", "done", None, "T020", Refused),
        ("2", "done", None, "T012", Refused),
        ("1", "blocked", None, "T013", UsageError),
        ("1", "done", "why", "T021", UsageError),
        ("1", "blocked", "a: b", "T021", Refused),
        ("1", "blocked", "a\nb", "T021", Refused),
        ("1", "blocked", "a (auth/totp)", "T021", Refused),
    ],
)
def test_edit_that_cannot_be_told_from_something_else_is_refused(
    task_id: str, status: TaskStatus, reason: str | None, code: str, kind: type[GitspecError]
) -> None:
    with pytest.raises(kind) as raised:
        set_status(b"- [ ] 1 a\n- [ ] 2 b\n- [ ] 2 c\n", task_id, status, reason)
    assert raised.value.code == code
    assert raised.value.help


@pytest.mark.parametrize("text", ["", "x" * 501, "bidi \u202e mark", "escape \x1b[31m"])
def test_text_that_would_not_read_as_a_task_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="would not read as a task"):
        add_task(b"# Tasks\n", text)


def test_numbers_follow_from_the_neighbours() -> None:
    data = b"# Tasks\n\n## 1. Ground\n"
    for text in ("a", "b"):
        data = add_task(data, text)
    data = add_task(data, "c", parent="1.1")
    data = add_task(data, "d", group="Proof")
    data = add_task(data, "e", group="1")
    data = add_task(data, "f", group="proof")
    data = add_task(data, "g", parent="1.1.1")
    assert data.decode() == (
        "# Tasks\n\n## 1. Ground\n\n- [ ] 1.1 a\n  - [ ] 1.1.1 c\n    - [ ] 1.1.1.1 g\n- [ ] 1.2 b\n- [ ] 1.3 e\n\n"
        "## 2. Proof\n\n- [ ] 2.1 d\n- [ ] 2.2 f\n"
    )


def test_file_that_is_no_text_is_refused_for_that() -> None:
    with pytest.raises(Refused) as raised:
        set_status(b"\xff", "1", "done")
    assert raised.value.code == "T001"
