"""What `gitspec why` says of commits that name no change: what names them instead, or honestly nothing."""

from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.why.conftest import CODE, asked, how, second_change, with_patterns

OLD = "# old\n"


def _commit(repo: Repo, message: str, line: str = "# line\n", path: str = "src/new.py") -> str:
    """One more line in a file, committed."""
    file = repo.path / path
    file.parent.mkdir(exist_ok=True)
    file.write_text((file.read_text() if file.exists() else "") + line)
    return repo.commit(message)


def _commit_of(repo: Repo, place: str) -> dict[str, object]:
    (answer,) = asked(repo, place)["answers"]
    (commit,) = answer["commits"]
    assert isinstance(commit, dict)
    return commit


def test_a_revert_leads_to_what_it_reverts(begun: Repo) -> None:
    whole = begun.read("src/auth.py")
    begun.write("src/auth.py", "")
    begun.commit("Take it out\n\nChange: add-2fa")
    begun.git("revert", "--no-edit", "HEAD")
    assert begun.read("src/auth.py") == whole
    commit = _commit_of(begun, "src/auth.py:1")
    assert (commit["how"], commit["via"]) == ("revert", begun.git("rev-parse", "HEAD^"))
    assert "says that it reverts" in gitspec(begun, "why", "src/auth.py:1").out
    begun.git("revert", "--no-edit", "HEAD")
    begun.git("revert", "--no-edit", "HEAD")  # a revert of a revert of a revert
    assert how(begun, "src/auth.py:1") == [("revert", ["add-2fa"])]


def test_a_cherry_pick_leads_to_its_origin_though_that_is_on_another_branch(begun: Repo) -> None:
    second_change(begun)
    begun.git("switch", "-q", "-c", "side", "HEAD~1")
    origin = _commit(begun, "Fix it\n\nChange: add-2fa")
    begun.git("switch", "-q", "main")
    begun.git("cherry-pick", "-x", origin)
    begun.git("commit", "--amend", "-q", "--no-verify", "-m", f"Fix it\n\n(cherry picked from commit {origin[:12]})")
    commit = _commit_of(begun, "src/new.py:1")
    assert (commit["how"], commit["via"], commit["said"]) == ("pick", origin, "Change: add-2fa")
    begun.git("commit", "--amend", "-q", "--no-verify", "-m", f"Fix\n\nThis reverts commit {'0' * 40}.")
    assert how(begun, "src/new.py:1") == [("none", [])]  # it is not here


def test_a_merge_that_names_the_change_speaks_for_what_it_brought(begun: Repo) -> None:
    begun.git("switch", "-q", "-c", "feature")
    _commit(begun, "First step")
    begun.git("switch", "-q", "-c", "inner")
    _commit(begun, "Inner step", path="src/inner.py")
    begun.git("switch", "-q", "feature")
    _commit(begun, "Second step")
    begun.git("merge", "-q", "--no-ff", "--no-verify", "-m", "Merge inner", "inner")
    begun.git("switch", "-q", "main")
    _commit(begun, "On the trunk", path="src/trunk.py")
    begun.git("merge", "-q", "--no-ff", "--no-verify", "-m", "Merge feature\n\nChange: add-2fa", "feature")
    merge = begun.head()
    commit = _commit_of(begun, "src/new.py:1")
    assert (commit["how"], commit["via"]) == ("merge", merge)
    assert _commit_of(begun, "src/inner.py:1")["via"] == merge
    assert how(begun, "src/trunk.py:1") == [("none", [])]
    assert f"it was merged by {merge[:12]}, which names this one" in gitspec(begun, "why", "src/new.py:1").out


def test_of_nested_merges_the_innermost_that_names_a_change_speaks(begun: Repo) -> None:
    second_change(begun)
    begun.git("switch", "-q", "-c", "outer")
    _commit(begun, "Outer", path="src/outer.py")
    begun.git("switch", "-q", "-c", "inner")
    _commit(begun, "Inner")
    begun.git("switch", "-q", "outer")
    begun.git("merge", "-q", "--no-ff", "--no-verify", "-m", "Merge inner\n\nChange: add-billing", "inner")
    begun.git("switch", "-q", "main")
    begun.git("merge", "-q", "--no-ff", "--no-verify", "-m", "Merge outer\n\nChange: add-2fa", "outer")
    assert how(begun, "src/new.py:1") == [("merge", ["add-billing"])]
    assert how(begun, "src/outer.py:1") == [("merge", ["add-2fa"])]


