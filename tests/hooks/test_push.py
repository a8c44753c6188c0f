"""pre-push: every ref of a push is judged as at the gate, against what the remote is known to have."""

from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.hooks.conftest import Governed, gitspec, said


@pytest.fixture
def remote(governed: Governed, tmp_path: Path) -> Repo:
    """A bare repository that is `origin` and has main."""
    bare = governed.bare(tmp_path / "origin.git")
    governed.git("remote", "add", "origin", str(bare.path))
    governed.git("fetch", "-q", "origin")
    governed.git("remote", "set-head", "origin", "main")
    return bare


def unjudged(repo: Governed, text: str = "two\n", message: str = "Sneak in") -> str:
    """A commit of code that names no change, made without hooks."""
    repo.write("src/app.py", text)
    return repo.commit(message)


def test_a_commit_that_names_its_change_goes_through(governed: Governed, remote: Repo) -> None:
    governed.stage("src/app.py", "two\n")
    assert governed.try_commit("Code", "Change: add-2fa").returncode == 0
    done = governed.run_git("push", "-q", "origin", "main")
    assert done.returncode == 0 and said(done) == ""
    assert remote.git("rev-parse", "main") == governed.head()


@pytest.mark.parametrize("ref", ["main", "main:topic", "main:refs/tags/v1", "v2"])
def test_what_slipped_past_commit_msg_is_stopped(governed: Governed, remote: Repo, ref: str) -> None:
    oid = unjudged(governed)
    governed.git("tag", "-m", "Second", "v2")
    done = governed.run_git("push", "-q", "origin", ref)
    assert done.returncode and "R001" in said(done) and oid[:8] in said(done), said(done)
    assert remote.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"


@pytest.mark.parametrize("at", [0, 1, 2])
def test_all_refs_of_a_push_are_read(governed: Governed, remote: Repo, at: int) -> None:
    for number in range(3):
        governed.git("checkout", "-q", "-b", f"topic-{number}", "main")
        if number == at:
            unjudged(governed, f"{number}\n")
        else:
            governed.stage("docs/a.md", f"{number}\n")
            assert governed.try_commit("Docs").returncode == 0
    done = governed.run_git("push", "-q", "origin", "topic-0", "topic-1", "topic-2")
    assert done.returncode and said(done).count("R001") == 1
    assert f"refs/heads/topic-{at}" in said(done) or "Sneak in" in said(done)


def test_a_new_branch_is_judged_from_where_it_left_the_remote(governed: Governed, remote: Repo) -> None:
    unjudged(governed)
    governed.git("push", "-q", "--no-verify", "origin", "main")
    governed.git("checkout", "-q", "-b", "topic")
    governed.stage("docs/a.md")
    assert governed.try_commit("Docs").returncode == 0
    done = governed.run_git("push", "-q", "origin", "topic")
    assert done.returncode == 0, said(done)


def test_deletions_and_nothing_to_push_pass(governed: Governed, remote: Repo) -> None:
    governed.git("push", "-q", "origin", "main:topic")
    assert governed.run_git("push", "-q", "origin", "main").returncode == 0, "up to date: no line at all"
    done = governed.run_git("push", "-q", "origin", ":topic")
    assert done.returncode == 0, said(done)
    done = governed.run_git("push", "-q", "origin", ":main")
    assert done.returncode and "R020" in said(done)


def test_a_push_to_a_url_is_judged_by_what_any_remote_has(governed: Governed, remote: Repo, tmp_path: Path) -> None:
    url = str(governed.bare(tmp_path / "other.git").path)
    governed.stage("docs/a.md")
    assert governed.try_commit("Docs").returncode == 0
    done = governed.run_git("push", "-q", url, "main:topic")
    assert done.returncode == 0, said(done)
    unjudged(governed)
    done = governed.run_git("push", "-q", url, "main:topic")
    assert done.returncode and "R001" in said(done)


