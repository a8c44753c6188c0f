"""Random changes: each requirement carries a mark that survives renames and moves, so what is which can be told."""

from collections.abc import Iterator, Mapping
from itertools import count, pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain.capability import Capability, Requirement, parse_steps
from gitspec.domain.diff import CapabilityDiff, PartDiff, diff
from gitspec.domain.names_between import Step
from gitspec.domain.names_since import Archive, Naming
from gitspec.domain.renames import renames
from gitspec.domain.same_content import requirements_of
from gitspec.render.text import clean
from gitspec.render.word_diff import joined, segments
from tests.domain.histories import MARK, Author
from tests.domain.specs import Living, after

FIELDS = ("title", "text", "rationale", "deferred", "notes")


def lives(seed: int, changes: int) -> tuple[list[Living], list[Archive]]:
    """The living specs before, between and after some changes, and the changes."""
    random, marks = Random(seed), count(100)
    states: list[Living] = [{}]
    archives: list[Archive] = []
    while len(states) <= changes:
        author = Author(random, states[-1], marks)
        if not states[-1]:
            author.found()
            for _ in range(4):
                author.add()
        else:
            author.work(3)
        namings = tuple(
            Naming(
                d.capability,
                tuple((r.id, r.to) for r in d.renamed),
                tuple((m.id, m.to) for m in d.moved),
                tuple(r.id for r in d.removed),
                d.rename_to,
                d.retire,
            )
            for d in author.deltas.values()
        )
        states.append(after(states[-1], *author.deltas.values()))
        archives.append(Archive(f"change-{len(states)}", namings))
    return states, archives


def by_mark(specs: Mapping[str, Capability]) -> dict[str, str]:
    return {r.attributes[MARK]: name for name, r in requirements_of(specs).items()}


def told(found: tuple[CapabilityDiff, ...]) -> Iterator[tuple[str, str, str]]:
    """(kind, name before, name after) of each requirement that a difference tells of, as a reader understands it."""
    for capability in found:
        home = capability.was or capability.capability
        for r in capability.requirements:
            now = f"{capability.capability}/{r.id}"
            before = "" if r.kind == "added" else r.was or f"{home}/{r.id}"
            yield r.kind, before, "" if r.kind == "removed" else now


def applied(before: Mapping[str, Capability], found: tuple[CapabilityDiff, ...]) -> dict[str, dict[str, str]]:
    """All that requirements say after a difference, by name and part: from what was before and the parts alone."""
    said = {name: flat(r) for name, r in requirements_of(before).items()}
    result: dict[str, dict[str, str]] = {}
    carried = {c.was or c.capability: c.capability for c in found if c.kind not in ("added", "removed")}
    gone = {was for _, was, _ in told(found) if was}
    for name, parts in said.items():
        home, _, requirement = name.rpartition("/")
        if name not in gone:
            result[f"{carried.get(home, home)}/{requirement}"] = dict(parts)
    for capability in found:
        home = capability.was or capability.capability
        for r in capability.requirements:
            if r.kind == "removed":
                continue
            name = f"{capability.capability}/{r.id}"
            parts = {} if r.kind == "added" else dict(said[r.was or f"{home}/{r.id}"])
            result[name] = edited(parts, r.parts)
    return result


def edited(parts: dict[str, str], edits: tuple[PartDiff, ...]) -> dict[str, str]:
    for edit in (e for e in edits if e.part == "id" and e.before and e.after and e.before != e.after):
        for key in [k for k in parts if k.startswith(f"{edit.before}#")]:
            parts[f"{edit.after}#{key.partition('#')[2]}"] = parts.pop(key)
    for edit in edits:
        key = f"{edit.scenario}#{edit.part}" if edit.scenario else edit.part
        if edit.part == "id" and edit.after is None:
            parts = {k: v for k, v in parts.items() if not k.startswith(f"{edit.scenario}#")}
        elif edit.after is None:
            parts.pop(key, None)
        else:
            parts[key] = edit.after
    return {k: v for k, v in parts.items() if v}


def flat(requirement: Requirement) -> dict[str, str]:
    """All parts of a requirement by the names that a difference gives them."""
    found = next(iter(diff({}, {"c": Capability(capability="c", requirements=(requirement,))}))).requirements[0].parts
    return edited({}, found)


def mistaken(
    found: tuple[CapabilityDiff, ...], old: Mapping[str, str], new: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """What is told of two requirements as if they were one; an id of one that went may be used again."""
    wrong = []
    for kind, was, now in told(found):
        marks = {m for m, n in old.items() if n == was} | {m for m, n in new.items() if n == now}
        is_same_id = was.rpartition("/")[2] == now.rpartition("/")[2]
        if len(marks) > 1 and not (is_same_id and not marks & old.keys() & new.keys()):
            wrong.append((kind, was, now))
    return wrong


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(2, 5))
def test_a_difference_over_archived_changes_knows_every_requirement_again(seed: int, changes: int) -> None:
    states, archives = lives(seed, changes)
    for start in (0, 1):
        before, later = states[start], states[-1]
        names = renames(before, later, Step(came=tuple(archives[start:])))
        found = diff(before, later, names)
        assert not mistaken(found, by_mark(before), by_mark(later))
        assert applied(before, found) == {n: flat(r) for n, r in requirements_of(later).items()}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_and_so_does_the_way_back(seed: int) -> None:
    states, archives = lives(seed, 4)
    names = renames(states[-1], states[1], Step(taken_back=tuple(archives[1:])))
    found = diff(states[-1], states[1], names)
    assert not mistaken(found, by_mark(states[-1]), by_mark(states[1]))
    assert applied(states[-1], found) == {n: flat(r) for n, r in requirements_of(states[1]).items()}


TEXTS = st.text(alphabet="ab .\n\t,日本 é\x1b", max_size=40)


@given(TEXTS, TEXTS)
def test_marked_words_hold_both_texts(before: str, later: str) -> None:
    found = segments(before, later)
    assert joined(found, "-") == clean(before)
    assert joined(found, "+") == clean(later)
    assert all(a.sign != b.sign for a, b in pairwise(found))


@given(st.text(max_size=30))
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(sign == " " for sign, _ in segments(text, text))


def test_steps_are_told_as_they_are_written() -> None:
    steps = parse_steps("GIVEN a\nTHEN b")
    requirement = Requirement.model_validate({"id": "r", "text": "t", "scenarios": [{"id": "s", "steps": steps}]})
    assert flat(requirement) == {"text": "t", "s#id": "s", "s#steps": "GIVEN a\nTHEN b"}
