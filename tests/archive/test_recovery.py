"""Killed at any write, the repository is as before, as after, or the next command makes it so."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from gitspec.errors import CannotJudge
from gitspec.git.journal import operation_lock
from gitspec.git.recovery import recover
from gitspec.git.repository import NOTICES, Repository, discover
from tests.archive.project import gitspec
from tests.archive.test_transaction import TAG, done, planned
from tests.conftest import Repo


def ready_with_edits(path: Path) -> Repo:
    """A repository with unrelated staged, unstaged and untracked edits."""
    repo = Repo.init(path)
    repo.write("spec/capabilities/a.yaml", "old\n")
    repo.write("spec/capabilities/b.yaml", "b\n")
    repo.write("spec/changes/x/change.yaml", "change: x\n")
    repo.write("spec/changes/x/deltas/a.yaml", "capability: a\n")
    repo.write("other.txt", "one\n")
    repo.commit("First")
    repo.write("other.txt", "staged\n")
    repo.write("added.txt", "added\n")
    repo.git("add", "other.txt", "added.txt")
    repo.write("other.txt", "staged and more\n")
    repo.write("new.txt", "untracked\n")
    repo.write("spec/capabilities/b.yaml", "b edited\n")
    return repo


def others(repo: Repo) -> dict[str, str]:
    """Everything of the user's that the operation is not about."""
    return {
        "other": repo.read("other.txt"),
        "new": repo.read("new.txt"),
        "added": repo.read("added.txt"),
        "b": repo.read("spec/capabilities/b.yaml"),
        "staged": repo.git("show", ":other.txt"),
        "status": repo.git("status", "--porcelain=v2", "-uall"),
    }


def state(repo: Repo, before: str) -> str:
    """`before` or `after`, with everything agreeing; else a description of what is torn."""
    moved = repo.head() != before
    tag = repo.git("tag") == TAG
    new = (
        repo.read("spec/capabilities/a.yaml") == "new\n" if (repo.path / "spec/capabilities/a.yaml").exists() else None
    )
    archived = (repo.path / "spec/archive/2026-11-21-x/deltas/a.yaml").exists()
    active = (repo.path / "spec/changes/x").exists()
    locks = [str(p) for p in (repo.path / ".git").rglob("*.lock")]
    facts = (moved, tag, new, archived, not active)
    if locks or (repo.path / ".git/gitspec/journal.json").exists() or (repo.path / ".git/gitspec/operation").exists():
        journal = repo.path / ".git/gitspec/journal.json"
        return f"left over: {locks} {facts} {journal.read_text() if journal.exists() else 'no journal'}"
    return {(True,) * 5: "after", (False,) * 5: "before"}.get(facts, f"torn: {facts}")


def recovered(repo: Repo, **wait: float) -> str | None:
    return recover(Repository(f"{repo.path}/.git", f"{repo.path}/.git", str(repo.path), "sha1", {}), **wait)


