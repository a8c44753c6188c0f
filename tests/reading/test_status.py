"""Status walks a change from its proposal to its archive, one command at a time."""

import pytest

from tests.conftest import Repo
from tests.reading.conftest import CHANGE, DELTA, PROPOSAL, Cli

HERE = "spec/changes/add-2fa"


def state(gitspec: Cli, change: str = "add-2fa") -> tuple[str, str]:
    """The state of a change and the command that comes next."""
    (found,) = gitspec("status", change, "--json").json["changes"]
    return found["state"], found["next"]["command"]


@pytest.mark.spec("commands/next-step#ready")
def test_status_leads_from_proposal_to_archive(project: Repo, gitspec: Cli) -> None:
    delta = project.read(f"{HERE}/deltas/auth.yaml")
    for name in ("proposal.md", "tasks.md", "deltas/auth.yaml"):
        (project.path / HERE / name).unlink()
    assert state(gitspec) == ("proposal", f"${{EDITOR:-vi}} {HERE}/proposal.md")
    project.write(f"{HERE}/proposal.md", "# Two\n\n## Why\n\n<!-- say it -->\n\n## What Changes\n")
    assert state(gitspec)[0] == "proposal"
    project.write(f"{HERE}/proposal.md", PROPOSAL)
    assert state(gitspec) == ("deltas", "gitspec delta add add-2fa <capability>")
    project.write(f"{HERE}/deltas/auth.yaml", DELTA.replace("    seen:\n      text: 5ce9d6f7c2a0\n", ""))
    assert state(gitspec) == ("deltas", "gitspec delta stamp add-2fa")
    project.write(f"{HERE}/deltas/auth.yaml", delta)
    assert state(gitspec) == ("tasks", "gitspec task add add-2fa '<text>'")
    project.write(f"{HERE}/tasks.md", "- [ ] 1.1 One\n- [ ] 1.2 Two\n")
    assert state(gitspec) == ("implementing", "gitspec task set add-2fa 1.1 done")
    project.write(f"{HERE}/tasks.md", "- [ ] 1.1 One\n- [~] 1.2 Two\n")
    assert state(gitspec) == ("implementing", "gitspec task set add-2fa 1.2 done")
    project.write(f"{HERE}/tasks.md", "- [x] 1.1 One\n- [!] 1.2 Two: no key\n")
    assert state(gitspec) == ("blocked", "gitspec task set add-2fa 1.2 in-progress")
    project.write(f"{HERE}/tasks.md", "- [x] 1.1 One\n- [-] 1.2 Two: not needed\n")
    state_, command = state(gitspec)
    assert state_ == "ready" and command.startswith(f"git add {HERE} && git commit")
    project.git("add", HERE)
    assert state(gitspec)[1] == command
    project.git("commit", "-q", "-m", "Finish")
    assert state(gitspec) == ("ready", "gitspec archive add-2fa")
    assert gitspec("status", "add-2fa", "--at", "HEAD", "--json").json["next"]["action"] == "archive"


def test_subtasks_come_before_the_task_they_belong_to(project: Repo, gitspec: Cli) -> None:
    project.write(f"{HERE}/tasks.md", "- [ ] 1.1 One\n  - [x] 1.1.1 Inner\n  - [ ] 1.1.2 Other\n- [ ] 1.2 Two\n")
    assert state(gitspec)[1] == "gitspec task set add-2fa 1.1.2 done"
    project.write(f"{HERE}/tasks.md", "- [ ] 1.1 One\n  - [x] 1.1.1 Inner\n- [ ] 1.2 Two\n")
    assert state(gitspec)[1] == "gitspec task set add-2fa 1.1 done"


def test_a_change_without_deltas_may_say_so(project: Repo, gitspec: Cli) -> None:
    (project.path / HERE / "deltas/auth.yaml").unlink()
    project.write(f"{HERE}/change.yaml", CHANGE + "no_deltas: true\n")
    project.write(f"{HERE}/tasks.md", "- [x] 1.1 One\n")
    assert state(gitspec)[0] == "ready"
    assert "none, as declared" in gitspec("status").out


def test_a_change_waits_for_what_it_depends_on(project: Repo, gitspec: Cli) -> None:
    for name, more in (("base", ""), ("top", "depends_on:\n  - base\n")):
        change = CHANGE.replace("add-2fa", name).replace("kind: feature", "kind: refactor")
        project.write(f"spec/changes/{name}/change.yaml", change + "no_deltas: true\n" + more)
        project.write(f"spec/changes/{name}/proposal.md", PROPOSAL)
        project.write(f"spec/changes/{name}/tasks.md", "- [x] 1.1 One\n")
    project.commit("More changes")
    assert state(gitspec, "base") == ("ready", "gitspec archive base")
    assert state(gitspec, "top") == ("waiting", "gitspec status base")
    (project.path / "spec/changes/base").rename(project.path / "spec/archive/2026-11-20-base")
    assert state(gitspec, "top") == ("ready", "gitspec archive top")


def test_a_conflict_is_the_next_thing_to_see_to(project: Repo, gitspec: Cli) -> None:
    path = "spec/capabilities/auth.yaml"
    assert state(gitspec)[0] == "implementing"
    project.write(path, project.read(path).replace("after 30 minutes", "after 20 minutes"))
    assert state(gitspec) == ("deltas", "gitspec rebase add-2fa")
    assert "D003" in gitspec("status").out
    project.write(path, project.read(path).replace("after 20 minutes", "after 30 minutes"))
    assert state(gitspec)[0] == "implementing"


def test_a_broken_change_yaml_is_said_and_disturbs_no_other(project: Repo, gitspec: Cli) -> None:
    project.write("spec/changes/odd/change.yaml", "change: [odd\n")
    assert state(gitspec, "odd") == ("invalid", "gitspec validate odd")
    assert state(gitspec)[0] == "implementing"
    assert [line.split()[0] for line in gitspec("status").lines] == ["add-2fa", "odd"]


def test_without_changes_the_next_step_is_to_propose_one(repo: Repo, gitspec: Cli) -> None:
    assert gitspec("status").lines[0] == "next: gitspec init"
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    assert gitspec("status").lines[0].startswith("next: gitspec propose <id>")
    assert gitspec("status", "--json").json["next"]["action"] == "propose"


def test_an_unknown_or_archived_change_is_an_error(project: Repo, gitspec: Cli) -> None:
    assert "add-2fa" in gitspec("status", "add-2f", fails=2).err
    assert "is archived" in gitspec("status", "start-billing", fails=1).err


def test_outside_a_repository_nothing_can_be_said(tmp_path_factory, monkeypatch, gitspec: Cli) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    for command in ("status", "list", "validate"):
        assert "G001" in gitspec(command, fails=3).err
