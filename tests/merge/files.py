"""Files to merge, and a merge as a test wants it: texts in, text and conflicts out."""

from typing import NamedTuple

from gitspec.domain.merge_style import Style
from gitspec.markdown.merge_tasks import merge_tasks
from gitspec.yaml.merge_file import merge_yaml

LIVING = """\
# yaml-language-server: $schema=x
capability: auth
title: Authentication
requirements:
  # how long a session lives
  - id: session-expiry
    title: "Session expiry"
    text: |
      The system MUST expire a session after 30 minutes.
    scenarios:
      - id: idle-timeout
        steps: |
          GIVEN a session
          WHEN 30 minutes pass
          THEN it is gone
      - id: activity
        steps: |
          GIVEN a session
          THEN it stays

  - id: sign-in   # by name
    text: The system MUST let users sign in.
    tags: [web, api]
"""
DELTA = """\
capability: auth
modified:
  - id: session-expiry
    seen:
      text: 111111111111
      idle-timeout: 222222222222
    text:
      from: |
        The system MUST expire a session.
      to: |
        The system MUST expire a session after 30 minutes.
  - id: sign-in
    seen:
      text: 333333333333
    title:
      from: A
      to: B
"""
TASKS = """\
# Tasks

## 1. Do

- [ ] 1.1 Write it (auth/sign-in)
- [ ] 1.2 Test it
  in every browser

## 2. Tell

- [ ] 2.1 Document it
"""


class Result(NamedTuple):
    text: str
    conflicts: tuple[str, ...]


def merged(base: str, ours: str, theirs: str, style: Style | None = None) -> Result:
    """The merge of a YAML file."""
    found = merge_yaml(base.encode(), ours.encode(), theirs.encode(), "spec/x.yaml", style or Style())
    assert not isinstance(found, str), found
    return Result(found.data.decode(), found.conflicts)


def merged_tasks(base: str, ours: str, theirs: str, style: Style | None = None) -> Result:
    """The merge of a tasks.md."""
    found = merge_tasks(base.encode(), ours.encode(), theirs.encode(), "spec/tasks.md", style or Style())
    assert not isinstance(found, str), found
    return Result(found.data.decode(), found.conflicts)


def edit(text: str, old: str, new: str) -> str:
    """``text`` with the one place that says ``old`` edited."""
    assert text.count(old) == 1, f"{text.count(old)} times: {old}"
    return text.replace(old, new)


def requirement(name: str) -> str:
    """The lines of a new requirement."""
    return f"  - id: {name}\n    text: The system MUST do {name}.\n"
