"""The same change archived in two clones on two days: one lands; the other is told, and can take its own out again."""

import json
from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.archive.remotes import Shared
from tests.archive.test_merged import add
from tests.conftest import Repo

WON, LOST = "archive/2026-11-21-add-2fa", "archive/2026-11-22-add-2fa"


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path / "shared")


@pytest.fixture
def loser(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A clone that archived add-2fa on the 22nd, when another one had done so on the 21st and pushed; work on top."""
    winner, repo = shared.clone("winner"), shared.clone("loser")
    assert gitspec(winner, "archive", "add-2fa", "--push").code == 0
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T09:00:00+00:00")
    assert gitspec(repo, "archive", "add-2fa").code == 0
    repo.write("src/later.py", "pass\n")
    repo.git("add", "-A")
    repo.git(
        "commit", "-q", "-m", "Later\n\nBody é\n\nChange: x", GIT_AUTHOR_NAME="Ö Other", GIT_AUTHOR_EMAIL="o@example.com",
        GIT_AUTHOR_DATE="2026-11-20T08:00:00+0200",
    )  # fmt: skip
    return repo


def test_the_other_is_told_which_one_won(loser: Repo, shared: Shared) -> None:
    before = loser.head()
    ran = gitspec(loser, "archive", "add-2fa", "--push")
    assert ran.code == 1
    assert ": A003 " in ran.err
    assert f"on origin/main on 2026-11-21, by Ada Author in commit {shared.main()[:12]} (tag {WON})" in ran.err
    assert "gitspec archive --drop-unpublished add-2fa" in ran.err
    assert loser.head() == before


def test_its_archive_is_dropped_and_later_commits_are_kept(loser: Repo, shared: Shared) -> None:
    loser.write("src/later.py", "edited\n")
    loser.write("src/staged.py", "staged\n")
    loser.git("add", "src/staged.py")
    later, author = loser.head(), loser.git("log", "-1", "--format=%an %ae %ad %B")
    ran = gitspec(loser, "archive", "--drop-unpublished", "add-2fa", "--json")
    assert ran.code == 0, ran.err
    data = json.loads(ran.out)
    assert data["kept"] == [{"before": later, "commit": loser.head()}]
    assert (data["tag"], data["before"]) == (LOST, later)
    assert loser.git("log", "-1", "--format=%an %ae %ad %B") == author
    assert loser.git("rev-parse", "HEAD^") == loser.git("merge-base", "HEAD", "origin/main")
    assert LOST not in loser.git("tag").split()
    assert (loser.path / "spec/changes/add-2fa/change.yaml").exists()
    assert loser.git("status", "--porcelain") == " M src/later.py\nA  src/staged.py"
    loser.git("commit", "-q", "-a", "-m", "Rest")
    loser.git("pull", "-q", "--rebase")
    assert gitspec(loser, "archive", "--merged", "--push").code == 0
    assert loser.git("log", "--format=%s", "--grep=^Archived: ", "--oneline").count("\n") == 0
    assert WON in loser.git("tag").split()
    assert loser.git("status", "--porcelain") == ""
    loser.git("fsck", "--strict")


def test_without_later_commits_the_branch_goes_back(shared: Shared) -> None:
    repo = shared.clone("alone")
    before = repo.head()
    assert gitspec(repo, "archive", "add-2fa").code == 0
    assert gitspec(repo, "archive", "--drop-unpublished", "add-2fa").code == 0
    assert (repo.head(), repo.git("tag"), repo.git("status", "--porcelain")) == (before, "", "")
    assert gitspec(repo, "archive", "add-2fa").code == 0


def test_a_later_archive_of_another_change_is_kept_with_its_tag(loser: Repo) -> None:
    add(loser, "b", capability="billing")
    loser.commit("Propose b")
    assert gitspec(loser, "archive", "b").code == 0
    ran = gitspec(loser, "archive", "--drop-unpublished", "add-2fa")
    assert ran.code == 0, ran.err
    assert "Kept 3 later commits" in ran.out
    assert loser.git("rev-parse", "archive/2026-11-22-b^{commit}") == loser.head()
    assert loser.git("cat-file", "-t", "archive/2026-11-22-b") == "tag"
    assert "new-b" in loser.read("spec/capabilities/billing.yaml")
    assert "totp" not in loser.read("spec/capabilities/auth.yaml")
    assert loser.git("status", "--porcelain") == ""
    loser.git("fsck", "--strict")


def test_later_commits_that_build_on_it_conflict_and_nothing_moves(loser: Repo) -> None:
    loser.write(
        "spec/capabilities/auth.yaml", loser.read("spec/capabilities/auth.yaml").replace("enrol a", "enrol one")
    )
    before = loser.commit("Edit what it added")
    refs = loser.git("for-each-ref")
    ran = gitspec(loser, "archive", "--drop-unpublished", "add-2fa")
    assert ran.code == 1
    assert ": A025 " in ran.err
    assert "spec/capabilities/auth.yaml conflicts" in ran.err
    assert "git rebase --onto" in ran.err
    assert (loser.head(), loser.git("for-each-ref"), loser.git("status", "--porcelain")) == (before, refs, "")


def test_a_published_archive_is_not_dropped(shared: Shared) -> None:
    repo = shared.clone("mine")
    gitspec(repo, "archive", "add-2fa", "--push")
    before = repo.git("for-each-ref")
    ran = gitspec(repo, "archive", "--drop-unpublished", "add-2fa")
    assert ran.code == 1
    assert ": A024 " in ran.err
    assert "gitspec unarchive add-2fa" in ran.err
    assert repo.git("for-each-ref") == before


def test_a_merge_after_it_is_refused(loser: Repo) -> None:
    loser.git("switch", "-q", "-c", "side", "HEAD^")
    loser.write("src/side.py", "pass\n")
    loser.commit("Side")
    loser.git("switch", "-q", "main")
    loser.git("merge", "-q", "-m", "Merge", "side")
    before = loser.head()
    ran = gitspec(loser, "archive", "--drop-unpublished", "add-2fa")
    assert (ran.code, loser.head()) == (1, before)
    assert ": A025 " in ran.err


def test_a_commit_that_does_more_than_archive_is_not_dropped(shared: Shared) -> None:
    repo = shared.clone("mine")
    gitspec(repo, "archive", "add-2fa")
    repo.write("src/more.py", "pass\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "--amend", "--no-edit")
    before = repo.head()
    ran = gitspec(repo, "archive", "--drop-unpublished", "add-2fa")
    assert (ran.code, repo.head()) == (1, before)
    assert "src/more.py" in ran.err


def test_a_change_that_is_not_archived(shared: Shared) -> None:
    ran = gitspec(shared.clone("mine"), "archive", "--drop-unpublished", "add-2fa")
    assert ran.code == 1
    assert ": A003 " in ran.err


def test_uncommitted_edits_in_the_way_move_nothing(loser: Repo) -> None:
    loser.write("spec/capabilities/auth.yaml", "mine\n")
    before = loser.git("for-each-ref")
    assert gitspec(loser, "archive", "--drop-unpublished", "add-2fa").code == 1
    assert loser.git("for-each-ref") == before
    assert loser.read("spec/capabilities/auth.yaml") == "mine\n"


@pytest.mark.parametrize("step", ["move_refs", "_follow", "drop_journal"])
def test_killed_in_the_middle_the_next_command_makes_it_whole(loser: Repo, step: str) -> None:
    import os
    import signal

    before, tags = loser.head(), loser.git("tag")
    pid = os.fork()
    if pid == 0:
        from gitspec.commands.archive_drop import drop_unpublished
        from gitspec.git import transaction
        from gitspec.git.repository import discover

        setattr(transaction, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        drop_unpublished(discover(str(loser.path)), "add-2fa", None)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    assert "interrupted drop of 'add-2fa'" in gitspec(loser, "list").err
    undone = step == "move_refs"
    assert (loser.head() == before) == undone
    assert (loser.git("tag") == tags) == undone
    assert loser.git("status", "--porcelain") == ""
    assert (loser.path / "spec/changes/add-2fa").exists() == (not undone)
