"""Commits and tags are signed as the user's Git configuration says, with GPG and with SSH, in every way to archive."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.project import TAG, gitspec
from tests.archive.remotes import Shared
from tests.archive.test_merged import add
from tests.conftest import Repo


@pytest.fixture(params=["openpgp", "ssh"])
def signing(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A key made for this test, in the global configuration, which asks to sign commits and tags."""
    if request.param == "openpgp":
        if not shutil.which("gpg"):
            pytest.skip("needs gpg")
        home = Path(tempfile.mkdtemp(prefix="gpg", dir="/tmp"))  # the agent's socket needs a short path
        monkeypatch.setenv("GNUPGHOME", str(home))
        who = "Cem Committer <cem@example.com>"
        quick = (
            "gpg",
            "--batch",
            "--quiet",
            "--passphrase",
            "",
            "--quick-generate-key",
            who,
            "ed25519",
            "sign",
            "never",
        )
        subprocess.run(quick, check=True, capture_output=True)
        values = {"gpg.format": "openpgp", "user.signingKey": "cem@example.com"}
    else:
        if not shutil.which("ssh-keygen"):
            pytest.skip("needs ssh-keygen")
        home, key = None, tmp_path / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        allowed = tmp_path / "allowed"
        allowed.write_text(f"cem@example.com {key.with_suffix('.pub').read_text()}")
        values = {"gpg.format": "ssh", "user.signingKey": str(key), "gpg.ssh.allowedSignersFile": str(allowed)}
    for name, value in (values | {"commit.gpgSign": "true", "tag.gpgSign": "true"}).items():
        subprocess.run(["git", "config", "--global", name, value], check=True)
    yield
    if home:
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False)
        shutil.rmtree(home, ignore_errors=True)


def unsigned(repo: Repo, since: str) -> list[str]:
    """Commits since ``since`` and archive tags without a good signature."""
    commits = repo.git("log", "--format=%G? %H", f"{since}..").splitlines()
    tags = repo.git("tag", "--list", "archive/*").split()
    assert commits
    assert tags
    return [row for row in commits if row[0] not in "GU"] + [
        t for t in tags if repo.run_git("verify-tag", t).returncode
    ]


@pytest.mark.usefixtures("signing")
def test_several_at_once_pushed_and_kept_after_a_drop(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "s")
    repo = shared.clone("mine")
    add(repo, "b", capability="billing")
    before = repo.commit("Propose b")
    ran = gitspec(repo, "archive", "--merged", "--push")
    assert ran.code == 0, ran.err
    assert unsigned(repo, before) == []
    assert shared.main() == repo.head()
    before = repo.head()
    for change in ("c", "d"):
        add(repo, change, capability=change)
        repo.commit(f"Propose {change}")
        assert gitspec(repo, "archive", change).code == 0
    assert gitspec(repo, "archive", "--drop-unpublished", "c").code == 0
    assert unsigned(repo, before) == []
    assert repo.git("rev-parse", "archive/2026-11-21-d^{commit}") == repo.head()
    assert repo.git("status", "--porcelain") == ""
    repo.git("fsck", "--strict")


@pytest.mark.usefixtures("signing")
def test_closed_taken_back_and_archived_again(tmp_path: Path) -> None:
    repo = Shared(tmp_path / "s").clone("mine")
    before = repo.head()
    for args in (("archive", "add-2fa"), ("unarchive", "add-2fa"), ("close", "add-2fa", "--reason", "no")):
        ran = gitspec(repo, *args)
        assert ran.code == 0, ran.err
        assert repo.run_git("verify-commit", "HEAD").returncode == 0
    assert repo.git("rev-list", "--count", f"{before}..") == "3"
    assert unsigned(repo, before) == []
    assert gitspec(repo, "fsck").code == 0


@pytest.mark.usefixtures("signing")
def test_the_settings_are_those_of_this_repository(tmp_path: Path) -> None:
    """A key that the global configuration has for this one repository only signs tags too, not commits alone."""
    repo = Shared(tmp_path / "s").clone("mine")
    before = repo.head()
    key = repo.git("config", "--global", "user.signingKey")
    repo.git("config", "--global", "--unset", "user.signingKey")
    repo.git("config", "--file", str(tmp_path / "only-here"), "user.signingKey", key)
    repo.git("config", "--global", f"includeIf.gitdir:{repo.path}/.git.path", str(tmp_path / "only-here"))
    repo.git("config", "--global", "committer.email", "other@example.com")
    ran = gitspec(repo, "archive", "add-2fa")
    assert ran.code == 0, ran.err
    assert unsigned(repo, before) == []


@pytest.mark.usefixtures("signing")
def test_a_signer_that_fails_moves_nothing_in_any_way_to_archive(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "s")
    repo = shared.clone("mine")
    add(repo, "b", capability="billing")
    repo.commit("Propose b")
    assert gitspec(repo, "archive", "b").code == 0
    repo.write("notes.txt", "mine\n")
    before = repo.git("for-each-ref"), repo.head(), shared.bare.git("for-each-ref"), repo.git("status", "--porcelain")
    signer = tmp_path / "signer"
    signer.write_text("#!/bin/sh\necho 'no card' >&2\nexit 1\n")
    signer.chmod(0o755)
    only_tags = ("commit.gpgSign", "false")
    for setting in (("gpg.program", str(signer)), ("gpg.ssh.program", str(signer)), only_tags):
        repo.git("config", *setting)
    for args in (
        ("archive", "add-2fa"),
        ("archive", "add-2fa", "--push"),
        ("archive", "--merged"),
        ("close", "add-2fa", "--reason", "no"),
    ):
        for signed in ("commit.gpgSign", "tag.gpgSign"):
            repo.git("config", signed, "true")
            repo.git("config", "commit.gpgSign" if signed.startswith("tag") else "tag.gpgSign", "false")
            ran = gitspec(repo, *args)
            assert ran.code == 3, (args, ran)
            assert ": G014 signing failed" in ran.err
            assert before == (
                repo.git("for-each-ref"), repo.head(), shared.bare.git("for-each-ref"), repo.git("status", "--porcelain")
            ), args  # fmt: skip
    repo.git("config", "commit.gpgSign", "true")
    for args in (("archive", "--merged", "--pr"), ("unarchive", "b")):
        ran = gitspec(repo, *args)
        assert (ran.code, "G014" in ran.err) == (3, True), (args, ran)
        assert repo.git("for-each-ref") == before[0]
    assert shared.bare.git("for-each-ref") == before[2]
    assert not list((repo.path / ".git").glob("*.lock"))
    assert not (repo.path / ".git/gitspec/journal.json").exists()
    assert not (repo.path / ".git/gitspec/operation").exists()


@pytest.mark.usefixtures("signing")
def test_a_signed_tag_that_is_lost_is_made_again_without_its_signature(tmp_path: Path) -> None:
    repo = Shared(tmp_path / "s").clone("mine")
    assert gitspec(repo, "archive", "add-2fa").code == 0
    held = repo.git("cat-file", "tag", TAG)
    repo.git("tag", "-d", TAG)
    assert gitspec(repo, "tags", "--restore").code == 0
    again = repo.git("cat-file", "tag", TAG)
    assert held.startswith(again + "\n-----BEGIN ")
    assert gitspec(repo, "fsck").code == 0


@pytest.mark.usefixtures("signing")
def test_the_pull_request_branch(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "s")
    assert gitspec(shared.clone("mine"), "archive", "--merged", "--pr").code == 0
    assert shared.bare.git("log", "-1", "--format=%G?", "gitspec/archive") in ("G", "U")
