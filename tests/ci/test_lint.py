"""The action, our workflow and those that init writes pass what others check workflows with, where that can be had."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitspec.commands.init_ci import rendered
from tests.command import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the action, our own workflows, and what init writes."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / ".github", folder / ".github")
    shutil.copy(ROOT / "action.yml", folder)
    workflows = folder / ".github/workflows"
    (workflows / "gitspec.yml").write_bytes(rendered("github.yml", "main"))
    (workflows / "gitspec-archive.yml").write_bytes(rendered("github-archive.yml", "it's/main+!"))
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


def tool(name: str, variable: str) -> str:
    """The program: named by an environment variable, installed beside Python, or in PATH."""
    beside = Path(sys.executable).parent / name
    found = os.environ.get(variable) or (str(beside) if beside.exists() else shutil.which(name))
    if not found:
        pytest.skip(f"{name} is not installed here; {variable} can name it")
    return found


def test_zizmor_finds_nothing(project: Path) -> None:
    command = [tool("zizmor", "ZIZMOR"), "--offline", "--no-progress", "--color", "never"]
    done = subprocess.run([*command, "."], cwd=project, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing(project: Path) -> None:
    done = subprocess.run(
        [tool("actionlint", "ACTIONLINT"), "-no-color"], cwd=project, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_step_of_a_shell_holds_an_expression(project: Path) -> None:
    """Text of strangers reaches a shell through variables only; so no text does otherwise."""
    import yaml

    files = [project / "action.yml", *(project / ".github/workflows").iterdir()]
    for file in files:
        data = yaml.safe_load(file.read_text())
        steps = data["runs"]["steps"] if "runs" in data else [s for job in data["jobs"].values() for s in job["steps"]]
        assert not [step for step in steps if "${{" in step.get("run", "")], file
