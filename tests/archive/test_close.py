"""`gitspec close`: a change that is given up goes to the archive and folds nothing."""

import pytest

from tests.archive.project import AUTH, CHANGE, NAME, TAG, gitspec, project, propose
from tests.conftest import Repo


@pytest.fixture
def ready(repo: Repo) -> Repo:
    return project(repo)


@pytest.mark.spec("archiving/giving-up#closed")
def test_close_says_when_and_why_and_folds_nothing(ready: Repo) -> None:
    propose(ready, "other")
    ready.commit("Other")
    ran = gitspec(ready, "close", "add-2fa", "--reason", "Done by\nthe provider", "--superseded-by", "other")
    assert ran.code == 0, ran.err
    text = ready.read(f"spec/archive/{NAME}/change.yaml")
    assert text.startswith(CHANGE.format(id="add-2fa", title="Two-factor authentication"))
    assert "closed:" in text
    assert "2026-11-21" in text
    assert "superseded_by: other" in text
    assert ready.read("spec/capabilities/auth.yaml") == AUTH
    assert ready.git("log", "-1", "--format=%(trailers)") == (
        f"Change: add-2fa\nArchived: {NAME}\nClosed: Done by the provider\n"
    )
    assert ready.git("rev-parse", f"{TAG}^{{commit}}") == ready.head()
    assert ready.git("status", "--porcelain") == ""
    assert not (ready.path / "spec/changes/add-2fa").exists()


def test_open_tasks_and_broken_deltas_do_not_keep_a_change_alive(ready: Repo) -> None:
    ready.write("spec/changes/add-2fa/tasks.md", "- [ ] 1 Never\n")
    ready.write("spec/changes/add-2fa/deltas/auth.yaml", "nonsense\n")
    ready.commit("Mess")
    assert gitspec(ready, "close", "add-2fa", "--reason", "a mess").code == 0


def test_a_closed_change_can_be_neither_closed_nor_archived_again(ready: Repo) -> None:
    assert gitspec(ready, "close", "add-2fa", "--reason", "no").code == 0
    for args in (("archive", "add-2fa"), ("close", "add-2fa", "--reason", "no")):
        ran = gitspec(ready, *args)
        assert ran.code == 1
        assert ": A003 " in ran.err


@pytest.mark.parametrize("other", ["add-2fa", "nowhere"])
def test_the_successor_is_another_change(ready: Repo, other: str) -> None:
    ran = gitspec(ready, "close", "add-2fa", "--reason", "no", "--superseded-by", other)
    assert ran.code == 1
    assert ": A018 " in ran.err


def test_a_reason_is_needed_and_plants_no_trailer(ready: Repo) -> None:
    assert gitspec(ready, "close", "add-2fa").code == 2
    assert gitspec(ready, "close", "add-2fa", "--reason", " ").code == 2
    assert gitspec(ready, "close", "add-2fa", "--reason", "x\n\nChange: victim").code == 0
    assert ready.git("log", "-1", "--format=%(trailers:key=Change,valueonly)").split() == ["add-2fa"]


def test_uncommitted_edits_stop_it(ready: Repo) -> None:
    ready.write("spec/changes/add-2fa/proposal.md", "more\n")
    ran = gitspec(ready, "close", "add-2fa", "--reason", "no")
    assert (ran.code, ready.read("spec/changes/add-2fa/proposal.md")) == (1, "more\n")
    assert ": A006 " in ran.err


def test_close_in_a_bare_repository(ready: Repo, tmp_path) -> None:  # type: ignore[no-untyped-def]
    bare = ready.bare(tmp_path / "bare.git")
    assert gitspec(bare, "close", "add-2fa", "--reason", "no").code == 0
    assert "closed:" in bare.show(f"main:spec/archive/{NAME}/change.yaml")
