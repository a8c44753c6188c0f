"""Running gitspec in this process, through its own entry, in a project that has a policy and a living spec."""

import pytest

from tests.command import Cli, here
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


@pytest.fixture
def gitspec() -> Cli:
    """``gitspec("task", "list", "add-2fa", stdin="…", fails=1)``; by default the command must end with 0."""
    return here


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
