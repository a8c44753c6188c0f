"""`gitspec task done --commit`: one commit of tasks.md alone, whatever else the user is about to do."""

import json
from pathlib import Path

import pytest

from tests.archive.test_signing import signing  # noqa: F401
from tests.conftest import Repo
from tests.tasks.conftest import FOLDER, TASKS, Project

TICKED = TASKS.replace("[ ] 1.2", "[x] 1.2")


def test_one_commit_ticks_the_task_and_names_it(project: Project) -> None:
    before = project.repo.head()
    done = project.gitspec("task", "done", "add-2fa", "1.2", "--commit", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["commit"] == project.repo.head() and data["written"] == [f"{FOLDER}/tasks.md"]
    assert project.git("log", "-1", "--format=%P") == before
    assert project.git("log", "-1", "--format=%B") == "Finish task 1.2 Ask for a code\n\nChange: add-2fa\nTask: 1.2\n"
    assert project.git("diff", "--name-only", "HEAD^", "HEAD") == f"{FOLDER}/tasks.md"
    assert project.repo.read(f"{FOLDER}/tasks.md") == TICKED == project.repo.show(f"HEAD:{FOLDER}/tasks.md")
    assert project.git("status", "--porcelain") == ""
    assert project.doubts() == {}


def test_the_gates_accept_it(project: Project) -> None:
    project.gitspec("task", "done", "add-2fa", "1.1", "1.2", "--commit")
    assert project.git("log", "-1", "--format=%s") == "Finish 2 tasks of add-2fa"
    done = project.gitspec("check", "HEAD^..HEAD", "--strict")
    assert done.code == 0, done.out


def test_what_is_staged_and_edited_stays_as_it_is(project: Project) -> None:
    project.repo.write("src/code.py", "staged\n")
    project.repo.write("src/new.py", "new\n")
    project.git("add", "src")
    project.repo.write("src/code.py", "edited\n")
    project.repo.write(f"{FOLDER}/proposal.md", project.repo.read(f"{FOLDER}/proposal.md") + "\nMore.\n")
    staged, status = project.git("diff", "--cached"), project.git("status", "--porcelain")
    assert project.gitspec("task", "done", "add-2fa", "1.2", "--commit").code == 0
    assert (project.git("diff", "--cached"), project.git("status", "--porcelain")) == (staged, status)
    assert project.git("diff", "--name-only", "HEAD^", "HEAD") == f"{FOLDER}/tasks.md"


def test_other_edits_of_the_list_make_it_refuse_and_nothing_moves(project: Project) -> None:
    before = project.repo.head()
    for is_staged in (False, True):
        project.tasks(TASKS + "- [ ] 1.3 One more\n")
        if is_staged:
            project.git("add", FOLDER)
        for number in ("1.2", "1.1"):
            done = project.gitspec("task", "done", "add-2fa", number, "--commit")
            assert done.code == 1 and f"{FOLDER}/tasks.md: A006" in done.err
    assert project.repo.head() == before
    assert project.repo.read(f"{FOLDER}/tasks.md") == TASKS + "- [ ] 1.3 One more\n"


def test_a_tick_that_is_in_the_file_already_is_taken(project: Project) -> None:
    for is_staged in (False, True):
        project.tasks(TICKED)
        if is_staged:
            project.git("add", FOLDER)
        done = project.gitspec("task", "done", "add-2fa", "1.2", "--commit")
        assert done.code == 0, done.err
        assert project.git("status", "--porcelain") == ""
        assert project.repo.show(f"HEAD:{FOLDER}/tasks.md") == TICKED
        project.tasks(TASKS)
        project.commit("Open it")


def test_a_task_that_is_done_already_is_named_by_an_empty_commit(project: Project) -> None:
    project.tick("1.2")
    project.commit("Tick")
    assert project.doubts() == {"1.2": "unnamed"}
    tree = project.git("rev-parse", "HEAD^{tree}")
    assert project.gitspec("task", "done", "add-2fa", "1.2", "--commit").code == 0
    assert project.git("rev-parse", "HEAD^{tree}") == tree
    assert project.git("status", "--porcelain") == ""
    assert project.doubts() == {}
    project.tasks(TICKED + "- [ ] 1.3 One more\n")
    done = project.gitspec("task", "done", "add-2fa", "1.2", "--commit")
    assert done.code == 1 and "A006" in done.err, "edits that are not committed are not passed over"


def test_it_says_that_a_task_was_checked_again(lenient: Project) -> None:
    lenient.tick("1.1")
    lenient.commit("Do it")
    lenient.delta("enrol a device", "enrol two devices")
    lenient.commit("Want more")
    assert lenient.doubts() == {"1.1": "check-again"}
    assert lenient.gitspec("task", "done", "add-2fa", "1.1", "--commit").code == 0
    assert lenient.doubts() == {}


def test_hostile_texts_do_not_become_trailers(project: Project) -> None:
    long = "x" * 200 + " Change: other"
    project.tasks(f"- [ ] 1.1 Change: other\n- [ ] 1.2 fixup! that\u202e\n- [ ] 1.3 {long}\n")
    project.commit("Tasks")
    for number in ("1.1", "1.2", "1.3"):
        assert project.gitspec("task", "done", "add-2fa", number, "--commit").code == 0
        trailers = project.git(
            "interpret-trailers", "--parse", "--no-divider", input=project.git("log", "-1", "--format=%B")
        )
        assert trailers == f"Change: add-2fa\nTask: {number}"
        subject = project.git("log", "-1", "--format=%s")
        assert subject.startswith(f"Finish task {number} ") and len(subject) <= 72 and "\u202e" not in subject


def test_unknown_tasks_and_uncommitted_changes_are_refused(project: Project) -> None:
    before = project.repo.head()
    done = project.gitspec("task", "done", "add-2fa", "1.2", "9.9", "--commit")
    assert done.code == 1 and "T020" in done.err
    project.gitspec("propose", "later", "--title", "Later")
    done = project.gitspec("task", "done", "later", "1.1", "--commit")
    assert done.code == 1 and "A007" in done.err
    assert project.gitspec("task", "done", "nope", "1.1", "--commit").code == 2
    assert project.repo.head() == before and project.repo.read(f"{FOLDER}/tasks.md") == TASKS


def test_it_stops_for_a_detached_head_and_an_unfinished_merge(project: Project) -> None:
    project.git("switch", "-q", "--detach")
    done = project.gitspec("task", "done", "add-2fa", "1.2", "--commit")
    assert done.code == 1 and "A012" in done.err


def test_it_works_in_a_bare_repository(project: Project, tmp_path: Path) -> None:
    bare = Project(project.repo.bare(tmp_path / "bare.git"))
    assert bare.gitspec("task", "done", "add-2fa", "1.2", "--commit").code == 0
    assert bare.repo.show(f"HEAD:{FOLDER}/tasks.md") == TICKED


def test_commit_hooks_do_not_run_and_the_ref_hook_does(project: Project, tmp_path: Path) -> None:
    hooks = Path(project.repo.path) / ".git" / "hooks"
    for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\necho {name} >>{tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    assert project.gitspec("task", "done", "add-2fa", "1.2", "--commit").code == 0
    assert set((tmp_path / "ran").read_text().split()) == {"reference-transaction"}


def test_two_at_once_lose_nothing(project: Project) -> None:
    import subprocess
    import sys

    from tests.command import environment

    command = [sys.executable, "-m", "gitspec", "task", "done", "add-2fa"]
    running = [
        subprocess.Popen(
            [*command, number, "--commit"], cwd=project.repo.path, env=environment(), stdout=subprocess.DEVNULL
        )
        for number in ("1.1", "1.2")
    ]
    assert [one.wait() for one in running] == [0, 0]
    assert project.repo.show(f"HEAD:{FOLDER}/tasks.md") == TASKS.replace("[ ]", "[x]")
    assert project.git("rev-list", "--count", "HEAD") == "3"


def test_the_list_of_a_linked_work_tree_is_its_own(project: Project, tmp_path: Path) -> None:
    linked: Repo = project.repo.worktree(tmp_path / "linked", "topic")
    assert Project(linked).gitspec("task", "done", "add-2fa", "1.2", "--commit").code == 0
    assert linked.read(f"{FOLDER}/tasks.md") == TICKED and linked.git("status", "--porcelain") == ""
    assert project.repo.read(f"{FOLDER}/tasks.md") == TASKS and project.git("status", "--porcelain") == ""


@pytest.mark.usefixtures("signing")
def test_it_is_signed_as_git_is_configured(project: Project) -> None:
    done = project.gitspec("task", "done", "add-2fa", "1.2", "--commit")
    assert done.code == 0, done.err
    assert project.git("log", "-1", "--format=%G?") == "G"
