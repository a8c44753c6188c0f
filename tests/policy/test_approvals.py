"""Approvals: signed by somebody whom the policy lists, never the author, tied to what they cover."""

from pathlib import Path

import pytest

from gitspec.commands.approvals import why_unapproved
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit
from gitspec.store.spec import Spec
from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.policy.conftest import Person, policy

CHANGE = "spec/changes/add-2fa/change.yaml"


def why(repo: Repo, rev: str = "HEAD", *, target: str | None = None, judged_by: str = "HEAD") -> str:
    """Why add-2fa is not approved at ``rev``, by the policy of another commit."""
    found = discover()
    tip = repo.git("rev-parse", rev)
    rules = Spec(at_commit(found, judged_by)).require_policy()
    where = None if target is None else at_commit(found, target)
    return why_unapproved(found, rules, Spec(at_commit(found, tip)), "add-2fa", tip=tip, target=where)


def approve_as(who: Person, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Approve and commit."""
    who.works_here(repo, monkeypatch)
    ran = gitspec(repo, "approve", "add-2fa")
    assert ran.code == 0, ran.err
    repo.commit("Approve add-2fa")


def test_a_change_waits_until_somebody_has_approved_it(
    reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert why(reviewed) == "nobody has approved it"
    approve_as(rita, reviewed, monkeypatch)
    assert why(reviewed) == ""
    text = reviewed.read(CHANGE)
    assert "by: Rita <rita@example.com>" in text and "-----BEGIN SSH SIGNATURE-----" in text
    assert gitspec(reviewed, "validate", "--all").code == 0
    assert gitspec(reviewed, "fmt", "--check").code == 0


def test_an_archive_waits_for_the_approval(reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = gitspec(reviewed, "archive", "add-2fa")
    assert ran.code == 1
    assert "A032" in ran.err and "nobody has approved it" in ran.err and "gitspec approve add-2fa" in ran.err
    approve_as(rita, reviewed, monkeypatch)
    assert gitspec(reviewed, "archive", "add-2fa").code == 0


@pytest.mark.parametrize("file", ["proposal.md", "deltas/auth.yaml"])
def test_an_edit_of_what_was_approved_asks_for_a_new_approval(
    reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    approve_as(rita, reviewed, monkeypatch)
    path = f"spec/changes/add-2fa/{file}"
    reviewed.write(path, reviewed.read(path).replace("TOTP", "SMS").replace("a device", "any device"))
    reviewed.commit("Quietly")
    assert why(reviewed) == "its proposal or requirements were edited since Rita <rita@example.com> approved it"
    approve_as(rita, reviewed, monkeypatch)
    assert why(reviewed) == ""
    assert reviewed.read(CHANGE).count("by: Rita") == 1, "the earlier approval is replaced"


def test_ticking_tasks_and_line_ends_leave_an_approval_alone(
    reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve_as(rita, reviewed, monkeypatch)
    reviewed.write("spec/changes/add-2fa/tasks.md", "- [x] 1.1 Another\n")
    proposal = "spec/changes/add-2fa/proposal.md"
    reviewed.write(proposal, reviewed.read(proposal).replace("\n", "\r\n") + "\r\n")
    reviewed.commit("Ticked")
    assert why(reviewed) == ""


def test_an_author_cannot_approve_the_own_change(repo: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.archive.project import project

    for name, value in rita.env.items():
        monkeypatch.setenv(name, value)
    project(repo)
    repo.write("spec/gitspec.yaml", policy(rita))
    repo.commit("Ask for approvals")
    rita.works_here(repo, monkeypatch)
    ran = gitspec(repo, "approve", "add-2fa")
    assert ran.code == 1
    assert "R014" in ran.err and "an author's own approval does not count" in ran.err


def test_the_gate_too_knows_the_author(reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    approve_as(rita, reviewed, monkeypatch)
    found = discover()
    spec = Spec(at_commit(found, "HEAD"))
    said = why_unapproved(
        found, spec.require_policy(), spec, "add-2fa", tip=reviewed.head(), target=None, author="rita@EXAMPLE.com"
    )
    assert said == "Rita <rita@example.com> is its author, and another one has to approve it"


def test_text_alone_approves_nothing(reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    approve_as(rita, reviewed, monkeypatch)
    good = reviewed.read(CHANGE)
    unsigned = good[: good.index("    signature:")]
    reviewed.write(CHANGE, unsigned)
    reviewed.commit("No signature")
    assert why(reviewed) == "the approval by Rita <rita@example.com> is not signed"
    reviewed.write(CHANGE, good.replace("by: Rita <", "by: R <"))
    reviewed.commit("Another name")
    assert "does not fit" in why(reviewed)
    reviewed.write(CHANGE, good.replace("2026-11-21\n    digest", "2026-11-20\n    digest"))
    reviewed.commit("Another day")
    assert "does not fit" in why(reviewed)


def test_a_signature_by_somebody_else_counts_for_nothing(
    reviewed: Repo, rita: Person, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve.works_here(reviewed, monkeypatch)
    ran = gitspec(reviewed, "approve", "add-2fa")
    assert ran.code == 1 and "the policy lists no key of Eve" in ran.err
    # Eve says that she is Rita, and signs with her own key; the policy in her branch lists it.
    forged = Person(rita.name, rita.email, eve.key)
    base = reviewed.head()
    reviewed.write("spec/gitspec.yaml", policy(forged))
    reviewed.commit("Let me")
    approve_as(forged, reviewed, monkeypatch)
    assert why(reviewed) == "", "so her own policy says"
    assert why(reviewed, judged_by=base) == "the signature of Rita <rita@example.com> does not fit the approval"


def test_a_signature_of_another_change_or_for_another_purpose_counts_for_nothing(
    reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import subprocess

    approve_as(rita, reviewed, monkeypatch)
    good = reviewed.read(CHANGE)
    message = tmp_path / "message"
    message.write_text("anything\n")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", str(rita.key), str(message)], check=True)
    other = "\n".join(f"      {line}" for line in message.with_suffix(".sig").read_text().strip().split("\n"))
    at = good.index("    signature: |\n") + len("    signature: |\n")
    reviewed.write(CHANGE, good[:at] + other + "\n")
    reviewed.commit("Borrowed")
    assert "does not fit" in why(reviewed)


@pytest.mark.parametrize(
    "signature", ["nonsense", "-----BEGIN SSH SIGNATURE-----\n      x\n      -----END SSH SIGNATURE-----"]
)
def test_damaged_signatures_are_no_crash(
    reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch, signature: str
) -> None:
    approve_as(rita, reviewed, monkeypatch)
    good = reviewed.read(CHANGE)
    at = good.index("    signature: |\n") + len("    signature: |\n")
    reviewed.write(CHANGE, f"{good[:at]}      {signature}\n")
    reviewed.commit("Damaged")
    assert "does not fit" in why(reviewed)
    assert not list((reviewed.path / ".git/gitspec").glob("signature.*")), "nothing is left behind"


def test_without_ssh_keygen_nothing_is_judged_instead_of_passed(
    reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shutil

    from gitspec.errors import CannotJudge

    approve_as(rita, reviewed, monkeypatch)
    only_git = tmp_path / "bin"
    only_git.mkdir()
    (only_git / "git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(only_git))
    with pytest.raises(CannotJudge) as raised:
        why(reviewed)
    assert raised.value.code == "G056"


def test_without_a_key_an_approval_says_how_to_get_one(
    reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in rita.env.items():
        monkeypatch.setenv(name, value)
    ran = gitspec(reviewed, "approve", "add-2fa")
    assert ran.code == 3 and "G014" in ran.err and "user.signingkey" in ran.err.lower()


def test_merged_means_that_the_same_proposal_stands_on_the_branch(repo: Repo) -> None:
    from tests.archive.project import project

    project(repo)
    repo.write("spec/gitspec.yaml", policy(need="merged"))
    repo.commit("Ask for merged proposals")
    repo.git("checkout", "-q", "-b", "work")
    assert why(repo, target="main") == ""
    repo.write("spec/changes/add-2fa/tasks.md", "- [x] 1.1 Another\n")
    repo.commit("Tick")
    assert why(repo, target="main") == ""
    delta = "spec/changes/add-2fa/deltas/auth.yaml"
    repo.write(delta, repo.read(delta).replace("a device", "any device"))
    repo.commit("More")
    assert why(repo, target="main") == "deltas/auth.yaml is not as on the branch that it lands on"
    ran = gitspec(repo, "archive", "add-2fa")
    assert ran.code == 1 and "A032" in ran.err
    assert why(repo, target=None) == "there is no branch yet that its proposal could stand on"
    repo.git("rm", "-q", "-r", "--cached", "spec/changes/add-2fa")
    repo.git("checkout", "-q", "-f", "main")
    repo.git("rm", "-q", "-r", "spec/changes/add-2fa")
    repo.commit("Never mind")
    assert why(repo, "work", target="main") == "its proposal is not on the branch that it lands on"


def test_a_merged_change_is_archived_on_its_branch(repo: Repo) -> None:
    from tests.archive.project import project

    project(repo)
    repo.write("spec/gitspec.yaml", policy(need="merged"))
    repo.commit("Ask for merged proposals")
    assert gitspec(repo, "archive", "add-2fa").code == 0


def test_status_and_show_name_what_is_missing(reviewed: Repo, rita: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    out = gitspec(reviewed, "status").out
    assert "nobody has approved it" in out and "next: gitspec approve add-2fa" in out
    assert "not approved: nobody has approved it" in gitspec(reviewed, "show", "add-2fa").out
    approve_as(rita, reviewed, monkeypatch)
    assert "next: gitspec archive add-2fa" in gitspec(reviewed, "status").out
    assert "not approved" not in gitspec(reviewed, "show", "add-2fa").out
