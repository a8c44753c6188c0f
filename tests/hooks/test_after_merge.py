"""post-merge: it says what is ready to archive, archives only where the policy says so, and touches nothing otherwise."""

from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.hooks.conftest import Governed, said
from tests.hooks.specs import AUTH, LIVING, OPEN, added, state, write_change

AUTO = 'version: "1"\narchive:\n  on_merge: auto\n'
READY = "gitspec: ready to archive on main: sso"


def branch_with(repo: Governed, change: str, tasks: str | None = None, **also: str) -> None:
    """On the branch `side`: a change, complete unless ``tasks`` says otherwise. HEAD is main then."""
    repo.git("checkout", "-q", "-b", "side")
    write_change(repo, change, added(change), *([tasks] if tasks else []))
    repo.commit(f"Propose {change}")
    repo.git("checkout", "-q", "main")


@pytest.fixture
def manual(governed: Governed) -> Governed:
    governed.write(LIVING, AUTH)
    governed.commit("Specs")
    return governed


@pytest.fixture
def auto(manual: Governed) -> Governed:
    manual.write("spec/gitspec.yaml", AUTO)
    manual.commit("Archive on merge")
    return manual


@pytest.mark.parametrize("how", ["--ff", "--no-ff"])
@pytest.mark.spec("gates/archive-on-merge#only-told")
def test_what_is_ready_is_said_and_nothing_touched(manual: Governed, how: str) -> None:
    branch_with(manual, "sso")
    hook = manual.path / ".git/hooks/post-merge"
    text = hook.read_text()
    hook.unlink()
    manual.git("merge", "-q", "--no-edit", how, "side")
    expected = state(manual)
    manual.git("reset", "-q", "--hard", "ORIG_HEAD")
    hook.write_text(text)
    hook.chmod(0o755)
    done = manual.run_git("merge", "-q", "--no-edit", how, "side")
    assert done.returncode == 0 and READY in said(done) and "gitspec archive sso" in said(done)
    now = state(manual)
    assert (now[0], now[2]) == (expected[0], expected[2])
    assert {p: c for p, (_, c) in now[3].items()} == {p: c for p, (_, c) in expected[3].items()}
    assert manual.git("for-each-ref", "--format=%(refname)") == "refs/heads/main\nrefs/heads/side"


@pytest.mark.parametrize("how", ["--ff", "--no-ff"])
def test_with_auto_what_is_ready_is_archived(auto: Governed, how: str) -> None:
    branch_with(auto, "sso")
    tip = auto.git("rev-parse", "side")
    auto.write("README.md", "an edit that stays\n")
    done = auto.run_git("merge", "-q", "--no-edit", how, "side")
    assert done.returncode == 0 and "gitspec: archived sso on main:" in said(done), said(done)
    assert auto.git("ls-files", "spec/changes/sso") == ""
    assert "single" not in auto.read(LIVING) and "sso" in auto.read(LIVING)
    assert auto.git("tag", "--list") == "archive/2026-11-21-sso"
    assert auto.git("status", "--porcelain") == "?? README.md"
    parents = auto.git("log", "-1", "--format=%P", "HEAD^").split()
    assert (auto.git("rev-parse", "HEAD^") == tip) if how == "--ff" else parents[1:] == [tip]
    assert not (auto.path / ".git/MERGE_HEAD").exists()


def test_a_squash_is_no_merge_yet(auto: Governed) -> None:
    branch_with(auto, "sso")
    done = auto.run_git("merge", "-q", "--squash", "side")
    assert "gitspec" not in said(done)
    assert "spec/changes/sso/change.yaml" in auto.git("diff", "--cached", "--name-only")


@pytest.mark.parametrize("how", ["--ff-only", "--no-rebase", "--no-ff"])
def test_a_pull_archives_nothing(auto: Governed, tmp_path: Path, how: str) -> None:
    auto.git("clone", "-q", str(auto.path), str(tmp_path / "clone"))
    clone = Governed(tmp_path / "clone")
    for path in (auto.path / ".git/hooks").iterdir():
        if not path.name.endswith(".sample"):
            (clone.path / ".git/hooks" / path.name).write_bytes(path.read_bytes())
            (clone.path / ".git/hooks" / path.name).chmod(0o755)
    branch_with(auto, "sso")
    auto.git("reset", "-q", "--hard", "side")
    if how == "--no-rebase":
        clone.stage("README.md", "theirs\n")
        assert clone.try_commit("Docs").returncode == 0
    done = clone.run_git("pull", "-q", "--no-edit", how)
    assert done.returncode == 0, said(done)
    assert READY in said(done) and "not after a pull" in said(done)
    assert clone.git("tag", "--list") == "" and clone.git("status", "--porcelain") == ""


def test_another_branch_hears_nothing(auto: Governed) -> None:
    branch_with(auto, "sso")
    auto.git("checkout", "-q", "-b", "topic")
    done = auto.run_git("merge", "-q", "--no-edit", "side")
    assert done.returncode == 0 and "gitspec" not in said(done)


def test_what_is_merged_does_not_decide_about_its_own_archive(manual: Governed) -> None:
    branch_with(manual, "sso")
    manual.git("checkout", "-q", "side")
    manual.write("spec/gitspec.yaml", AUTO)
    manual.commit("Archive on merge")
    manual.git("checkout", "-q", "main")
    done = manual.run_git("merge", "-q", "--no-edit", "side")
    assert READY in said(done) and manual.git("tag", "--list") == ""


def test_unfinished_changes_are_not_ready(auto: Governed) -> None:
    branch_with(auto, "sso", OPEN)
    done = auto.run_git("merge", "-q", "--no-edit", "--no-ff", "side")
    assert done.returncode == 0 and "gitspec" not in said(done)


def test_edits_in_the_way_keep_it_from_archiving_and_are_kept(auto: Governed) -> None:
    branch_with(auto, "sso")
    auto.write("spec/archive/2026-11-21-sso/mine.txt", "mine\n")
    done = auto.run_git("merge", "-q", "--no-edit", "side")
    assert done.returncode == 0 and "A006" in said(done) and READY in said(done)
    assert auto.read("spec/archive/2026-11-21-sso/mine.txt") == "mine\n"
    assert auto.git("tag", "--list") == ""


def test_stashed_edits_are_waited_for(auto: Governed) -> None:
    branch_with(auto, "sso")
    auto.write("src/app.py", "edited\n")
    done = auto.run_git("merge", "-q", "--no-edit", "--autostash", "side")
    assert done.returncode == 0, said(done)
    assert auto.read("src/app.py") == "edited\n"
    assert READY in said(done) or "archived sso" in said(done)


def test_a_merge_of_code_only_starts_no_python(auto: Governed) -> None:
    auto.git("checkout", "-q", "-b", "side")
    auto.write("src/side.py", "one\n")
    auto.commit("Code")
    auto.git("checkout", "-q", "main")
    hook = auto.path / ".git/hooks/post-merge"
    hook.write_text(hook.read_text().replace('exec "', 'echo started python >&2; exit 1; "'))
    done = auto.run_git("merge", "-q", "--no-edit", "--no-ff", "side")
    assert done.returncode == 0 and "started python" not in said(done)


def test_without_a_policy_nothing_is_said(repo: Repo) -> None:
    made = Governed(repo.path)
    made.write("README.md", "words\n")
    made.commit("Start")
    branch_with(made, "sso")
    assert "gitspec" not in said(made.run_git("merge", "-q", "--no-edit", "side"))
