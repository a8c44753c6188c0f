"""A commit begun while an archive lies half-way: a hook finishes or undoes that, and stops what would take it back."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gitspec.commands import hooks
from gitspec.git.commit_facts import remember_policy
from gitspec.git.repository import discover
from tests.archive.project import NAME, TAG, gitspec, project
from tests.command import process
from tests.conftest import Repo
from tests.hooks.conftest import said

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")

KILLER = """\
#!/bin/sh
# in this phase of the ref transaction, kill the command that started it
[ "$1" = PHASE ] || exit 0
rm "$0"
kill -9 "$(cut -d' ' -f4 /proc/$PPID/stat)"
[ "$1" = committed ] || kill -9 $PPID
"""
JOURNAL = ".git/gitspec/journal.json"
COMMITS = {
    "plain": ("-m", "Mine", "-m", "Change: later"),
    "all": ("-a", "-m", "Mine", "-m", "Change: later"),
    "paths": ("-m", "Mine", "-m", "Change: later", "--", "src/code.py"),
}
Commits = pytest.mark.parametrize("how", list(COMMITS))
WithIndexInHand = pytest.mark.parametrize("how", ["all", "paths"])


@pytest.fixture
def ready(repo: Repo) -> Repo:
    """A project with its hooks, two changes, and a staged and an unstaged edit of code."""
    repo.write("spec/changes/later/change.yaml", "change: later\ntitle: Later\ncreated: 2026-11-21\n")
    repo.write("src/other.py", "pass\n")
    project(repo)
    hooks.install(discover())
    repo.write("src/code.py", "staged\n")
    repo.git("add", "src/code.py")
    repo.write("src/other.py", "edited\n")
    return repo


def interrupt(repo: Repo, *, landed: bool, unlock: bool = True, index: str = "") -> None:
    """Archive, and be killed with index and refs moved, the work tree not yet; or with nothing moved.

    With ``unlock`` somebody removes the lock of the index then, as Git advises: before that it starts no commit. Then
    the ``index`` may be that of ``before``, which a git program had in hand; or, as in the moment before the refs move,
    the new one already.
    """
    hook = repo.write(
        ".git/hooks/reference-transaction", KILLER.replace("PHASE", "committed" if landed else "prepared")
    )
    hook.chmod(0o755)
    assert process(repo.path, "archive", "add-2fa").code == -9
    assert (repo.path / JOURNAL).exists()
    assert bool(repo.git("tag")) == landed
    if unlock:
        (repo.path / ".git/index.lock").unlink()
    if index:
        (repo.path / ".git/gitspec/operation" / index).rename(repo.path / ".git/index")


def commit(repo: Repo, how: str, *more: str) -> "subprocess.CompletedProcess[bytes]":
    return repo.run_git("commit", "-q", *more, *COMMITS[how])


def mine(repo: Repo) -> dict[str, str]:
    """The edits of the user, which no recovery may touch."""
    return {
        "staged": repo.git("show", ":src/code.py"),
        "code": repo.read("src/code.py"),
        "other": repo.read("src/other.py"),
        "status": repo.git("status", "--porcelain", "--", "src"),
    }


def assert_archived(repo: Repo, at: str) -> None:
    """The archive is whole at a commit, in the index and in the work tree."""
    assert repo.git("tag") == TAG
    for listed in (repo.git("ls-tree", "-r", "--name-only", at), repo.git("ls-files")):
        assert f"spec/archive/{NAME}/change.yaml" in listed and "spec/changes/add-2fa/" not in listed
    assert repo.git("status", "--porcelain", "--", "spec") == ""
    assert not (repo.path / JOURNAL).exists()
    repo.git("fsck", "--strict")
    assert gitspec(repo, "fsck").code == 0


@Commits
@pytest.mark.parametrize("landed", [True, False])
def test_git_itself_commits_nothing_while_the_lock_of_the_archive_is_there(ready: Repo, how: str, landed: bool) -> None:
    interrupt(ready, landed=landed, unlock=False)
    edits, head = mine(ready), ready.head()
    refused = commit(ready, how)
    assert refused.returncode == 128 and "index.lock" in said(refused)
    assert "interrupted archive of 'add-2fa'" in gitspec(ready, "list").err
    assert (mine(ready), ready.head()) == (edits, head)
    assert commit(ready, how).returncode == 0
    if landed:
        assert_archived(ready, "HEAD")


@pytest.mark.parametrize("hook", ["prepare-commit-msg", "commit-msg"])
@pytest.mark.spec("archiving/survives-being-killed#commit-on-half-an-archive")
def test_a_hook_finishes_the_archive_and_stops_the_commit_once(ready: Repo, hook: str) -> None:
    interrupt(ready, landed=True, index="before")
    if hook == "commit-msg":
        (ready.path / ".git/hooks/prepare-commit-msg").unlink()
    edits, head = mine(ready), ready.head()
    stopped = commit(ready, "plain")
    first, *rest = said(stopped).splitlines()
    assert stopped.returncode == 1
    assert first.startswith("gitspec: G050 finished an interrupted archive of 'add-2fa'; this commit was begun before")
    assert len([line for line in rest if line.startswith("help: ")]) == 1
    assert ("git commit -eF .git/COMMIT_EDITMSG" in rest[0]) == (hook == "commit-msg")
    assert (mine(ready), ready.head()) == (edits, head)
    assert_archived(ready, "HEAD")
    again = commit(ready, "plain")
    assert (again.returncode, said(again)) == (0, "")
    assert ready.git("diff", "--name-only", "HEAD^", "HEAD") == "src/code.py"
    assert ready.git("status", "--porcelain") == " M src/other.py"
    assert_archived(ready, "HEAD")


@pytest.mark.parametrize("hook", ["prepare-commit-msg", "commit-msg"])
def test_a_hook_undoes_the_archive_and_stops_the_commit_that_would_bring_half_of_it_in(ready: Repo, hook: str) -> None:
    interrupt(ready, landed=False, index="index")
    if hook == "commit-msg":
        (ready.path / ".git/hooks/prepare-commit-msg").unlink()
    edits, head = mine(ready), ready.head()
    stopped = commit(ready, "plain")
    assert stopped.returncode == 1
    assert said(stopped).startswith(
        "gitspec: G050 undid an interrupted archive of 'add-2fa'; this commit was begun before"
    )
    assert (mine(ready), ready.head()) == (edits, head)
    assert ready.git("status", "--porcelain", "--", "spec") == ""
    assert commit(ready, "plain").returncode == 0
    assert ready.git("diff", "--name-only", "HEAD^", "HEAD") == "src/code.py"


def test_a_commit_that_begins_once_the_branch_has_the_archive_goes_on(ready: Repo) -> None:
    interrupt(ready, landed=True)
    done = commit(ready, "plain")
    assert (done.returncode, said(done)) == (0, "gitspec: finished an interrupted archive of 'add-2fa'\n")
    assert ready.git("diff", "--name-only", "HEAD^", "HEAD") == "src/code.py"
    assert ready.git("status", "--porcelain") == " M src/other.py"
    assert_archived(ready, "HEAD")


def test_the_message_that_was_typed_is_kept(ready: Repo) -> None:
    interrupt(ready, landed=True, index="before")
    (ready.path / ".git/hooks/prepare-commit-msg").unlink()
    assert commit(ready, "plain").returncode == 1
    ready.git("commit", "-q", "-F", ".git/COMMIT_EDITMSG")
    assert ready.git("log", "-1", "--format=%B").rstrip() == "Mine\n\nChange: later"


def test_passing_commit_msg_by_does_not_let_a_commit_take_the_archive_back(ready: Repo) -> None:
    interrupt(ready, landed=True, index="before")
    assert commit(ready, "plain", "--no-verify").returncode == 1
    assert_archived(ready, "HEAD")
    assert commit(ready, "plain", "--no-verify").returncode == 0
    assert_archived(ready, "HEAD")


@WithIndexInHand
@pytest.mark.parametrize("hook", ["prepare-commit-msg", "commit-msg"])
@pytest.mark.spec("archiving/survives-being-killed#commit-on-half-an-archive")
def test_while_git_holds_the_index_a_hook_stops_the_commit_at_once_and_names_the_repair(
    ready: Repo, how: str, hook: str
) -> None:
    interrupt(ready, landed=True)
    if hook == "commit-msg":
        (ready.path / ".git/hooks/prepare-commit-msg").unlink()
    edits, head, spec = mine(ready), ready.head(), ready.git("ls-files", "-s", "spec")
    began = time.monotonic()
    stopped = commit(ready, how)
    assert time.monotonic() - began < 5
    first, help_ = said(stopped).splitlines()
    assert stopped.returncode == 1
    assert first.startswith(".git/index.lock: G050 an interrupted operation must be finished or undone first")
    assert help_.startswith("help: gitspec doctor --repair, then ")
    assert (mine(ready), ready.head(), ready.git("ls-files", "-s", "spec")) == (edits, head, spec)
    assert (ready.path / JOURNAL).exists() and not (ready.path / ".git/index.lock").exists()
    repaired = gitspec(ready, "doctor", "--repair")
    assert repaired.code == 0 and "finished an interrupted archive of 'add-2fa'" in repaired.out
    assert mine(ready) == edits
    assert commit(ready, how).returncode == 0
    assert_archived(ready, "HEAD")


@Commits
def test_what_is_undone_was_nothing_the_commit_could_see_so_it_goes_on(ready: Repo, how: str) -> None:
    interrupt(ready, landed=False)
    done = commit(ready, how)
    assert done.returncode == 0, said(done)
    assert said(done) == "gitspec: undid an interrupted archive of 'add-2fa'\n"
    assert ready.git("log", "-1", "--format=%s") == "Mine"
    assert not ready.git("tag") and not (ready.path / JOURNAL).exists()
    assert ready.git("status", "--porcelain", "--", "spec") == ""
    assert not list((ready.path / ".git").rglob("*.lock"))


def test_a_commit_in_another_work_tree_goes_on(ready: Repo, tmp_path: Path) -> None:
    other = ready.worktree(tmp_path / "other", "side")
    interrupt(ready, landed=True)
    edits = mine(ready)
    for how in ("plain", "all"):
        other.write("src/code.py", f"{how}\n")
        other.git("add", "src/code.py")
        done = commit(other, how)
        line = "gitspec: finished an interrupted archive of 'add-2fa'\n" if how == "plain" else ""
        assert (done.returncode, said(done)) == (0, line)
        assert_archived(ready, "main")
    assert mine(ready) == edits


@pytest.mark.parametrize("hook", ["prepare-commit-msg", "commit-msg"])
def test_an_unusable_journal_stops_the_commit_and_is_not_acted_upon(ready: Repo, hook: str) -> None:
    ready.write(JOURNAL, '{"version": 3, "ref": "refs/tags/v1"}')
    if hook == "prepare-commit-msg":  # which cannot know that the commit is not fine without it
        (ready.path / ".git/hooks/commit-msg").unlink()
    before = ready.head(), mine(ready)
    done = commit(ready, "plain")
    assert f"{JOURNAL}: G012 the journal" in said(done) and "then delete the file" in said(done)
    assert (done.returncode, ready.head() == before[0]) == ((1, True) if hook == "commit-msg" else (0, False))
    assert ready.read(JOURNAL) == '{"version": 3, "ref": "refs/tags/v1"}'


def test_an_operation_under_way_is_nothing_that_a_hook_minds(ready: Repo) -> None:
    from gitspec.git.journal import operation_lock

    with operation_lock(discover()):
        ready.write(JOURNAL, "being written")
        assert commit(ready, "plain").returncode == 0


@pytest.mark.parametrize("place", ["work tree", "linked", "submodule", "separate"])
def test_the_accepted_path_sees_a_journal_wherever_the_git_folder_is(ready: Repo, tmp_path: Path, place: str) -> None:
    folder, repo = ready.path / ".git", ready
    if place == "linked":
        repo = ready.worktree(tmp_path / "other", "side")
    elif place == "submodule":
        Repo.init(tmp_path / "above").git("submodule", "--quiet", "add", str(ready.path), "sub")
        repo, folder = Repo(tmp_path / "above/sub"), tmp_path / "above/.git/modules/sub"
    elif place == "separate":
        ready.git(
            "clone", "-q", "--separate-git-dir", str(tmp_path / "apart"), str(ready.path), str(tmp_path / "clone")
        )
        repo, folder = Repo(tmp_path / "clone"), tmp_path / "apart"
    hook = f"import sys; sys.path.append({os.fspath(Path(__file__).parents[2])!r})\n" + (
        "from gitspec.git.accepted import accepts, has_nothing_to_prepare\n"
        "print(accepts(sys.argv[1]), has_nothing_to_prepare([sys.argv[1], 'message']), file=sys.stderr)\n"
    )
    (folder / "hooks").mkdir(exist_ok=True)
    (folder / "hooks/prepare-commit-msg").unlink(missing_ok=True)
    (folder / "hooks/commit-msg").write_text(f"#!{sys.executable} -IS\n{hook}")
    (folder / "hooks/commit-msg").chmod(0o755)
    repo.write("src/code.py", "changed\n")
    policy = repo.git("rev-parse", "HEAD:spec/gitspec.yaml")
    remember_policy(discover(os.fspath(repo.path)), policy, references=True, skips={}, not_code=())
    seen = []
    for pending in (False, True):
        if pending:
            (folder / "gitspec").mkdir(exist_ok=True)
            (folder / "gitspec/journal.json").symlink_to("nothing")
        repo.git("add", "src/code.py")
        seen.append(said(repo.run_git("commit", "-q", "--allow-empty", "-m", "Mine", "-m", "Change: later")))
    assert seen == ["True True\n", "False False\n"]
