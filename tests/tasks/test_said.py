"""Where file and history disagree, archive refuses what the policy holds for open, and every other command says it."""

import json

import pytest

from tests.gates.team import checked
from tests.tasks.conftest import FOLDER, NEED, TASKS, Project


def ready(project: Project, *tasks: str) -> str:
    """Tick everything and commit it, naming these tasks."""
    project.tick("1.1", "1.2")
    return project.commit("Do both", *tasks, path="src/code.py")


def test_archive_refuses_a_ticked_task_that_no_commit_names(project: Project) -> None:
    ready(project, "1.1")
    for options in ((), ("--dry-run",)):
        done = project.gitspec("archive", "add-2fa", *options)
        assert done.code == 1
        assert f"{FOLDER}/tasks.md:4: A033 task 1.2 is ticked, and no commit names it" in done.err
        assert "gitspec task done add-2fa 1.2 --commit" in done.err
    project.commit("Ask for a code", "1.2", path="src/code.py")
    assert project.gitspec("archive", "add-2fa").code == 0


@pytest.mark.spec("history/task-truth#reverted-commit")
def test_archive_refuses_after_a_revert_and_names_both_commits(project: Project) -> None:
    named = ready(project, "1.1", "1.2")
    assert project.gitspec("archive", "add-2fa", "--dry-run").code == 0
    code = project.commit("More", "1.2", path="src/more.py")
    project.git("revert", "--no-edit", code)
    done = project.gitspec("archive", "add-2fa")
    assert done.code == 1 and "A033 task 1.2 is ticked" in done.err
    assert code[:12] in done.err and project.repo.head()[:12] in done.err and named[:12] not in done.err


def test_archive_refuses_a_task_to_be_checked_again_where_the_policy_asks(project: Project) -> None:
    ready(project, "1.1", "1.2")
    project.delta("enrol a device", "enrol two devices")
    project.commit("Want more")
    done = project.gitspec("archive", "add-2fa")
    assert done.code == 1 and "A033 task 1.1 is to be checked again" in done.err
    assert "auth/totp-enrolment has changed since" in done.err


def test_without_the_policy_archive_says_it_and_goes_on(lenient: Project) -> None:
    ready(lenient)
    lenient.delta("enrol a device", "enrol two devices")
    lenient.commit("Want more")
    done = lenient.gitspec("archive", "add-2fa", "--dry-run", "--json")
    (found,) = json.loads(done.out)["findings"]
    assert (found["code"], found["severity"], found["line"]) == ("T025", "warning", 3)
    done = lenient.gitspec("archive", "add-2fa")
    assert done.code == 0 and "T025" in done.out and "is to be checked again" in done.out


def test_what_is_not_truly_done_is_left_by_merged(project: Project) -> None:
    ready(project, "1.1")
    done = project.gitspec("archive", "--merged", "--json")
    (left,) = json.loads(done.out)["left"]
    assert (done.code, left["why"], left["code"]) == (0, "unfinished", "A033")
    project.commit("Ask", "1.2", path="src/code.py")
    done = project.gitspec("archive", "--merged", "--json")
    assert [one["change"] for one in json.loads(done.out)["archived"]] == ["add-2fa"]


def test_status_leads_to_the_commit_that_is_missing(project: Project) -> None:
    ready(project, "1.1")
    found = project.status()
    assert found["state"] == "implementing" and not found["ready"]
    assert found["next"]["action"] == "confirm"
    shown = project.gitspec("status").out
    assert "2/2 tasks, 1 in doubt" in shown or "1 in doubt" in shown
    assert "task 1.2 is ticked, and no commit names it" in shown
    done = project.gitspec(*found["next"]["command"].split()[1:])
    assert done.code == 0, done.err
    assert project.status()["next"]["command"] == "gitspec archive add-2fa"
    assert project.gitspec("archive", "add-2fa").code == 0


def test_validate_warns_and_passes_unless_strict(project: Project) -> None:
    ready(project, "1.1")
    done = project.gitspec("validate", "add-2fa")
    assert done.code == 0 and f"{FOLDER}/tasks.md:4: T024 warning" in done.out.replace("warning T024", "T024 warning")
    assert project.gitspec("validate", "--strict").code == 1
    project.repo.write(f"{FOLDER}/tasks.md", TASKS)
    done = project.gitspec("validate", "--strict")
    assert done.code == 0 and "T026" in done.out, "a tick that is missing is nobody's fault yet"


def test_check_of_a_range_tells_of_the_changes_that_it_names(project: Project) -> None:
    project.git("branch", "base")
    ready(project, "1.1")
    assert checked(project.repo) == []
    done = project.gitspec("check", "base..HEAD")
    assert done.code == 0 and "T024" in done.out + done.err
    assert "T024" in project.gitspec("check", "base..HEAD").out, "also the second time, when everything is remembered"
    assert "T024" not in project.gitspec("check", "base..base").out
    project.git("branch", "-f", "base")
    project.repo.write("README.md", "No change is named here.\n")
    project.repo.commit("Read me")
    assert "T024" not in project.gitspec("check", "base..HEAD").out
    project.commit("Ask", "1.2", path="src/code.py")
    assert "T024" not in project.gitspec("check", "base..HEAD").out


def test_a_policy_that_cannot_be_asked_for_is_not_guessed(project: Project) -> None:
    """The word alone, in a comment, asks for nothing."""
    project.repo.write("spec/gitspec.yaml", 'version: "1"\n# tasks: one day\n')
    ready(project)
    assert project.doubts() == {}
    project.repo.write("spec/gitspec.yaml", NEED)
    assert project.doubts() == {"1.1": "unnamed", "1.2": "unnamed"}


def test_archive_does_not_pass_for_a_policy_that_cannot_be_read(project: Project) -> None:
    project.repo.write("spec/gitspec.yaml", NEED + "    bogus: [\n")
    ready(project)
    done = project.gitspec("archive", "add-2fa")
    assert done.code == 3 and "spec/gitspec.yaml" in done.err
    assert project.gitspec("status", "add-2fa").code == 0, "looking is possible"
