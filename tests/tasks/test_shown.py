"""Who looks at the list or at the change sees which ticks history does not bear out, as `status` tells it."""

import json
from pathlib import Path

from tests.conftest import Repo
from tests.tasks.conftest import POLICY, Project


def test_list_and_show_mark_the_tasks_that_status_doubts(project: Project) -> None:
    project.tick("1.1", "1.2")
    project.commit("Do one", "1.1", path="src/code.py")
    for args in (("task", "list", "add-2fa"), ("show", "add-2fa")):
        lines = project.gitspec(*args).out.splitlines()
        (at,) = [number for number, line in enumerate(lines) if "[x] 1.2 Ask for a code" in line]
        assert lines[at + 1].strip() == "is ticked, and no commit names it"
        assert "ticked" not in lines[at - 1], "1.1 is borne out"
        found = json.loads(project.gitspec(*args, "--json").out)["tasks_in_doubt"]
        assert found == project.status()["tasks_in_doubt"] and found[0]["held_open"]
    shown = project.gitspec("task", "list", "add-2fa").out
    assert shown.endswith("\n\n2 of 2 tasks done or dropped, 1 in doubt: gitspec validate add-2fa\n")
    before = json.loads(project.gitspec("task", "list", "add-2fa", "--at", "HEAD^", "--json").out)
    assert before["tasks_in_doubt"] == []


def test_all_that_history_says_is_marked_as_status_words_it(project: Project) -> None:
    project.tick("1.1")
    named = project.commit("Both", "1.1", "1.2", path="src/code.py")
    project.delta("enrol a device", "enrol two devices")
    told = [line.strip() for line in project.gitspec("task", "list", "add-2fa").out.splitlines()]
    assert "is to be checked again: what the change says of auth/totp-enrolment has changed since" in told
    assert f"is pending, and commit {named[:12]} names it" in told
    project.git("checkout", "-q", "--", ".")
    project.git("revert", "--no-commit", named)
    project.git("checkout", "-q", "HEAD", "--", "spec")
    project.repo.commit(f'Revert "Both"\n\nThis reverts commit {named}.')
    out = project.gitspec("task", "list", "add-2fa").out
    assert f"is ticked, and commit {named[:12]} that names it was reverted by {project.repo.head()[:12]}" in out


def test_where_nothing_is_in_doubt_nothing_is_said(lenient: Project, tmp_path: Path) -> None:
    lenient.tick("1.1", "1.2")
    done = lenient.gitspec("task", "list", "add-2fa")
    assert done.out.endswith("\n\n2 of 2 tasks done or dropped\n")
    assert json.loads(lenient.gitspec("task", "list", "add-2fa", "--json").out)["tasks_in_doubt"] == []
    lenient.commit("Do it")
    assert lenient.gitspec("archive", "add-2fa").code == 0
    archived = json.loads(lenient.gitspec("show", "add-2fa", "--json").out)
    assert archived["archived"] and archived["tasks_in_doubt"] == []
    empty = Project(Repo.init(tmp_path / "empty"))
    empty.repo.write("spec/changes/one/tasks.md", "- [x] 1.1 One\n")
    assert empty.gitspec("task", "list", "one").out == "  [x] 1.1 One\n\n1 of 1 task done or dropped\n"


def test_strict_refuses_a_task_to_be_checked_again_unless_the_policy_thinks_little_of_it(lenient: Project) -> None:
    lenient.tick("1.1")
    lenient.commit("Do it")
    lenient.delta("enrol a device", "enrol two devices")
    lenient.commit("Want more")
    found = lenient.gitspec("validate", "--strict")
    assert found.code == 1 and "T025 warning" in found.out
    lenient.repo.write("spec/gitspec.yaml", POLICY + "severity:\n  T025: info\n")
    found = lenient.gitspec("validate", "--strict")
    assert found.code == 0 and "T025" in found.out, "still said"


def test_a_tick_without_a_commit_says_when_one_is_wanted(project: Project) -> None:
    wanted = "wanted: a commit with 'Change: add-2fa' and 'Task: 1.1'; or: gitspec task done add-2fa 1.1 --commit"
    assert wanted in project.gitspec("task", "done", "add-2fa", "1.1").out.splitlines()
    assert "wanted" not in project.gitspec("task", "set", "add-2fa", "1.2", "in-progress").out
    assert "wanted" not in project.gitspec("task", "done", "add-2fa", "1.1", "--commit").out
    project.repo.write("spec/gitspec.yaml", POLICY)
    assert "wanted" not in project.gitspec("task", "done", "add-2fa", "1.2").out
