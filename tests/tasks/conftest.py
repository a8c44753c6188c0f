"""A project whose policy asks for commits that name tasks, and one change whose tasks serve requirements."""

import json
from typing import Any

import pytest

from tests.archive.project import ADDED, AUTH, propose
from tests.command import Ran, called
from tests.conftest import Repo

POLICY = 'version: "1"\n'
NEED = POLICY + "tasks:\n  need: commit\n"
FOLDER = "spec/changes/add-2fa"
TASKS = "## 1. Do\n\n- [ ] 1.1 Store the secret (auth/totp-enrolment)\n- [ ] 1.2 Ask for a code\n"
DELTA = ADDED.format(capability="auth", id="totp-enrolment")


class Project:
    """What a developer does with the change add-2fa; commits are made without hooks."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.git = repo.git

    def tasks(self, text: str) -> None:
        """Write tasks.md."""
        self.repo.write(f"{FOLDER}/tasks.md", text)

    def tick(self, *numbers: str) -> None:
        """Tick tasks in the file."""
        text = self.repo.read(f"{FOLDER}/tasks.md")
        for number in numbers:
            assert f"- [ ] {number} " in text
            text = text.replace(f"- [ ] {number} ", f"- [x] {number} ")
        self.tasks(text)

    def delta(self, old: str, new: str) -> None:
        """Edit the delta."""
        text = self.repo.read(f"{FOLDER}/deltas/auth.yaml")
        assert old in text
        self.repo.write(f"{FOLDER}/deltas/auth.yaml", text.replace(old, new))

    def commit(self, subject: str, *tasks: str, path: str = "", change: str = "add-2fa") -> str:
        """Commit everything, with a new line in the file ``path``, naming tasks."""
        if path:
            old = self.repo.read(path) if (self.repo.path / path).exists() else ""
            self.repo.write(path, old + f"{subject}\n")
        trailers = [f"Change: {change}", *(f"Task: {task}" for task in tasks)]
        return self.repo.commit(f"{subject}\n\n" + "\n".join(trailers))

    def gitspec(self, *args: str) -> Ran:
        """What a command line of gitspec says."""
        return called(self.repo.path, *args)

    def status(self, *args: str) -> Any:
        """The change as `gitspec status --json` has it."""
        (found,) = json.loads(self.gitspec("status", "add-2fa", "--json", *args).out)["changes"]
        return found

    def doubts(self, *args: str) -> dict[str, str]:
        """The verdict on each task in doubt; the same with and without what is remembered."""
        found = self.status(*args)["tasks_in_doubt"]
        assert found == self.status(*args)["tasks_in_doubt"] == self.status("--no-cache", *args)["tasks_in_doubt"]
        return {one["task"]: one["verdict"] for one in found}


@pytest.fixture
def project(repo: Repo) -> Project:
    """On main, one commit."""
    repo.write("spec/gitspec.yaml", NEED)
    repo.write("spec/capabilities/auth.yaml", AUTH)
    propose(repo, "add-2fa", tasks=TASKS)
    repo.write(f"{FOLDER}/deltas/auth.yaml", DELTA)
    repo.write("src/code.py", "pass\n")
    repo.commit("First")
    return Project(repo)


@pytest.fixture
def lenient(project: Project) -> Project:
    """The same with a policy that does not ask for commits."""
    project.repo.write("spec/gitspec.yaml", POLICY)
    project.repo.commit("Ask for less")
    return project
