"""Archiving, and recovering from that, killed at each system call that writes, or refused it for want of space."""

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.campaigns.killing import Trials, archive_all, recovery
from tests.campaigns.write_calls import STRACE, WriteCalls

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(not sys.platform.startswith("linux") or STRACE is None, reason="needs strace"),
]
EVERY = int(os.environ.get("GITSPEC_EVERY", "1"))  # read before the environment is sealed
"""One in so many points, to try the campaign itself."""
KILL = "signal=SIGKILL"

ERRORS = ("error=ENOSPC", "error=EACCES")
NEEDS_NO_SPACE = ("unlink", "unlinkat", "rmdir")
WORDS = {KILL: "killed", "error=ENOSPC": "no space", "error=EACCES": "no right"}


@pytest.mark.parametrize(
    ("inject", "alone"),
    [(KILL, False), (KILL, True), ("error=ENOSPC", True), ("error=EACCES", True)],
    ids=["all-die", "git-child-dies", "no-space", "no-right"],
)
@pytest.mark.parametrize("bare", [False, True], ids=["work-tree", "bare"])
@pytest.mark.parametrize("torn", ["", "finish", "undo"], ids=["archive", "finish", "undo"])
def test_at_each_call_that_writes(tmp_path: Path, torn: str, bare: bool, inject: str, alone: bool) -> None:
    trials = Trials(tmp_path, bare=bare, torn=torn)
    calls = WriteCalls(tmp_path / "shim")

    def action() -> None:
        (recovery if torn else archive_all)(trials.repo.path)

    points = calls.of(action)
    assert len(points) > 10 and {0} < {point.run for point in points}
    for point in points[::EVERY]:
        if alone and point.run == 0 and inject == KILL:
            continue
        if inject in ERRORS and (point.call in NEEDS_NO_SPACE or point.to_pipe):
            continue
        trials.fresh()
        calls.run(action, point, inject, alone=alone)
        trials.judge(point)
    what = f"{'recovery (' + torn + ')' if torn else 'archive'}, {'bare' if bare else 'work tree'}"
    trials.end(f"{WORDS[inject]}{' (git child only)' if alone and inject == KILL else ''} at each write, {what}")
    print(dict(Counter(point.call for point in points)))
