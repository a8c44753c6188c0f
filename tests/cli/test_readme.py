"""The README as a stranger types it: its commands work, one after the other, and answer what it shows."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.project import AUTH
from tests.command import ROOT, environment
from tests.conftest import Repo

README = (ROOT / "README.md").read_text()


def blocks(section: str) -> list[str]:
    """The console blocks below a heading."""
    text = README.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"```console\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def stranger(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A project with code, a living spec to be imported, gitspec on PATH, and an editor that types 15 for 30."""
    program = tmp_path / "bin/gitspec"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gitspec "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "A U Thor")
    monkeypatch.setenv("GIT_EDITOR", "sed -i s/30/15/")
    repo.write("src/session.py", "LIMIT = 30 * MINUTE\n")
    repo.commit("Start")
    return repo


def typed(repo: Repo, block: str) -> str:
    """What a shell says that stops at the first command that fails."""
    done = subprocess.run(
        ["sh", "-e"], cwd=repo.path, input=block.encode(), capture_output=True, check=False, env=environment()
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def test_the_commands_work_and_history_answers_as_shown(stranger: Repo) -> None:
    start, *work = blocks("Use it")
    typed(stranger, start.split("\n", 2)[2])  # not pip and cd
    stranger.write("spec/capabilities/auth.yaml", AUTH)
    stranger.git("add", "-A")
    stranger.git("commit", "-q", "-m", "Import\n\nSpec-Edit: import")
    for block in work:
        stranger.write("src/session.py", "LIMIT = 15 * MINUTE\n")
        typed(stranger, block)
    (shown,) = blocks("Ask history")
    for question, answer in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", shown, re.MULTILINE):
        assert unnamed(typed(stranger, question)) == unnamed(answer)


def unnamed(text: str) -> list[str]:
    """The lines without what differs each time: ids and days."""
    text = re.sub(r"\b[0-9a-f]{12}\b", "<commit>", re.sub(r"\d{4}-\d\d-\d\d", "<day>", text))
    return [line.rstrip() for line in text.splitlines() if line.strip()]
