"""An edit touches the lines that say something else, and no others."""

import random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gitspec.domain.capability import Capability, Requirement, Scenario, Step
from gitspec.domain.change import Change, Closed
from gitspec.domain.model import Model
from gitspec.errors import Refused
from gitspec.yaml.binding import load
from gitspec.yaml.emit import emit
from gitspec.yaml.splice import rewrite
from tests.yaml.strategies import capabilities, changes, deltas, policies

AUTH = b"""\
# A header
capability: auth   # the id
title: 'Authentication'

requirements:
  # about expiry
  - id: session-expiry
    title: Session expiry
    text: |
      The system MUST expire a session.
      It MUST say so.
    scenarios:
      # about idling
      - id: idle
        steps: |
          GIVEN a session
          WHEN 30 minutes pass
          THEN it ends

  # about login
  - id: login
    text: "The system MUST let users in."   # why not
    tags: [a, b]

  - id: logout
    text: |
      The system MUST let users out.
# the end
"""


def _auth(data: bytes = AUTH) -> Capability:
    loaded = load(Capability, data, "auth.yaml")
    assert loaded.value is not None, loaded.findings
    return loaded.value


def _with(capability: Capability, index: int, **update: Any) -> Capability:
    requirements = list(capability.requirements)
    requirements[index] = requirements[index].model_copy(update=update)
    return capability.model_copy(update={"requirements": tuple(requirements)})


def _diff(new: bytes, old: bytes = AUTH) -> list[str]:
    import difflib

    rows = difflib.unified_diff(old.decode().split("\n"), new.decode().split("\n"), n=0, lineterm="")
    return [row for row in rows if not row.startswith(("---", "+++", "@@"))]


def test_nothing_to_say_changes_nothing() -> None:
    assert rewrite(AUTH, _auth(), "auth.yaml") == AUTH


def test_one_line_of_a_text_is_one_line_of_the_diff() -> None:
    new = _with(_auth(), 0, text="The system MUST expire a session.\nIt MUST say why.")
    assert _diff(rewrite(AUTH, new, "auth.yaml")) == ["-      It MUST say so.", "+      It MUST say why."]


def test_a_comment_behind_a_value_and_its_quotes_stay() -> None:
    new = _with(_auth(), 1, text="The system MUST let friends in.")
    assert _diff(rewrite(AUTH, new, "auth.yaml")) == [
        '-    text: "The system MUST let users in."   # why not',
        '+    text: "The system MUST let friends in."   # why not',
    ]


def test_a_removed_requirement_takes_its_comment_and_one_blank_line_with_it() -> None:
    old = _auth()
    new = old.model_copy(update={"requirements": (old.requirements[0], old.requirements[2])})
    assert _diff(rewrite(AUTH, new, "auth.yaml")) == [
        "-  # about login",
        "-  - id: login",
        '-    text: "The system MUST let users in."   # why not',
        "-    tags: [a, b]",
        "-",
    ]


def test_a_requirement_at_the_end_goes_before_the_last_comment() -> None:
    old = _auth()
    added = Requirement(id="new", text="The system MUST be new.")
    new = old.model_copy(update={"requirements": (*old.requirements, added)})
    assert _diff(rewrite(AUTH, new, "auth.yaml")) == [
        "+",
        "+  - id: new",
        "+    text: |",
        "+      The system MUST be new.",
    ]


def test_a_renamed_requirement_keeps_its_lines() -> None:
    new = _with(_auth(), 0, id="expiry")
    assert _diff(rewrite(AUTH, new, "auth.yaml")) == ["-  - id: session-expiry", "+  - id: expiry"]


def test_a_new_field_goes_where_the_model_has_it() -> None:
    new = _with(_auth(), 2, title="Log out", notes="Later.")
    assert _diff(rewrite(AUTH, new, "auth.yaml")) == ["+    title: Log out", "+    notes: Later."]


def test_a_scenario_is_added_and_a_step_edited() -> None:
    old = _auth()
    idle = old.requirements[0].scenarios[0]
    steps = (idle.steps[0], Step("WHEN", "15 minutes pass"), idle.steps[2])
    other = Scenario(id="busy", steps=(Step("WHEN", "busy"), Step("THEN", "go on")))
    new = _with(old, 0, scenarios=(idle.model_copy(update={"steps": steps}), other))
    assert _diff(rewrite(AUTH, new, "auth.yaml")) == [
        "-          WHEN 30 minutes pass",
        "+          WHEN 15 minutes pass",
        "+      - id: busy",
        "+        steps: |",
        "+          WHEN busy",
        "+          THEN go on",
    ]


def test_items_that_change_places_take_their_comments_along() -> None:
    old = _auth()
    a, b, c = old.requirements
    moved = rewrite(AUTH, old.model_copy(update={"requirements": (c, a, b)}), "auth.yaml")
    assert sorted(moved.split(b"\n")) == sorted(AUTH.split(b"\n"))
    assert moved.index(b"id: logout") < moved.index(b"# about expiry") < moved.index(b"id: session-expiry")
    assert moved.index(b"# about login") < moved.index(b"id: login")
    assert rewrite(moved, old, "auth.yaml") == AUTH


def test_an_emptied_list_goes_and_comes_back() -> None:
    old = _auth()
    none = old.model_copy(update={"requirements": ()})
    emptied = rewrite(AUTH, none, "auth.yaml")
    assert b"requirements" not in emptied
    assert _auth(rewrite(emptied, old, "auth.yaml")) == old


