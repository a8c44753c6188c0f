"""Sealed tests: no configuration, identity or repository of the machine reaches a test; real git in temporary folders."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast this machine is, and that Hypothesis makes its tables of Unicode on the first run, says nothing about gitspec.
settings.register_profile("gitspec", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gitspec")

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-11-21T10:00:00+00:00",
    "GIT_COMMITTER_NAME": "Cem Committer",
    "GIT_COMMITTER_EMAIL": "cem@example.com",
    "GIT_COMMITTER_DATE": "2026-11-21T10:00:00+00:00",
}
CONFIG = """\
[user]
\tname = Ada Author
\temail = ada@example.com
[init]
\tdefaultBranch = main
[advice]
\tdetachedHead = false
[commit]
\tgpgSign = false
[maintenance]
\tauto = false
[protocol "file"]
\tallow = always
"""


@pytest.fixture(autouse=True)
def sealed(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An environment of its own: HOME, Git configuration, identity and dates; nothing inherited from a hook."""
    home = tmp_path_factory.mktemp("home")
    (home / "gitconfig").write_text(CONFIG)
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITSPEC_")) and name != "GITSPEC_CORPUS":
            monkeypatch.delenv(name)
    for name, value in _IDENTITY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # or each child would compile all of gitspec
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_EDITOR", "false")
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("NO_COLOR", "1")
    yield


class Repo:
    """A real repository for a test. ``path`` is where commands run: the work tree, or the folder of a bare one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def init(cls, path: Path, *args: str) -> "Repo":
        """Make a repository at ``path`` with ``git init <args>``."""
        path.mkdir(parents=True, exist_ok=True)
        repo = cls(path)
        repo.git("init", "-q", *args)
        return repo

    def git(self, *args: str, input: str | bytes | None = None, check: bool = True, **env: str) -> str:  # noqa: A002
        """What ``git <args>`` prints, without the last newline; ``env`` adds variables."""
        done = self.run_git(*args, input=input, **env)
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(args)}: exit {done.returncode}\n{os.fsdecode(done.stderr)}")
        return os.fsdecode(done.stdout).removesuffix("\n")

    def run_git(
        self,
        *args: str,
        input: str | bytes | None = None,  # noqa: A002
        **env: str,
    ) -> "subprocess.CompletedProcess[bytes]":
        """The finished ``git <args>``, whatever its exit code."""
        data = input.encode() if isinstance(input, str) else input
        return subprocess.run(
            ["git", *args],
            cwd=self.path,
            input=data if data is not None else b"",
            capture_output=True,
            check=False,
            env={**os.environ, **env},
        )

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file of the work tree, with its folders; a str gets no newline translation."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return target

    def read(self, path: str) -> str:
        """The text of a file of the work tree."""
        return (self.path / path).read_bytes().decode()

    def commit(self, message: str = "Commit", *paths: str) -> str:
        """Stage everything (or ``paths``), commit without hooks, and give the id."""
        self.git("add", "-A", *(("--", *paths) if paths else ()))
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
        return self.head()

    def head(self) -> str:
        """The id of HEAD's commit."""
        return self.git("rev-parse", "HEAD")

    def show(self, at: str) -> str:
        """The content of a blob, such as ``HEAD:spec/gitspec.yaml``, as text."""
        return os.fsdecode(self.run_git("cat-file", "blob", at).stdout)

    def bare(self, path: Path) -> "Repo":
        """A bare clone at ``path``."""
        self.git("clone", "-q", "--bare", str(self.path), str(path))
        return Repo(path)

    def worktree(self, path: Path, branch: str) -> "Repo":
        """A linked work tree at ``path`` on the new branch ``branch``."""
        self.git("worktree", "add", "-q", "-b", branch, str(path))
        return Repo(path)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """An empty repository without commits, and the current folder is its work tree."""
    made = Repo.init(tmp_path / "repo")
    monkeypatch.chdir(made.path)
    return made


@pytest.fixture
def bare_repo(tmp_path: Path) -> Repo:
    """An empty bare repository."""
    return Repo.init(tmp_path / "bare.git", "--bare")


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[..., Repo]:
    """Make further repositories: ``make_repo("name", "--bare")``."""

    def make(name: str, *args: str) -> Repo:
        return Repo.init(tmp_path / name, *args)

    return make
