"""A project to look at: two capabilities, an archived change, and an active one that edits, adds and removes."""

import pytest

from tests.command import Cli, here
from tests.conftest import Repo

AUTH = """\
capability: auth
title: Authentication
purpose: Sign users in and keep their sessions safe.
requirements:
  - id: session-expiry
    title: Session expiry
    text: |
      The system MUST expire a session after 30 minutes without activity.
    tags:
      - security
    links:
      relates-to:
        - auth/login-page
    scenarios:
      - id: idle-timeout
        title: Idle timeout
        steps: |
          GIVEN an authenticated session
          WHEN 30 minutes pass without activity
          THEN the session is invalidated: `401` from then on
  - id: login-page
    text: |
      There MUST be a login page.
    scenarios:
      - id: shown
        steps: |
          WHEN somebody comes
          THEN it is shown
"""
INVOICES = """\
capability: billing/invoices
requirements:
  - id: numbering
    text: |
      Invoices MUST be numbered without gaps.
    scenarios:
      - id: next-number
        steps: |
          WHEN an invoice is made
          THEN its number is one more than the last
"""
CHANGE = """\
change: add-2fa
title: Two-factor authentication
kind: feature
created: 2026-11-21
scope:
  - src/auth/**
"""
PROPOSAL = """\
# Two-factor authentication

## Why

Passwords leak.

## What Changes

- Codes.
"""
TASKS = """\
# Tasks

## 1. Codes

- [x] 1.1 Store secrets
- [~] 1.2 Check codes (auth/totp)
  - [ ] 1.2.1 Reject old ones
- [!] 1.3 Print codes: no printer
"""
DELTA = """\
capability: auth
added:
  - id: totp
    title: Time-based codes
    text: |
      The system MUST ask for a code.
    scenarios:
      - id: asked
        steps: |
          WHEN a user signs in
          THEN a code is asked for
modified:
  - id: session-expiry
    seen:
      text: 5ce9d6f7c2a0
    text:
      from: |
        The system MUST expire a session after 30 minutes without activity.
      to: |
        The system MUST expire a session after 15 minutes without activity.
"""
ARCHIVED = "spec/archive/2026-11-01-start-billing"


@pytest.fixture
def gitspec() -> Cli:
    """``gitspec("list", "--specs", fails=1)``; by default the command must end with 0."""
    return here


def seen(requirement: str) -> str:
    """The lines under `seen:` for a requirement of AUTH as a whole."""
    from gitspec.domain.capability import Capability
    from gitspec.domain.digest import seen_of_whole
    from gitspec.yaml.binding import load

    auth = load(Capability, AUTH.encode(), "auth.yaml").value
    assert auth is not None
    found = auth.requirement(requirement)
    assert found is not None
    return "".join(f"      {part}: {digest}\n" for part, digest in seen_of_whole(found).items())


def stamped_delta() -> str:
    """DELTA with true digests."""
    return DELTA.replace("      text: 5ce9d6f7c2a0\n", seen("session-expiry"))


@pytest.fixture
def project(repo: Repo) -> Repo:
    """The project, committed and tagged ``v1``."""
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.write("spec/capabilities/auth.yaml", AUTH)
    repo.write("spec/capabilities/billing/invoices.yaml", INVOICES)
    repo.write("spec/changes/add-2fa/change.yaml", CHANGE)
    repo.write("spec/changes/add-2fa/proposal.md", PROPOSAL)
    repo.write("spec/changes/add-2fa/tasks.md", TASKS)
    repo.write("spec/changes/add-2fa/deltas/auth.yaml", stamped_delta())
    repo.write(f"{ARCHIVED}/change.yaml", CHANGE.replace("add-2fa", "start-billing").replace("Two-factor", "Billing"))
    repo.write(f"{ARCHIVED}/proposal.md", PROPOSAL)
    repo.write(f"{ARCHIVED}/tasks.md", "- [x] 1.1 Do it\n")
    repo.write(f"{ARCHIVED}/deltas/billing/invoices.yaml", INVOICES.replace("requirements:", "added:"))
    repo.commit("Start")
    repo.git("tag", "v1")
    return repo
