"""Log, blame and diff over many random projects; GITSPEC_SEED and GITSPEC_PROJECTS choose which."""

import os
from random import Random

import pytest

from gitspec.git.repository import discover
from tests.conftest import Repo
from tests.fsck.world import live
from tests.timetravel.test_random_projects import check

FIRST = int(os.environ.get("GITSPEC_SEED", "1000"))
PROJECTS = int(os.environ.get("GITSPEC_PROJECTS", "40"))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(FIRST, FIRST + PROJECTS))
def test_history_answers_in_a_random_project(repo: Repo, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, os.environ[name])  # the project sets them, and they are put back
    live(repo, seed)
    check(discover(str(repo.path)), Random(seed), pairs=25)
