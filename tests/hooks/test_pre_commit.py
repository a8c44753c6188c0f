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
from tests.hooks.conftest import TOP, Governed

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


def test_the_fast_twins_judge_a_commit(governed: Governed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert {s.state for s in hooks.status(discover()).scripts} == {"called"}
    governed.stage("src/app.py", "two\n")
    done = governed.try_commit("Code")
    assert done.returncode and b"R001" in done.stdout + done.stderr
    assert governed.try_commit("Code", "Change: add-2fa").returncode == 0
    governed.git("revert", "--no-edit", "HEAD")
    assert governed.message().endswith("\nChange: add-2fa\n")
