"""An archive that is taken back: by `git revert` or by `gitspec unarchive`, recognised as the same thing."""

from tests.conftest import Repo
from tests.fsck.histories import (
    DAY,
    LIVING,
    adds,
    archive,
    change,
    clean,
    close,
    codes,
    edits,
    land,
    living,
    only,
    prove,
    removes,
    start,
    switch,
)


def revert(repo: Repo, commit: str) -> str:
    repo.git("revert", "--no-edit", commit)
    return repo.head()


def test_a_revert_of_an_archive_commit_is_proven(repo: Repo) -> None:
    start(repo)
    archived = land(
        repo,
        "first",
        modified=[edits(repo, "one", "part 1", "part I")],
        added=[adds("new")],
        removed=[removes(repo, "three")],
    )
    before = repo.git("rev-parse", f"{archived}^^{{tree}}")
    revert(repo, archived)
    assert repo.git("rev-parse", "HEAD^{tree}") == before
    clean(prove(repo))


def test_a_revert_below_later_changes_of_other_requirements_is_proven(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    land(repo, "second", modified=[edits(repo, "three", "part 5", "part V")])
    revert(repo, archived)
    clean(prove(repo))


def test_a_revert_of_a_revert_is_an_archive_again(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    revert(repo, revert(repo, archived))
    report = prove(repo)
    clean(report)
    assert report.archives == 2
    revert(repo, repo.head())
    clean(prove(repo))


def test_a_revert_of_renames_and_new_capabilities_is_proven(repo: Repo) -> None:
    start(repo)
    created = land(repo, "web", capability="web", purpose="Show.", added=[adds("page")])
    moved = land(repo, "move", renamed=[{"id": "two", "to": "zwei"}], moved=[{"id": "three", "to": "web/drei"}])
    revert(repo, moved)
    revert(repo, created)
    clean(prove(repo))


def test_a_revert_of_a_closed_change_is_proven(repo: Repo) -> None:
    start(repo)
    change(repo, "first", added=[adds("new")])
    revert(repo, close(repo, "first"))
    clean(prove(repo))


def test_a_revert_of_one_of_two_that_landed_together_is_proven(repo: Repo) -> None:
    start(repo)
    switch(repo, "topic", "main")
    first = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    land(repo, "second", modified=[edits(repo, "three", "part 5", "part V")])
    switch(repo, "main")
    repo.git("merge", "-q", "--squash", "topic")
    repo.commit("Land both")
    revert(repo, first)
    assert [code for code in codes(prove(repo)) if code != "H008"] == []


def test_a_revert_that_restores_something_else_is_found(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    repo.git("revert", "--no-commit", archived)
    repo.write(LIVING, repo.read(LIVING).replace("do one, part 7", "do nothing"))
    repo.commit("Revert first")
    code, message = only(prove(repo))
    assert code == "H013" and "auth/one differs (text)" in message


def test_a_revert_that_keeps_what_the_change_wrote_is_found(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    repo.git("revert", "--no-commit", archived)
    repo.git("checkout", "HEAD", "--", LIVING)
    repo.commit("Revert first")
    assert only(prove(repo))[0] == "H013"


def test_a_revert_under_a_later_edit_of_the_same_text_is_found(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    land(repo, "second", modified=[edits(repo, "one", "part 7", "part VII")])
    revert(repo, archived)  # Git merges the lines
    code, message = only(prove(repo))
    assert code == "H013" and "later ones build on it" in message


def test_a_folder_that_is_taken_out_of_the_archive_and_not_restored_is_found(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", added=[adds("new")])
    repo.git("revert", "--no-commit", archived)
    repo.git("rm", "-q", "-r", "-f", "spec/changes/first")
    repo.commit("Revert first")
    assert "H005" in codes(prove(repo))
    assert living(repo).requirement("new") is None


def test_a_merge_that_brings_a_revert_is_proven(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    switch(repo, "undo", "main")
    revert(repo, archived)
    switch(repo, "main")
    land(repo, "second", modified=[edits(repo, "three", "part 5", "part V")])
    repo.git("merge", "-q", "--no-ff", "undo", "-m", "Merge undo")
    clean(prove(repo))


def test_a_change_that_is_archived_again_after_a_revert_is_proven(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    revert(repo, archived)
    archive(repo, "first", with_tag=False)
    clean(prove(repo))
    assert repo.git("rev-parse", f"archive/{DAY}-first^{{commit}}") == archived
