"""`gitspec resolve` in a merge that takes a change back on one side: the result proves itself."""

import json

from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.fsck.histories import DAY, LIVING, adds, clean, edits, land, living, prove, start, switch
from tests.fsck.test_unarchive import unarchive


def taken_back_on_a_branch(repo: Repo, **mine: object) -> Repo:
    """``first`` is archived on main and taken back on ``undo``, while main archives ``mine``."""
    start(repo)
    land(repo, "first", modified=[edits(repo, "one", "part 8", "part VIII")], added=[adds("new")])
    switch(repo, "undo", "main")
    unarchive(repo, "first")
    land(repo, "other", modified=[edits(repo, "two", "part 8", "part VIII")])
    switch(repo, "main")
    land(repo, "mine", **mine)
    assert repo.run_git("merge", "--no-commit", "undo").returncode, "the merge must stop"
    return repo


def test_a_merge_that_takes_a_change_back_is_resolved_and_proven(repo: Repo) -> None:
    taken_back_on_a_branch(repo, added=[adds("mine")])
    done = json.loads(gitspec(repo, "resolve", "--stage", "--json").out)
    assert done["taken_back"] == [f"spec/archive/{DAY}-first"]
    assert done["folders"] == [f"spec/archive/{DAY}-other"]
    assert not repo.git("ls-files", "-u")
    repo.commit("Merge undo")
    assert {r.id for r in living(repo).requirements} == {"one", "two", "three", "mine"}
    assert (
        "part VIII" in repo.read(LIVING).partition("id: two")[2] and "VIII" not in repo.read(LIVING).partition("two")[0]
    )
    clean(prove(repo))


def test_a_merge_that_takes_back_what_others_build_on_is_refused(repo: Repo) -> None:
    start(repo)
    land(repo, "first", modified=[edits(repo, "one", "part 8", "part VIII")])
    switch(repo, "undo", "main")
    unarchive(repo, "first")
    switch(repo, "main")
    land(repo, "mine", modified=[edits(repo, "one", "part VIII", "part eight")])
    repo.run_git("merge", "--no-commit", "undo")
    before = repo.read(LIVING)
    done = gitspec(repo, "resolve", "--stage")
    assert done.code == 1
    assert "A031 the merge takes 'first' back, and later changes build on it" in done.err
    assert repo.read(LIVING) == before


def test_a_squash_that_takes_a_change_back_is_resolved_and_proven(repo: Repo) -> None:
    start(repo)
    land(repo, "first", modified=[edits(repo, "one", "part 8", "part VIII")], added=[adds("new")])
    switch(repo, "undo", "main")
    unarchive(repo, "first")
    switch(repo, "main")
    land(repo, "mine", added=[adds("mine")])
    repo.run_git("merge", "-q", "--squash", "undo")
    assert gitspec(repo, "resolve", "--stage").code == 0
    repo.commit("Land undo")
    assert {r.id for r in living(repo).requirements} == {"one", "two", "three", "mine"}
    clean(prove(repo))
