"""A project with a finished, released change, and ways to ask `gitspec why` about it."""

import json
from typing import Any

import pytest

from tests.archive.project import ADDED, gitspec, project, propose
from tests.conftest import Repo

CODE = "def enrol(device):\n    return scan(device)\n"


def asked(repo: Repo, *args: str) -> dict[str, Any]:
    """What `gitspec why --json` says."""
    ran = gitspec(repo, "why", *args, "--json")
    assert ran.code == 0, ran.err
    data: dict[str, Any] = json.loads(ran.out)
    assert data["kind"] == "why"
    return data


def how(repo: Repo, *args: str) -> list[tuple[str, list[str]]]:
    """(how, changes) of each answer, most lines first."""
    return [(one["how"], one["changes"]) for one in asked(repo, *args)["answers"]]


def with_patterns(repo: Repo, *patterns: str) -> None:
    """Give the policy patterns of references, each as YAML in one line, and commit it."""
    rows = "".join(f"    - {pattern}\n" for pattern in patterns)
    repo.write("spec/gitspec.yaml", f'version: "1"\nreferences:\n  patterns:\n{rows}')
    repo.commit("Read old references")


@pytest.fixture
def begun(repo: Repo) -> Repo:
    """The change add-2fa is active; src/auth.py is its code."""
    project(repo)
    repo.write("spec/changes/add-2fa/design.md", "# Design\n\nTOTP, RFC 6238.\n")
    repo.commit("Design it\n\nChange: add-2fa")
    repo.write("src/auth.py", CODE)
    repo.commit("Enrol devices\n\nChange: add-2fa")
    return repo


@pytest.fixture
def released(begun: Repo) -> Repo:
    """The change add-2fa is archived, and v1.0 has it."""
    assert gitspec(begun, "archive", "add-2fa").code == 0
    begun.git("tag", "-a", "-m", "First", "v1.0")
    return begun


def second_change(repo: Repo, change: str = "add-billing") -> None:
    """Commit one more active change."""
    folder = propose(repo, change, title="Billing")
    repo.write(f"{folder}/deltas/billing.yaml", ADDED.format(capability="billing", id="numbering"))
    repo.commit(f"Propose it\n\nChange: {change}")
