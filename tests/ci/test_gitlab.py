"""Merge requests and pushes of GitLab, by its predefined variables."""

import pytest

from tests.ci.forge import Forge
from tests.command import called
from tests.conftest import Repo


def gitlab(clone: Repo, *args: str, **variables: str) -> tuple[int, str]:
    done = called(clone.path, "ci", "gitlab", *args, GITLAB_CI="true", **variables)
    return done.code, done.out + done.err


def request(forge: Forge, title: str = "T", description: str = "Change: add-2fa", **more: str) -> dict[str, str]:
    """The variables of a merge request pipeline for the developer's HEAD."""
    base = forge.dev.git("merge-base", "HEAD", "origin/main")
    forge.dev.git("push", "-q", "--force", "origin", "HEAD:refs/heads/topic")
    return {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_COMMIT_SHA": forge.dev.head(),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "topic",
        "CI_MERGE_REQUEST_TITLE": title,
        "CI_MERGE_REQUEST_DESCRIPTION": description,
        **more,
    }


def commit(forge: Forge, message: str) -> None:
    forge.branch()
    forge.dev.write("src/new.py", "1\n")
    forge.dev.commit(message)


@pytest.mark.parametrize(
    ("message", "description", "expected"),
    [
        ("Code\n\nChange: add-2fa", "Change: add-2fa", 0),
        ("No", "Change: add-2fa", 1),
        ("Code\n\nChange: add-2fa", "", 1),
    ],
)
def test_commits_and_description_are_judged(forge: Forge, message: str, description: str, expected: int) -> None:
    commit(forge, message)
    variables = request(forge, description=description)
    code, said = gitlab(forge.clone("job"), "--landing", "squash", **variables)
    assert code == expected, said


def test_the_target_is_where_it_is_now(forge: Forge) -> None:
    commit(forge, "Code\n\nChange: add-2fa")
    variables = request(forge)
    forge.land("src/new.py", "theirs\n")
    code, said = gitlab(forge.clone("job"), **variables)
    assert code == 1
    assert "L006" in said


def test_a_shallow_clone_is_no_pass(forge: Forge) -> None:
    commit(forge, "Code\n\nChange: add-2fa")
    variables = request(forge)
    forge.bare.git("clone", "-q", "--depth=1", "-b", "topic", forge.bare.path.as_uri(), str(forge.folder / "job"))
    assert gitlab(Repo(forge.folder / "job"), **variables)[0] == 3


def test_a_description_that_gitlab_has_cut_is_no_pass(forge: Forge) -> None:
    commit(forge, "Code\n\nChange: add-2fa")
    variables = request(forge, CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED="true")
    assert gitlab(forge.clone("job"), **variables)[0] == 3


def test_a_push_is_judged(forge: Forge) -> None:
    before = forge.main()
    after = forge.land(message="No reference")
    variables = {
        "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main",
        "CI_COMMIT_BEFORE_SHA": before, "CI_COMMIT_SHA": after,
    }  # fmt: skip
    assert gitlab(forge.clone("job"), **variables)[0] == 1
    assert gitlab(forge.clone("job2"), **{**variables, "CI_COMMIT_BEFORE_SHA": "none"})[0] == 3


def test_other_pipelines_are_wrong_usage(forge: Forge) -> None:
    for source in ("schedule", "web", ""):
        assert gitlab(forge.dev, CI_PIPELINE_SOURCE=source)[0] == 2