def test_a_remote_commit_that_is_not_here_is_no_pass(governed: Governed, remote: Repo, tmp_path: Path) -> None:
    governed.git("clone", "-q", str(remote.path), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    clone.write("docs/theirs.md", "x\n")
    clone.commit("Docs")
    clone.git("push", "-q", "origin", "main", "main:topic")
    governed.stage("docs/a.md")
    assert governed.try_commit("Docs").returncode == 0
    done = governed.run_git("push", "-q", "--force", "origin", "main")
    assert done.returncode and "G018" in said(done) and "git fetch" in said(done)
    done = governed.run_git("push", "-q", "--force", "origin", "main:topic")
    assert done.returncode == 0, said(done)
    unjudged(governed)
    done = governed.run_git("push", "-q", "--force", "origin", "main:topic")
    assert done.returncode and "R001" in said(done)


def test_a_protected_branch_is_not_rewritten(governed: Governed, remote: Repo) -> None:
    governed.git("commit", "-q", "--amend", "--no-verify", "-m", "Start again")
    done = governed.run_git("push", "-q", "--force", "origin", "main")
    assert done.returncode and "R021" in said(done)


@pytest.mark.parametrize("has_line", [True, False])
def test_an_earlier_hook_gets_the_lines_too_and_can_refuse(governed: Governed, remote: Repo, has_line: bool) -> None:
    earlier = governed.path / ".git/hooks/pre-push"
    earlier.write_text('#!/bin/sh\necho "$1" > seen\ncat >> seen\nexit ${EARLIER:-0}\n')
    assert gitspec(governed, "hooks", "install").returncode == 0
    if has_line:
        oid = unjudged(governed)
    done = governed.run_git("push", "-q", "origin", "main")
    seen = governed.read("seen")
    if has_line:
        assert done.returncode and "R001" in said(done)
        assert seen == f"origin\nrefs/heads/main {oid} refs/heads/main {remote.git('rev-parse', 'main')}\n"
    else:
        assert done.returncode == 0 and seen == "origin\n"
    assert governed.run_git("push", "-q", "origin", "main", EARLIER="5").returncode


def test_a_repository_without_a_policy_can_push(repo: Repo, tmp_path: Path) -> None:
    made = Governed(repo.path)
    made.write("src/app.py", "one\n")
    made.commit("Start")
    assert gitspec(made, "hooks", "install").returncode == 0
    bare = made.bare(tmp_path / "origin.git")
    done = made.run_git("push", "-q", str(bare.path), "HEAD:refs/heads/topic")
    assert done.returncode == 0, said(done)


def test_a_policy_that_was_taken_away_still_stops_the_push(governed: Governed, remote: Repo) -> None:
    governed.git("rm", "-q", "spec/gitspec.yaml")
    governed.commit("No more rules")
    done = governed.run_git("push", "-q", "origin", "main")
    assert done.returncode and "R012" in said(done)


def test_names_with_spaces_on_the_left_are_read(governed: Governed, remote: Repo) -> None:
    unjudged(governed)
    done = governed.run_git("push", "-q", "origin", "HEAD@{0 seconds ago}:refs/heads/topic")
    assert done.returncode and "R001" in said(done), said(done)


def test_lines_that_git_would_not_write_are_no_pass(governed: Governed) -> None:
    done = gitspec(governed, "hook", "pre-push", "origin", "x")
    assert done.returncode == 0, "nothing to push"
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "gitspec", "hook", "pre-push", "origin", "x"],
        cwd=governed.path, input=b"refs/heads/main \x1b[31m refs/heads/main 0\n", capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and b"\x1b" not in done.stderr


def test_a_linked_work_tree_and_a_stripped_environment_judge_alike(governed: Governed, remote: Repo) -> None:
    linked = Governed(governed.worktree(governed.path.parent / "linked", "linked").path)
    unjudged(linked)
    for env in ({}, {"PATH": "/usr/bin:/bin", "PYTHONHOME": "", "PYTHONPATH": "/nowhere"}):
        done = linked.run_git("push", "-q", "origin", "linked", **env)
        assert done.returncode and "R001" in said(done), said(done)


