"""A project whose changes live on branches, and short ways to write these."""

from typing import Any

from gitspec.domain.capability import Capability
from gitspec.domain.digest import seen_of_whole
from gitspec.yaml.binding import load
from tests.command import Ran, here
from tests.conftest import Repo

AUTH = """\
capability: auth
purpose: Sign users in.
requirements:
  - id: session-expiry
    text: |
      The system MUST expire a session after 30 minutes.
    scenarios:
      - id: idle
        steps: |
          WHEN 30 minutes pass
          THEN the session ends
  - id: login-page
    text: |
      There MUST be a login page.
  - id: password
    text: |
      The system MUST ask for a password.
"""
LINES = {
    "session-expiry": "The system MUST expire a session after 30 minutes.",
    "login-page": "There MUST be a login page.",
    "password": "The system MUST ask for a password.",
}


class Project:
    """A repository with AUTH on main, and the commands that look at it."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo

    def start(self) -> "Project":
        self.repo.write("spec/gitspec.yaml", 'version: "1"\n')
        self.repo.write("spec/capabilities/auth.yaml", AUTH)
        self.repo.commit("Start")
        return self

    def on(self, branch: str, change: str, delta: str, start: str = "main", **files: str) -> None:
        """Commit a change to ``branch``, which begins at ``start``, and come back to main."""
        if self.repo.run_git("rev-parse", "-q", "--verify", f"refs/heads/{branch}").returncode:
            self.repo.git("branch", branch, start)
        self.repo.git("checkout", "-q", branch)
        self.write(change, delta, **files)
        self.repo.commit(f"Write {change}")
        self.repo.git("checkout", "-q", "main")

    def write(self, change: str, delta: str, **files: str) -> None:
        """The files of a change in the work tree."""
        folder = f"spec/changes/{change}"
        depends = files.pop("depends_on", "")
        self.repo.write(f"{folder}/change.yaml", f"change: {change}\ntitle: T\ncreated: 2026-11-21\n{depends}")
        self.repo.write(f"{folder}/proposal.md", "# T\n\n## Why\n\nSo.\n\n## What Changes\n\nIt.\n")
        self.repo.write(f"{folder}/tasks.md", files.pop("tasks", "- [ ] 1.1 Do it\n"))
        self.repo.write(f"{folder}/deltas/auth.yaml", delta)

    def publish(self, branch: str, at: str = "") -> None:
        """Make a local branch a remote-tracking one of origin."""
        self.repo.git("update-ref", f"refs/remotes/origin/{branch}", at or f"refs/heads/{branch}")
        if not at and branch != "main":
            self.repo.git("branch", "-q", "-D", branch)

    def run(self, *args: str, fails: int = 0) -> Ran:
        """What a command says, which must end with ``fails``."""
        return here(*args, fails=fails)

    def overlap(self, *args: str, fails: int = 0) -> Any:
        """What ``gitspec overlap --json`` says."""
        return self.run("overlap", "--json", *args, fails=fails).json


def edit(requirement: str, to: str) -> str:
    """A delta that sets the text of a requirement of AUTH."""
    return f"capability: auth\nmodified:\n{entry(requirement, to)}"


def entry(requirement: str, to: str) -> str:
    return (
        f"  - id: {requirement}\n    seen:\n{seen(requirement)}    text:\n"
        f"      from: |\n        {LINES[requirement]}\n      to: |\n        {to}\n"
    )


def removal(requirement: str) -> str:
    """A delta that removes a requirement of AUTH."""
    return f"capability: auth\nremoved:\n  - id: {requirement}\n    seen:\n{seen(requirement)}    reason: Gone.\n"


def addition(requirement: str, text: str = "The system MUST do it.") -> str:
    """A delta that adds a requirement."""
    return f"capability: auth\nadded:\n  - id: {requirement}\n    text: |\n      {text}\n"


def seen(requirement: str) -> str:
    auth = load(Capability, AUTH.encode(), "auth.yaml").value
    assert auth is not None
    found = auth.requirement(requirement)
    assert found is not None
    return "".join(f"      {part}: {digest}\n" for part, digest in seen_of_whole(found).items())


def verdicts(shown: Any) -> dict[tuple[str, ...], str]:
    """Ids of a pair -> verdict."""
    return {tuple(c["id"] for c in pair["changes"]): pair["verdict"] for pair in shown["pairs"]}


def places(shown: Any, change: str) -> list[list[str | None]]:
    """The refs of each version of a change, None for the work tree."""
    found = next(c for c in shown["changes"] if c["id"] == change)
    return [[place["ref"] for place in version["places"]] for version in found["versions"]]
