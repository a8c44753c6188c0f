"""Running gitspec in this process, through its own entry, in a project that has a policy and a living spec."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from gitspec.__main__ import run
from tests.conftest import Repo

AUTH = """\
capability: auth
title: Authentication
purpose: Sign users in.
requirements:
  - id: session-expiry
    title: Session expiry
    text: |
      The system MUST expire a session after 30 minutes.
    tags:
      - security
    scenarios:
      - id: idle-timeout
        steps: |
          GIVEN a session
          WHEN 30 minutes pass
          THEN it is gone: `401`
      - id: activity
        title: Activity
        steps: |
          WHEN the user works
          THEN the session lives
  # kept as it is
  - id: login-page
    text: |
      There MUST be a login page.
    links:
      relates-to:
        - auth/session-expiry
    scenarios:
      - id: shown
        steps: |
          WHEN somebody comes
          THEN it is shown
"""


class Outcome(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What ``--json`` printed."""
        return json.loads(self.out)


Cli = Callable[..., Outcome]


@pytest.fixture
def gitspec(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """``gitspec("task", "list", "add-2fa", stdin="…", fails=1)``; by default the command must end with 0."""

    def call(*args: str, stdin: str | bytes = b"", fails: int = 0) -> Outcome:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capsys.readouterr()
        code = run(args)
        outcome = Outcome(code, *capsys.readouterr())
        assert code == fails, outcome
        assert "Traceback" not in outcome.err
        return outcome

    return call


@pytest.fixture
def project(repo: Repo, gitspec: Cli) -> Repo:
    """A repository with a policy, the capability ``auth``, and the change ``add-2fa``, all committed."""
    repo.write("src/app.py", "print()\n")
    gitspec("init", "--yes", "--no-hooks")
    repo.write("spec/capabilities/auth.yaml", AUTH)
    repo.commit("Adopt gitspec")
    gitspec("propose", "add-2fa", "--title", "Two factors", "--why", "Safer.", "--what", "- Codes")
    repo.commit("Propose")
    return repo