def test_a_squash_that_quotes_the_trailers_of_its_commits_is_told_apart(begun: Repo) -> None:
    message = "Feature (#12)\n\n* First step\n\nChange: add-2fa\n\n* Second step\n\nsome text\n\nCo-authored-by: A U Thor <a@e.com>"
    _commit(begun, message)
    commit = _commit_of(begun, "src/new.py:1")
    assert (commit["how"], commit["said"]) == ("text", "Change: add-2fa")
    assert "where Git reads no trailer" in gitspec(begun, "why", "src/new.py:1").out
    _commit(begun, "Feature\n\nText\n\nChange: add-2fa\n\n---------\n\nCo-authored-by: A U Thor <a@e.com>")
    assert _commit_of(begun, "src/new.py:2")["how"] == "trailer"
    _commit(begun, "Feature\n\nChange: no-such-change\n\nand more text")
    assert how(begun, "src/new.py:3") == [("none", [])]


def test_a_commit_that_touches_the_folder_of_one_change_is_for_it(begun: Repo) -> None:
    second_change(begun)
    tasks = "spec/changes/add-billing/tasks.md"
    begun.write(tasks, begun.read(tasks) + "- [ ] 1.3 More\n")
    _commit(begun, "Do more")
    assert how(begun, "src/new.py:1") == [("folder", ["add-billing"])]
    begun.write(tasks, begun.read(tasks) + "- [ ] 1.4 More\n")
    begun.write("spec/changes/add-2fa/design.md", "# Other\n")
    _commit(begun, "Do more")
    assert how(begun, "src/new.py:2") == [("none", [])]  # two of them: none is meant alone


def test_folders_of_openspec_count_too_wherever_they_stand(repo: Repo) -> None:
    for index, folder in enumerate(["openspec", "docs/openspec"]):
        repo.write(f"{folder}/changes/add-2fa/tasks.md", f"- [x] {index}\n")
        _commit(repo, "Do it")
    repo.write("openspec/changes/archive/2026-01-31-add-2fa/tasks.md", "- [x] 1\n")
    repo.write("openspec/changes/README.md", "no change\n")
    _commit(repo, "Done")
    from tests.archive.project import project

    project(repo)
    assert how(repo, "src/new.py") == [("folder", ["add-2fa"])]
    assert len(asked(repo, "src/new.py")["answers"][0]["commits"]) == 3


@pytest.mark.spec("history/why#line-without-a-change")
def test_older_than_the_policy_and_nothing_named_are_told_apart(repo: Repo) -> None:
    from tests.archive.project import project

    _commit(repo, "Long ago", OLD)
    project(repo)
    _commit(repo, "Later")
    assert how(repo, "src/new.py:1") == [("before", [])]
    assert how(repo, "src/new.py:2") == [("none", [])]
    out = gitspec(repo, "why", "src/new.py").out
    assert "no change: older than the policy" in out and "no change: nothing names one" in out


def test_a_project_without_a_policy_gets_the_commits(repo: Repo) -> None:
    commit = _commit(repo, "Long ago\n\nChange: lost-one", OLD)
    data = asked(repo, "src/new.py")
    assert data["answers"][0]["commits"][0]["id"] == commit
    assert data["changes"] == [
        {
            "id": "lost-one", "state": "unknown", "title": None, "kind": None, "path": None, "proposal": None,
            "design": None, "requirements": [], "approvals": [], "approved": None, "merged_in": None, "imported": None,
            "tag": None, "archived_in": None,
        }
    ]  # fmt: skip
    assert "lost-one (no such change in spec/ here)" in gitspec(repo, "why", "src/new.py").out


