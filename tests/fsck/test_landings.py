"""Archives prove themselves however they land."""

from collections.abc import Callable

import pytest

from tests.conftest import Repo
from tests.fsck.histories import (
    DAY,
    LIVING,
    adds,
    archive,
    change,
    clean,
    codes,
    edits,
    land,
    living,
    only,
    prove,
    removes,
    requirement,
    start,
    switch,
)


def branch_with(repo: Repo, name: str, **delta: object) -> None:
    """A branch off main on which the change ``name`` is archived, without a tag; main is checked out again."""
    switch(repo, name, "main")
    change(repo, name, **delta)
    archive(repo, name, with_tag=False)
    switch(repo, "main")


def without_tags(report: object) -> list[str]:
    return [code for code in codes(report) if code != "H009"]  # type: ignore[arg-type]


def test_an_archive_proves_itself_and_its_tag(repo: Repo) -> None:
    start(repo)
    land(repo, "first", modified=[edits(repo, "one", "part 3", "part III")], added=[adds("four", after="one")])
    report = prove(repo)
    clean(report)
    assert (report.archives, report.changes, report.commits) == (1, 1, 3)
    assert [(one.exempted.kind, one.exempted.paths) for one in report.exceptions] == [("adoption", (LIVING,))]


def test_every_operation_of_a_delta_proves_itself(repo: Repo) -> None:
    start(repo)
    land(
        repo,
        "links",
        modified=[{**edits(repo, "two", "part 1", "part I"), "links": {"added": {"refines": ["auth/one"]}}}],
    )
    land(
        repo,
        "rename",
        renamed=[{"id": "one", "to": "uno"}],
        modified=[{**edits(repo, "two", "part 2", "part II"), "tags": {"added": ["new"]}}],
    )
    land(repo, "new", capability="web", title="Web", purpose="Show.", added=[adds("page")])
    land(repo, "drop", removed=[removes(repo, "three")])
    land(repo, "move", moved=[{"id": "two", "to": "web/two"}])
    land(repo, "retitle", capability="web", rename_to="site")
    assert [r.id for r in living(repo, "site").requirements] == ["page", "two"]
    clean(prove(repo))


@pytest.mark.spec("proving/proof-from-history#squash-merge")
def test_a_squash_merge_proves_itself(repo: Repo) -> None:
    start(repo)
    branch_with(repo, "topic", modified=[edits(repo, "one", "part 3", "part III")])
    land(repo, "other", modified=[edits(repo, "three", "part 3", "part III")])
    repo.git("merge", "-q", "--squash", "topic")
    repo.commit("Land topic (#7)")
    assert without_tags(prove(repo)) == []
    assert living(repo).requirement("one") != living(repo).requirement("three")


def test_changes_that_build_on_one_another_prove_themselves_in_one_squash(repo: Repo) -> None:
    start(repo)
    switch(repo, "topic", "main")
    land(repo, "zeta", modified=[edits(repo, "one", "part 3", "part III")], added=[adds("new")])
    land(repo, "alpha", modified=[edits(repo, "one", "part III", "part three"), edits(repo, "new", "MUST", "SHALL")])
    switch(repo, "main")
    repo.git("merge", "-q", "--squash", "topic")
    repo.commit("Land both")
    repo.git("tag", "-d", f"archive/{DAY}-zeta", f"archive/{DAY}-alpha")
    report = prove(repo)
    assert codes(report) == ["H009"]
    assert (report.archives, report.changes) == (1, 2)


def test_a_rebase_merge_proves_itself(repo: Repo) -> None:
    start(repo)
    branch_with(repo, "topic", modified=[edits(repo, "one", "part 3", "part III")])
    land(repo, "other", modified=[edits(repo, "three", "part 3", "part III")])
    repo.git("rebase", "-q", "main", "topic")
    switch(repo, "main")
    repo.git("merge", "-q", "--ff-only", "topic")
    assert without_tags(prove(repo)) == []