def test_windows_line_ends_and_a_missing_last_one_stay() -> None:
    windows = AUTH.replace(b"\n", b"\r\n").removesuffix(b"# the end\r\n").removesuffix(b"\r\n")
    old = _auth(windows)
    added = Requirement(id="new", text="The system MUST be new.")
    new = old.model_copy(update={"requirements": (*old.requirements, added)})
    result = rewrite(windows, new, "auth.yaml")
    assert result.startswith(windows)
    assert result.count(b"\n") == result.count(b"\r\n")
    assert result.endswith(b"be new.")
    assert rewrite(result, old, "auth.yaml") == windows


def test_keys_with_defaults_written_out_stay() -> None:
    data = b"change: a\ntitle: A\ncreated: 2026-11-21\ndepends_on: []\napprovals: []   # none yet\n"
    old = load(Change, data, "change.yaml").value
    assert old is not None
    new = old.model_copy(update={"closed": Closed(day=old.created, reason="Given up.")})
    assert rewrite(data, new, "change.yaml") == data + b"closed:\n  day: 2026-11-21\n  reason: Given up.\n"


def test_a_broken_file_is_refused_with_its_place() -> None:
    with pytest.raises(Refused) as caught:
        rewrite(b"capability: auth\nfoo: bar\n", _auth(), "auth.yaml")
    assert (caught.value.code, caught.value.place) == ("S001", "auth.yaml:2:1")


@pytest.mark.parametrize(
    "kind", [capabilities, changes, deltas, policies], ids=["capability", "change", "delta", "policy"]
)
def test_any_edit_of_a_decorated_file_reads_back_and_keeps_what_it_does_not_own(kind: st.SearchStrategy[Model]) -> None:
    @settings(max_examples=40, deadline=None, phases=[Phase.generate])
    @given(kind, kind, st.randoms(use_true_random=False), st.booleans(), st.booleans())
    def check(one: Model, other: Model, rng: random.Random, crlf: bool, open_end: bool) -> None:
        original = _decorated(emit(one), rng)
        if crlf:
            original = original.replace(b"\n", b"\r\n")
        if open_end:
            original = original.rstrip(b"\r\n")
        old = load(type(one), original, "f.yaml")
        assert old.value == one, old.findings
        assert rewrite(original, one, "f.yaml") == original
        new = _mixed(one, other, rng)
        result = rewrite(original, new, "f.yaml")
        assert load(type(new), result, "f.yaml").value == new
        assert result.count(b"\r\n") == (result.count(b"\n") if crlf else 0)
        if open_end and not result.startswith(b"{}"):
            assert not result.endswith(b"\n") or not original
        again = rewrite(result, one, "f.yaml")
        assert load(type(one), again, "f.yaml").value == one

    check()


def _decorated(data: bytes, rng: random.Random) -> bytes:
    """The file with comments and blank lines where they mean nothing."""
    rows: list[str] = []
    block = -1
    for row in data.decode().split("\n"):
        indent = len(row) - len(row.lstrip(" "))
        if block >= 0 and (not row.strip() or indent > block):
            rows.append(row)
            continue
        if rng.random() < 0.2 and row.strip():
            if rng.random() < 0.5:
                rows.append("")
            rows.append(f"{' ' * indent}# comment {len(rows)}")
        rows.append(row)
        block = -1
        if row.endswith((": |", "- |", ": |2", "- |2")) and not row.lstrip(" -").startswith(("'", '"')):
            block = indent + (2 if row.lstrip().startswith("- ") else 0)
    return "\n".join(rows).encode()


def _mixed(one: Any, other: Any, rng: random.Random) -> Any:
    """A model that has something of both, in some order."""
    if isinstance(one, Model) and type(one) is type(other):
        update = {}
        for name in type(one).model_fields:
            a, b = getattr(one, name), getattr(other, name)
            update[name] = a if rng.random() < 0.4 else _mixed(a, b, rng)
        return one.model_copy(update=update)
    if isinstance(one, tuple) and isinstance(other, tuple) and not any(isinstance(s, Step) for s in one + other):
        ids = {getattr(item, "id", getattr(item, "reason", id(item))): item for item in other}
        mixed = [_mixed(a, ids.pop(getattr(a, "id", None), a), rng) for a in one if rng.random() < 0.8]
        mixed += [b for b in ids.values() if rng.random() < 0.5]
        if rng.random() < 0.3:
            rng.shuffle(mixed)
        return tuple(mixed)
    return one if rng.random() < 0.5 else other


def _requirement_lines(data: bytes) -> dict[str, bytes]:
    """The bytes of each requirement, from its dash to the end of its last value."""
    loaded = load(Capability, data, "f.yaml")
    rows = data.split(b"\n")
    node = loaded.document.root
    assert node is not None
    listed = node.get("requirements")  # type: ignore[union-attr]
    return {
        item.get("id").text: b"\n".join(rows[item.line - 1 : item.end_line])  # type: ignore[union-attr]
        for item in (listed.items if listed is not None else ())  # type: ignore[union-attr]
    }


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(capabilities, capabilities, st.randoms(use_true_random=False))
def test_requirements_that_stay_the_same_keep_their_bytes(
    one: Capability, other: Capability, rng: random.Random
) -> None:
    original = _decorated(emit(one), rng)
    new = _mixed(one, other, rng)
    before = _requirement_lines(original)
    after = _requirement_lines(rewrite(original, new, "f.yaml"))
    for requirement in new.requirements:
        if requirement in one.requirements:
            assert after[requirement.id] == before[requirement.id]
