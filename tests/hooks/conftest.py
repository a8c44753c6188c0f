"""A governed repository with the hooks in place."""

import os
import subprocess

import pytest

from gitspec.commands import hooks
from gitspec.git.repository import discover
from tests.command import called
from tests.conftest import Repo

POLICY = 'version: "1"\n'


class Governed(Repo):
    """A repository with a policy, active changes, and gitspec's hooks installed by this interpreter."""

    def change(self, change: str) -> None:
        """Write an active change (not staged)."""
        self.write(
            f"spec/changes/{change}/change.yaml",
            f"change: {change}\ntitle: A change\nkind: feature\ncreated: 2026-11-21\n",
        )

    def archive(self, change: str) -> None:
        """Move a change's folder as archiving does, and commit that without hooks."""
        (self.path / "spec/archive").mkdir(parents=True, exist_ok=True)
        self.git("mv", f"spec/changes/{change}", f"spec/archive/2026-11-21-{change}")
        self.commit(f"Archive {change}\n\nChange: {change}")

    def stage(self, path: str, text: str = "code\n") -> None:
        """Write and stage a file."""
        self.write(path, text)
        self.git("add", "--", path)

    def judge_messages_only(self) -> None:
        """Take pre-commit away, which would see what is wrong with files below spec/ before commit-msg runs."""
        (self.path / ".git/hooks/pre-commit").unlink()

    def try_commit(self, *messages: str, **env: str) -> "subprocess.CompletedProcess[bytes]":
        """`git commit` with those paragraphs; options may stand among them."""
        args = [arg for m in messages for arg in ([m] if m.startswith("-") else ["-m", m])]
        return self.run_git("commit", "-q", *args, **env)

    def message(self, rev: str = "HEAD") -> str:
        """The message of a commit."""
        return self.git("log", "-1", "--format=%B", rev).rstrip("\n") + "\n"


def said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """What a command said on standard error."""
    return os.fsdecode(done.stderr)


def gitspec(repo: Repo, *args: str, **env: str) -> "subprocess.CompletedProcess[bytes]":
    """What the gitspec command says in this process, in the shape in which Git's answers come."""
    ran = called(repo.path, *args, **env)
    return subprocess.CompletedProcess(args, ran.code, ran.out.encode(), ran.err.encode())


@pytest.fixture
def governed(repo: Repo) -> Governed:
    """On main: policy, changes `add-2fa` and `dark-mode`, one file of code; hooks installed."""
    made = Governed(repo.path)
    made.write("spec/gitspec.yaml", POLICY)
    made.change("add-2fa")
    made.change("dark-mode")
    made.write("src/app.py", "one\n")
    made.commit("Start")
    hooks.install(discover())
    return made
