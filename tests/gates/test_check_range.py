"""What `gitspec check` judges when it is told nothing: what the branch adds to its upstream, else to the default branch."""

import json

import pytest

from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.gates.team import code, team


@pytest.fixture
def main(repo: Repo) -> Repo:
    return team(repo)


def judged(repo: Repo) -> tuple[str, int]:
    """The range that was chosen, and how many of its commits were refused."""
    done = gitspec(repo, "check", "--json")
    report = json.loads(done.out)
    return report["range"], len([commit for commit in report["commits"] if commit["findings"]])


@pytest.mark.spec("gates/check#commit-without-reference")
def test_commit_without_a_reference_fails_with_the_way_out(main: Repo) -> None:
    main.git("switch", "-q", "-c", "feature")
    code(main, "Without a word about why")
    done = gitspec(main, "check", "main..HEAD")
    assert done.code == 1 and "R001 the commit touches code (src/code.py) and names no change" in done.out
    assert "help: end the message with 'Change: <id>' (active: add-2fa)" in done.out


def test_new_branch_is_compared_with_the_default_branch(main: Repo) -> None:
    main.git("switch", "-q", "-c", "feature")
    code(main, "Without a word about why")
    assert judged(main) == ("refs/heads/main..HEAD", 1)


def test_new_branch_is_compared_with_the_remote_s_default_branch_first(main: Repo) -> None:
    code(main, "Pushed")
    main.git("update-ref", "refs/remotes/origin/main", "HEAD~1")
    main.git("switch", "-q", "-c", "feature")
    assert judged(main) == ("refs/remotes/origin/main..HEAD", 1)


def test_branch_with_an_upstream_is_compared_with_it(main: Repo) -> None:
    main.git("branch", "line")
    main.git("switch", "-q", "-c", "feature", "--track", "line")
    code(main, "Without a word about why")
    assert judged(main) == ("refs/heads/line..HEAD", 1)


def test_upstream_that_is_gone_leaves_the_default_branch(main: Repo) -> None:
    main.git("branch", "line")
    main.git("switch", "-q", "-c", "feature", "--track", "line")
    main.git("branch", "-q", "-D", "line")
    code(main, "Without a word about why")
    assert judged(main) == ("refs/heads/main..HEAD", 1)


def test_detached_head_is_compared_with_the_default_branch(main: Repo) -> None:
    main.git("checkout", "-q", "--detach")
    code(main, "Without a word about why")
    assert judged(main) == ("refs/heads/main..HEAD", 1)


def test_default_branch_without_an_upstream_is_no_pass(main: Repo) -> None:
    code(main, "Without a word about why")
    done = gitspec(main, "check")
    assert done.code == 3 and "G018" in done.err and "help: name what to judge" in done.err
