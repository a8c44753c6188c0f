"""Living specs and changes for the hooks that look at them, written as files."""

from tests.hooks.conftest import Governed

AUTH = """\
capability: auth
title: Authentication
purpose: Sign users in.
requirements:
  - id: session-expiry
    title: Session expiry
    text: |
      The system MUST expire a session after 30 minutes.
    scenarios:
      - id: idle-timeout
        steps: |
          GIVEN a session
          WHEN 30 minutes pass
          THEN it is gone
"""
PROPOSAL = "# A change\n\n## Why\n\nIt is needed.\n\n## What Changes\n\nThis and that.\n"
DONE = "# Tasks\n\n## 1. All\n\n- [x] 1.1 Do it\n"
OPEN = "# Tasks\n\n## 1. All\n\n- [ ] 1.1 Do it\n"
LIVING = "spec/capabilities/auth.yaml"


def delta(change: str) -> str:
    """The path of a change's delta for `auth`."""
    return f"spec/changes/{change}/deltas/auth.yaml"


def modified(minutes: int, before: int = 30) -> str:
    """A delta that sets the minutes of session-expiry; `seen` is stamped elsewhere."""
    return f"""\
capability: auth
modified:
  - id: session-expiry
    text:
      from: |
        The system MUST expire a session after {before} minutes.
      to: |
        The system MUST expire a session after {minutes} minutes.
"""


def added(requirement: str) -> str:
    """A delta that adds a requirement."""
    return f"""\
capability: auth
added:
  - id: {requirement}
    text: |
      The system MUST have {requirement}.
    scenarios:
      - id: shown
        steps: |
          WHEN somebody looks
          THEN it is there
"""


def write_change(
    repo: Governed, change: str, content: str, tasks: str = DONE, depends_on: tuple[str, ...] = ()
) -> None:
    """A whole change with one delta for `auth`, not staged."""
    needs = "".join(f"\n  - {other}" for other in depends_on)
    repo.write(
        f"spec/changes/{change}/change.yaml",
        f"change: {change}\ntitle: A change\nkind: feature\ncreated: 2026-11-21\n"
        + (f"depends_on:{needs}\n" if needs else ""),
    )
    repo.write(f"spec/changes/{change}/proposal.md", PROPOSAL)
    repo.write(f"spec/changes/{change}/tasks.md", tasks)
    repo.write(delta(change), content)


def state(repo: Governed) -> tuple[str, str, str, dict[str, tuple[int, bytes]]]:
    """Everything that a hook could touch: index, refs, stash, and the files of the work tree with their times."""
    files = {
        str(path.relative_to(repo.path)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(repo.path.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(repo.path).parts
    }
    return repo.git("ls-files", "-s"), repo.git("for-each-ref"), repo.git("status", "--porcelain"), files
