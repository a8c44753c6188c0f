"""`gitspec why` says whether the approvals behind a line count, by what the archive commit built on."""

import json
from typing import Any

import pytest

from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.policy.conftest import Person, policy
from tests.policy.test_approvals import CHANGE, approve_as

CODE = "src/auth.py"


def told(repo: Repo) -> tuple[Any, str]:
    """What JSON says of the approvals of the line's change, and the text."""
    ran = gitspec(repo, "why", f"{CODE}:1", "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["changes"][0]["approved"], gitspec(repo, "why", f"{CODE}:1").out


def archived(repo: Repo) -> str:
    """Commit code for the change, and archive it; what the archive commit builds on."""
    repo.write(CODE, "TOTP = 1\n")
    built_on = repo.commit("Enrol\n\nChange: add-2fa")
    assert gitspec(repo, "archive", "add-2fa").code == 0
    return built_on


def test_an_approval_that_counted_still_does_after_policy_and_specs_went_on(
    reviewed: Repo, rita: Person, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve_as(rita, reviewed, monkeypatch)
    built_on = archived(reviewed)
    reviewed.write("spec/gitspec.yaml", policy(eve))
    reviewed.commit("Eve reviews from now on")
    approved, text = told(reviewed)
    assert approved == {"counts": True, "why": None, "policy_of": built_on}
    assert f"verified: it counts by the policy of {built_on[:12]}" in text
    monkeypatch.setenv("PATH", str(git_alone(reviewed)))
    approved, text = told(reviewed)
    assert approved["counts"] is None and "not verified: the program ssh-keygen was not found" in text


def git_alone(repo: Repo) -> Any:
    """A folder for PATH that holds Git and no ssh-keygen."""
    import shutil

    folder = repo.path.parent / "bin"
    folder.mkdir()
    found = shutil.which("git")
    assert found
    (folder / "git").symlink_to(found)
    return folder


def test_text_that_nobody_signed_does_not_count(reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    approve_as(rita, reviewed, monkeypatch)
    good = reviewed.read(CHANGE)
    reviewed.write(CHANGE, good[: good.index("    signature:")])
    reviewed.write(CODE, "TOTP = 1\n")
    reviewed.commit("Enrol\n\nChange: add-2fa")
    approved, text = told(reviewed)
    why = "the approval by Rita <rita@example.com> is not signed"
    assert approved == {"counts": False, "why": why, "policy_of": "work tree"}
    assert f"does not count by the policy of work tree: {why}" in text
    assert "Rita <rita@example.com>, 2026-11-21, not signed" in text


def test_a_change_that_came_into_the_archive_at_once_cannot_be_judged(
    reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.git("rm", "-qr", "spec/changes")
    base = reviewed.commit("Not yet")
    reviewed.git("switch", "-q", "-c", "work")
    reviewed.git("revert", "--no-edit", base)
    approve_as(rita, reviewed, monkeypatch)
    archived(reviewed)
    reviewed.git("switch", "-q", "main")
    reviewed.git("merge", "-q", "--squash", "work")
    reviewed.commit("Land it\n\nChange: add-2fa")
    approved, text = told(reviewed)
    assert approved == {
        "counts": None,
        "why": f"it came into the archive at once, and was not active in {base[:12]}",
        "policy_of": base,
    }
    assert "Rita <rita@example.com>, 2026-11-21  spec/archive" in text and "not verified: it came" in text
