"""Through the pre-commit framework: what this repository offers, and its own configuration."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gitspec.commands import hooks
from gitspec.git.hooks import HOOKS
from gitspec.git.repository import discover
from tests.command import ROOT as TOP
from tests.conftest import Repo
from tests.hooks.conftest import Governed
from tests.hooks.specs import added, write_change

pytest.importorskip("pre_commit")


def pre_commit(governed: Governed, *args: str) -> "subprocess.CompletedProcess[str]":
    """Run pre-commit in the repository."""
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *args], cwd=governed.path, capture_output=True, text=True, check=False
    )


def test_what_is_offered_and_what_is_used_here_are_valid(governed: Governed) -> None:
    assert pre_commit(governed, "validate-manifest", str(TOP / ".pre-commit-hooks.yaml")).returncode == 0
    assert pre_commit(governed, "validate-config", str(TOP / ".pre-commit-config.yaml")).returncode == 0
    offered = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
    assert all(hook["stages"] for hook in offered)
    ids = {hook["id"] for hook in offered}
    assert {f"{name}-system" for name in ids if not name.endswith("-system")} <= ids


def test_both_have_a_hook_for_every_stage_and_say_the_same_of_it() -> None:
    offered = {hook["id"]: hook for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())}
    config = yaml.safe_load((TOP / ".pre-commit-config.yaml").read_text())
    used = {hook["id"]: hook for hook in config["repos"][0]["hooks"] if hook["id"].startswith("gitspec-")}
    assert set(used) == {f"gitspec-{hook}" for hook in HOOKS}
    assert set(offered) == set(used) | {f"{name}-system" for name in used}
    assert set(config["default_install_hook_types"]) == set(HOOKS)
    for name, hook in used.items():
        for other in (offered[name], offered[f"{name}-system"]):
            fields = ("entry", "stages", "pass_filenames", "always_run")
            assert [hook.get(field) for field in fields] == [other.get(field) for field in fields], name


@pytest.fixture
def framework(governed: Governed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Governed:
    """The framework with the fast twins for every stage instead of our own scripts; `gitspec` is on PATH."""
    hooks.uninstall(discover())
    command = tmp_path / "bin/gitspec"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{TOP}" exec "{sys.executable}" -m gitspec "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    local = [
        hook for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text()) if hook["language"] == "system"
    ]
    for hook in local:
        hook.pop("minimum_pre_commit_version")
    governed.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]}))
    governed.commit("Configure")
    assert pre_commit(governed, "install", *(arg for hook in HOOKS for arg in ("-t", hook))).returncode == 0
    return governed


def all_said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return os.fsdecode(done.stdout + done.stderr)


def test_the_fast_twins_judge_a_commit(framework: Governed) -> None:
    assert {s.state for s in hooks.status(discover()).scripts} == {"called"}
    framework.stage("src/app.py", "two\n")
    done = framework.try_commit("Code")
    assert done.returncode and "R001" in all_said(done)
    assert framework.try_commit("Code", "Change: add-2fa").returncode == 0
    framework.git("revert", "--no-edit", "HEAD")
    assert framework.message().endswith("\nChange: add-2fa\n")


def test_the_fast_twins_judge_what_is_staged_also_when_it_is_only_deleted(framework: Governed) -> None:
    framework.stage("spec/stray.txt")
    done = framework.try_commit("Docs")
    assert done.returncode and "L001" in all_said(done)
    framework.git("rm", "-qf", "spec/stray.txt")
    framework.write("spec/changes/dark-mode/tasks.md", "# Tasks\n")
    framework.commit("Tasks")
    framework.git("rm", "-q", "spec/changes/dark-mode/change.yaml")
    done = framework.try_commit("Docs")
    assert done.returncode and "L005" in all_said(done)


def test_the_fast_twins_judge_merges(framework: Governed) -> None:
    framework.git("checkout", "-q", "-b", "side")
    framework.write("spec/stray.txt", "x\n")
    write_change(framework, "sso", added("sso"))
    framework.commit("Past the hooks")
    framework.git("checkout", "-q", "main")
    framework.stage("README.md", "x\n")
    assert framework.try_commit("Docs").returncode == 0
    done = framework.run_git("merge", "--no-edit", "side")
    assert done.returncode == 0, "it stands on the other side already: " + all_said(done)
    assert "ready to archive on main: sso" in all_said(done)


def test_the_fast_twins_judge_one_ref_of_a_push_and_no_more(framework: Governed, tmp_path: Path) -> None:
    bare = framework.bare(tmp_path / "origin.git")
    framework.git("remote", "add", "origin", str(bare.path))
    framework.git("fetch", "-q", "origin")
    framework.write("src/app.py", "two\n")
    framework.commit("Sneak in")
    for refspec in ("main", "main:topic"):
        done = framework.run_git("push", "-q", "origin", refspec)
        assert done.returncode and "R001" in all_said(done), refspec
    framework.git("branch", "clean", "origin/main")
    framework.git("checkout", "-q", "clean")
    framework.stage("docs/a.md")
    assert framework.try_commit("Docs").returncode == 0
    done = framework.run_git("push", "-q", "origin", "clean", "main:topic")
    assert done.returncode == 0, "the defect of the framework that the documents name has gone: say so there"
    hooks.install(discover())
    bare.git("branch", "-D", "topic")
    bare.git("branch", "-D", "clean")
    (framework.path / ".git/hooks/pre-push").unlink()
    hooks.install(discover())
    framework.git("fetch", "-q", "--prune", "origin")
    done = framework.run_git("push", "-q", "origin", "clean", "main:topic")
    assert done.returncode and "R001" in all_said(done), "ours sees them all"


def test_try_repo_runs_the_hooks_of_this_repository(
    governed: Governed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a user would try them: from a clone of what is here. Only the twins, for the others are installed from a registry."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    command = tmp_path / "bin/gitspec"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{TOP}" exec "{sys.executable}" -m gitspec "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    offering = Repo.init(tmp_path / "offering")
    offering.write(".pre-commit-hooks.yaml", (TOP / ".pre-commit-hooks.yaml").read_bytes())
    offering.commit("Offer")
    governed.stage("spec/stray.txt")
    done = pre_commit(governed, "try-repo", str(offering.path), "gitspec-pre-commit-system")
    assert done.returncode and "L001" in done.stdout, done.stdout + done.stderr
    governed.write(".git/message", "Code\n")
    governed.stage("src/app.py", "two\n")
    words = ("--hook-stage", "commit-msg", "--commit-msg-filename", ".git/message")
    done = pre_commit(governed, "try-repo", str(offering.path), "gitspec-commit-msg-system", *words)
    assert done.returncode and "R001" in done.stdout, done.stdout + done.stderr