def gate_is_broken(repo: Governed) -> None:
    """Leave only what the accepted path needs in reach of the hook."""
    hook = repo.path / ".git/hooks/pre-push"
    hook.write_text(hook.read_text().replace("    import site", '    sys.exit("the gate was asked")'))


def pushed_once(repo: Governed) -> None:
    """A first push, in which the gate looks at the policy; after it there is no gate any more."""
    repo.stage("docs/a.md", "first\n")
    assert repo.try_commit("Docs").returncode == 0
    done = repo.run_git("push", "-q", "origin", "main")
    assert done.returncode == 0, said(done)
    gate_is_broken(repo)


def test_commits_that_plainly_name_their_changes_are_pushed_without_the_gate(governed: Governed, remote: Repo) -> None:
    pushed_once(governed)
    for text in ("two\n", "three\n"):
        governed.stage("src/app.py", text)
        assert governed.try_commit("Code", "Change: add-2fa").returncode == 0
    done = governed.run_git("push", "-q", "origin", "main")
    assert done.returncode == 0, said(done)
    assert governed.run_git("push", "-q", "origin", "main").returncode == 0, "nothing to push"


_EDITS = {
    "no reference": ("src/app.py", "Code"),
    "no such change": ("src/app.py", "Code\n\nChange: nobody"),
    "a task": ("src/app.py", "Code\n\nChange: add-2fa\nTask: 9.9"),
    "a skip beside it": ("src/app.py", "Code\n\nChange: add-2fa\nChange-Skip: whim"),
    "fixup": ("src/app.py", "fixup! Code\n\nChange: add-2fa"),
    "a living spec": ("spec/capabilities/auth.yaml", "Code\n\nChange: add-2fa"),
    "the policy": ("spec/gitspec.yaml", "Code\n\nChange: add-2fa"),
    "spec/ in capitals": ("SPEC/gitspec.yaml", "Code\n\nChange: add-2fa"),
    "attributes": (".gitattributes", "Code\n\nChange: add-2fa"),
}


@pytest.mark.parametrize(
    "what", [*_EDITS, "a link", "a merge", "a rewritten branch", "a new branch", "a tag", "grafts"]
)
def test_the_gate_is_asked_where_there_is_more_to_know(governed: Governed, remote: Repo, what: str) -> None:
    pushed_once(governed)
    path, message = _EDITS.get(what, ("src/app.py", "Code\n\nChange: add-2fa"))
    ref = {"a new branch": "main:topic", "a tag": "main:refs/tags/v1"}.get(what, "main")
    if what == "a link":
        (governed.path / "src/link").symlink_to("../spec")
    if what == "a rewritten branch":
        governed.git("reset", "-q", "--hard", "HEAD~")
    governed.write(path, "changed\n")
    governed.commit(message)
    if what == "a merge":
        governed.git("checkout", "-q", "-b", "side", "HEAD~")
        governed.write("src/side.py", "side\n")
        governed.commit(message)
        governed.git("merge", "-q", "--no-verify", "-m", message, "main")
        ref = "side:main"
    if what == "grafts":
        governed.write(".git/info/grafts", f"{governed.head()}\n")
    done = governed.run_git("push", "-q", "--force", "origin", ref)
    assert done.returncode and "the gate was asked" in said(done), said(done)


@pytest.mark.parametrize("rule", ["scope:\n  enforce: true\n", "approvals:\n  need: merged\n"])
def test_a_policy_that_asks_for_more_keeps_the_gate(governed: Governed, remote: Repo, rule: str) -> None:
    governed.write("spec/gitspec.yaml", 'version: "1"\n' + rule)
    governed.commit("Stricter")
    governed.git("push", "-q", "--no-verify", "origin", "main")
    pushed_once(governed)
    governed.write("src/app.py", "two\n")
    governed.commit("Code\n\nChange: add-2fa")
    assert "the gate was asked" in said(governed.run_git("push", "-q", "origin", "main"))
