"""Every reading command reads any revision: tags, in bare repositories, and no name of one is ever an option."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repo
from tests.domain.specs import delta, modified, requirement, scenario
from tests.timetravel.conftest import EXPIRY, SHORTER, Cli, Story, auth

READING = [
    ("list",),
    ("list", "--specs"),
    ("list", "--archived"),
    ("show", "auth"),
    ("show", "auth/session-expiry"),
    ("show", "auth/session-expiry#idle-timeout"),
    ("show", "waiting"),
    ("status",),
    ("status", "waiting"),
    ("validate",),
    ("diff", "waiting"),
    ("log", "auth"),
    ("log", "auth/session-expiry"),
    ("log", "auth/session-expiry#idle-timeout"),
    ("blame", "auth"),
    ("blame", "auth/session-expiry"),
    ("fsck",),
    ("tags",),
    ("task", "list", "waiting"),
    ("policy", "show"),
]
"""All take ``--at REV`` and ``--json``."""


@pytest.fixture
def releases(story: Story) -> Story:
    """v1.2, an annotated tag with an active change, and a main that went on and lost it."""
    story.begin()
    story.by_hand(auth(), "Import\n\nSpec-Edit: import")
    story.archive("lock", delta("auth", added=[requirement("lock", "It MUST lock.", scenario("locked"))]))
    edit = {"from": EXPIRY, "to": SHORTER}
    story.later()
    story.propose("waiting", delta("auth", modified=[modified(story.living(), "auth/session-expiry", text=edit)]))
    story.repo.git("tag", "-a", "-m", "Release", "v1.2")
    story.later()
    story.gitspec("archive", "waiting")
    story.archive("rename", delta("auth", renamed=[{"id": "session-expiry", "to": "session-end"}]))
    return story


def answer(outcome: Any) -> Any:
    """What was printed, without where it was read and what was remembered."""
    return {**outcome.json, "at": None, "judged": None}


def test_a_tag_reads_as_the_commit_checked_out(
    releases: Story, gitspec: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_tag = {command: gitspec(*command, "--at", "v1.2", "--json") for command in READING}
    commit = releases.repo.git("rev-parse", "v1.2^{commit}")
    assert {outcome.json.get("at", commit) for outcome in at_tag.values()} == {commit}
    releases.repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "old"), "v1.2")
    monkeypatch.chdir(tmp_path / "old")
    for command in READING:
        assert answer(gitspec(*command, "--json")) == answer(at_tag[command]), command


def test_a_bare_repository_answers_the_same(
    releases: Story, gitspec: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {command: answer(gitspec(*command, "--at", "v1.2", "--json")) for command in READING}
    bare: Repo = releases.repo.bare(tmp_path / "bare.git")
    monkeypatch.chdir(bare.path)
    for command in READING:
        assert answer(gitspec(*command, "--at", "v1.2", "--json")) == here[command], command


def test_a_name_of_no_commit_is_an_error_and_nothing_else(releases: Story, gitspec: Cli) -> None:
    before = sorted(p.name for p in releases.repo.path.iterdir())
    for hostile in ("--upload-pack=touch x", "-n1", "--all", "^HEAD", "HEAD\nHEAD", "", "v1.2..HEAD", "nothing"):
        for command in READING:
            outcome = gitspec(*command, f"--at={hostile}", fails=3)
            assert outcome.err.startswith("gitspec: G005") and not outcome.out, (command, hostile)
    assert sorted(p.name for p in releases.repo.path.iterdir()) == before


def test_a_tag_that_is_called_like_an_option_is_a_tag(releases: Story, gitspec: Cli) -> None:
    releases.repo.git("update-ref", "refs/tags/--all", "v1.2^{commit}")
    for command in READING:
        odd, plain = gitspec(*command, "--at=--all", "--json"), gitspec(*command, "--at", "v1.2", "--json")
        assert answer(odd) == answer(plain)


def test_a_repository_without_commits_says_so(repo: Repo, gitspec: Cli) -> None:
    for command in (["log", "auth"], ["blame", "auth"], ["diff", "HEAD~.."], ["changelog", "HEAD~.."]):
        assert gitspec(*command, fails=3).err.startswith("gitspec: G005")


def test_objects_of_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gitspec: Cli) -> None:
    made = Repo.init(tmp_path / "sha256", "--object-format=sha256")
    monkeypatch.chdir(made.path)
    story = Story(made, monkeypatch, gitspec)
    story.begin(auth())
    commit = story.archive("lock", delta("auth", added=[requirement("lock", "It MUST lock.", scenario("locked"))]))
    assert gitspec("log", "auth/lock", "--json").json["versions"][0]["commit"] == commit
    assert len(gitspec("blame", "auth", "--json").json["rows"]) == 10
    assert gitspec("changelog", "HEAD~2..", "--json").json["changes"][0]["commit"] == commit
