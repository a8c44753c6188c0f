"""A few of the random projects of tests/campaigns/test_whole_histories.py, with every run of the tests."""

import os

import pytest

from tests.conftest import Repo
from tests.fsck.world import live


@pytest.mark.parametrize("seed", [8, 30_000_155])
def test_a_random_project_loses_nothing(repo: Repo, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, os.environ[name])  # the project sets them, and they are put back
    figures = live(repo, seed)
    assert figures["archives proven"] and figures["scenarios compared"]
