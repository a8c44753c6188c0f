"""Git runs the driver that `gitspec init` has set up; without it the text is merged, and validate finds what that broke."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.archive.project import ADDED, TASKS, gitspec, project, propose
from tests.conftest import Repo
from tests.merge.files import DELTA, LIVING, edit, requirement

AUTH = "spec/capabilities/auth.yaml"


@pytest.fixture
def ready(repo: Repo) -> Repo:
    """A project whose clone has the driver, with one living spec."""
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.write(AUTH, LIVING)
    assert gitspec(repo, "init", "--yes", "--no-hooks").code == 0
    repo.commit("Base")
    return repo


def diverge(repo: Repo, ours: str, theirs: str, path: str = AUTH) -> None:
    """Commit one version of a file on main and another one on the branch topic."""
    repo.git("switch", "-q", "-c", "topic")
    repo.write(path, theirs)
    repo.commit("Theirs")
    repo.git("switch", "-q", "main")
    repo.write(path, ours)
    repo.commit("Ours")


OURS = edit(LIVING, "let users", "let people") + requirement("mine")
THEIRS = edit(LIVING, "after 30", "after 15") + requirement("other")
JOINED = edit(OURS, "after 30", "after 15") + requirement("other")


def test_git_merges_what_its_text_merge_would_not(ready: Repo) -> None:
    diverge(ready, OURS, THEIRS)
    ready.git("merge", "-q", "topic", "-m", "Merge")
    assert ready.read(AUTH) == JOINED


def test_rebase_and_cherry_pick_run_the_driver_too(ready: Repo) -> None:
    diverge(ready, OURS, THEIRS)
    ready.git("cherry-pick", "topic")
    assert ready.read(AUTH) == JOINED
    ready.git("reset", "-q", "--hard", "HEAD~1")
    ready.git("rebase", "-q", "topic")
    assert ready.read(AUTH) == edit(THEIRS, "let users", "let people").replace(
        requirement("other"), requirement("other") + requirement("mine")
    )


def test_a_conflict_stands_in_the_file_and_is_told(ready: Repo) -> None:
    diverge(ready, edit(LIVING, "let users", "let people"), edit(LIVING, "let users", "let all") + requirement("other"))
    done = ready.run_git("merge", "topic")
    assert done.returncode == 1
    assert b"gitspec: spec/capabilities/auth.yaml: conflict in text of sign-in\n" in done.stderr
    text = ready.read(AUTH)
    assert text.count("<<<<<<<") == 1
    assert text.endswith(requirement("other"))
    assert ready.git("diff", "--name-only", "--diff-filter=U") == AUTH
    validated = gitspec(ready, "validate")
    assert validated.code == 1
    assert f"{AUTH}:" in validated.out
    assert "Y023" in validated.out


def test_the_conflict_style_of_the_user_is_followed(ready: Repo) -> None:
    diverge(ready, edit(LIVING, "let users", "let people"), edit(LIVING, "let users", "let all"))
    ready.run_git("-c", "merge.conflictStyle=zdiff3", "merge", "topic")
    assert "||||||| base: text of sign-in\n" in ready.read(AUTH)


def test_without_the_driver_the_text_is_merged_and_validate_finds_what_it_broke(ready: Repo) -> None:
    for section in ("merge.gitspec", "merge.gitspec-base"):
        ready.git("config", "--remove-section", section)
    diverge(ready, LIVING + requirement("mine"), LIVING + requirement("other"))
    assert ready.run_git("merge", "topic").returncode == 1
    validated = gitspec(ready, "validate")
    assert validated.code == 1
    assert "Y023 a conflict of a merge that is not decided" in validated.out


def test_when_gitspec_is_gone_the_text_is_merged(ready: Repo) -> None:
    command = ready.git("config", "merge.gitspec.driver")
    assert sys.executable in command
    ready.git("config", "merge.gitspec.driver", command.replace(sys.executable, "/nowhere/python"))
    diverge(ready, edit(LIVING, "Authentication", "Auth"), THEIRS)
    ready.git("merge", "-q", "topic", "-m", "Merge")
    assert ready.read(AUTH) == edit(THEIRS, "Authentication", "Auth")


def test_a_file_that_cannot_be_read_is_merged_as_text(ready: Repo) -> None:
    diverge(ready, edit(LIVING, "Authentication", "[Auth"), THEIRS)
    done = ready.run_git("merge", "topic", "-m", "Merge")
    assert done.returncode == 0
    assert b"merged as text, because our side cannot be read" in done.stderr
    assert ready.read(AUTH) == edit(THEIRS, "Authentication", "[Auth")


def test_unusual_files_are_merged_in_an_environment_without_site_packages_at_start(ready: Repo) -> None:
    odd = LIVING + "notes: >\n  folded\n"
    ready.write(AUTH, odd)
    ready.commit("Odd")
    diverge(ready, edit(odd, "let users", "let people"), edit(odd, "after 30", "after 15"))
    ready.git("merge", "-q", "topic", "-m", "Merge")
    assert ready.read(AUTH) == edit(edit(odd, "let users", "let people"), "after 30", "after 15")


def test_a_criss_cross_merge_asks_again_only_where_the_sides_differ(ready: Repo) -> None:
    diverge(ready, edit(LIVING, "let users", "let people"), edit(LIVING, "let users", "let all"))
    for branch, other, text in (("main", "topic", "let everybody"), ("topic", "main", "let nobody")):
        ready.git("branch", f"{branch}-before", branch)
        ready.git("switch", "-q", branch)
        ready.run_git("merge", f"{other}-before" if branch == "topic" else other)
        ready.write(AUTH, edit(LIVING, "let users", text) + requirement(branch))
        ready.commit("Cross")
    assert len(ready.git("merge-base", "--all", "main", "topic").split()) == 2
    assert ready.run_git("merge", "main").returncode == 1
    text = ready.read(AUTH)
    assert text.count("<<<<<<<") == 1
    assert "merge base" not in text
    assert text.endswith(requirement("topic") + requirement("main"))


def test_deltas_and_tasks_of_active_changes_have_the_driver(ready: Repo) -> None:
    folder = propose(ready, "change-auth")
    ready.write(f"{folder}/deltas/auth.yaml", DELTA)
    ready.commit("Propose")
    ready.git("switch", "-q", "-c", "topic")
    ready.write(f"{folder}/deltas/auth.yaml", DELTA + "added:\n" + requirement("b"))
    ready.write(f"{folder}/tasks.md", TASKS + "- [ ] 1.3 Theirs\n")
    ready.commit("Theirs")
    ready.git("switch", "-q", "main")
    ready.write(f"{folder}/deltas/auth.yaml", DELTA + "added:\n" + requirement("a"))
    ready.write(f"{folder}/tasks.md", TASKS + "- [ ] 1.3 Ours\n")
    ready.commit("Ours")
    done = ready.run_git("merge", "topic", "-m", "Merge")
    assert done.returncode == 0, done.stdout
    assert b"their task 1.3 is 1.4 now: both sides have a 1.3" in done.stderr
    assert ready.read(f"{folder}/deltas/auth.yaml") == DELTA + "added:\n" + requirement("a") + requirement("b")
    assert ready.read(f"{folder}/tasks.md") == TASKS + "- [ ] 1.3 Ours\n- [ ] 1.4 Theirs\n"


def test_the_command_merges_files_as_the_driver_does(repo: Repo) -> None:
    for name, text in (("base", LIVING), ("ours", OURS), ("theirs", THEIRS)):
        repo.write(name, text)
    assert gitspec(repo, "merge-driver", "base", "ours", "theirs", AUTH) == (0, "", "")
    assert repo.read("ours") == JOINED
    repo.write("ours", edit(LIVING, "after 30", "after 20"))
    done = gitspec(repo, "merge-driver", "--marker-size", "9", "base", "ours", "theirs", AUTH)
    assert done.code == 1
    assert "<<<<<<<<< ours: text of session-expiry\n" in repo.read("ours")


def test_init_sets_the_driver_of_another_installation_anew_and_leaves_the_users(ready: Repo, tmp_path: Path) -> None:
    wanted = ready.git("config", "merge.gitspec.driver")
    ready.git("config", "merge.gitspec.driver", wanted.replace(sys.executable, str(tmp_path)))
    ready.git("config", "merge.gitspec-base.driver", "mine %A")
    done = gitspec(ready, "init", "--yes", "--no-hooks")
    assert "set merge.gitspec.driver in this clone's Git configuration" in done.out
    assert "kept merge.gitspec-base.driver as you have set it" in done.out
    assert ready.git("config", "merge.gitspec.driver") == wanted
    assert shutil.which("git")


@pytest.fixture
def merging(repo: Repo) -> Repo:
    """A merge under way: both branches have archived a change to the same capability."""
    project(repo)
    folder = propose(repo, "add-sms", title="SMS")
    repo.write(f"{folder}/deltas/auth.yaml", ADDED.format(capability="auth", id="sms"))
    repo.commit("Propose")
    repo.git("switch", "-q", "-c", "topic")
    assert gitspec(repo, "archive", "add-sms").code == 0
    repo.git("switch", "-q", "main")
    assert gitspec(repo, "archive", "add-2fa").code == 0
    repo.run_git("merge", "--no-commit", "topic")
    return repo


def test_resolve_writes_what_makes_the_merge_prove_itself(merging: Repo) -> None:
    before = merging.show(f"HEAD:{AUTH}")
    assert "<<<<<<<" in merging.read(AUTH)
    done = gitspec(merging, "resolve")
    assert done.code == 0, done.err
    assert f"wrote {AUTH}\n" in done.out
    text = merging.read(AUTH)
    assert text.startswith(before)
    assert text.index("totp-enrolment") < text.index("id: sms")
    assert merging.git("diff", "--name-only", "--diff-filter=U") == AUTH
    assert f"{AUTH} is right" in gitspec(merging, "resolve", "--stage").out
    merging.git("commit", "-q", "--no-verify", "-m", "Merge")
    proven = gitspec(merging, "fsck")
    assert proven.code == 0, proven.out


def test_resolve_puts_right_what_a_text_merge_has_joined_wrong(merging: Repo) -> None:
    other = "spec/capabilities/billing.yaml"
    merging.write(AUTH, merging.show(f"HEAD:{AUTH}"))
    merging.write(other, merging.read(other) + requirement("smuggled"))
    merging.write("spec/capabilities/new.yaml", "capability: new\n")
    merging.git("add", "-A")
    done = gitspec(merging, "resolve", "--stage", "--json")
    assert done.code == 0, done.err
    assert merging.read(other) == merging.show(f"HEAD:{other}")
    assert "id: sms" in merging.read(AUTH)
    assert not (merging.path / "spec/capabilities/new.yaml").exists()
    assert merging.git("diff", "--cached", "--name-only", "--", "spec/capabilities") == AUTH
    assert merging.git("diff", "--name-only") == ""


def test_resolve_says_which_archived_change_does_not_fold(repo: Repo) -> None:
    project(repo)
    folder = propose(repo, "same", title="The same id")
    repo.write(f"{folder}/deltas/auth.yaml", ADDED.format(capability="auth", id="totp-enrolment").replace("let", "LET"))
    repo.commit("Propose")
    repo.git("switch", "-q", "-c", "topic")
    assert gitspec(repo, "archive", "same").code == 0
    repo.git("switch", "-q", "main")
    assert gitspec(repo, "archive", "add-2fa").code == 0
    repo.run_git("merge", "--no-commit", "topic")
    before = repo.read(AUTH)
    done = gitspec(repo, "resolve")
    assert done.code == 1
    assert "H003 change 'same' does not fold onto HEAD: D007" in done.err
    assert repo.read(AUTH) == before


def test_resolve_works_in_a_rebase_of_an_archive_commit(merging: Repo) -> None:
    merging.git("merge", "--abort")
    merging.git("switch", "-q", "topic")
    assert merging.run_git("rebase", "main").returncode == 1
    assert gitspec(merging, "resolve", "--stage").code == 0
    merging.git("rebase", "--continue", GIT_EDITOR="true")
    assert "id: sms" in merging.show(f"HEAD:{AUTH}")
    assert "totp-enrolment" in merging.show(f"HEAD:{AUTH}")
    merging.git("tag", "-d", "archive/2026-11-21-add-sms")
    assert gitspec(merging, "tags", "--restore").code == 0
    proven = gitspec(merging, "fsck")
    assert proven.code == 0, proven.out


def test_resolve_refuses_a_merge_that_takes_a_change_out_of_the_archive(merging: Repo) -> None:
    merging.git("rm", "-q", "-r", "--cached", "spec/archive/2026-11-21-add-2fa")
    done = gitspec(merging, "resolve")
    assert done.code == 1
    assert "A031 the merge takes 2026-11-21-add-2fa out of the archive" in done.err


def test_resolve_without_a_merge_is_refused(ready: Repo) -> None:
    done = gitspec(ready, "resolve")
    assert done.code == 1
    assert "A030" in done.err
