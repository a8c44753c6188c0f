"""The short way gives the verdict of the pattern engine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from gitspec.domain.plain_patterns import plain_matcher
from gitspec.domain.policy import DEFAULT_SKIPS, CodePaths

PARTS = st.sampled_from(["a", "ab", "docs", "x.md", ".md", "md", "LICENSE", "LICENSES", "src", "deep"])
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
PATTERNS = st.one_of(
    PARTS,
    st.just("**"),
    PATHS.map(lambda p: f"{p}/**"),
    PARTS.map(lambda p: f"{p}*"),
    PARTS.map(lambda p: f"*{p}"),
)


@given(patterns=st.lists(PATTERNS, max_size=4), path=PATHS)
@settings(max_examples=1500, deadline=None)
def test_plain_patterns_match_as_gitignore_does(patterns: list[str], path: str) -> None:
    matches = plain_matcher(patterns)
    assert matches is not None
    assert matches(path) == GitIgnoreSpec.from_lines(patterns).match_file(path)


@pytest.mark.parametrize("pattern", ["a/b", "/a", "!a", "a b", "a?c", "[a]", "**/a", "*a*", "a*b", "#a", "a/", "é", ""])
def test_other_patterns_are_left_to_the_engine(pattern: str) -> None:
    assert plain_matcher([pattern]) is None


def test_the_default_policy_is_plain() -> None:
    code = CodePaths()
    assert plain_matcher(code.include) and plain_matcher(code.exclude)
    assert DEFAULT_SKIPS
