"""Random histories in which stale changes are rebased, against the oracle. Figures go to standard output."""

import os

import pytest

from tests.domain.rebasing import Outcome, run_history

HISTORIES = int(os.environ.get("GITSPEC_REBASE_HISTORIES", "8000"))


@pytest.mark.campaign
def test_a_rebase_loses_nothing_in_random_histories() -> None:
    total = Outcome()
    for seed in range(20_000_000, 20_000_000 + HISTORIES):
        total = total.plus(run_history(seed))
    print(
        f"\n{HISTORIES} histories: {total.stale} changes onto specs that had moved on, {total.saved} that the fold refused "
        f"fold after a rebase, {total.undecided} left something to decide ({total.cautious} of them although the oracle "
        "could join both sides), 0 edits lost"
    )
    assert total.saved > HISTORIES / 10
