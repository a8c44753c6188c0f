"""What holds of every fold."""

from itertools import count
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain.capability import Capability, Requirement
from gitspec.domain.delta import Delta
from gitspec.domain.difference import delta_between, difference
from gitspec.domain.fold_changes import fold_changes
from tests.domain.histories import Author, facts, judged, run_history
from tests.domain.specs import Living, folded, laid_over, links_in

SEEDS = st.integers(min_value=0, max_value=2**32)


@pytest.mark.parametrize("block", range(10))
def test_nothing_that_either_side_added_is_lost_without_a_report(block: int) -> None:
    tallies = [run_history(seed) for seed in range(block * 20, block * 20 + 20)]
    assert sum(t.stale for t in tallies) > 10
    assert sum(t.refused for t in tallies) > 0


def project(random: Random, marks: count) -> Living:  # type: ignore[type-arg]
    """Some living specs."""
    specs: Living = {}
    for steps in (0, 4, 4):
        author = Author(random, specs, marks)
        author.work(steps) if specs else author.found()
        specs = laid_over(specs, folded(specs, *author.deltas.values()).capabilities)
    return specs


@given(SEEDS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_two_changes_that_fold_in_either_order_give_the_same(seed: int) -> None:
    random, marks = Random(seed), count(100)
    specs = project(random, marks)
    authors = [Author(random, specs, marks) for _ in range(2)]
    for author in authors:
        author.work(2)
    found = []
    for order in (authors, authors[::-1]):
        living = specs
        for author in order:
            reported, result = judged(author.deltas, living)
            if reported:
                return
            living = laid_over(living, result.capabilities)
        found.append(facts(living))
    assert found[0] == found[1]


@given(SEEDS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_edits_of_different_requirements_never_conflict(seed: int) -> None:
    random, marks = Random(seed), count(100)
    specs = project(random, marks)
    authors = [Author(random, specs, marks) for _ in range(2)]
    names = [f"{c}/{r.id}" for c, spec in specs.items() for r in spec.requirements]
    random.shuffle(names)
    for author, mine in zip(authors, (names[::2], names[1::2]), strict=True):
        author._any = lambda mine=mine: random.choice(mine) if mine else ""  # type: ignore[method-assign, misc]
        for _ in range(3):
            author.modify()
    one, other = (
        fold_changes(specs, [(str(n), list(a.deltas.values())) for n, a in enumerate(order)], links_to=links_in(specs))
        for order in (authors, authors[::-1])
    )
    assert (one.conflicts, other.conflicts) == ({}, {})
    assert one.capabilities == other.capabilities


@given(SEEDS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_same_inputs_give_the_same_result(seed: int) -> None:
    random, marks = Random(seed), count(100)
    seen = project(random, marks)
    theirs, mine = Author(random, seen, marks), Author(random, seen, marks)
    theirs.work(3)
    mine.work(3)
    living = laid_over(seen, folded(seen, *theirs.deltas.values()).capabilities)
    copies = [Delta.model_validate(d.model_dump(mode="json", by_alias=True)) for d in mine.deltas.values()]
    random.shuffle(copies)
    first, second = folded(living, *mine.deltas.values()), folded(dict(sorted(living.items())), *copies)
    assert repr(first) == repr(second)


@given(SEEDS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_delta_gives_what_its_author_wants_where_nothing_has_changed(seed: int) -> None:
    random, marks = Random(seed), count(100)
    specs = project(random, marks)
    author = Author(random, specs, marks)
    author.work(5)
    reported, result = judged(author.deltas, specs)
    assert reported == []
    assert facts(laid_over(specs, result.capabilities)) == facts(author.wanted)


# requirements of any content

_WORDS = st.sampled_from(["a", "b", "c"])
_TEXTS = st.sampled_from(["It MUST x.", "It MUST y.", " \tIt MUST: #z", "多\nlines"])
_MAYBE = st.none() | _TEXTS
_IDS = st.sampled_from(["one", "two", "three", "four"])
_STEPS = st.sampled_from(["GIVEN a", "GIVEN a\nTHEN b", "WHEN c\n  - item\nBUT d"])


def _unique(items: list[dict[str, object]]) -> list[dict[str, object]]:
    return list({item["id"]: item for item in items}.values())


_SCENARIOS = st.lists(
    st.fixed_dictionaries({"id": _IDS, "steps": _STEPS}, optional={"title": _WORDS, "notes": _TEXTS}), max_size=4
).map(_unique)
_REQUIREMENTS = st.fixed_dictionaries(
    {"id": _IDS, "text": _TEXTS, "scenarios": _SCENARIOS},
    optional={
        "title": _WORDS,
        "rationale": _TEXTS,
        "deferred": _TEXTS,
        "notes": _TEXTS,
        "tags": st.sets(_WORDS).map(sorted),
        "attributes": st.dictionaries(_WORDS, _WORDS),
        "links": st.dictionaries(
            st.sampled_from(["refines", "depends-on"]),
            st.sets(_WORDS, min_size=1).map(lambda s: [f"cap/{w}" for w in sorted(s)]),
        ),
    },
)
_CAPABILITIES = st.builds(
    lambda title, purpose, notes, requirements: Capability.model_validate(
        {"capability": "cap", "title": title, "purpose": purpose, "notes": notes, "requirements": _unique(requirements)}
    ),
    st.none() | _WORDS,
    _MAYBE,
    _MAYBE,
    st.lists(_REQUIREMENTS, max_size=4),
)


def canonical(requirement: Requirement) -> Requirement:
    """Without the order of sets and of scenarios, which no delta can say."""
    return requirement.model_copy(
        update={
            "tags": tuple(sorted(requirement.tags)),
            "links": {kind: tuple(sorted(names)) for kind, names in sorted(requirement.links.items())},
            "attributes": dict(sorted(requirement.attributes.items())),
            "scenarios": tuple(sorted(requirement.scenarios, key=lambda s: s.id)),
        }
    )


def content(capability: Capability | None) -> object:
    assert capability is not None
    requirements = {r.id: canonical(r) for r in capability.requirements}
    assert len(requirements) == len(capability.requirements)
    return capability.title, capability.purpose, capability.notes, requirements


@given(_CAPABILITIES, _CAPABILITIES)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_the_delta_between_two_versions_leads_from_one_to_the_other(before: Capability, after: Capability) -> None:
    delta = delta_between(before, after)
    if delta is None:
        assert content(before) == content(after)
        return
    again = Delta.model_validate(delta.model_dump(mode="json", by_alias=True))
    assert again == delta
    result = folded({"cap": before}, delta)
    # links may point to what goes: that alone may hold it up
    if {c.code for c in result.conflicts} <= {"D006"}:
        assert content(result.capabilities.get("cap", before)) == content(after)
    else:
        raise AssertionError(result.conflicts)


@given(_CAPABILITIES)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_the_delta_of_a_new_capability_brings_it(after: Capability) -> None:
    delta = delta_between(None, after)
    assert delta is not None
    if after.requirements or after.title or after.purpose or after.notes:
        assert folded({}, delta).capabilities == {"cap": after}


@given(_REQUIREMENTS, _REQUIREMENTS)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_difference_names_only_parts_that_differ(one: dict[str, object], other: dict[str, object]) -> None:
    before = Requirement.model_validate(one)
    after = Requirement.model_validate({**other, "id": one["id"]})
    entry = difference(before, after)
    assert (entry is None) == (canonical(before) == canonical(after))
    for name in ("title", "text", "rationale", "deferred", "notes"):
        if entry is not None:
            assert (getattr(entry, name) is not None) == (getattr(before, name) != getattr(after, name))