def test_references_from_before_gitspec_answer(begun: Repo) -> None:
    _commit(begun, "Enrol (OpenSpec: add-2fa)")
    _commit(begun, "Fix #12 and #13")
    _commit(begun, "Apply the add-2fa proposal, self-contained")
    _commit(begun, "See (OpenSpec: lost-one)")
    assert how(begun, "src/new.py") == [("none", [])]
    assert len(asked(begun, "src/new.py")["answers"][0]["commits"]) == 4
    with_patterns(begun, 'pattern: "(OpenSpec: {id})"', 'pattern: "{id}"', 'pattern: "#{id}"\n      id: number')
    assert how(begun, "src/new.py:1") == [("pattern", ["add-2fa"])]
    commit = _commit_of(begun, "src/new.py:2")
    assert (commit["how"], commit["tickets"]) == ("ticket", ["12", "13"])
    assert how(begun, "src/new.py:3") == [("pattern", ["add-2fa"])]  # and not self-contained
    assert how(begun, "src/new.py:4") == [("pattern", ["lost-one"])]
    _commit(begun, "Make it self-contained")
    assert how(begun, "src/new.py:5") == [("none", [])]
    assert "by the pattern '(OpenSpec: {id})'" in gitspec(begun, "why", "src/new.py:1").out


def test_a_merge_lends_its_ticket_to_what_it_brought(begun: Repo) -> None:
    with_patterns(begun, 'pattern: "#{id}"\n      id: number')
    begun.git("switch", "-q", "-c", "feature")
    _commit(begun, "Step")
    begun.git("switch", "-q", "main")
    begun.git("merge", "-q", "--no-ff", "--no-verify", "-m", "Merge pull request #7 from somebody/feature", "feature")
    commit = _commit_of(begun, "src/new.py:1")
    assert (commit["how"], commit["tickets"], commit["via"]) == ("ticket", ["7"], begun.head())


def test_a_reason_for_no_change_is_given_before_what_a_merge_says(begun: Repo) -> None:
    begun.git("switch", "-q", "-c", "feature")
    _commit(begun, "Fix a typo\n\nChange-Skip: typo")
    begun.git("switch", "-q", "main")
    begun.git("merge", "-q", "--no-ff", "--no-verify", "-m", "Merge\n\nChange: add-2fa", "feature")
    assert how(begun, "src/new.py:1") == [("skip", [])]


def test_a_commit_that_skipped_leads_to_the_one_that_settles_it(begun: Repo) -> None:
    emergency = _commit(begun, "Patch at night\n\nChange-Skip: emergency")
    assert _commit_of(begun, "src/new.py:1")["via"] is None
    settler = _commit(begun, f"Do it properly\n\nChange: add-2fa\nSettles: {emergency[:12]}")
    commit = _commit_of(begun, "src/new.py:1")
    assert (commit["how"], commit["said"], commit["via"]) == ("skip", "emergency", settler)
    assert f"Change-Skip: emergency, settled by {settler[:12]}" in gitspec(begun, "why", "src/new.py:1").out


def test_a_commit_for_two_changes_answers_with_both(begun: Repo) -> None:
    second_change(begun)
    _commit(begun, "Both\n\nChange: add-2fa\nChange: add-billing")
    assert how(begun, "src/new.py:1") == [("trailer", ["add-2fa", "add-billing"])]
    assert [one["id"] for one in asked(begun, "src/new.py:1")["changes"]] == ["add-2fa", "add-billing"]


def test_a_shallow_clone_does_not_put_old_lines_down_to_its_oldest_commit(begun: Repo, tmp_path: Path) -> None:
    begun.write("src/auth.py", CODE + "# more\n")
    begun.commit("More\n\nChange: add-2fa")
    _commit(begun, "Last\n\nChange: add-2fa")
    begun.git("clone", "-q", "--depth", "2", begun.path.as_uri(), str(tmp_path / "shallow"))
    shallow = Repo(tmp_path / "shallow")
    ran = gitspec(shallow, "why", "src/auth.py:1")
    assert ran.code == 3 and "G016" in ran.err and "git fetch --unshallow" in ran.err
    assert how(shallow, "src/new.py:1") == [("trailer", ["add-2fa"])]
    shallow.write("src/auth.py", CODE + "# more\n# new\n")
    data = asked(shallow, "src/auth.py")
    assert [one["how"] for one in data["answers"]] == ["shallow", "uncommitted"]
    assert "the clone is shallow" in data["notes"][0]
    assert "note: the clone is shallow" in gitspec(shallow, "why", "src/auth.py").out
