"""prepare-commit-msg: references are carried and offered, and an empty message still stops the commit."""

import pytest

from tests.hooks.conftest import Governed, gitspec, said


@pytest.mark.spec("references/which-change#empty-message")
def test_leaving_the_editor_untouched_still_aborts(governed: Governed) -> None:
    for setup in ("", "change/add-2fa"):
        if setup:
            governed.git("checkout", "-q", "-b", setup)
        governed.stage("src/app.py", f"{setup}\n")
        before = governed.head()
        for extra in ([], ["--verbose"], ["--no-verify"]):
            done = governed.run_git("commit", *extra, GIT_EDITOR="true")
            assert done.returncode and "empty commit message" in said(done)
        assert governed.head() == before


def test_the_editor_offers_the_active_changes(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    shown = governed.run_git("commit", GIT_EDITOR="cat").stdout.decode()
    assert "# Change: add-2fa\n# Change: dark-mode\n" in shown
    assert shown.startswith("\n\n# gitspec:")


def test_the_editor_says_what_will_be_added(governed: Governed) -> None:
    governed.git("checkout", "-q", "-b", "change/add-2fa")
    governed.stage("src/app.py", "two\n")
    shown = governed.run_git("commit", "-v", GIT_EDITOR="cat").stdout.decode()
    assert "# gitspec adds 'Change: add-2fa' (branch change/add-2fa) unless" in shown
    done = governed.run_git("commit", "-q", "-v", GIT_EDITOR="sed -i 1s/^/Count/")
    assert done.returncode == 0, said(done)
    assert governed.message() == "Count\n\nChange: add-2fa\n"


def test_clean_up_that_keeps_comments_gets_no_hint(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    assert "gitspec" not in governed.run_git("commit", "--cleanup=verbatim", GIT_EDITOR="cat").stdout.decode()
    governed.git("config", "commit.cleanup", "whitespace")
    assert "gitspec" not in governed.run_git("commit", GIT_EDITOR="cat").stdout.decode()


def test_the_order_of_what_states_the_change(governed: Governed) -> None:
    def commit(*options: str) -> str:
        governed.stage("src/app.py", f"{commit.__dict__.setdefault('n', 0)}\n")
        commit.__dict__["n"] += 1
        done = governed.run_git(*options, "commit", "-q", "-m", "Count")
        assert done.returncode == 0, said(done)
        return governed.message().splitlines()[-1]

    assert gitspec(governed, "use", "dark-mode").returncode == 0
    assert commit() == "Change: dark-mode"
    governed.git("checkout", "-q", "-b", "change/add-2fa/part-1")
    assert commit() == "Change: add-2fa"
    assert commit("-c", "gitspec.change=dark-mode") == "Change: dark-mode"
    governed.git("checkout", "-q", "main")
    assert gitspec(governed, "use", "--clear").returncode == 0
    governed.stage("src/app.py", "x\n")
    assert "R001" in said(governed.try_commit("Count"))


def test_the_only_active_change_is_offered_and_not_taken(governed: Governed) -> None:
    governed.git("rm", "-rq", "spec/changes/dark-mode")
    governed.commit("One is left")
    governed.stage("src/app.py", "two\n")
    done = governed.try_commit("Count")
    assert "R001" in said(done)
    assert "git commit -F .git/COMMIT_EDITMSG --trailer 'Change: add-2fa'" in said(done)


def test_a_reference_that_was_typed_is_not_touched(governed: Governed) -> None:
    governed.git("checkout", "-q", "-b", "change/add-2fa")
    governed.stage("src/app.py", "two\n")
    governed.try_commit("Count", "Change: dark-mode")
    assert governed.message() == "Count\n\nChange: dark-mode\n"
    governed.stage("src/app.py", "three\n")
    governed.try_commit("Typo", "Change-Skip: typo")
    assert governed.message() == "Typo\n\nChange-Skip: typo\n"


def test_a_branch_of_a_change_that_is_archived_states_nothing(governed: Governed) -> None:
    governed.git("checkout", "-q", "-b", "change/dark-mode")
    governed.archive("dark-mode")
    governed.stage("README.md")
    governed.try_commit("Docs")
    assert governed.message() == "Docs\n"


def test_each_work_tree_has_its_own_setting(governed: Governed) -> None:
    linked = governed.worktree(governed.path.parent / "linked", "linked")
    assert gitspec(governed, "use", "add-2fa").returncode == 0
    assert gitspec(linked, "use").stdout.decode() == "no change is set here\n"
    assert gitspec(linked, "use", "dark-mode").returncode == 0
    assert gitspec(governed, "use").stdout.decode() == "commits here are for add-2fa\n"
    wrong = gitspec(linked, "use", "dark-mod")
    assert wrong.returncode == 2 and "dark-mode" in said(wrong)


def test_a_revert_carries_the_reference_of_what_it_reverts(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    governed.try_commit("Count", "Change: add-2fa")
    governed.git("revert", "--no-edit", "HEAD")
    assert governed.message().endswith("\n\nChange: add-2fa\n")
    governed.archive("add-2fa")
    governed.git("revert", "--no-edit", "HEAD~1")
    assert governed.message().endswith("\n\nChange: add-2fa\n")


def test_a_squash_carries_the_references_of_what_it_squashes(governed: Governed) -> None:
    governed.git("checkout", "-q", "-b", "side")
    for number, change in enumerate(["add-2fa", "dark-mode", "add-2fa"]):
        governed.stage(f"src/{number}.py")
        governed.try_commit(f"Part {number}", f"Change: {change}")
    governed.git("checkout", "-q", "main")
    governed.git("merge", "-q", "--squash", "side")
    done = governed.run_git("commit", "-q", "--no-edit")
    assert done.returncode == 0, said(done)
    assert governed.message().splitlines()[-2:] == ["Change: add-2fa", "Change: dark-mode"]


def test_replayed_commits_keep_their_messages(governed: Governed) -> None:
    governed.git("checkout", "-q", "-b", "side")
    governed.stage("src/side.py")
    governed.git("commit", "-q", "--no-verify", "-m", "No reference")
    governed.git("checkout", "-q", "main")
    governed.stage("README.md")
    governed.try_commit("Docs")
    assert gitspec(governed, "use", "add-2fa").returncode == 0
    governed.git("rebase", "-q", "main", "side")
    assert governed.message() == "No reference\n"


def test_it_never_stops_a_commit(governed: Governed) -> None:
    governed.write("spec/gitspec.yaml", "version: [\n")
    governed.commit("Break the policy")
    governed.stage("src/app.py", "two\n")
    done = governed.run_git("commit", "-q", "--no-verify", GIT_EDITOR="sed -i 1s/^/Count/")
    assert done.returncode == 0, said(done)
    hook = governed.path / ".git/hooks/prepare-commit-msg"
    hook.write_text(hook.read_text().replace("sys.path.append(", "sys.path.append('/nowhere') #"))
    governed.stage("src/app.py", "three\n")
    done = governed.run_git("commit", "-q", "--no-verify", "-m", "Count")
    assert done.returncode == 0, said(done)
