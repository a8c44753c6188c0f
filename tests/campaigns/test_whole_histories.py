"""Random projects through real repositories and the real use cases: no requirement is ever lost unreported.

Several branches and people: renames, moves, removals, stale and stacked changes, rebased changes, squash, rebase and merge
landings, reverts, unarchives, cherry-picks to a release branch and its merge back, clocks that are wrong by a day. One
history in twenty-five goes through the command line. Figures go to standard output; ``-n 2 -rP`` shows those of workers.
"""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.fsck.world import live

HISTORIES = int(os.environ.get("GITSPEC_WHOLE_HISTORIES", "2000"))
FIRST = int(os.environ.get("GITSPEC_WHOLE_FIRST", "30000000"))
PARTS = 20

pytestmark = pytest.mark.campaign


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_in_random_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, os.environ[name])  # the project sets them, and they are put back
    total: Counter[str] = Counter()
    for seed in range(FIRST + part, FIRST + HISTORIES, PARTS):
        repo = Repo.init(tmp_path / str(seed))
        monkeypatch.chdir(repo.path)
        total += live(repo, seed)
        shutil.rmtree(repo.path, ignore_errors=True)
    print(
        f"\npart {part + 1} of {PARTS}:",
        ", ".join(f"{value} {name}" for name, value in sorted(total.items())),
        "0 lost",
    )
    assert total["archives proven"] >= total["histories"]
