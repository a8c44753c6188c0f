"""`gitspec archive --push`: branch and tags land together, and what landed is what moves here."""

import json
import os
from pathlib import Path

import pytest

from tests.archive.project import NAME, TAG, gitspec
from tests.archive.remotes import Shared, advance
from tests.archive.test_merged import add, subjects
from tests.conftest import Repo


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path / "shared")


@pytest.fixture
def mine(shared: Shared) -> Repo:
    return shared.clone("mine")


def same_everywhere(repo: Repo, shared: Shared) -> None:
    """The clone and the remote have the same branch and archive tags; the clone is clean."""
    assert repo.head() == shared.main() == repo.git("rev-parse", "origin/main")
    assert repo.git("show-ref", "--tags") == shared.bare.git("show-ref", "--tags")
    assert repo.git("status", "--porcelain") == ""
    assert not (repo.path / ".git/gitspec/journal.json").exists()


def hook(bare: Repo, name: str, script: str) -> None:
    path = bare.path / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_branch_and_tag_land_together(mine: Repo, shared: Shared) -> None:
    ran = gitspec(mine, "archive", "add-2fa", "--push", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["pushed"] == "origin/main"
    same_everywhere(mine, shared)
    assert shared.bare.git("rev-parse", f"{TAG}^{{commit}}") == shared.main()


@pytest.mark.spec("archiving/pushed-together#remote-moved")
def test_a_remote_that_has_moved_is_caught_up_with(mine: Repo, shared: Shared) -> None:
    other = advance(shared.clone("other"))
    mine.write("notes.txt", "mine\n")
    ran = gitspec(mine, "archive", "add-2fa", "--push")
    assert ran.code == 0, ran.err
    assert mine.git("rev-parse", "HEAD^") == other
    assert mine.read("src/other.py") == "pass\n"
    assert mine.git("status", "--porcelain") == "?? notes.txt"
    assert mine.head() == shared.main()


def test_unpublished_commits_go_along(mine: Repo, shared: Shared) -> None:
    mine.write("src/more.py", "pass\n")
    before = mine.commit("More")
    assert gitspec(mine, "archive", "add-2fa", "--push").code == 0
    assert mine.git("rev-parse", "HEAD^") == before
    same_everywhere(mine, shared)


def test_parted_branches_are_refused_and_nothing_moves(mine: Repo, shared: Shared) -> None:
    advance(shared.clone("other"))
    mine.write("src/more.py", "pass\n")
    before, remote = mine.commit("More"), shared.main()
    ran = gitspec(mine, "archive", "add-2fa", "--push")
    assert ran.code == 1
    assert ": A022 " in ran.err
    assert "git pull --rebase origin main" in ran.err
    assert (mine.head(), shared.main(), mine.git("tag"), shared.bare.git("tag")) == (before, remote, "", "")


RACING = """
if [ ! -e "$GIT_DIR/raced" ]; then
    touch "$GIT_DIR/raced"
    unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
    git update-ref refs/heads/main {oid}
fi
"""


@pytest.mark.spec("archiving/pushed-together#remote-moved")
def test_when_the_remote_moves_during_the_push_it_folds_again_on_the_new_tip(mine: Repo, shared: Shared) -> None:
    other = shared.clone("other")
    other.write("spec/capabilities/auth.yaml", other.read("spec/capabilities/auth.yaml").replace("30 min", "15 min"))
    oid = other.commit("Edit")
    other.git("push", "-q", "origin", f"{oid}:refs/heads/aside")
    hook(shared.bare, "pre-receive", RACING.format(oid=oid))
    ran = gitspec(mine, "archive", "add-2fa", "--push")
    assert ran.code == 0, ran.err
    assert mine.git("rev-parse", "HEAD^") == oid
    text = mine.read("spec/capabilities/auth.yaml")
    assert "15 minutes" in text
    assert "totp-enrolment" in text
    same_everywhere(mine, shared)


def test_a_refusing_remote_moves_nothing_here(mine: Repo, shared: Shared) -> None:
    hook(shared.bare, "pre-receive", "echo 'main is protected' >&2; exit 1")
    before, mine_before = shared.main(), mine.git("for-each-ref")
    ran = gitspec(mine, "archive", "add-2fa", "--push")
    assert ran.code == 1
    assert ": A023 " in ran.err
    assert "main is protected" in ran.err
    assert "--pr" in ran.err
    assert (shared.main(), mine.git("for-each-ref")) == (before, mine_before)
    assert mine.git("status", "--porcelain") == ""
    assert not list((mine.path / ".git").glob("*.lock"))
    assert not (mine.path / ".git/gitspec/journal.json").exists()


def test_a_refused_tag_keeps_the_branch_back_too(mine: Repo, shared: Shared) -> None:
    hook(shared.bare, "update", 'case "$1" in refs/tags/*) exit 1;; esac')
    before = shared.main()
    assert gitspec(mine, "archive", "add-2fa", "--push").code == 1
    assert (shared.main(), mine.head(), shared.bare.git("tag"), mine.git("tag")) == (before, before, "", "")


def test_a_tag_that_is_on_the_remote_alone_is_named(mine: Repo, shared: Shared) -> None:
    shared.bare.git("tag", TAG, shared.main())
    mine_before = mine.git("for-each-ref")
    ran = gitspec(mine, "archive", "add-2fa", "--push")
    assert ran.code == 1
    assert ": A004 " in ran.err
    assert "on origin" in ran.err
    assert mine.git("for-each-ref") == mine_before


def test_a_tag_that_is_here_alone_lets_nothing_land(mine: Repo, shared: Shared) -> None:
    mine.git("tag", TAG)
    before = shared.main()
    ran = gitspec(mine, "archive", "add-2fa", "--push")
    assert ran.code == 1
    assert ": A004 " in ran.err
    assert (shared.main(), mine.head()) == (before, before)


def test_uncommitted_edits_in_the_way_let_nothing_land(mine: Repo, shared: Shared) -> None:
    mine.write("spec/capabilities/auth.yaml", "edited\n")
    before = shared.main()
    assert gitspec(mine, "archive", "add-2fa", "--push").code == 1
    assert (shared.main(), mine.head()) == (before, before)
    assert mine.read("spec/capabilities/auth.yaml") == "edited\n"


def test_what_somebody_else_has_archived_is_refused_with_commit_and_tag(mine: Repo, shared: Shared) -> None:
    other = shared.clone("other")
    assert gitspec(other, "archive", "add-2fa", "--push").code == 0
    ran = gitspec(mine, "archive", "add-2fa", "--push")
    assert ran.code == 1
    assert ": A003 " in ran.err
    assert TAG in ran.err
    same_everywhere(mine, shared)


def test_without_a_push_the_upstream_as_fetched_is_asked_too(mine: Repo, shared: Shared) -> None:
    other = shared.clone("other")
    assert gitspec(other, "archive", "add-2fa", "--push").code == 0
    mine.git("fetch", "-q")
    before = mine.head()
    ran = gitspec(mine, "archive", "add-2fa")
    assert ran.code == 1
    assert f"on origin/main on 2026-11-21, by Ada Author in commit {shared.main()[:12]} (tag {TAG})" in ran.err
    assert "help: git pull\n" in ran.err
    assert mine.head() == before


def test_all_complete_changes_land_at_once(mine: Repo, shared: Shared) -> None:
    add(mine, "b", capability="billing")
    before = mine.commit("Propose")
    ran = gitspec(mine, "archive", "--merged", "--push")
    assert ran.code == 0, ran.err
    assert "Pushed to origin/main" in ran.out
    assert subjects(mine, before) == ["Archive add-2fa", "Archive b"]
    same_everywhere(mine, shared)
    assert len(shared.bare.git("tag").split()) == 2


def test_what_somebody_edits_on_a_branch_that_was_pushed_since_is_left(mine: Repo, shared: Shared) -> None:
    other = shared.clone("other")
    other.git("switch", "-q", "-c", "more")
    other.write("spec/changes/add-2fa/proposal.md", "# Proposal\n\n## Why\n\nMore.\n\n## What Changes\n\nAll.\n")
    other.commit("More")
    other.git("push", "-q", "origin", "more")
    for how in ("--push", "--pr"):
        ran = gitspec(mine, "archive", "--merged", how)
        assert ran.code == 0
        assert "A020 change 'add-2fa' is still edited on origin/more" in ran.out
    other.git("push", "-q", "--delete", "origin", "more")
    mine.git("fetch", "-q", "--prune")
    assert "Archived add-2fa" in gitspec(mine, "archive", "--merged", "--push").out


def test_a_branch_that_moves_here_while_it_lands_there_is_told(mine: Repo, shared: Shared) -> None:
    mine.git("switch", "-q", "-c", "elsewhere")
    other = mine.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "Mine")
    hook(shared.bare, "post-receive", f"unset GIT_DIR; git -C '{mine.path}' update-ref refs/heads/main {other}")
    ran = gitspec(mine, "archive", "add-2fa", "--push", "--onto", "main")
    assert ran.code == 1
    assert f"A022 origin/main has it as commit {shared.main()[:12]}, and branch main could not follow" in ran.err
    assert mine.git("rev-parse", "main") == other
    assert mine.git("tag") == ""
    assert shared.bare.git("rev-parse", f"{TAG}^{{commit}}") == shared.main()


