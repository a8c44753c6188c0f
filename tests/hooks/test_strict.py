"""reference-transaction, where it is asked for: whatever moves a protected branch is judged, and nothing else is."""

from pathlib import Path

import pytest

from gitspec.commands import hooks
from gitspec.git.repository import discover
from tests.conftest import Repo
from tests.hooks.conftest import POLICY, Governed, gitspec, said
from tests.hooks.specs import AUTH, LIVING, added, write_change


@pytest.fixture
def strict(governed: Governed) -> Governed:
    hooks.install(discover(), strict=True)
    return governed


def sneak(repo: Governed, branch: str = "side") -> str:
    """A commit of code without a reference on another branch; HEAD is main then."""
    repo.git("checkout", "-q", "-b", branch)
    repo.write("src/sneaked.py", "one\n")
    oid = repo.commit("Sneak in")
    repo.git("checkout", "-q", "main")
    return oid


def test_it_is_installed_only_where_it_is_asked_for(governed: Governed) -> None:
    path = governed.path / ".git/hooks/reference-transaction"
    assert not path.exists()
    governed.write("spec/gitspec.yaml", POLICY + "protected:\n  strict_local: true\n")
    assert b"G042 reference-transaction" in gitspec(governed, "hooks", "status").stdout
    assert gitspec(governed, "hooks", "install").returncode == 0
    assert path.exists()
    governed.write("spec/gitspec.yaml", POLICY)
    path.chmod(0o644)
    assert b"G043" in gitspec(governed, "hooks", "status").stdout, "once it is there it is looked after"
    hooks.uninstall(discover())
    assert not path.exists()


@pytest.mark.parametrize(
    "how",
    [
        ("merge", "-q", "--ff-only", "side"),
        ("reset", "-q", "--hard", "side"),
        ("update-ref", "refs/heads/main", "side"),
        ("branch", "-f", "main", "side"),
        ("cherry-pick", "side"),
        ("rebase", "-q", "side"),
        ("fetch", "-q", ".", "side:main"),
        ("checkout", "-q", "-B", "main", "side"),
    ],
    ids=lambda how: how[0],
)
def test_no_way_leads_a_protected_branch_past_it(strict: Governed, how: tuple[str, ...]) -> None:
    sneak(strict)
    before = strict.head()
    if how[0] in ("branch", "fetch"):
        strict.git("checkout", "-q", "-b", "elsewhere")
    done = strict.run_git(*how)
    assert done.returncode, how
    assert "R001" in said(done) and "nothing has moved" in said(done), said(done)
    assert strict.git("rev-parse", "main") == before


def test_a_commit_past_commit_msg_is_stopped(strict: Governed) -> None:
    strict.stage("src/app.py", "two\n")
    done = strict.run_git("commit", "-q", "-n", "-m", "Sneak in")
    assert done.returncode and "R001" in said(done)
    assert strict.run_git("commit", "-q", "-n", "-m", "Code", "-m", "Change: add-2fa").returncode == 0


def test_other_branches_tags_and_remotes_move_freely(strict: Governed, tmp_path: Path) -> None:
    oid = sneak(strict)
    strict.git("tag", "v1", oid)
    strict.git("update-ref", "refs/remotes/origin/main", oid)
    strict.git("stash", "list")
    strict.git("checkout", "-q", "side")
    strict.write("src/sneaked.py", "two\n")
    assert strict.run_git("commit", "-q", "-n", "-am", "More").returncode == 0
    strict.git("gc", "-q")
    done = strict.run_git("update-ref", "-d", "refs/heads/main")
    assert done.returncode and "R020" in said(done), "packed it is deleted as little as before"


def test_what_the_remote_has_may_come(strict: Governed, tmp_path: Path) -> None:
    bare = strict.bare(tmp_path / "origin.git")
    strict.git("remote", "add", "origin", str(bare.path))
    strict.git("clone", "-q", str(bare.path), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    clone.write("src/sneaked.py", "one\n")
    clone.commit("Went past everything")
    clone.git("push", "-q", "origin", "main")
    done = strict.run_git("pull", "-q", "--ff-only", "origin", "main")
    assert done.returncode == 0, said(done)


def test_own_commits_may_be_rebased_and_published_ones_may_not_be_rewritten(strict: Governed, tmp_path: Path) -> None:
    bare = strict.bare(tmp_path / "origin.git")
    strict.git("remote", "add", "origin", str(bare.path))
    strict.git("clone", "-q", str(bare.path), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    clone.write("docs/theirs.md", "x\n")
    clone.commit("Docs")
    clone.git("push", "-q", "origin", "main")
    strict.stage("docs/mine.md")
    assert strict.try_commit("Mine").returncode == 0
    done = strict.run_git("pull", "-q", "--rebase", "origin", "main")
    assert done.returncode == 0, said(done)
    assert not (strict.path / ".git/rebase-merge").exists()
    assert strict.run_git("commit", "-q", "--amend", "-m", "Mine, better").returncode == 0
    strict.git("reset", "-q", "--hard", "HEAD~")
    done = strict.run_git("commit", "-q", "--amend", "-m", "Theirs, better")
    assert done.returncode and "R021" in said(done), said(done)
    done = strict.run_git("branch", "-m", "main", "trunk")
    assert done.returncode and "R020" in said(done)


def test_the_ways_back_that_it_names_lead_back(strict: Governed) -> None:
    sneak(strict)
    before = strict.head()
    strict.write("README.md", "my own edit\n")
    assert strict.run_git("merge", "-q", "--ff-only", "side").returncode
    strict.git("reset", "-q", "--merge")
    assert strict.git("status", "--porcelain") == "?? README.md" and strict.head() == before
    strict.stage("docs/mine.md")
    assert strict.try_commit("Docs").returncode == 0
    before = strict.head()
    assert strict.run_git("rebase", "-q", "side").returncode
    strict.git("rebase", "--abort")
    assert strict.head() == before and strict.git("symbolic-ref", "HEAD") == "refs/heads/main"


def test_archiving_passes(strict: Governed) -> None:
    strict.write(LIVING, AUTH)
    write_change(strict, "sso", added("sso"))
    strict.commit("Specs\n\nSpec-Edit: import")
    for words in (("archive", "sso"), ("unarchive", "sso")):
        done = gitspec(strict, *words)
        assert done.returncode == 0, said(done)


def test_other_states_and_other_refs_start_no_python(strict: Governed) -> None:
    hook = strict.path / ".git/hooks/reference-transaction"
    hook.write_text(hook.read_text().replace('exec "', 'echo started python >&2; exit 1; "'))
    strict.git("tag", "v1")
    strict.git("update-ref", "refs/remotes/origin/main", "HEAD")
    strict.git("checkout", "-q", "--detach")
    assert "started python" in said(strict.run_git("branch", "topic"))


def test_an_earlier_hook_sees_all_states(strict: Governed) -> None:
    hooks.uninstall(discover())
    earlier = strict.path / ".git/hooks/reference-transaction"
    earlier.write_text('#!/bin/sh\necho "$1" >> "$GIT_DIR/../seen"\ncat >> "$GIT_DIR/../seen"\n')
    earlier.chmod(0o755)
    hooks.install(discover(), strict=True)
    (strict.path / "seen").unlink(missing_ok=True)
    strict.git("tag", "v1", GIT_DIR=str(strict.path / ".git"))
    seen = strict.read("seen")
    assert "prepared\n" in seen and "committed\n" in seen and "refs/tags/v1\n" in seen
