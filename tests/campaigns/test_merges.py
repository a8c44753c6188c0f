"""Random merges of one file, many of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.merge.test_properties import _FORM, Spec, check, versions


@pytest.mark.campaign
@settings(max_examples=3_000, deadline=None)
@given(versions(), st.tuples(_FORM, _FORM, _FORM))
def test_many_random_merges_lose_nothing_and_join_nothing(
    three: tuple[Spec, Spec, Spec], forms: tuple[int, int, int]
) -> None:
    check(three, forms)