def test_from_a_bare_clone(mine: Repo, shared: Shared) -> None:
    bare = Repo(shared.folder / "bare-clone.git")
    shared.bare.git("clone", "-q", "--bare", str(shared.bare.path), str(bare.path))
    advance(shared.clone("other"))
    ran = gitspec(bare, "archive", "add-2fa", "--push")
    assert ran.code == 0, ran.err
    assert bare.git("rev-parse", "main") == shared.main()
    assert shared.bare.git("rev-parse", f"{TAG}^{{commit}}") == shared.main()


@pytest.mark.parametrize(("args", "code"), [(["--remote", "nowhere"], "A021"), (["--remote", "--upload-pack=x"], "A021"),
                                            (["--remote", "/does/not/exist"], "G017")])  # fmt: skip
def test_a_remote_that_is_none_or_out_of_reach(mine: Repo, args: list[str], code: str) -> None:
    before = mine.git("for-each-ref")
    ran = gitspec(mine, "archive", "add-2fa", "--push", *args)
    assert ran.code == (3 if code == "G017" else 1)
    assert f": {code} " in ran.err
    assert mine.git("for-each-ref") == before


def test_no_remote_at_all(shared: Shared) -> None:
    ran = gitspec(Repo(shared.folder / "seed"), "archive", "add-2fa", "--push")
    assert ran.code == 1
    assert "A021 no remote is set for branch main" in ran.err


def test_killed_while_it_pushes_the_next_command_says_where_to_look(mine: Repo, shared: Shared) -> None:
    hook(shared.bare, "pre-receive", "kill -9 $(cat pid); exit 0")
    before = mine.head()
    import signal
    import subprocess
    import sys

    from tests.command import environment

    script = (
        "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()));"
        "from gitspec.__main__ import run; run(['archive', 'add-2fa', '--push'])"
    )
    process = subprocess.run(
        [sys.executable, "-c", script, str(shared.bare.path / "pid")],
        cwd=mine.path, env=environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert process.returncode == -signal.SIGKILL
    ran = gitspec(mine, "list")
    assert "undid an interrupted archive of 'add-2fa'" in ran.err
    assert "'git fetch' tells whether it reached origin/main" in ran.err
    assert (mine.head(), mine.git("tag"), mine.git("status", "--porcelain")) == (before, "", "")
    mine.git("pull", "-q", "--ff-only")
    assert mine.head() == shared.main()
    assert os.path.isdir(mine.path / f"spec/archive/{NAME}") == (mine.head() != before)
