"""A pull request whose tasks are not truly done is shown as unfinished, by the commits that will be on the branch."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.ci.forge import Forge, adds, github, proposed
from tests.ci.test_pull_request import MERGE, PR_BODY, REBASE, SQUASH
from tests.tasks.conftest import NEED

DONE = "- [x] 1.1 Write it\n"
UNFINISHED = "🚧 tasks are open"


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    made = Forge(tmp_path)
    made.land("spec/gitspec.yaml", NEED, "Ask for commits\n\nChange: add-2fa")
    made.branch()
    proposed(made.dev, "export", adds("export"), tasks=DONE)
    made.dev.commit("Propose\n\nChange: export")
    return made


def judged(forge: Forge, settings: Mapping[str, object], body: str = "Change: export") -> tuple[bool, str]:
    """Whether the change is shown as unfinished, and the log; such a request may land all the same."""
    payload = forge.pull_request(body=body, settings={**settings, **PR_BODY})
    ran = github(forge.runner(), "pull_request", payload)
    assert ran.code == 0, ran.log
    return UNFINISHED in ran.summary, ran.log


@pytest.mark.parametrize("settings", [MERGE, REBASE], ids=["merge", "rebase"])
def test_commits_count_where_they_land_as_they_are(forge: Forge, settings: Mapping[str, object]) -> None:
    is_unfinished, log = judged(forge, settings)
    assert is_unfinished and "T024" in log and "no commit names it" in log
    forge.dev.write("src/new.py", "pass\n")
    forge.dev.commit("Write it\n\nChange: export\nTask: 1.1")
    is_unfinished, log = judged(forge, settings)
    assert not is_unfinished and "T024" not in log
    forge.dev.git("revert", "--no-commit", "HEAD")
    forge.dev.commit(f'Revert "Write it"\n\nThis reverts commit {forge.dev.head()}.\n\nChange: export')
    is_unfinished, log = judged(forge, settings)
    assert is_unfinished and "was reverted by" in log


def test_the_message_counts_where_commits_are_squashed(forge: Forge) -> None:
    forge.dev.write("src/new.py", "pass\n")
    forge.dev.commit("Write it\n\nChange: export\nTask: 1.1")
    assert judged(forge, SQUASH)[0], "the squash will not name the task"
    assert not judged(forge, SQUASH, "Change: export\nTask: 1.1")[0]
