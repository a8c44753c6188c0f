"""Archive tags follow from the commits that landed the changes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.command import environment
from tests.conftest import Repo
from tests.fsck.histories import DAY, LIVING, adds, change, clean, close, codes, land, only, prove, start, switch

TAG = f"refs/tags/archive/{DAY}-first"


def objects_of_tags(repo: Repo) -> str:
    return repo.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/tags")


@pytest.mark.spec("proving/tags-are-derived#deleted-tag")
def test_missing_tags_are_made_again_with_the_same_object_ids(repo: Repo, tmp_path: Path) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    change(repo, "second")
    close(repo, "second")
    before = objects_of_tags(repo)
    repo.git("clone", "-q", "--no-tags", str(repo.path), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    assert only(prove(clone))[0] == "H009"
    ran = gitspec(clone, "tags", "--restore")
    assert ran.code == 0 and f"made archive/{DAY}-first" in ran.out
    assert objects_of_tags(clone) == before
    clean(prove(clone))
    assert gitspec(clone, "tags", "--restore").out.count("made") == 0


def test_a_tag_is_made_for_the_commit_that_landed(repo: Repo) -> None:
    start(repo)
    switch(repo, "topic", "main")
    land(repo, "first", added=[adds("new")])
    switch(repo, "main")
    repo.git("merge", "-q", "--squash", "topic")
    landed = repo.commit("Land it")
    repo.git("branch", "-q", "-D", "topic")
    assert only(prove(repo))[0] == "H008"  # the tag names a commit that no branch has
    repo.git("tag", "-d", f"archive/{DAY}-first")
    gitspec(repo, "tags", "--restore")
    assert repo.git("rev-parse", f"{TAG}^{{commit}}") == landed
    clean(prove(repo))


def test_the_help_after_a_rebase_mends_the_tags(repo: Repo) -> None:
    start(repo)
    switch(repo, "topic", "main")
    land(repo, "first", added=[adds("new")])
    land(repo, "second", added=[adds("newer", after="one")])
    switch(repo, "main")
    repo.write("src/code.py", "more\n")
    repo.commit("Go on")
    repo.git("rebase", "-q", "main", "topic")
    found = [one.finding for one in prove(repo).found]
    assert [f.code for f in found] == ["H008", "H008"]
    for help_ in [f.help for f in found]:
        command = help_.replace("gitspec ", f"{sys.executable} -m gitspec ")
        subprocess.run(["sh", "-ec", command], cwd=repo.path, check=False, env=environment(), capture_output=True)
    clean(prove(repo))
    tags = repo.git("for-each-ref", "--format=%(refname:short) %(*objectname)", "refs/tags").splitlines()
    assert tags == [f"archive/{DAY}-first {repo.git('rev-parse', 'topic~2')}", f"archive/{DAY}-second {repo.head()}"]


def test_an_existing_tag_is_never_moved(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    repo.git("tag", "-f", "-a", "-m", "Mine", f"archive/{DAY}-first", "HEAD~1")
    before = objects_of_tags(repo)
    ran = gitspec(repo, "tags", "--restore")
    assert ran.code == 1 and "wrong" in ran.out
    assert objects_of_tags(repo) == before


def test_no_tag_is_made_for_a_commit_that_is_not_proven(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    repo.write(LIVING, repo.read(LIVING).replace("do one, part 7", "do nothing"))
    repo.git("commit", "-q", "-a", "--amend", "--no-edit", "--no-verify")
    repo.git("tag", "-d", f"archive/{DAY}-first")
    ran = gitspec(repo, "tags", "--restore", "--json")
    data = json.loads(ran.out)
    assert (ran.code, data["restored"], data["unproven"]) == (1, [], [f"archive/{DAY}-first"])
    assert objects_of_tags(repo) == ""


def test_a_tag_of_the_user_below_archive_is_left_alone(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    repo.git("tag", "archive/old-stuff")
    clean(prove(repo))


def test_a_tag_with_an_odd_committer_is_made_again(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    start(repo)
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Zoë  Ünïcode")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-21T10:00:00-0730")
    land(repo, "first", added=[adds("new")])
    before = objects_of_tags(repo)
    repo.git("tag", "-d", f"archive/{DAY}-first")
    gitspec(repo, "tags", "--restore")
    assert objects_of_tags(repo) == before


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="no ssh-keygen")
def test_a_signed_tag_is_right_too(repo: Repo, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    start(repo)
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("tag.gpgSign", "true")):
        repo.git("config", name, value)
    land(repo, "first", added=[adds("new")])
    assert "BEGIN SSH SIGNATURE" in repo.git("cat-file", "tag", TAG)
    clean(prove(repo))


def test_tags_of_another_branch_must_be_right_there(repo: Repo) -> None:
    start(repo)
    switch(repo, "other", "main")
    land(repo, "first", added=[adds("new")])
    switch(repo, "main")
    clean(prove(repo))
    repo.git("tag", "-f", "-a", "-m", "Mine", f"archive/{DAY}-first", "other~1")
    assert codes(prove(repo)) == ["H008"]
