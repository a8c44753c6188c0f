"""`gitspec unarchive` gives back what was there, or says what builds on it."""

import json
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitspec.commands import archive as archiving
from gitspec.domain.capability import Capability
from gitspec.errors import GitspecError, Refused, UsageError
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit
from gitspec.store.spec import Spec
from gitspec.yaml.emit import emit
from tests.archive.project import gitspec, propose
from tests.conftest import Repo
from tests.domain.histories import Author
from tests.fsck.histories import (
    DAY,
    LIVING,
    adds,
    archive,
    change,
    clean,
    close,
    edits,
    land,
    living,
    prove,
    removes,
    start,
    switch,
)


def unarchive(repo: Repo, change_id: str, **options: str) -> str:
    done = archiving.unarchive(discover(str(repo.path)), change_id, archiving.Options(with_tag=False, **options))  # type: ignore[arg-type]
    assert done.outcome is not None
    return done.outcome.commit


def tree(repo: Repo, at: str = "HEAD") -> str:
    return repo.git("rev-parse", f"{at}^{{tree}}")


def test_it_gives_back_the_same_tree_index_and_files(repo: Repo) -> None:
    start(repo)
    change(repo, "first", modified=[edits(repo, "one", "part 1", "part I")], added=[adds("new", after="one")])
    before = tree(repo)
    archive(repo, "first")
    repo.write("src/code.py", "unsaved\n")
    repo.write("notes.txt", "untracked\n")
    commit = unarchive(repo, "first")
    assert tree(repo) == before
    assert repo.git("status", "--porcelain") == " M src/code.py\n?? notes.txt"
    assert repo.git("log", "-1", "--format=%s%n%(trailers)", commit).strip().split("\n") == [
        "Unarchive first: Two-factor authentication",
        "Change: first",
        f"Unarchived: {DAY}-first",
    ]
    assert repo.git("rev-parse", f"archive/{DAY}-first^{{commit}}") == repo.git("rev-parse", "HEAD^")
    clean(prove(repo))


def test_it_gives_back_a_closed_change(repo: Repo) -> None:
    start(repo)
    change(repo, "first", added=[adds("new")])
    before = tree(repo)
    close(repo, "first")
    unarchive(repo, "first")
    assert tree(repo) == before
    clean(prove(repo))


def test_later_changes_of_other_things_stay(repo: Repo) -> None:
    start(repo)
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")], removed=[removes(repo, "two")])
    land(repo, "second", modified=[edits(repo, "three", "part 5", "part V")], added=[adds("new")])
    unarchive(repo, "first")
    assert "part 1" in repo.read(LIVING) and "part V" in repo.read(LIVING)
    assert {r.id for r in living(repo).requirements} == {"one", "two", "three", "new"}
    clean(prove(repo))


@pytest.mark.parametrize("how", ["text", "link", "depends"])
def test_it_is_refused_when_a_later_change_builds_on_it(repo: Repo, how: str) -> None:
    start(repo)
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")], added=[adds("new")])
    if how == "text":
        change(repo, "second", modified=[edits(repo, "one", "part 7", "part VII")])
    elif how == "link":
        linked = {
            "id": "two",
            "seen": edits(repo, "two", "MUST", "X")["seen"],
            "links": {"added": {"refines": ["auth/new"]}},
        }
        change(repo, "second", modified=[linked])
    else:
        folder = change(repo, "second", added=[adds("other")])
        repo.write(f"{folder}/change.yaml", repo.read(f"{folder}/change.yaml") + "depends_on:\n  - first\n")
        repo.commit("Depend")
    archive(repo, "second")
    before = repo.head()
    with pytest.raises(Refused) as raised:
        unarchive(repo, "first")
    assert raised.value.code == "A027" and "second" in raised.value.message
    assert "gitspec unarchive second" in raised.value.help
    assert repo.head() == before
    unarchive(repo, "second")
    unarchive(repo, "first")
    clean(prove(repo))


