"""Which remote branches still edit a change: what `gitspec archive --merged` leaves alone."""

from pathlib import Path

from gitspec.git.repository import discover
from gitspec.store.branches import edited_elsewhere
from tests.overlap.project import Project, edit


def elsewhere(*changes: str) -> dict[str, list[str]]:
    return edited_elsewhere(discover(), changes)


def merged(project: Project) -> None:
    """The change `one` on main, and the branch it came from on the remote."""
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.repo.git("merge", "-q", "--ff-only", "a")
    project.publish("a")


def test_a_merged_branch_edits_nothing(project: Project) -> None:
    merged(project)
    assert elsewhere("one") == {}


def test_a_branch_with_a_later_edit_is_named(project: Project) -> None:
    merged(project)
    project.on("b", "one", edit("session-expiry", "It MUST be 2 minutes."))
    project.on("c", "two", edit("login-page", "There MUST be 2 pages."))
    project.publish("b")
    project.publish("c")
    assert elsewhere("one") == {"one": ["refs/remotes/origin/b"]}
    assert elsewhere("one", "two")["two"] == ["refs/remotes/origin/c"]


def test_an_old_copy_is_no_edit(project: Project) -> None:
    merged(project)
    project.repo.git("branch", "lazy")
    project.publish("lazy")
    project.write("one", edit("session-expiry", "It MUST be 5 minutes."))
    project.repo.commit("Edit on main")
    assert elsewhere("one") == {}


def test_a_branch_that_archived_the_change_does_not_edit_it(project: Project) -> None:
    merged(project)
    project.repo.git("checkout", "-q", "-b", "pr")
    project.repo.git("mv", "spec/changes/one", "spec/archived-one")
    project.repo.commit("Move it")
    project.repo.git("checkout", "-q", "main")
    project.publish("pr")
    assert elsewhere("one") == {}


def test_local_branches_do_not_count(project: Project) -> None:
    merged(project)
    project.on("b", "one", edit("session-expiry", "It MUST be 2 minutes."))
    assert elsewhere("one") == {}


def test_where_the_history_is_missing_a_differing_branch_is_named(project: Project, tmp_path: Path) -> None:
    merged(project)
    project.repo.git("update-ref", "-d", "refs/remotes/origin/a")
    project.repo.git("branch", "lazy")
    project.write("one", edit("session-expiry", "It MUST be 5 minutes."))
    project.repo.commit("Edit on main")
    full = project.repo.path
    project.repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{full}", str(tmp_path / "shallow"))
    assert elsewhere("one") == {}
    found = edited_elsewhere(discover(str(tmp_path / "shallow")), ["one"])
    assert found == {"one": ["refs/remotes/origin/lazy"]}
