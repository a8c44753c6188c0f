"""Random histories of changes against the oracle of tests/domain/histories.py. Figures go to standard output."""

import os

import pytest

from tests.domain.histories import run_history

HISTORIES = int(os.environ.get("GITSPEC_FOLD_HISTORIES", "12000"))


@pytest.mark.campaign
def test_no_living_edit_is_lost_unreported_in_random_histories() -> None:
    tallies = [run_history(seed) for seed in range(10_000_000, 10_000_000 + HISTORIES)]
    folds, stale, refused, cautious = (sum(figures) for figures in zip(*tallies, strict=True))
    print(
        f"\n{HISTORIES} histories, {folds} folds: {stale} onto specs that had moved on, {refused} refused "
        f"({cautious} of them although the oracle could join both sides), 0 edits lost unreported"
    )
    assert stale > HISTORIES, "too few folds onto specs that had moved on to mean anything"
    assert cautious < refused / 2