def test_it_is_refused_when_it_would_bring_back_a_link_to_what_is_gone(repo: Repo) -> None:
    start(repo)
    seen = edits(repo, "two", "MUST", "X")["seen"]
    land(repo, "links", modified=[{"id": "two", "seen": seen, "links": {"added": {"refines": ["auth/one"]}}}])
    land(repo, "first", modified=[{"id": "two", "seen": seen, "links": {"removed": {"refines": ["auth/one"]}}}])
    land(repo, "drops", removed=[removes(repo, "one")])
    with pytest.raises(Refused) as raised:
        unarchive(repo, "first")
    assert raised.value.code == "A027" and "drops" in raised.value.message and "auth/one" in raised.value.message


def test_it_is_refused_when_what_it_wrote_was_edited_by_hand(repo: Repo) -> None:
    start(repo)
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    repo.write(LIVING, repo.read(LIVING).replace("part I.", "part 0."))
    repo.commit("Tweak")
    with pytest.raises(Refused) as raised:
        unarchive(repo, "first")
    assert raised.value.code == "A027"


def test_one_of_two_that_landed_together_is_taken_back(repo: Repo) -> None:
    start(repo)
    switch(repo, "topic", "main")
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    land(repo, "second", modified=[edits(repo, "three", "part 5", "part V")])
    switch(repo, "main")
    repo.git("merge", "-q", "--squash", "topic")
    repo.commit("Land both")
    unarchive(repo, "first")
    assert "part 1." in repo.read(LIVING) and "part V." in repo.read(LIVING)


def test_a_capability_whose_purpose_later_changes_edited_is_not_taken_away(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "web", capability="web", purpose="Show.", added=[adds("page")])
    land(repo, "says-more", capability="web", purpose={"from": "Show.", "to": "Show more."})
    with pytest.raises(Refused) as raised:
        unarchive(repo, "web")
    assert raised.value.code == "A027" and "says-more" in raised.value.message
    repo.git("revert", "--no-edit", archived, check=False)
    repo.git("rm", "-q", "-f", "spec/capabilities/web.yaml")
    repo.commit("Revert web")
    assert [one.finding.code for one in prove(repo).found if one.finding.severity == "error"] == ["H013"]


def after_a_branch_that_had_it_merged_the_taking_back(repo: Repo, how: str) -> None:
    """``first`` is taken back and ``second`` archived on main; a branch from before gets both at once, and comes back."""
    start(repo)
    archived = land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")], added=[adds("new")])
    switch(repo, "late", "main")
    repo.write("src/code.py", "late\n")
    repo.commit("Late")
    switch(repo, "main")
    repo.git("revert", "--no-edit", archived)
    land(repo, "second", modified=[edits(repo, "three", "part 5", "part V")])
    switch(repo, "late")
    repo.git("merge", "-q", *(["--squash"] if how == "squash" else ["--no-ff"]), "main")
    repo.commit("Merge main")
    if how == "merged back":
        switch(repo, "main")
        repo.git("merge", "-q", "--no-ff", "late", "-m", "Merge late")


@pytest.mark.parametrize("how", ["merge", "merged back", "squash"])
def test_what_a_merge_took_back_beside_it_does_not_come_again(repo: Repo, how: str) -> None:
    after_a_branch_that_had_it_merged_the_taking_back(repo, how)
    unarchive(repo, "second")
    assert {r.id for r in living(repo).requirements} == {"one", "two", "three"}
    assert "part 1." in repo.read(LIVING) and "part 5." in repo.read(LIVING)
    assert [one for one in prove(repo).found if one.finding.code not in ("H008", "H009")] == []


@pytest.mark.parametrize("how", ["merge", "merged back", "squash"])
def test_what_a_merge_took_back_beside_it_is_found_when_it_comes_again(repo: Repo, how: str) -> None:
    after_a_branch_that_had_it_merged_the_taking_back(repo, how)
    before = repo.git("log", "-1", "--format=%H", "--grep", "^Archive first")
    repo.git("checkout", "-q", before, "--", LIVING)
    repo.git("mv", f"spec/archive/{DAY}-second", "spec/changes/second")
    repo.commit("Take second back, and more")
    assert [one.finding.code for one in prove(repo).found if one.finding.code not in ("H008", "H009")] == ["H013"]


