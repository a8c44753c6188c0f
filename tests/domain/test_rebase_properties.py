"""What holds of every rebase."""

import pytest

from tests.domain.rebasing import Outcome, run_history


@pytest.mark.parametrize("block", range(8))
def test_a_rebase_without_conflicts_folds_and_keeps_both_sides(block: int) -> None:
    total = Outcome()
    for seed in range(block * 20, block * 20 + 20):
        total = total.plus(run_history(seed))
    assert total.stale > 10
    assert total.saved + total.undecided > 5, "too few changes that the fold refuses to mean anything"
    assert total.cautious < total.undecided


@pytest.mark.parametrize(
    "seed",
    [
        993,  # an id that one side gives to a new scenario and the other one to an old one
        6930,  # entries of one delta that collide once names are followed
        20000589,  # a scenario that others renamed and then edited, removed here
        20000903,  # a title that came with a rename, of a requirement that others moved away
    ],
)
def test_histories_that_once_went_wrong(seed: int) -> None:
    run_history(seed)
