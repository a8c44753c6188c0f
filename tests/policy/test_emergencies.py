"""A commit that skipped at night stays listed until a later one, for a change, settles it."""

import json

import pytest

from gitspec.commands.emergencies import settles, unsettled, unsettled_findings
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit
from gitspec.store.cache import Cache
from gitspec.store.spec import Spec
from tests.archive.project import gitspec, project
from tests.conftest import Repo

POLICY = 'version: "1"\nskip:\n  - reason: emergency\n    settle: true\n  - reason: typo\n    max_lines: 20\n'


@pytest.fixture
def night(repo: Repo) -> Repo:
    """A project with an emergency reason, and one emergency."""
    project(repo)
    repo.write("spec/gitspec.yaml", POLICY)
    repo.commit("Allow emergencies")
    repo.write("src/code.py", "raise SystemExit\n")
    repo.commit("Stop the bleeding\n\nChange-Skip: emergency\n")
    return repo


def listed(repo: Repo, rev: str = "HEAD", *, cached: bool = False) -> list[str]:
    """The subjects of what is open."""
    found = discover()
    tip = repo.git("rev-parse", rev)
    policy = Spec(at_commit(found, tip)).require_policy()
    return [one.subject for one in unsettled(found, policy, tip, Cache(found) if cached else None)]


def test_an_emergency_stays_listed_until_a_later_commit_names_it(night: Repo) -> None:
    emergency = night.head()
    assert listed(night) == ["Stop the bleeding"]
    night.commit("Something else\n\nChange: add-2fa\n")
    night.commit(f"Talk of it\n\nSettles: {emergency}\n")
    assert listed(night) == ["Stop the bleeding"], "what settles it is a change"
    night.commit(f"Do it properly\n\nChange: add-2fa\nSettles: {emergency[:12]}\n")
    assert listed(night) == []
    assert listed(night, "HEAD~1") == ["Stop the bleeding"]


def test_status_lists_what_is_open(night: Repo) -> None:
    emergency = night.head()
    out = gitspec(night, "status").out
    assert "1 commit to settle" in out and f"{emergency[:12]}  2026-11-21  emergency  Stop the bleeding" in out
    data = json.loads(gitspec(night, "status", "--json").out)
    assert data["unsettled"] == [
        {
            "commit": emergency, "reason": "emergency", "day": "2026-11-21", "author": "Ada Author",
            "subject": "Stop the bleeding",
        }
    ]  # fmt: skip
    assert "to settle" not in gitspec(night, "status", "add-2fa").out
    night.commit(f"Properly\n\nChange: add-2fa\nSettles: {emergency}\n")
    assert "to settle" not in gitspec(night, "status").out


def test_other_reasons_and_other_commits_are_not_listed(night: Repo) -> None:
    night.commit("Fix a typo\n\nChange-Skip: typo\n")
    night.commit("With a change\n\nChange: add-2fa\nChange-Skip: emergency\n")
    night.commit("Quote it\n\nChange-Skip: emergency\nis what one writes\n\nThe end.\n")
    assert listed(night) == ["Stop the bleeding"]


def test_the_cache_changes_nothing(night: Repo) -> None:
    first = night.head()
    assert listed(night, cached=True) == listed(night) == ["Stop the bleeding"]
    night.commit("Again\n\nChange-Skip: emergency\n")
    night.commit(f"Settle\n\nChange: add-2fa\nSettles: {first}\n")
    assert listed(night, cached=True) == listed(night) == ["Again"]
    night.git("checkout", "-q", "--detach", first)
    night.commit("Elsewhere\n\nChange-Skip: emergency\n")
    assert listed(night, cached=True) == listed(night) == ["Stop the bleeding", "Elsewhere"]
    (night.path / ".git/gitspec/emergencies.json").write_text("{}")
    assert listed(night, cached=True) == ["Stop the bleeding", "Elsewhere"]


def test_what_settles_names_an_earlier_commit_that_is_to_be_settled(night: Repo) -> None:
    emergency, before = night.head(), night.git("rev-parse", "HEAD~1")
    night.git("branch", "side", "HEAD~1")
    policy = Spec(at_commit(discover(), "HEAD")).require_policy()
    values = [
        emergency,
        emergency[:10],
        before,
        "main",
        "HEAD",
        "",
        "0" * 40,
        "--all",
        emergency[:6],
        emergency.upper(),
    ]
    found = settles(discover(), policy, emergency, values)
    assert [value for value in values if found[value]] == [emergency, emergency[:10]]
    assert settles(discover(), policy, before, [emergency]) == {emergency: False}, "it is not earlier"


def test_open_ones_are_notes(night: Repo) -> None:
    found = discover()
    policy = Spec(at_commit(found, "HEAD")).require_policy()
    (note,) = unsettled_findings(unsettled(found, policy, night.head()))
    assert note.code == "R017" and note.severity == "info" and f"Settles: {night.head()[:12]}" in note.help


def test_without_such_a_reason_no_history_is_read(night: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    from gitspec.commands import emergencies
    from gitspec.domain.policy import Policy

    monkeypatch.setattr(emergencies, "git", lambda *_: pytest.fail("history was read"))
    assert unsettled(discover(), Policy(), night.head()) == []


def test_terminal_escapes_in_a_subject_are_not_shown(night: Repo) -> None:
    night.commit("Red \x1b[31malert\n\nChange-Skip: emergency\n")
    assert "\x1b" not in gitspec(night, "status").out
