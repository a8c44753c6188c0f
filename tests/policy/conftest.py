"""A project whose proposals are approved by signature, and people with keys."""

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.archive.project import project
from tests.conftest import Repo


class Person(NamedTuple):
    """Somebody with an SSH key; ``env`` makes them author and committer."""

    name: str
    email: str
    key: Path

    @property
    def public(self) -> str:
        """The public key, without its comment."""
        return " ".join(self.key.with_suffix(".pub").read_text().split()[:2])

    @property
    def env(self) -> dict[str, str]:
        who = {"NAME": self.name, "EMAIL": self.email}
        return {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in who.items()}

    def works_here(self, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on it is this person who types."""
        for name, value in self.env.items():
            monkeypatch.setenv(name, value)
        repo.git("config", "gpg.format", "ssh")
        repo.git("config", "user.signingKey", str(self.key.with_suffix(".pub")))


def person(folder: Path, name: str) -> Person:
    """Make somebody, with a new key."""
    key = folder / name.lower()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)], check=True)
    return Person(name, f"{name.lower()}@example.com", key)


@pytest.fixture
def rita(tmp_path: Path) -> Person:
    """A reviewer."""
    return person(tmp_path, "Rita")


@pytest.fixture
def eve(tmp_path: Path) -> Person:
    """Somebody else, with a key of her own."""
    return person(tmp_path, "Eve")


def policy(*approvers: Person, need: str = "recorded") -> str:
    """A policy that asks for an approval by one of those."""
    lines = ['version: "1"', "approvals:", f"  need: {need}", "  by:" if approvers else ""]
    for who in approvers:
        lines += [f"    - email: {who.email}", f"      key: {who.public}"]
    return "\n".join(line for line in lines if line) + "\n"


@pytest.fixture
def reviewed(repo: Repo, rita: Person) -> Repo:
    """The change add-2fa is ready, and waits for the approval of Rita."""
    project(repo)
    repo.write("spec/gitspec.yaml", policy(rita))
    repo.commit("Ask for approvals")
    return repo
