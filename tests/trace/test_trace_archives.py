"""`gitspec trace` of commits and releases that bring archived changes whatever their messages say: imports, moves by hand."""

import pytest

from tests.archive.project import CHANGE, gitspec
from tests.conftest import Repo
from tests.fsck.histories import DAY, adds, archive, change, land, start, switch
from tests.trace.test_trace import by_id, trace

MANY = [f"past-{n:02}" for n in range(24)]


@pytest.fixture
def imported(repo: Repo) -> Repo:
    start(repo, "one")
    for id_ in MANY:
        repo.write(f"spec/archive/2020-01-01-{id_}/change.yaml", CHANGE.format(id=id_, title=id_))
    repo.commit("Import\n\nSpec-Edit: import")
    repo.git("tag", "v1")
    return repo


def test_import_leads_to_the_changes_that_it_brings_and_to_its_release(imported: Repo) -> None:
    commit = imported.head()
    land(imported, "later", added=[adds("two")])
    for name in (commit, "v1"):
        found = trace(imported, name)
        assert sorted(by_id(found["changes"])) == MANY
        assert {one["archive"]["commit"] for one in found["changes"]} == {commit}
    assert trace(imported, MANY[0])["changes"][0]["release"] == "v1"


def test_text_names_the_first_of_very_many_and_says_how_many_there_are(imported: Repo) -> None:
    shown = gitspec(imported, "trace", "HEAD").out.splitlines()
    (row,) = [line for line in shown if line.startswith("  archives")]
    assert row.split("  ")[-1].startswith("past-00, past-01, ") and row.endswith("past-19 and 4 more")
    assert "past-19: past-19" in shown and "past-20: past-20" not in shown
    assert shown[-1] == "and 4 more changes: --json lists all"


def test_change_that_was_moved_by_hand_is_told_with_what_it_did(repo: Repo) -> None:
    start(repo, "one")
    land(repo, "first", added=[adds("three")])
    change(repo, "by-hand", added=[adds("two")])
    repo.git("mv", "spec/changes/by-hand", f"spec/archive/{DAY}-by-hand")
    found = trace(repo, repo.commit("Move it"))
    assert list(by_id(found["changes"])) == ["by-hand"]
    assert [one["id"] for one in found["requirements"]] == ["auth/two"]


def test_merge_that_brings_an_archive_is_not_taken_for_it(repo: Repo) -> None:
    start(repo, "one")
    switch(repo, "side", "HEAD")
    change(repo, "first", added=[adds("two")])
    archive(repo, "first")
    switch(repo, "main")
    repo.commit("Meanwhile")
    repo.git("merge", "-q", "--no-edit", "side")
    assert trace(repo, "HEAD")["changes"] == []
    assert list(by_id(trace(repo, "side")["changes"])) == ["first"]
