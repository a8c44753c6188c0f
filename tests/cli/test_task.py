"""gitspec task: the checklist from the command line."""

import pytest

from tests.cli.conftest import Cli
from tests.conftest import Repo

TASKS = "spec/changes/add-2fa/tasks.md"


def test_first_task_of_a_new_change_is_1_1(project: Repo, gitspec: Cli) -> None:
    outcome = gitspec("task", "add", "add-2fa", "Store the secret", "--requirement", "auth/session-expiry", "--json")
    assert outcome.json["written"] == [TASKS]
    assert [t["id"] for t in outcome.json["tasks"]] == ["1.1"]
    assert project.read(TASKS).endswith("## 1. Implementation\n\n- [ ] 1.1 Store the secret (auth/session-expiry)\n")


def test_states_are_set_in_place(project: Repo, gitspec: Cli) -> None:
    text = "# T\r\n\r\n* odd\r\n- [ ] 1.1 a\r\n- [ ] 1.2 b"
    project.write(TASKS, text)
    gitspec("task", "set", "add-2fa", "1.2", "blocked", "--reason", "no phone")
    assert (project.path / TASKS).read_bytes() == text.replace("[ ] 1.2 b", "[!] 1.2 b: no phone").encode()
    outcome = gitspec("task", "done", "add-2fa", "1.1", "1.2")
    assert (project.path / TASKS).read_bytes() == text.replace("[ ]", "[x]").encode()
    assert outcome.out.endswith("2 of 2 done or dropped\nnext: gitspec validate add-2fa\n")


def test_saying_the_same_again_writes_nothing(project: Repo, gitspec: Cli) -> None:
    project.write(TASKS, "- [x] 1.1 a\n")
    assert gitspec("task", "done", "add-2fa", "1.1", "--json").json["written"] == []


def test_several_tasks_are_set_together_or_not_at_all(project: Repo, gitspec: Cli) -> None:
    project.write(TASKS, "- [ ] 1.1 a\n")
    outcome = gitspec("task", "done", "add-2fa", "1.1", "1.7", fails=1)
    assert outcome.err.startswith(f"{TASKS}: T020 ")
    assert project.read(TASKS) == "- [ ] 1.1 a\n"


def test_list_shows_tasks_and_ends_with_1_on_findings(project: Repo, gitspec: Cli) -> None:
    project.write(TASKS, "## 1. Ground\n\n- [~] 1.1 a (auth/x)\n  - [-] 1.2 b: why\n- [X] 1.3 c\n")
    outcome = gitspec("task", "list", "add-2fa", fails=1)
    assert outcome.out.split("\n")[:3] == ["1. Ground", "  [~] 1.1 a (auth/x)", "    [-] 1.2 b: why"]
    assert f"{TASKS}:5:1: T010 " in outcome.out
    data = gitspec("task", "list", "add-2fa", "--json", fails=1).json
    assert (data["kind"], data["ended"], [t["status"] for t in data["tasks"]]) == (
        "tasks",
        1,
        ["in-progress", "dropped"],
    )
    assert data["findings"][0]["line"] == 5


def test_list_reads_any_commit_and_a_bare_repository(project: Repo, gitspec: Cli, make_repo: object) -> None:
    gitspec("task", "add", "add-2fa", "a")
    project.commit()
    gitspec("task", "done", "add-2fa", "1.1")
    assert gitspec("task", "list", "add-2fa", "--at", "HEAD", "--json").json["ended"] == 0
    assert gitspec("task", "list", "add-2fa", "--json").json["ended"] == 1
    bare = project.bare(project.path.parent / "bare.git")
    assert gitspec("-C", str(bare.path), "task", "list", "add-2fa", "--json").json["ended"] == 0
    refused = gitspec("-C", str(bare.path), "task", "done", "add-2fa", "1.1", fails=3).err
    assert "G007" in refused
    assert "--at" not in refused  # it would not help


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["add", "add-2fa", "x", "--requirement", "nothing"], "I001"),
        (["add", "add-2fa", "x", "--requirement", "auth/x#y"], "I001"),
        (["add", "add-2fa", "x", "--group", "a", "--below", "1.1"], "U000"),
        (["set", "add-2fa", "1.1", "blocked"], "T013"),
        (["set", "add-2f", "1.1", "done"], "L011"),
        (["set", "../x", "1.1", "done"], "L011"),
    ],
)
def test_wrong_use_ends_with_2(project: Repo, gitspec: Cli, args: list[str], code: str) -> None:
    project.write(TASKS, "- [ ] 1.1 a\n")
    assert f" {code} " in gitspec("task", *args, fails=2).err
    assert project.read(TASKS) == "- [ ] 1.1 a\n"


def test_archived_change_is_not_edited(project: Repo, gitspec: Cli) -> None:
    project.write("spec/archive/2025-01-01-old/change.yaml", "change: old\n")
    project.write("spec/archive/2025-01-01-old/tasks.md", "- [ ] 1.1 a\n")
    assert "is archived" in gitspec("task", "done", "old", "1.1", fails=1).err


def test_linked_tasks_file_is_not_followed(project: Repo, gitspec: Cli) -> None:
    outside = project.path.parent / "outside.md"
    outside.write_text("- [ ] 1.1 a\n")
    (project.path / TASKS).unlink()
    (project.path / TASKS).symlink_to(outside)
    gitspec("task", "add", "add-2fa", "x", fails=1)
    assert outside.read_text() == "- [ ] 1.1 a\n"


def test_task_for_a_requirement_that_does_not_exist_is_refused_with_the_nearest(project: Repo, gitspec: Cli) -> None:
    before = project.read(TASKS)
    refused = gitspec("task", "add", "add-2fa", "a", "--requirement", "auth/sesion-expiry", fails=2)
    assert "T023 there is no requirement 'auth/sesion-expiry', neither now nor after add-2fa" in refused.err
    assert "help: did you mean auth/session-expiry?" in refused.err
    refused = gitspec("task", "add", "add-2fa", "a", "--requirement", "x/zz", fails=2)
    assert "help: `gitspec delta add add-2fa <capability>` adds one" in refused.err
    assert project.read(TASKS) == before


def test_task_may_serve_what_the_change_itself_brings(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "add", "add-2fa", "auth", "--from", "-", stdin="id: totp\ntext: It MUST ask.\n")
    gitspec("delta", "rename", "add-2fa", "auth/login-page", "sign-in")
    for name in ("auth/totp", "auth/sign-in", "auth/session-expiry"):
        gitspec("task", "add", "add-2fa", "a", "--requirement", name)
