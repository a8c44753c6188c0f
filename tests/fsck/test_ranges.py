"""How far fsck looks, what it remembers, and what it cannot judge."""

import json
from pathlib import Path

import pytest

from gitspec.errors import CannotJudge
from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.fsck.histories import LIVING, adds, clean, codes, edits, land, only, prove, start


def direct_edit(repo: Repo) -> str:
    repo.write(LIVING, repo.read(LIVING).replace("do two, part 3", "do nothing"))
    return repo.commit("Tweak")


def test_since_leaves_out_what_came_before(repo: Repo) -> None:
    start(repo)
    bad = direct_edit(repo)
    land(repo, "first", added=[adds("new")])
    assert only(prove(repo))[0] == "H001"
    report = prove(repo, since=bad)
    clean(report)
    assert (report.since, report.commits, report.archives) == (bad, 2, 1)


def test_since_still_knows_that_the_project_has_a_policy(repo: Repo) -> None:
    begun = start(repo).head()
    direct_edit(repo)
    assert only(prove(repo, since=begun))[0] == "H001"


def test_only_new_commits_are_judged_again(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    direct_edit(repo)
    first = prove(repo, cached=True)
    again = prove(repo, cached=True)
    assert (first.judged, again.judged) == (4, 0)
    assert again._replace(judged=4) == first
    land(repo, "second", added=[adds("newer")])
    third = prove(repo, cached=True)
    assert third.judged == 2
    assert codes(third) == ["H001"]
    assert third._replace(judged=0) == prove(repo)._replace(judged=0)


def test_what_is_remembered_of_another_branch_does_not_count(repo: Repo) -> None:
    begun = start(repo).head()
    direct_edit(repo)
    assert codes(prove(repo, cached=True)) == ["H001"]
    repo.git("switch", "-q", "-c", "other", begun)
    land(repo, "first", added=[adds("new")])
    clean(prove(repo, cached=True))


@pytest.mark.parametrize("damage", ["uid", "version", "garbage"])
def test_a_cache_of_others_or_of_another_version_is_not_believed(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    start(repo)
    direct_edit(repo)
    assert codes(prove(repo, cached=True)) == ["H001"]
    path = repo.path / ".git/gitspec/fsck-1.json"
    held = json.loads(path.read_bytes())
    held["facts"]["rows"] = {oid: [[], [], [], [], [], "", [], []] for oid in held["facts"]["rows"]}
    if damage == "version":
        held["key"] = "0.0.0/1"
    path.write_text(json.dumps(held) if damage != "garbage" else "{")
    if damage == "uid":
        import os

        monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert codes(prove(repo, cached=True)) == ["H001"]


def test_a_shallow_clone_is_not_judged_and_is_told_what_to_fetch(repo: Repo, tmp_path: Path) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    land(repo, "second", modified=[edits(repo, "one", "part 1", "part I")])
    repo.git("clone", "-q", "--depth", "3", f"file://{repo.path}", str(tmp_path / "shallow"))
    shallow = Repo(tmp_path / "shallow")
    with pytest.raises(CannotJudge) as raised:
        prove(shallow)
    assert raised.value.code == "G016" and "git fetch --unshallow" in raised.value.help
    ran = gitspec(shallow, "fsck")
    assert (ran.code, ran.out) == (3, "")
    report = prove(shallow, since="HEAD~2")
    clean(report)
    assert report.archives == 1


def test_without_a_policy_or_a_commit_nothing_is_judged(repo: Repo) -> None:
    assert gitspec(repo, "fsck").code == 3
    repo.write("src/code.py", "pass\n")
    repo.commit("Code")
    ran = gitspec(repo, "fsck")
    assert (ran.code, "L010" in ran.err) == (3, True)
    assert gitspec(repo, "fsck", "--since", "nowhere").code == 3


def test_a_missing_object_is_no_pass(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    oid = repo.git("rev-parse", f"HEAD:{LIVING}")
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(CannotJudge):
        prove(repo)


def test_json_has_the_documented_keys(repo: Repo) -> None:
    start(repo)
    direct_edit(repo)
    ran = gitspec(repo, "fsck", "--json")
    data = json.loads(ran.out)
    assert ran.code == 1
    assert set(data) == {
        "gitspec", "kind", "at", "since", "clean", "commits", "judged", "archive_commits", "archived_changes",
        "exceptions", "errors", "warnings", "findings",
    }  # fmt: skip
    assert data["findings"][0]["commit"] == repo.head()
    assert set(data["exceptions"][0]) == {"commit", "kind", "paths"}


def test_many_commits_are_shared_out_with_the_same_verdicts(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    start(repo)
    for number in range(3):
        land(repo, f"change-{number}", added=[adds(f"new-{number}")])
    direct_edit(repo)
    alone = prove(repo)
    monkeypatch.setattr("gitspec.store.verdicts._PARALLEL_ABOVE", 0)
    monkeypatch.setattr("gitspec.store.bulk._cores", lambda: 3)
    assert prove(repo) == alone
