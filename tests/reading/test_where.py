"""Every reading command works at a revision, in a bare repository, in a linked work tree, from a subfolder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.reading.conftest import AUTH, Cli

COMMANDS = [
    ("list",),
    ("list", "--specs"),
    ("list", "--archived"),
    ("show", "auth/session-expiry"),
    ("show", "add-2fa"),
    ("status",),
    ("validate",),
    ("diff", "add-2fa"),
]


def environment() -> dict[str, str]:
    """For a Python that shall find gitspec as this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def outputs(gitspec: Cli, *more: str) -> list[str]:
    """What all commands print."""
    return [gitspec(*command, *more).out for command in COMMANDS]


@pytest.mark.spec("commands/any-revision#at-a-tag")
def test_a_tag_is_read_as_it_was_whatever_the_work_tree_has(project: Repo, gitspec: Cli) -> None:
    before = outputs(gitspec)
    project.git("rm", "-rq", "spec")
    project.commit("Gone")
    assert outputs(gitspec, "--at", "v1") == before
    assert gitspec("list", "--at", "v1", "--json").json["at"] == project.git("rev-parse", "v1^{commit}")


def test_a_bare_repository_is_read_at_its_head(
    project: Repo, gitspec: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = outputs(gitspec)
    bare = project.bare(tmp_path / "bare.git")
    monkeypatch.chdir(bare.path)
    assert outputs(gitspec) == before == outputs(gitspec, "--at", "v1")


def test_a_linked_work_tree_is_read_as_it_lies_there(
    project: Repo, gitspec: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = outputs(gitspec)
    linked = project.worktree(tmp_path / "linked", "other")
    linked.write("spec/capabilities/new.yaml", AUTH.replace("capability: auth", "capability: new"))
    monkeypatch.chdir(linked.path)
    assert "new" in gitspec("list", "--specs").out
    monkeypatch.chdir(project.path)
    assert outputs(gitspec) == before


def test_a_subfolder_sees_the_same_with_the_same_paths(
    project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = outputs(gitspec)
    monkeypatch.chdir(project.path / "spec" / "changes")
    assert outputs(gitspec) == before


def test_no_reading_command_writes_outside_the_git_folder(project: Repo, gitspec: Cli) -> None:
    outputs(gitspec)
    assert project.git("status", "--porcelain", "--ignored") == ""


def test_nothing_cached_is_needed_and_damage_is_no_harm(project: Repo, gitspec: Cli) -> None:
    before = outputs(gitspec)
    caches = list((project.path / ".git" / "gitspec").iterdir())
    assert caches
    for damage in (b"", b"{", b'{"key": null}', b'{"key": "0.1.0/1", "facts": {"add-2fa": 1}}', b"\xff" * 100):
        for cache in caches:
            cache.write_bytes(damage)
        assert outputs(gitspec) == before
    for cache in caches:
        cache.unlink(missing_ok=True)
    (project.path / ".git" / "gitspec").chmod(0o500)
    assert outputs(gitspec) == before


@pytest.mark.parametrize("command", [command for command in COMMANDS if command[0] != "diff"])
def test_with_warm_caches_nothing_heavy_is_imported(project: Repo, gitspec: Cli, command: tuple[str, ...]) -> None:
    gitspec(*command)
    code = "import sys; from gitspec.__main__ import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=True, env=environment()
    )
    heavy = {"pydantic", "pygit2", "ruamel", "yaml", "regex", "pathspec", "subprocess", "importlib.metadata"}
    assert not heavy & set(done.stderr.split())


def test_a_reader_that_goes_away_is_no_error(project: Repo) -> None:
    program = f"'{sys.executable}' -m gitspec show auth; echo $? >&2"
    done = subprocess.run(
        ["sh", "-c", f"({program}) | true"], capture_output=True, text=True, check=False, env=environment()
    )
    assert done.stderr == "141\n"
