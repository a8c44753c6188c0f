"""A small project with one finished change, and the command as a user runs it."""

from tests.command import Ran, called
from tests.conftest import Repo

NAME = "2026-11-21-add-2fa"
TAG = f"archive/{NAME}"

AUTH = """\
# yaml-language-server: $schema=x
capability: auth
title: Authentication
requirements:
  # how long a session lives
  - id: session-expiry
    title: "Session expiry"
    text: |
      The system MUST expire a session after 30 minutes without activity.
    scenarios:
      - id: idle-timeout
        steps: |
          GIVEN an authenticated session
          WHEN 30 minutes pass without activity
          THEN the session is invalidated
"""
BILLING = AUTH.replace("auth", "billing").replace("Authentication", "Billing")
CHANGE = "change: {id}\ntitle: {title}\ncreated: 2026-11-21\n"
PROPOSAL = "# Proposal\n\n## Why\n\nPasswords leak.\n\n## What Changes\n\nTOTP.\n"
TASKS = "## 1. Do\n\n- [x] 1.1 Write it\n- [-] 1.2 Not this: too much\n"
ADDED = """\
capability: {capability}
added:
  - id: {id}
    text: |
      The system MUST let a user enrol a device.
    scenarios:
      - id: enrol
        steps: |
          GIVEN a user
          WHEN the user scans the code
          THEN the device is enrolled
"""


def gitspec(repo: Repo, *args: str) -> Ran:
    """What ``gitspec <args>`` says in the folder of ``repo``."""
    return called(repo.path, *args)


def propose(repo: Repo, change: str, *, title: str = "Two-factor authentication", tasks: str = TASKS) -> str:
    """Write the files of a change without deltas; its folder."""
    folder = f"spec/changes/{change}"
    repo.write(f"{folder}/change.yaml", CHANGE.format(id=change, title=title))
    repo.write(f"{folder}/proposal.md", PROPOSAL)
    repo.write(f"{folder}/tasks.md", tasks)
    return folder


def project(repo: Repo) -> Repo:
    """Commit a policy, two capabilities and the change add-2fa, ready to be archived."""
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.write("spec/capabilities/auth.yaml", AUTH)
    repo.write("spec/capabilities/billing.yaml", BILLING)
    folder = propose(repo, "add-2fa")
    repo.write(f"{folder}/deltas/auth.yaml", ADDED.format(capability="auth", id="totp-enrolment"))
    repo.write("src/code.py", "pass\n")
    repo.commit("First")
    return repo