def test_nothing_to_recover_says_nothing(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    assert recovered(repo) is None
    done(repo.path, planned(repo.path))
    assert recovered(repo) is None


@pytest.mark.parametrize(
    "step", ["check", "objects", "prepare", "journal", "index", "refs", "files", "release", "drop"]
)
@pytest.mark.spec("archiving/survives-being-killed#killed-half-way")
def test_dying_between_steps_is_made_whole_by_the_next_command(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = ready_with_edits(tmp_path / "r")
    before, mine = repo.head(), others(repo)
    places = {
        "check": ("gitspec.git.transaction._refuse_uncommitted", False),
        "objects": ("gitspec.git.transaction.write_objects", False),
        "prepare": ("gitspec.git.transaction._prepare", True),
        "journal": ("gitspec.git.transaction.move_refs", False),
        "index": ("gitspec.git.index_follow.replace_index", True),
        "refs": ("gitspec.git.transaction.move_refs", True),
        "files": ("gitspec.git.files_follow.place", True),
        "release": ("gitspec.git.index_follow.release_index", True),
        "drop": ("gitspec.git.transaction.drop_journal", False),
    }
    name, after = places[step]
    pid = os.fork()
    if pid == 0:  # in the child: end at that step as if killed
        module, _, function = name.rpartition(".")
        real = getattr(sys.modules[module], function)

        def dying(*args: object) -> None:
            if after:
                real(*args)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(sys.modules[module], function, dying)
        done(repo.path, planned(repo.path))
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    assert (repo.path / ".git/gitspec/journal.json").exists()
    assert "interrupted archive of 'x'" in (recovered(repo) or "")
    expected = "after" if step in ("refs", "files", "release", "drop") else "before"
    assert state(repo, before) == expected
    assert others(repo) == mine
    repo.git("fsck", "--strict")


@pytest.mark.parametrize("copied", [False, True], ids=["with-its-names", "copied-without"])
@pytest.mark.parametrize("unlocked", [False, True], ids=["locked", "unlocked"])
def test_an_index_that_had_gone_ahead_of_its_branch_comes_back(tmp_path: Path, unlocked: bool, copied: bool) -> None:
    """Also when somebody removed the lock, and when the copy of a backup knows nothing of second names of a file."""
    repo = ready_with_edits(tmp_path / "r")
    before, mine = repo.head(), others(repo)
    killed_in(repo.path, "replace_index", "index_follow", after=True)
    assert "spec/archive/2026-11-21-x/change.yaml" in repo.git("diff", "--cached", "--name-only")
    if unlocked:
        (repo.path / ".git/index.lock").unlink()
    if copied:
        (repo.path / ".git/copy").write_bytes((repo.path / ".git/index").read_bytes())
        (repo.path / ".git/copy").rename(repo.path / ".git/index")
    assert recovered(repo) == "undid an interrupted archive of 'x'"
    assert state(repo, before) == "before"
    assert others(repo) == mine


def test_what_somebody_staged_after_removing_the_lock_is_left_as_it_is(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    killed_in(repo.path, "replace_index", "index_follow", after=True)
    (repo.path / ".git/index.lock").unlink()
    repo.git("rm", "-q", "--cached", "spec/archive/2026-11-21-x/change.yaml")
    staged = repo.git("ls-files", "-s")
    recovered(repo)
    assert repo.git("ls-files", "-s") == staged


def test_an_edit_saved_after_the_crash_is_kept_and_named(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    pid = os.fork()
    if pid == 0:
        from gitspec.git import transaction

        def dying(*args: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        transaction._follow = dying  # type: ignore[assignment]
        done(repo.path, planned(repo.path))
    os.waitpid(pid, 0)
    repo.write("spec/capabilities/a.yaml", "saved meanwhile\n")
    assert "spec/capabilities/a.yaml" in (recovered(repo) or "")
    assert repo.read("spec/capabilities/a.yaml") == "saved meanwhile\n"
    assert repo.git("diff", "--name-only", "--", "spec/capabilities/a.yaml") == "spec/capabilities/a.yaml"
    assert repo.git("diff", "--cached", "--name-only", "--", "spec") == ""


def test_recovery_leaves_an_operation_that_is_under_way_alone(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    found = discover(str(repo.path))
    with operation_lock(found):
        repo.write(".git/gitspec/journal.json", "{}")
        assert recover(found) is None
        assert (repo.path / ".git/gitspec/journal.json").exists()


@pytest.mark.parametrize("step", ["before", "after"])
@pytest.mark.spec("archiving/survives-being-killed#killed-half-way")
def test_any_next_command_recovers_and_says_so(tmp_path: Path, step: str) -> None:
    repo = ready_with_edits(tmp_path / "r")
    before, mine = repo.head(), others(repo)
    pid = os.fork()
    if pid == 0:
        from gitspec.git import transaction

        def dying(*args: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(transaction, "move_refs" if step == "before" else "_follow", dying)
        done(repo.path, planned(repo.path))
    os.waitpid(pid, 0)
    ran = gitspec(repo, "list")
    assert "interrupted archive of 'x'" in ran.err
    assert state(repo, before) == step
    assert others(repo) == mine
    assert "interrupted" not in gitspec(repo, "list").err


def test_a_command_within_a_hook_leaves_recovery_to_the_hooks_that_can_stop_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = ready_with_edits(tmp_path / "r")
    repo.write(".git/gitspec/journal.json", "damaged")
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / ".git/index"))
    NOTICES.clear()
    discover(str(repo.path))
    assert NOTICES == ["an interrupted operation waits until this hook has ended (gitspec doctor shows it)"]
    NOTICES.clear()
    monkeypatch.setenv("GIT_QUARANTINE_PATH", "x")  # no ref may move while a push is taken in
    discover(str(repo.path))
    assert not NOTICES


def test_a_lock_of_somebody_else_is_never_removed(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    pid = os.fork()
    if pid == 0:
        from gitspec.git import transaction

        transaction._follow = lambda *args: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, misc, return-value]
        done(repo.path, planned(repo.path))
    os.waitpid(pid, 0)
    (repo.path / ".git/index.lock").unlink()
    repo.write(".git/index.lock", "of another program")
    with pytest.raises(CannotJudge) as caught:
        recovered(repo, wait=0.1)
    assert (caught.value.code, caught.value.place) == ("G013", ".git/index.lock")
    assert repo.read(".git/index.lock") == "of another program"
    (repo.path / ".git/index.lock").unlink()
    assert "finished" in (recovered(repo) or "")


def killed_in(path: Path, step: str, module: str = "transaction", *, after: bool = False) -> None:
    """Archive in a child that is killed instead of that step, or after it."""
    pid = os.fork()
    if pid == 0:
        within = sys.modules[f"gitspec.git.{module}"]
        real = getattr(within, step)

        def dying(*args: object) -> None:
            if after:
                real(*args)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(within, step, dying)
        done(path, planned(path))
    os.waitpid(pid, 0)


@pytest.mark.parametrize("step", ["move_refs", "_follow"])
def test_a_repository_that_was_moved_elsewhere_meanwhile_is_made_whole(tmp_path: Path, step: str) -> None:
    repo = ready_with_edits(tmp_path / "r")
    before, mine = repo.head(), others(repo)
    killed_in(repo.path, step)
    repo = Repo(repo.path.rename(tmp_path / "elsewhere"))
    assert "interrupted archive of 'x'" in gitspec(repo, "list").err
    assert state(repo, before) == ("before" if step == "move_refs" else "after")
    assert others(repo) == mine


@pytest.mark.parametrize("step", ["move_refs", "_follow"])
@pytest.mark.parametrize("killed", ["main", "linked"])
def test_a_command_in_another_work_tree_makes_the_first_one_whole(tmp_path: Path, killed: str, step: str) -> None:
    main = ready_with_edits(tmp_path / "r")
    linked = main.worktree(tmp_path / "linked", "side")
    torn, other = (main, linked) if killed == "main" else (linked, main)
    mine, status = others(main), torn.git("status", "--porcelain")
    killed_in(torn.path, step)
    assert "interrupted archive of 'x'" in gitspec(other, "list").err
    assert torn.git("status", "--porcelain") == status
    assert (torn.path / "spec/archive/2026-11-21-x").exists() == (step == "_follow")
    assert others(main) == mine
    assert not (main.path / ".git/gitspec/journal.json").exists() and not list((main.path / ".git").rglob("*.lock"))


def test_a_work_tree_that_is_not_there_now_is_waited_for(tmp_path: Path) -> None:
    main = ready_with_edits(tmp_path / "r")
    linked = main.worktree(tmp_path / "linked", "side")
    killed_in(linked.path, "_follow")
    linked.path.rename(tmp_path / "away")
    said = gitspec(main, "list").err
    assert "cannot be finished yet: the work tree of an interrupted archive is not at" in said
    (tmp_path / "away").rename(linked.path)
    assert "finished" in gitspec(main, "list").err
    assert linked.git("status", "--porcelain") == ""


def test_once_a_work_tree_was_removed_only_refs_are_put_right(tmp_path: Path) -> None:
    main = ready_with_edits(tmp_path / "r")
    linked = main.worktree(tmp_path / "linked", "side")
    killed_in(linked.path, "_follow")
    (main.path / ".git/worktrees/linked/index.lock").unlink()
    main.git("worktree", "remove", "--force", str(linked.path))
    assert "finished" in gitspec(main, "list").err
    assert main.git("tag") == TAG
    assert gitspec(main, "list").err == ""


@pytest.mark.parametrize(
    "failing", ["rev-parse", "rev-list", "for-each-ref", "symbolic-ref", "diff-tree", "hash-object"]
)
@pytest.mark.parametrize("step", ["undo", "_follow"])
def test_a_git_child_that_dies_is_no_answer(tmp_path: Path, step: str, failing: str) -> None:
    """Else what it could not tell would be taken for a no, and the journal dropped over half of it."""

    repo = ready_with_edits(tmp_path / "r")
    before, mine = repo.head(), others(repo)
    killed_in(repo.path, "_follow")
    if step == "undo":  # as if the tag had been made and the branch not moved yet
        repo.git("update-ref", "refs/heads/main", before)
    found, shim = discover(str(repo.path), recover=False), tmp_path / "shim/git"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\ncase " $* " in *" {failing} "*) kill -9 $$;; esac\nexec {shutil.which("git")} "$@"\n')
    shim.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
        try:
            recover(found)
        except CannotJudge as error:
            assert error.code == "G004"
            assert (repo.path / ".git/gitspec/journal.json").exists()
    recovered(repo)
    assert state(repo, before) == ("before" if step == "undo" else "after")
    assert others(repo) == mine


def test_a_recovery_that_dies_while_it_deletes_a_tag_leaves_no_lock_behind(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    before, mine = repo.head(), others(repo)
    killed_in(repo.path, "_follow")
    repo.git("update-ref", "refs/heads/main", before)
    pid = os.fork()
    if pid == 0:
        real = os.unlink

        def unlink(path: str) -> None:
            if path.endswith(TAG):
                os.kill(os.getpid(), signal.SIGKILL)
            real(path)

        os.unlink = unlink  # type: ignore[assignment]
        recovered(repo)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    assert (repo.path / f".git/refs/tags/{TAG}.lock").exists()
    assert "undid" in (recovered(repo) or "")
    assert state(repo, before) == "before"
    assert others(repo) == mine


def test_a_packed_tag_is_deleted_too(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    before = repo.head()
    killed_in(repo.path, "_follow")
    repo.git("update-ref", "refs/heads/main", before)
    repo.git("pack-refs", "--all")
    assert "undid" in (recovered(repo) or "")
    assert state(repo, before) == "before"
