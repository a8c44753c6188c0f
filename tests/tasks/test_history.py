"""A task is done when its file and a commit say so, through reverts, merges, picks, rebases and renumbering."""

from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.tasks.conftest import FOLDER, TASKS, Project


def test_a_ticked_task_that_no_commit_names_is_in_doubt(project: Project) -> None:
    project.tick("1.1")
    assert project.doubts() == {"1.1": "unnamed"}
    project.commit("Store it")
    assert project.doubts() == {"1.1": "unnamed"}
    project.commit("Store it well", "1.1", path="src/code.py")
    assert project.doubts() == {}


def test_without_the_policy_a_tick_is_enough(lenient: Project) -> None:
    lenient.tick("1.1", "1.2")
    assert lenient.doubts() == {}
    lenient.commit("Do it")
    assert lenient.doubts() == {}


def test_task_without_its_change_or_for_another_change_says_nothing(project: Project) -> None:
    project.tick("1.2")
    project.commit("Ask", "1.2", change="other")
    project.repo.commit("Ask\n\nTask: 1.2")
    assert project.doubts() == {"1.2": "unnamed"}


def test_a_pending_task_that_a_commit_names_is_said(project: Project) -> None:
    named = project.commit("Ask", "1.2", path="src/code.py")
    (found,) = project.status()["tasks_in_doubt"]
    assert (found["task"], found["verdict"], found["commit"]) == ("1.2", "named", named)
    assert not found["held_open"]
    project.tasks(TASKS.replace("- [ ] 1.2", "- [~] 1.2"))
    assert project.doubts() == {}


def test_a_revert_reopens_a_task_and_its_revert_closes_it_again(project: Project) -> None:
    project.tick("1.2")
    project.commit("Tick")
    named = project.commit("Ask", "1.2", path="src/code.py")
    project.git("revert", "--no-edit", named)
    revert = project.repo.head()
    (found,) = project.status()["tasks_in_doubt"]
    assert (found["verdict"], found["commit"], found["reverted_by"]) == ("reverted", named, revert)
    assert found["held_open"]
    project.git("revert", "--no-edit", revert)
    assert project.doubts() == {}
    project.git("revert", "--no-edit", "HEAD")
    assert project.doubts() == {"1.2": "reverted"}


def test_a_revert_takes_back_what_was_said_before_it_also_by_other_commits(project: Project) -> None:
    named = project.commit("Ask", "1.2", path="src/code.py")
    project.tick("1.2")
    project.commit("Tick", "1.2")
    assert project.doubts() == {}
    project.git("revert", "--no-edit", named)
    assert project.doubts() == {"1.2": "reverted"}
    project.commit("Ask again", "1.2", path="src/other.py")
    assert project.doubts() == {}


def test_a_revert_that_carries_the_trailers_of_what_it_reverts_names_nothing(project: Project) -> None:
    project.tick("1.2")
    project.commit("Tick")
    named = project.commit("Ask", "1.2", path="src/code.py")
    project.git("revert", "--no-commit", named)
    project.repo.commit(f'Revert "Ask"\n\nThis reverts commit {named}.\n\nChange: add-2fa\nTask: 1.2')
    assert project.doubts() == {"1.2": "reverted"}
    project.git("revert", "--no-edit", "HEAD")
    assert project.doubts() == {}


def test_a_revert_of_what_the_branch_never_had_names_nothing(project: Project) -> None:
    project.tick("1.2")
    project.commit("Tick")
    project.git("switch", "-q", "-c", "topic")
    named = project.commit("Ask", "1.2", path="src/code.py")
    project.git("switch", "-q", "main")
    project.repo.commit(f'Revert "Ask"\n\nThis reverts commit {named}.\n\nChange: add-2fa\nTask: 1.2')
    assert project.doubts() == {"1.2": "unnamed"}


