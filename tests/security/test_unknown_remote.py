"""A push to a repository of which nothing is known here, by its URL: nothing passes for known because it is local."""

import pytest

from gitspec.commands.hook_pre_push import judge_push
from tests.conftest import Repo
from tests.gates.team import code, codes, team

URL = "https://git.example.com/new.git"
ZERO = "0" * 40


def to_url(repo: Repo, branch: str) -> list[str]:
    """What pre-push finds in the first push of a branch there."""
    return codes(
        judge_push(URL, URL, f"refs/heads/{branch} {repo.git('rev-parse', branch)} refs/heads/{branch} {ZERO}\n")
    )


@pytest.mark.parametrize("branch", ["main", "side"])
def test_first_push_to_a_url_is_judged(repo: Repo, branch: str) -> None:
    team(repo)
    repo.git("commit", "-q", "-n", "--amend", "-m", "Adopt\n\nChange: add-2fa")
    if branch != "main":
        repo.git("checkout", "-q", "-b", branch)
    code(repo, "Store it\n\nChange: add-2fa")
    assert to_url(repo, branch) == []
    code(repo, "Sneak", "src/evil.py")
    assert to_url(repo, branch) == ["R001"]