def test_what_is_not_archived_or_is_active_too_is_refused(repo: Repo) -> None:
    start(repo)
    change(repo, "active")
    with pytest.raises(Refused):
        unarchive(repo, "active")
    with pytest.raises(UsageError):
        unarchive(repo, "nothing")
    with pytest.raises(UsageError):
        unarchive(repo, "../etc")
    land(repo, "first", added=[adds("new")])
    change(repo, "first", added=[adds("newer")])
    with pytest.raises(Refused) as raised:
        unarchive(repo, "first")
    assert raised.value.code == "A028"


def test_uncommitted_edits_in_its_way_stop_it(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    repo.write("spec/changes/first/notes.md", "mine\n")
    with pytest.raises(Refused) as raised:
        unarchive(repo, "first")
    assert raised.value.code == "A006"
    assert repo.read("spec/changes/first/notes.md") == "mine\n"


def test_it_works_in_a_bare_repository_and_on_another_branch(repo: Repo, tmp_path: object) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    before = tree(repo, "HEAD~1")
    bare = repo.bare(repo.path.parent / "bare.git")
    unarchive(bare, "first")
    assert tree(bare) == before
    switch(repo, "other", "main")
    unarchive(repo, "first", onto="main")
    assert tree(repo, "main") == before


def test_dry_run_and_json(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    head = repo.head()
    shown = json.loads(gitspec(repo, "unarchive", "first", "--dry-run", "--json").out)
    assert (repo.head(), shown["dry_run"], shown["tree"]) == (head, True, tree(repo, "HEAD~1"))
    done = gitspec(repo, "unarchive", f"{DAY}-first", "--expect", shown["tree"])
    assert done.code == 0 and done.out.startswith("Unarchived first on main: ")
    assert "removed new" in done.out


def living_at(repo: Repo, at: str = "HEAD") -> dict[str, Capability]:
    return dict(Spec(at_commit(discover(str(repo.path)), at)).living)


def random_change(repo: Repo, random: Random, number: int, marks: "count[int]") -> bool:
    """Commit a random change, and archive it if it can be; whether it could."""
    author = Author(random, living_at(repo), marks)
    author.found() if not author.seen else author.work(random.randint(1, 5))
    folder = propose(repo, f"change-{number}")
    if not author.deltas:
        repo.write(f"{folder}/change.yaml", repo.read(f"{folder}/change.yaml") + "no_deltas: true\n")
    for capability, delta in author.deltas.items():
        repo.write(f"{folder}/deltas/{capability}.yaml", emit(delta))
    repo.commit(f"Propose change-{number}")
    try:
        archive(repo, f"change-{number}", with_tag=False)
    except GitspecError:
        repo.git("rm", "-q", "-r", folder)
        repo.commit("Give up")
        return False
    return True


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9))
def test_unarchive_after_archive_gives_back_the_same_trees(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    take_back_at_random(Repo.init(tmp_path_factory.mktemp("random") / "repo"), seed)


def take_back_at_random(repo: Repo, seed: int) -> int:
    """Archive random changes, take each back and archive it again; then take them back in any order that goes."""
    random, marks = Random(seed), count()
    repo.write("spec/gitspec.yaml", 'version: "1"\nattributes:\n  mark:\n    type: text\n')
    repo.commit("Start")
    archived = []
    for number in range(5):
        if random_change(repo, random, number, marks):
            name = f"change-{number}"
            with_it, before = tree(repo), tree(repo, "HEAD^")
            unarchive(repo, name)
            assert tree(repo) == before
            archive(repo, name, with_tag=False)
            assert tree(repo) == with_it
            archived.append(name)
    random.shuffle(archived)
    taken = 0
    for name in archived:
        try:
            unarchive(repo, name)
        except Refused as error:
            assert error.code == "A027"
            continue
        taken += 1
    found = [one for one in prove(repo).found if one.finding.code != "H009"]
    assert not found, (seed, found)
    return taken
