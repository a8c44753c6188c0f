"""gitspec init --ci: writes pipelines once, and keeps what was edited."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.command import ROOT, Ran
from tests.conftest import Repo

PATHS = (".github/workflows/gitspec.yml", ".github/workflows/gitspec-archive.yml")


@pytest.fixture
def fresh(tmp_path: Path) -> Repo:
    return Repo.init(tmp_path / "fresh")


def init(repo: Repo, *args: str) -> Ran:
    return gitspec(repo, "init", "--yes", "--no-hooks", *args)


def test_without_the_option_no_pipeline_is_written(fresh: Repo) -> None:
    init(fresh)
    assert not (fresh.path / ".github").exists()
    assert not (fresh.path / ".gitlab").exists()


def test_both_workflows_are_written_once(fresh: Repo) -> None:
    first = init(fresh, "--ci", "github")
    assert all(f"wrote {path}" in first.out for path in PATHS)
    before = [fresh.read(path) for path in PATHS]
    second = init(fresh, "--ci", "github", "--ci", "github")
    assert all(f"kept {path}\n" in second.out for path in PATHS)
    assert [fresh.read(path) for path in PATHS] == before


def test_an_edited_workflow_stays_and_that_is_said(fresh: Repo) -> None:
    init(fresh, "--ci", "github")
    fresh.write(PATHS[0], "name: mine\n")
    again = init(fresh, "--ci", "github")
    assert fresh.read(PATHS[0]) == "name: mine\n"
    assert f"kept {PATHS[0]}, which differs" in again.out
    assert f"kept {PATHS[1]}\n" in again.out
    import json

    data = json.loads(init(fresh, "--ci", "github", "--json").out)
    assert data["different"] == [PATHS[0]]
    assert data["written"] == []


def test_a_link_in_place_of_a_workflow_is_not_followed(fresh: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (fresh.path / ".github").symlink_to(outside)
    assert init(fresh, "--ci", "github").code == 1
    assert not list(outside.iterdir())


@pytest.mark.parametrize("branch", ["trunk", "it's", "release/1.x", "a+b!", "on", "1.10"])
def test_the_default_branch_is_the_one_that_is_named(fresh: Repo, branch: str) -> None:
    from tests.ci.runner import load

    fresh.git("checkout", "-q", "-b", branch)
    init(fresh, "--ci", "github")
    for path in PATHS:
        pattern = load(fresh.path / path)["on"]["push"]["branches"][0]
        assert pattern.replace("\\", "") == branch


def test_the_recipe_for_gitlab_is_a_file_to_include(fresh: Repo) -> None:
    import yaml

    assert "wrote .gitlab/gitspec.gitlab-ci.yml" in init(fresh, "--ci", "gitlab").out
    job = yaml.safe_load(fresh.read(".gitlab/gitspec.gitlab-ci.yml"))["gitspec"]
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert "ci gitlab" in job["script"][-1]


def type_next_steps(repo: Repo, out: str, change: str) -> None:
    """Type what init says is next, as it stands there."""
    program = f'PYTHONPATH="{ROOT}" "{sys.executable}" -m gitspec'
    for line in out.splitlines():
        if line.startswith("next: "):
            command = line.removeprefix("next: ").replace("<change>", change)
            command = f"{program} {command.removeprefix('gitspec ')}" if command.startswith("gitspec ") else command
            done = subprocess.run(command, shell=True, cwd=repo.path, capture_output=True, text=True, check=False)  # noqa: S602
            assert done.returncode == 0, command + done.stderr


def test_next_steps_can_be_typed_in_a_new_repository(fresh: Repo) -> None:
    first = gitspec(fresh, "init", "--yes", "--ci", "github", "--ci", "gitlab")
    type_next_steps(fresh, first.out, "sign-in")
    assert fresh.git("status", "--porcelain", "-uall", "--", ".github", ".gitlab", "spec/gitspec.yaml") == ""
    assert gitspec(fresh, "check", "HEAD").code == 0


def test_next_steps_can_be_typed_where_there_is_a_policy_already(fresh: Repo) -> None:
    type_next_steps(fresh, gitspec(fresh, "init", "--yes").out, "sign-in")
    later = gitspec(fresh, "init", "--yes", "--ci", "github")
    type_next_steps(fresh, later.out, "judge-pull-requests")
    assert fresh.git("log", "-1", "--format=%(trailers:key=Change,valueonly)").strip() == "judge-pull-requests"
    assert gitspec(fresh, "check", "HEAD").code == 0
