"""The rule that suggests a version, by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitspec.domain.diff import diff
from gitspec.domain.version_bump import LEVELS, BreakingChange, Level, highest, next_version, suggest
from tests.domain.specs import Living, capability, living, requirement, scenario

STEPS = "GIVEN a\nWHEN b\nTHEN c"


def one(text: str = "It MUST be.", *scenarios: object, **fields: object) -> Living:
    return living(capability("auth", requirement("r", text, *scenarios, **fields)))  # type: ignore[arg-type]


BASE = one("It MUST be.", scenario("s", STEPS))


@pytest.mark.parametrize(
    ("before", "after", "level", "reason"),
    [
        (BASE, BASE, "none", ""),
        (BASE, {}, "major", "auth was removed"),
        (BASE, living(capability("auth")), "major", "auth/r was removed"),
        (BASE, one("It MUST be so.", scenario("s", STEPS)), "major", "auth/r has another text"),
        (BASE, one("It MUST\n be.", scenario("s", STEPS)), "patch", "auth/r has another text"),
        (
            one("It SHOULD be, and MAY go."),
            one("It MUST be, and MAY go."),
            "major",
            "auth/r says MUST instead of SHOULD",
        ),
        (one("It MUST be."), one("It MAY be."), "major", "auth/r says MAY instead of MUST"),
        (one("It MUST be."), one("It MAY go."), "major", "auth/r has another text"),
        (one("It MUST be."), one("It MUST NOT be."), "major", "auth/r has another text"),
        (BASE, one("It MUST be."), "major", "auth/r#s was removed"),
        (BASE, one("It MUST be.", scenario("s", "GIVEN a\nWHEN b\nTHEN d")), "major", "auth/r#s has other steps"),
        (BASE, one("It MUST be.", scenario("t", STEPS)), "patch", "auth/r#t was called s"),
        (BASE, one("It MUST be.", scenario("s", STEPS), scenario("t", "GIVEN x")), "minor", "auth/r#t was added"),
        (BASE, one("It MUST be.", scenario("s", STEPS, title="S")), "patch", "auth/r#s has another title"),
        (BASE, one("It MUST be.", scenario("s", STEPS), notes="n"), "patch", "auth/r has another notes"),
        (BASE, one("It MUST be.", scenario("s", STEPS), deferred="later"), "major", "auth/r was deferred"),
        (one(deferred="later"), one(), "minor", "auth/r is not deferred any more"),
        ({}, BASE, "minor", "auth was added"),
        (
            BASE,
            living(capability("auth", requirement("r", "It MUST be.", scenario("s", STEPS)), purpose="p")),
            "patch",
            "auth has another purpose",
        ),
    ],
)
def test_what_differs_decides(before: Living, after: Living, level: str, reason: str) -> None:
    bump = suggest(diff(before, after))
    assert bump.level == level
    assert not reason or reason in [f"{r.name} {r.what}" for r in bump.reasons]


def test_what_comes_or_goes_with_its_capability_is_no_reason_of_its_own() -> None:
    for before, after, what in (({}, BASE, "was added"), (BASE, {}, "was removed")):
        assert [(r.name, r.what) for r in suggest(diff(before, after)).reasons] == [("auth", what)]
    moved = living(capability("login", requirement("r", "It MUST be so.", scenario("s", STEPS))))
    bump = suggest(diff(BASE, moved, {"login/r": "auth/r"}))
    assert ("login/r", "has another text") in [(r.name, r.what) for r in bump.reasons]


def test_a_breaking_change_breaks_whatever_it_says() -> None:
    bump = suggest((), [BreakingChange("drop-it", "Drop it")], anything=True)
    assert bump.level == "major" and bump.reasons[0].name == "drop-it"
    assert suggest((), anything=True).level == "patch"


@pytest.mark.parametrize(
    ("tag", "major", "minor", "patch"),
    [
        ("v1.2.3", "v2.0.0", "v1.3.0", "v1.2.4"),
        ("1.2", "2.0", "1.3", "1.2.1"),
        ("v0.4.1", "v0.5.0", "v0.4.2", "v0.4.2"),
        ("refs/tags/gitspec/v1.0.0", "gitspec/v2.0.0", "gitspec/v1.1.0", "gitspec/v1.0.1"),
        ("release-9.9.9", "release-10.0.0", "release-9.10.0", "release-9.9.10"),
        ("v1.2.3-rc.1", None, None, None),
        ("2026.11.21", None, None, None),
        ("main", None, None, None),
        ("v1", None, None, None),
        ("v01.2.3", None, None, None),
        ("HEAD~3", None, None, None),
    ],
)
def test_the_next_version_is_spelled_as_the_last(tag: str, major: str, minor: str, patch: str) -> None:
    assert [next_version(tag, level) for level in ("major", "minor", "patch")] == [major, minor, patch]  # type: ignore[arg-type]
    assert next_version(tag, "none") is None


@given(st.tuples(*[st.integers(0, 1800)] * 3), st.sampled_from(LEVELS[1:]))
def test_the_next_version_is_always_higher(numbers: tuple[int, int, int], level: Level) -> None:
    found = next_version("v" + ".".join(map(str, numbers)), level)
    assert found is not None
    assert tuple(map(int, found[1:].split("."))) > numbers


@given(st.lists(st.sampled_from(LEVELS)))
def test_the_highest_level_wins(levels: list[Level]) -> None:
    assert highest(levels) == (sorted(levels, key=LEVELS.index)[-1] if levels else "none")