def test_what_is_asked_of_git_does_not_grow_with_reverts(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.tick("1.2")
    project.commit("Tick")
    named = project.commit("Ask", "1.2", path="src/code.py")

    def children() -> int:
        trace = tmp_path / "trace"
        trace.unlink(missing_ok=True)
        monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
        assert project.status("--no-cache")["tasks_in_doubt"][0]["verdict"] == "reverted"
        monkeypatch.delenv("GIT_TRACE2_EVENT")
        return sum('"event":"start"' in line for line in trace.read_text().splitlines())

    def revert(numbers: range) -> None:
        """By id, and by the subject where the id is of nothing."""
        said = [f'Revert "Ask"\n\nThis reverts commit {named if n == 0 else f"{n:040x}"}.\n' for n in numbers]
        rows = [f"commit refs/heads/main\ncommitter A <a@b> 1800000000 +0000\ndata {len(m)}\n{m}\n" for m in said]
        project.git("fast-import", "--quiet", input=rows[0].rstrip() + "\nfrom refs/heads/main^0\n" + "".join(rows[1:]))

    revert(range(2))
    few = children()
    revert(range(2, 40))
    assert children() == few


def test_reverting_a_merge_takes_back_what_it_brought(project: Project) -> None:
    project.git("switch", "-q", "-c", "topic")
    project.commit("Ask", "1.2", path="src/code.py")
    project.git("switch", "-q", "main")
    project.tick("1.2")
    project.commit("Tick", path="src/other.py")
    project.git("merge", "-q", "--no-ff", "--no-edit", "topic")
    assert project.doubts() == {}
    project.git("revert", "--no-edit", "-m", "1", "HEAD")
    assert project.doubts() == {"1.2": "reverted"}
    project.git("revert", "--no-edit", "HEAD")
    assert project.doubts() == {}


def test_only_what_the_branch_reaches_counts(project: Project) -> None:
    project.tick("1.2")
    project.commit("Tick")
    project.git("switch", "-q", "-c", "topic")
    project.commit("Ask", "1.2", path="src/code.py")
    project.git("switch", "-q", "main")
    assert project.doubts() == {"1.2": "unnamed"}
    assert project.doubts("--at", "topic") == {}


def test_a_cherry_pick_names_the_task_where_it_lands(project: Project) -> None:
    project.tick("1.2")
    project.commit("Tick")
    project.git("switch", "-q", "-c", "topic")
    named = project.commit("Ask", "1.2", path="src/code.py")
    project.git("revert", "--no-edit", named)
    project.git("switch", "-q", "main")
    project.commit("Other", path="src/other.py")
    project.git("cherry-pick", named)
    assert project.doubts() == {}
    project.git("merge", "-q", "--no-edit", "topic")
    assert project.doubts() == {}, "the revert on the topic does not build on the copy"


def test_a_squash_merge_counts_when_its_message_names_the_task(project: Project) -> None:
    project.tick("1.2")
    project.commit("Tick")
    project.git("switch", "-q", "-c", "topic")
    project.commit("Ask", "1.2", path="src/code.py")
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--squash", "topic")
    project.repo.commit("Ask (#7)\n\n* Ask\n\nTask: 1.2\n\n* More")
    assert project.doubts() == {"1.2": "unnamed"}
    project.repo.commit(
        "More (#8)\n\n* More\n\nChange: add-2fa\nTask: 1.2\n\n---------\n\nCo-authored-by: A <a@example.com>"
    )
    assert project.doubts() == {}


def test_a_rebased_revert_still_takes_back_the_rebased_commit(project: Project) -> None:
    project.tick("1.2")
    base = project.commit("Tick")
    named = project.commit("Ask", "1.2", path="src/code.py")
    project.git("revert", "--no-edit", named)
    project.git("switch", "-q", "-c", "elsewhere", base)
    project.commit("Other", path="src/other.py")
    project.git("switch", "-q", "main")
    project.git("rebase", "-q", "elsewhere")
    assert named not in project.git("rev-list", "HEAD").split()
    assert project.doubts() == {"1.2": "reverted"}


def test_numbers_may_change_and_texts_too(project: Project) -> None:
    project.tick("1.2")
    project.commit("Ask", "1.2", path="src/code.py")
    project.tasks(
        "- [ ] 1.2 Something new\n- [x] 1.3 Ask for a code\n- [ ] 1.1 Store the secret (auth/totp-enrolment)\n"
    )
    assert project.doubts() == {}, "the commit is for what is 1.3 now"
    project.tasks("- [x] 1.2 Something new\n- [x] 1.3 Ask for a code\n")
    assert project.doubts() == {"1.2": "unnamed"}
    project.tasks("- [x] 1.2 Ask for a code in time\n")
    assert project.doubts() == {}, "the text was edited"


def test_the_commits_of_nested_tasks_are_those_of_the_task_above(project: Project) -> None:
    project.tasks("- [x] 1.1 All\n  - [x] 1.1.1 One\n  - [-] 1.1.2 Two: not needed\n")
    project.commit("One", "1.1.1", path="src/code.py")
    assert project.doubts() == {}
    project.tasks("- [x] 1.1 All\n  - [-] 1.1.1 One: not needed\n")
    assert project.doubts() == {"1.1": "unnamed"}


def test_an_edited_delta_asks_for_another_look(lenient: Project) -> None:
    lenient.tick("1.1", "1.2")
    lenient.commit("Do both")
    assert lenient.doubts() == {}
    lenient.delta("enrol a device", "enrol two devices")
    assert lenient.doubts() == {"1.1": "check-again"}, "uncommitted edits count"
    lenient.commit("Want more")
    assert lenient.doubts() == {"1.1": "check-again"}
    lenient.delta("enrol two devices", "enrol a device")
    assert lenient.doubts() == {}, "it is as it was"


def test_a_look_is_a_new_tick_or_a_commit_that_names_the_task(lenient: Project) -> None:
    lenient.tick("1.1")
    lenient.commit("Do it")
    lenient.delta("enrol a device", "enrol two devices")
    lenient.commit("Want more")
    lenient.tasks(TASKS)
    lenient.commit("Open it")
    lenient.tick("1.1")
    assert lenient.doubts() == {}
    lenient.commit("Do it again")
    assert lenient.doubts() == {}
    lenient.delta("enrol two devices", "enrol three devices")
    lenient.commit("Want even more")
    assert lenient.doubts() == {"1.1": "check-again"}
    lenient.commit("Three", "1.1", path="src/code.py")
    assert lenient.doubts() == {}


def test_what_the_author_saw_and_where_it_stands_does_not_matter(lenient: Project) -> None:
    edit = "capability: auth\nmodified:\n  - id: session-expiry\n    text:\n      to: |\n        It MUST expire.\n"
    lenient.repo.write(f"{FOLDER}/deltas/auth.yaml", edit)
    lenient.tasks("- [x] 1.1 Expire (auth/session-expiry)\n")
    lenient.commit("Expire")
    lenient.gitspec("delta", "stamp", "add-2fa")
    assert "from:" in lenient.repo.read(f"{FOLDER}/deltas/auth.yaml")
    assert lenient.doubts() == {}
    lenient.delta("It MUST expire.", "It MUST expire soon.")
    assert lenient.doubts() == {"1.1": "check-again"}


def test_other_requirements_of_the_delta_do_not_matter(lenient: Project) -> None:
    lenient.tick("1.1")
    lenient.commit("Do it")
    more = "  - id: other\n    text: |\n      There MUST be another one.\n"
    lenient.repo.write(f"{FOLDER}/deltas/auth.yaml", lenient.repo.read(f"{FOLDER}/deltas/auth.yaml") + more)
    lenient.commit("Another one")
    assert lenient.doubts() == {}


def test_a_look_survives_a_true_merge_and_an_unmerged_one_is_missed(lenient: Project) -> None:
    lenient.git("switch", "-q", "-c", "topic")
    lenient.tick("1.1")
    lenient.commit("Do it")
    lenient.delta("enrol a device", "enrol two devices")
    lenient.commit("Want more")
    lenient.git("switch", "-q", "main")
    lenient.commit("Other", path="src/other.py")
    lenient.git("merge", "-q", "--no-edit", "topic")
    assert lenient.doubts() == {"1.1": "check-again"}


def test_a_shallow_clone_never_says_done_for_lack_of_history(project: Project, tmp_path: Path) -> None:
    project.tick("1.1", "1.2")
    project.commit("Do both", "1.1", "1.2", path="src/code.py")
    for _ in range(3):
        project.commit("Other", path="src/other.py")
    project.git("clone", "-q", "--depth", "2", f"file://{project.repo.path}", str(tmp_path / "shallow"))
    shallow = Project(Repo(tmp_path / "shallow"))
    assert shallow.doubts() == {"1.1": "unknown", "1.2": "unknown"}
    found = shallow.status()
    assert found["state"] == "implementing" and found["next"]["command"] == "git fetch --unshallow"
    done = shallow.gitspec("archive", "add-2fa")
    assert done.code == 3 and "G016" in done.err and "--unshallow" in done.err
    shallow.git("fetch", "-q", "--unshallow")
    assert shallow.doubts() == {}
    assert shallow.gitspec("archive", "add-2fa").code == 0


def test_in_a_shallow_clone_a_commit_that_is_there_counts(project: Project, tmp_path: Path) -> None:
    project.tick("1.2")
    project.commit("Other", path="src/other.py")
    project.commit("Ask", "1.2", path="src/code.py")
    project.git("clone", "-q", "--depth", "1", f"file://{project.repo.path}", str(tmp_path / "shallow"))
    assert Project(Repo(tmp_path / "shallow")).doubts() == {}


def test_a_shallow_clone_that_may_hide_a_revert_is_not_believed(project: Project, tmp_path: Path) -> None:
    """The task's commit is two commits away on one side of a merge, and its revert far away on the other."""
    project.tick("1.2")
    project.commit("Tick")
    named = project.commit("Ask", "1.2", path="src/code.py")
    project.git("branch", "side")
    project.git("revert", "--no-edit", named)
    for _ in range(6):
        project.commit("Other", path="src/other.py")
    project.git("switch", "-q", "side")
    project.git("merge", "-q", "--no-ff", "--no-edit", "main")
    assert project.doubts() == {"1.2": "reverted"}
    project.git("clone", "-q", "--depth", "3", f"file://{project.repo.path}", str(tmp_path / "shallow"))
    shallow = Project(Repo(tmp_path / "shallow"))
    assert named in shallow.git("rev-list", "HEAD").split()
    assert shallow.doubts() == {"1.2": "unknown"}


def test_in_a_shallow_clone_a_tick_from_before_is_not_compared(lenient: Project, tmp_path: Path) -> None:
    lenient.tick("1.1")
    lenient.commit("Do it")
    for _ in range(3):
        lenient.commit("Other", path="src/other.py")
    lenient.git("clone", "-q", "--depth", "2", f"file://{lenient.repo.path}", str(tmp_path / "shallow"))
    shallow = Project(Repo(tmp_path / "shallow"))
    assert shallow.doubts() == {"1.1": "unknown"}
    done = shallow.gitspec("validate", "add-2fa", "--strict")
    assert "T024" in done.out and "--unshallow" in done.out and done.code == 0, "said, and nobody is stopped by it"


def test_history_that_cannot_be_read_is_no_pass(lenient: Project) -> None:
    lenient.tick("1.1")
    lenient.commit("Do it")
    lenient.delta("enrol a device", "enrol two devices")
    oldest = lenient.git("rev-list", "--max-parents=0", "HEAD")
    (lenient.repo.path / ".git/objects" / oldest[:2] / oldest[2:]).unlink()
    assert lenient.repo.run_git("log").returncode
    found = lenient.gitspec("validate", "add-2fa", "--no-cache")
    assert found.code == 3 and "G0" in found.err


def test_a_tick_is_found_before_what_is_older_is_read(lenient: Project) -> None:
    for _ in range(3):
        lenient.commit("Other", path="src/other.py")
    lenient.tick("1.1")
    lenient.commit("Do it")
    oldest = lenient.git("rev-list", "--max-parents=0", "HEAD")
    (lenient.repo.path / ".git/objects" / oldest[:2] / oldest[2:]).unlink()
    assert lenient.repo.run_git("log").returncode
    assert lenient.doubts() == {}
