"""A project that lives: specs as models, changes archived by the real command, one day after another."""

from typing import Any

import pytest

from gitspec.domain.delta import Delta
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_work_tree
from gitspec.store.spec import Spec
from gitspec.yaml.emit import emit
from tests.conftest import Repo
from tests.domain.specs import Living, capability, requirement, scenario
from tests.reading.conftest import Cli, gitspec

__all__ = ["Cli", "Story", "auth", "devices", "gitspec", "story"]

CHANGE = "change: {id}\ntitle: {title}\nkind: {kind}\ncreated: 2026-11-21\n"
PROPOSAL = "# Proposal\n\n## Why\n\nPeople asked.\n\n## What Changes\n\nMore.\n"
IDLE = "GIVEN a session\nWHEN 30 minutes pass\nTHEN it ends"
EXPIRY = "The system MUST expire a session after 30 minutes without activity."
SHORTER = "The system MUST expire a session after 15 minutes without activity."


class Story:
    """Writes history. Each step is an hour later, by somebody else if said so."""

    def __init__(self, repo: Repo, monkeypatch: pytest.MonkeyPatch, gitspec: Cli) -> None:
        self.repo = repo
        self.gitspec = gitspec
        self._environment = monkeypatch
        self._hours = 0

    def later(self, author: str = "A U Thor") -> None:
        """Let an hour pass; the next commits are of ``author``."""
        self._hours += 1
        moment = f"2026-11-{1 + self._hours // 24:02}T{self._hours % 24:02}:00:00+00:00"
        for role in ("AUTHOR", "COMMITTER"):
            self._environment.setenv(f"GIT_{role}_DATE", moment)
            self._environment.setenv(f"GIT_{role}_NAME", author)
            self._environment.setenv(f"GIT_{role}_EMAIL", "author@example.com")

    def begin(self, *specs: Any) -> str:
        """The first commit: a policy, and capabilities as given."""
        self.later()
        self.repo.write("spec/gitspec.yaml", 'version: "1"\n')
        for spec in specs:
            self.repo.write(f"spec/capabilities/{spec.capability}.yaml", emit(spec))
        return self.repo.commit("Begin")

    def living(self) -> Living:
        """The living specs as they lie in the work tree."""
        return dict(Spec(at_work_tree(discover(str(self.repo.path)))).living)

    def propose(self, change: str, *deltas: Delta, title: str = "", kind: str = "feature", more: str = "") -> str:
        """Commit an active change with all tasks done."""
        folder = f"spec/changes/{change}"
        head = CHANGE.format(id=change, title=title or f"What {change} brings", kind=kind) + more
        self.repo.write(f"{folder}/change.yaml", head + ("" if deltas else "no_deltas: true\n"))
        self.repo.write(f"{folder}/proposal.md", PROPOSAL)
        self.repo.write(f"{folder}/tasks.md", "- [x] 1.1 Do it\n")
        for delta in deltas:
            self.repo.write(f"{folder}/deltas/{delta.capability}.yaml", emit(delta))
        return self.repo.commit(f"Propose {change}\n\nChange: {change}")

    def archive(
        self, change: str, *deltas: Delta, author: str = "A U Thor", title: str = "", kind: str = "feature"
    ) -> str:
        """Propose and archive a change; the commit that did."""
        self.later(author)
        self.propose(change, *deltas, title=title, kind=kind)
        self.gitspec("archive", change)
        return self.repo.head()

    def by_hand(self, spec: Any, message: str = "Edit") -> str:
        """Write a capability past all rules, and commit it."""
        self.later()
        self.repo.write(f"spec/capabilities/{spec.capability}.yaml", emit(spec))
        return self.repo.commit(message)


@pytest.fixture
def story(repo: Repo, monkeypatch: pytest.MonkeyPatch, gitspec: Cli) -> Story:
    """A story that has not begun."""
    return Story(repo, monkeypatch, gitspec)


def auth(text: str = EXPIRY, **fields: Any) -> Any:
    """The capability `auth` with `session-expiry` and `login-page`."""
    expiry = requirement("session-expiry", text, scenario("idle-timeout", IDLE))
    login = requirement("login-page", "There MUST be a login page.", scenario("shown"))
    return capability("auth", expiry, login, **fields)


def devices() -> Any:
    """The capability `devices` with one requirement."""
    return capability("devices", requirement("device-list", "Users MUST see their devices.", scenario("listed")))