def test_a_merge_proves_itself_and_may_have_its_own_order(repo: Repo) -> None:
    start(repo)
    branch_with(repo, "topic", added=[adds("aaa")])
    land(repo, "other", added=[adds("zzz")])
    repo.git("merge", "-q", "--no-ff", "--no-commit", "topic", check=False)
    body = repo.show(f"topic:{LIVING}") + repo.show(f"main:{LIVING}").split(requirement("three"))[1]
    repo.write(LIVING, body)
    repo.commit("Merge topic")
    assert [r.id for r in living(repo).requirements][-2:] == ["aaa", "zzz"]
    assert len(repo.git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    assert without_tags(prove(repo)) == []


def test_a_commit_of_a_merge_queue_proves_itself(repo: Repo) -> None:
    start(repo)
    branch_with(repo, "pr-1", modified=[edits(repo, "one", "part 3", "part III")])
    branch_with(repo, "pr-2", modified=[edits(repo, "three", "part 3", "part III")])
    for name in ("pr-1", "pr-2"):
        tree = repo.git("merge-tree", "--write-tree", "main", name)
        merged = repo.git("commit-tree", tree, "-p", "main", "-p", name, "-m", f"Merge pull request of {name}")
        repo.git("update-ref", "refs/heads/main", merged)
    repo.git("reset", "-q", "--hard")
    report = prove(repo)
    assert without_tags(report) == []
    assert report.changes == 4  # each on its branch and in its merge


def test_an_octopus_proves_itself(repo: Repo) -> None:
    start(repo, "one", "two", "three", "four", "five")
    branch_with(repo, "left", modified=[edits(repo, "one", "part 3", "part III")])
    branch_with(repo, "right", modified=[edits(repo, "three", "part 3", "part III")])
    land(repo, "here", modified=[edits(repo, "five", "part 3", "part III")])
    repo.git("merge", "-q", "--no-ff", "left", "right", "-m", "Merge all")
    assert len(repo.git("rev-list", "--parents", "-1", "HEAD").split()) == 4
    assert without_tags(prove(repo)) == []


def test_a_criss_cross_proves_itself(repo: Repo) -> None:
    start(repo, "one", "two", "three", "four", "five")
    branch_with(repo, "left", modified=[edits(repo, "one", "part 3", "part III")])
    branch_with(repo, "right", modified=[edits(repo, "three", "part 3", "part III")])
    left, right = repo.git("rev-parse", "left"), repo.git("rev-parse", "right")
    switch(repo, "left")
    repo.git("merge", "-q", "--no-ff", right, "-m", "right into left")
    land(repo, "left-2", modified=[edits(repo, "one", "part 5", "part V")])
    switch(repo, "right")
    repo.git("merge", "-q", "--no-ff", left, "-m", "left into right")
    land(repo, "right-2", modified=[edits(repo, "five", "part 5", "part V")])
    repo.git("merge", "-q", "--no-ff", "left", "-m", "and back")
    assert len(repo.git("merge-base", "--all", "HEAD^1", "HEAD^2").split()) == 2
    assert without_tags(prove(repo)) == []


def test_a_line_merge_that_joined_two_edits_of_a_requirement_is_found(repo: Repo) -> None:
    start(repo)
    branch_with(repo, "topic", modified=[edits(repo, "one", "part 1", "part I")])
    land(repo, "other", modified=[edits(repo, "one", "part 7", "part VII")])
    repo.git("merge", "-q", "--no-ff", "topic", "-m", "Merge topic")  # Git finds no conflict
    code, message = next(
        (f.finding.code, f.finding.message) for f in prove(repo).found if f.finding.severity == "error"
    )
    assert code == "H003"
    assert "topic" in message and "auth/one" in message and "D003" in message and "joined" in message


def test_a_squash_that_joined_two_edits_of_a_requirement_is_found(repo: Repo) -> None:
    start(repo)
    branch_with(repo, "topic", modified=[edits(repo, "one", "part 1", "part I")])
    land(repo, "other", modified=[edits(repo, "one", "part 7", "part VII")])
    repo.git("merge", "-q", "--squash", "topic")
    repo.commit("Land topic")
    assert without_tags(prove(repo)) == ["H003"]


@pytest.mark.parametrize("strategy", [("-s", "ours"), ("-X", "ours", "-s", "recursive")])
def test_a_merge_that_drops_the_other_side_is_found(repo: Repo, strategy: tuple[str, ...]) -> None:
    start(repo)
    branch_with(repo, "topic", added=[adds("precious")])
    land(repo, "other", added=[adds("here")])
    repo.git("merge", "-q", "--no-ff", *strategy, "topic", "-m", "Merge topic")
    found = [f.finding for f in prove(repo).found if f.finding.code != "H009"]
    assert [f.code for f in found] == (["H006"] if strategy == ("-s", "ours") else ["H004"])
    assert "auth/precious" in found[0].message


def test_a_merge_into_a_branch_that_took_the_change_back_drops_nothing(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", added=[adds("new")])
    switch(repo, "late", "main")
    repo.write("src/code.py", "late\n")
    repo.commit("Late\n\nChange-Skip: typo")
    switch(repo, "main")
    repo.git("revert", "--no-edit", archived)
    repo.git("merge", "-q", "--no-ff", "late", "-m", "Merge late")
    clean(prove(repo))


def test_an_evil_merge_is_found(repo: Repo) -> None:
    start(repo)
    branch_with(repo, "topic", modified=[edits(repo, "one", "part 1", "part I")])
    repo.git("merge", "-q", "--no-ff", "--no-commit", "topic")
    repo.write(LIVING, repo.read(LIVING).replace("do two, part 8", "do nothing"))
    repo.commit("Merge topic")
    code, message = next(
        (f.finding.code, f.finding.message) for f in prove(repo).found if f.finding.severity == "error"
    )
    assert (code, "auth/two" in message) == ("H002", True)


def test_a_cherry_pick_to_a_release_branch_proves_itself_and_needs_no_tag_of_its_own(repo: Repo) -> None:
    start(repo)
    switch(repo, "release", "main")
    switch(repo, "main")
    land(repo, "feature", modified=[edits(repo, "three", "part 8", "part VIII")])
    fix = land(repo, "fix", modified=[edits(repo, "one", "part 1", "part I")])
    switch(repo, "release")
    repo.git("cherry-pick", f"{fix}^", fix)
    clean(prove(repo))
    clean(prove(repo, every_branch=True))
    switch(repo, "main")
    clean(prove(repo))


def test_a_root_commit_may_bring_specs_in_and_a_later_one_not_again(repo: Repo) -> None:
    repo.write("src/code.py", "pass\n")
    before = repo.commit("No policy yet")
    start(repo)
    land(repo, "first", added=[adds("new")])
    clean(prove(repo))
    repo.git("switch", "-q", "--orphan", "other")
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.write(LIVING, f"capability: auth\nrequirements:\n{requirement('forged')}")
    repo.commit("A root of its own")
    switch(repo, "main")
    repo.git(
        "merge", "-q", "--allow-unrelated-histories", "--no-ff", "-X", "theirs", "other", "-m", "Merge", check=False
    )
    repo.git("checkout", "other", "--", LIVING)
    repo.commit("Merge other")
    assert "H001" in codes(prove(repo))
    assert before


def test_a_branch_from_before_the_policy_is_not_judged_and_its_merge_is(repo: Repo) -> None:
    repo.write("src/code.py", "pass\n")
    repo.write("spec/capabilities/odd.txt", "from before\n")
    repo.commit("No policy yet")
    switch(repo, "old", "main")
    repo.write("src/old.py", "pass\n")
    repo.commit("Work without a policy")
    switch(repo, "main")
    repo.git("rm", "-q", "-r", "spec")
    start(repo)
    land(repo, "first", added=[adds("new")])
    repo.git("merge", "-q", "--no-ff", "old", "-m", "Merge old")
    clean(prove(repo))
    switch(repo, "old")
    repo.git("merge", "-q", "--no-ff", "HEAD@{0}", "main", "-m", "Main into old", check=False)
    clean(prove(repo))


def test_an_old_branch_that_merges_main_cannot_pass_for_the_adoption(repo: Repo) -> None:
    repo.write("src/code.py", "pass\n")
    repo.commit("No policy yet")
    switch(repo, "old", "main")
    repo.write("src/old.py", "pass\n")
    repo.commit("Work without a policy")
    switch(repo, "main")
    start(repo)
    switch(repo, "old")
    repo.git("merge", "-q", "--no-ff", "--no-commit", "main")
    repo.write(LIVING, repo.read(LIVING).replace("do two, part 8", "do nothing"))
    repo.commit("Merge main")
    assert only(prove(repo))[0] == "H001"


def test_it_works_in_bare_and_sha256_repositories(repo: Repo, make_repo: Callable[..., Repo], tmp_path: object) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    other = make_repo("other.git", "--bare")
    repo.git("push", "-q", str(other.path), "main", "--tags")
    clean(prove(other, at="main"))
    modern = start(make_repo("modern", "--object-format=sha256"))
    land(modern, "first", added=[adds("new")])
    clean(prove(modern))
