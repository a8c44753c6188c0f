"""commit-msg with real Git: what passes, what is refused, and that the typed text is never lost."""

import os
import shlex

import pytest

from tests.command import process
from tests.conftest import Repo
from tests.hooks.conftest import Governed, said


@pytest.mark.spec("references/commit-names-its-change#no-reference")
def test_code_without_a_reference_is_refused_with_the_way_out(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    before = governed.head()
    done = governed.try_commit("Count to two")
    assert done.returncode
    assert "R001" in said(done) and "src/app.py" in said(done) and "add-2fa, dark-mode" in said(done)
    assert "git commit -eF .git/COMMIT_EDITMSG" in said(done)
    assert governed.head() == before


@pytest.mark.parametrize(
    ("trailer", "code"),
    [
        ("Change: add-2f", "R002"),
        ("Change: nothing-like-it", "R002"),
        ("Change: ../add-2fa", "R004"),
        ("Change: add-2fa, dark-mode", "R004"),
        ("Change:", "R004"),
        ("Change-Skip: because", "R005"),
        ("Change #add-2fa", "R008"),
        ("  Change: add-2fa", "R008"),
        ("* Change: add-2fa", "R008"),
        ("Change-Id: I0123456789", "R001"),
    ],
)
def test_a_reference_that_names_no_active_change_is_refused(governed: Governed, trailer: str, code: str) -> None:
    governed.stage("src/app.py", "two\n")
    done = governed.try_commit("Count to two", trailer)
    assert done.returncode
    assert code in said(done)


@pytest.mark.spec("references/commit-names-its-change#misspelt")
def test_a_misspelt_change_is_refused_with_the_nearest_one(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    assert "did you mean add-2fa?" in said(governed.try_commit("Count to two", "Change: add-2fs"))


@pytest.mark.parametrize(
    "trailer",
    [
        "Change: add-2fa",
        "change:add-2fa",
        "Change: add-2fa\nChange: dark-mode\nSigned-off-by: A <a@example.com>",
        "Change:\n add-2fa",
        "Change-Skip: typo",
    ],
)
def test_a_reference_in_any_form_that_git_reads_is_accepted(governed: Governed, trailer: str) -> None:
    governed.stage("src/app.py", "two\n")
    done = governed.try_commit("Count to two", trailer)
    assert done.returncode == 0, said(done)


def test_who_has_no_change_to_name_is_told_how_to_begin_one(governed: Governed) -> None:
    governed.git("rm", "-q", "-r", "spec/changes")
    governed.commit("Without any change")
    governed.stage("src/app.py", "two\n")
    assert "no change is active: gitspec propose <id>" in said(governed.try_commit("Count"))
    assert "no change is active: gitspec propose <id>" in said(governed.try_commit("Count", "Change-Skip: tests"))


def test_the_command_that_is_offered_mends_the_commit(governed: Governed) -> None:
    for number, trailer in enumerate(["Change: add-2f", "Change-Skip: typoo", "Change #add-2fa"]):
        governed.stage("src/app.py", f"{number}\n")
        done = governed.try_commit("Count", "A long text that nobody wants to type again.", trailer)
        offered = next(line.strip() for line in said(done).splitlines() if line.startswith("    git "))
        again = governed.run_git(*shlex.split(offered)[1:])
        assert again.returncode == 0, offered + said(again)
        assert "nobody wants to type again" in governed.message()


def test_the_command_that_is_offered_commits_the_same_again(governed: Governed) -> None:
    governed.write("src/app.py", "two\n")
    done = governed.try_commit("-a", "Count", "Change: add-2f")
    offered = next(line.strip() for line in said(done).splitlines() if line.startswith("    git "))
    assert governed.run_git(*shlex.split(offered)[1:]).returncode == 0, offered
    assert governed.show("HEAD:src/app.py") == "two\n"
    governed.write("src/app.py", "three\n")
    done = governed.run_git("commit", "-q", "-m", "Count", "--", "src/app.py")
    assert "git commit -eF .git/COMMIT_EDITMSG -- …" in said(done)


def test_what_is_no_code_needs_no_reference(governed: Governed) -> None:
    governed.stage("README.md")
    governed.change("another")
    governed.git("add", "-A")
    assert governed.try_commit("Say what it is and propose a change").returncode == 0
    assert governed.try_commit("--allow-empty", "Nothing at all").returncode == 0


def test_links_submodules_and_executables_are_code_although_excluded(governed: Governed) -> None:
    governed.write("docs/guide.md", "text\n")
    governed.commit("Docs")
    os.chmod(governed.path / "docs/guide.md", 0o755)
    governed.git("add", "-A")
    assert "R001" in said(governed.try_commit("Make it run"))
    governed.git("reset", "-q", "--hard")
    (governed.path / "docs/link.md").symlink_to("../src/app.py")
    governed.git("add", "-A")
    assert "R001" in said(governed.try_commit("Link it"))


def test_programs_in_spec_are_code(governed: Governed) -> None:
    governed.judge_messages_only()
    governed.stage("spec/conftest.py", "import os\n")
    assert "R001" in said(governed.try_commit("Help the tests"))


@pytest.mark.spec("references/commit-names-its-change#archived")
def test_an_archived_change_takes_no_more_commits(governed: Governed) -> None:
    governed.archive("dark-mode")
    governed.stage("src/app.py", "two\n")
    done = governed.try_commit("Too late", "Change: dark-mode")
    assert "R003" in said(done) and "spec/archive/2026-11-21-dark-mode" in said(done)


def test_the_commit_that_archives_a_change_may_name_it(governed: Governed) -> None:
    (governed.path / "spec/archive").mkdir()
    governed.git("mv", "spec/changes/dark-mode", "spec/archive/2026-11-21-dark-mode")
    done = governed.try_commit("Archive dark mode", "Change: dark-mode")
    assert done.returncode == 0, said(done)


def test_reverting_and_picking_what_an_archived_change_did_is_accepted(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    governed.try_commit("Count to two", "Change: dark-mode")
    done_by = governed.head()
    governed.archive("dark-mode")
    governed.git("revert", "--no-commit", done_by)
    done = governed.try_commit(f"Revert it\n\nThis reverts commit {done_by}.", "Change: dark-mode")
    assert done.returncode == 0, said(done)
    governed.stage("src/app.py", "three\n")
    forged = governed.try_commit(f"Sneak in\n\nThis reverts commit {'0' * 40}.", "Change: dark-mode")
    assert "R003" in said(forged)


@pytest.mark.spec("references/skip-reasons#typo", "references/skip-reasons#too-long")
def test_skips_hold_their_paths_and_limits(governed: Governed) -> None:
    policy = (
        'version: "1"\nskip:\n  - reason: tests\n    paths:\n      - tests/**\n  - reason: typo\n    max_lines: 3\n'
    )
    governed.write("spec/gitspec.yaml", policy)
    governed.commit("Policy")
    governed.stage("src/app.py", "two\n")
    assert "R006" in said(governed.try_commit("Tests", "Change-Skip: tests"))
    assert governed.try_commit("Typo", "Change-Skip: typo").returncode == 0
    governed.stage("src/app.py", "1\n2\n3\n4\n")
    done = governed.try_commit("Typos", "Change-Skip: typo")
    assert "R007" in said(done) and "these are 5" in said(done)
    governed.stage("src/logo.bin", "\0\1")
    governed.git("checkout", "HEAD", "--", "src/app.py")
    assert "R007" in said(governed.try_commit("Typo", "Change-Skip: typo"))
    governed.git("rm", "-q", "--cached", "src/logo.bin")
    governed.stage("tests/test_app.py")
    assert governed.try_commit("Tests", "Change-Skip: tests").returncode == 0


def test_living_specs_and_archived_folders_are_not_edited_by_hand(governed: Governed) -> None:
    governed.write("spec/capabilities/auth.yaml", "capability: auth\n")
    governed.archive("dark-mode")
    governed.stage("spec/capabilities/auth.yaml", "capability: auth\ntitle: Mine\n")
    refused = said(governed.try_commit("Edit", "Change: add-2fa"))
    assert "H001" in refused and "git restore --staged --worktree spec/capabilities/auth.yaml" in refused
    assert "R013" in said(governed.try_commit("Edit", "Spec-Edit: import"))
    governed.git("reset", "-q", "--hard")
    governed.stage("spec/archive/2026-11-21-dark-mode/change.yaml", "change: dark-mode\n")
    refused = said(governed.try_commit("Rewrite history", "Change: add-2fa"))
    assert "H005" in refused and "git restore --staged --worktree spec/archive/" in refused
    governed.git("reset", "-q", "--hard")
    governed.stage("spec/capabilities/billing.yaml", "capability: billing\n")
    assert "R013" in said(governed.try_commit("Edit", "Spec-Edit: because"))
    governed.stage("src/app.py", "two\n")
    assert "R013" in said(governed.try_commit("Edit", "Change: add-2fa\nSpec-Edit: import"))
    governed.git("reset", "-q", "--", "src/app.py")
    assert governed.try_commit("Bring them in", "Spec-Edit: import").returncode == 0


def test_the_policy_is_not_removed(governed: Governed) -> None:
    governed.git("rm", "-q", "spec/gitspec.yaml")
    assert "R012" in said(governed.try_commit("Freedom", "Change: add-2fa"))


def test_the_policy_that_judges_is_that_of_the_parent(governed: Governed) -> None:
    governed.stage("spec/gitspec.yaml", 'version: "1"\ncode:\n  include:\n    - nothing/**\n')
    governed.stage("src/app.py", "two\n")
    assert "R001" in said(governed.try_commit("Loosen it and use that"))


def test_a_broken_policy_refuses_code_and_lets_itself_be_mended(governed: Governed) -> None:
    governed.write("spec/gitspec.yaml", "version: [\n")
    governed.commit("Break it")
    governed.stage("src/app.py", "two\n")
    done = governed.try_commit("Anything")
    assert done.returncode and "spec/gitspec.yaml" in said(done) and "Traceback" not in said(done)
    governed.git("reset", "-q", "--hard")
    governed.stage("spec/gitspec.yaml", 'version: "1"\n')
    assert governed.try_commit("Mend it").returncode == 0


def test_without_a_policy_nothing_is_asked(governed: Governed) -> None:
    governed.git("checkout", "-q", "--orphan", "other")
    governed.git("rm", "-rqf", ".")
    governed.stage("src/app.py", "two\n")
    assert governed.try_commit("First of another history").returncode == 0
    governed.stage("src/app.py", "three\n")
    assert governed.try_commit("Second", "Change: whatever").returncode == 0


def test_the_first_commit_is_judged_by_the_policy_that_it_brings(governed: Governed) -> None:
    governed.git("checkout", "-q", "--orphan", "other")
    assert "R001" in said(governed.try_commit("All at once"))
    assert governed.try_commit("All at once", "Change: add-2fa").returncode == 0


def test_commits_for_autosquash_pass_locally(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    assert governed.run_git("commit", "-q", "--fixup", "HEAD").returncode == 0
    governed.stage("src/app.py", "three\n")
    assert governed.run_git("commit", "-q", "--squash", "HEAD", "-m", "more", GIT_EDITOR="true").returncode == 0


def test_amending_is_judged_by_the_whole_commit(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    assert governed.try_commit("Count", "Change: add-2fa").returncode == 0
    done = governed.try_commit("--amend", "Count without a word about why")
    assert done.returncode and "R001" in said(done)
    assert governed.run_git("commit", "-q", "--amend", "--no-edit").returncode == 0


def test_the_command_that_is_offered_amends_again(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    assert governed.try_commit("Count", "Change: add-2fa").returncode == 0
    parent = governed.git("rev-parse", "HEAD^")
    done = governed.try_commit("--amend", "Count better", "Change: add-2f")
    first, second = (line.strip() for line in said(done).splitlines() if line.startswith("    git "))
    assert second.startswith("git commit --amend -eF ")
    again = governed.run_git(*shlex.split(first)[1:])
    assert again.returncode == 0, first + said(again)
    assert governed.message() == "Count better\n\nChange: add-2fa\n"
    assert governed.git("rev-parse", "HEAD^") == parent


def test_only_what_is_committed_counts(governed: Governed) -> None:
    governed.write("src/app.py", "two\n")
    governed.stage("README.md")
    assert governed.try_commit("Docs").returncode == 0
    assert "R001" in said(governed.try_commit("-a", "Code"))
    governed.stage("README.md", "more\n")
    assert "R001" in said(governed.run_git("commit", "-q", "-m", "Code", "--", "src/app.py"))
    assert governed.run_git("commit", "-q", "-m", "Docs", "--", "README.md").returncode == 0


def test_a_change_that_is_only_on_disk_is_none(governed: Governed) -> None:
    governed.change("brand-new")
    governed.stage("src/app.py", "two\n")
    assert "R002" in said(governed.try_commit("Count", "Change: brand-new"))
    governed.git("add", "-N", "spec/changes/brand-new")
    assert "R002" in said(governed.try_commit("Count", "Change: brand-new"))
    governed.git("add", "-A")
    assert governed.try_commit("Count", "Change: brand-new").returncode == 0


def test_a_link_in_place_of_a_change_is_none(governed: Governed) -> None:
    governed.judge_messages_only()
    (governed.path / "spec/changes/alias").mkdir()
    (governed.path / "spec/changes/alias/change.yaml").symlink_to("../add-2fa/change.yaml")
    governed.git("add", "-A")
    assert "R002" in said(governed.try_commit("Count", "Change: alias"))


def test_a_clean_merge_passes_and_one_with_more_in_it_does_not(governed: Governed) -> None:
    governed.git("checkout", "-q", "-b", "side")
    governed.stage("src/side.py")
    governed.try_commit("Side", "Change: add-2fa")
    governed.git("checkout", "-q", "main")
    governed.stage("README.md")
    governed.try_commit("Docs")
    done = governed.run_git("merge", "--no-ff", "-m", "Merge side", "side")
    assert done.returncode == 0, said(done)
    governed.git("reset", "-q", "--hard", "HEAD~")
    governed.git("merge", "--no-commit", "--no-ff", "side")
    governed.stage("src/evil.py")
    evil = governed.try_commit("Merge side")
    assert "R001" in said(evil) and "src/evil.py" in said(evil) and "side.py" not in said(evil)


def test_resolving_a_conflict_in_code_needs_a_reference(governed: Governed) -> None:
    governed.git("checkout", "-q", "-b", "side")
    governed.stage("src/app.py", "side\n")
    governed.try_commit("Side", "Change: add-2fa")
    governed.git("checkout", "-q", "main")
    governed.stage("src/app.py", "main\n")
    governed.try_commit("Main", "Change: add-2fa")
    assert governed.run_git("merge", "side").returncode
    governed.stage("src/app.py", "both\n")
    assert "the merge brings code that no judged commit has brought (src/app.py)" in said(
        governed.run_git("commit", "--no-edit")
    )
    assert governed.try_commit("Merge side", "Change: add-2fa").returncode == 0


def test_an_octopus_of_clean_branches_passes(governed: Governed) -> None:
    for name in ("one", "two"):
        governed.git("checkout", "-q", "-b", name, "main")
        governed.stage(f"src/{name}.py")
        governed.try_commit(name, "Change: add-2fa")
    governed.git("checkout", "-q", "main")
    done = governed.run_git("merge", "-q", "-m", "Octopus", "one", "two")
    assert done.returncode == 0, said(done)


@pytest.mark.parametrize("comment", [";", "auto", "#"])
def test_comment_lines_of_an_editor_are_no_references(governed: Governed, comment: str) -> None:
    governed.git("config", "core.commentChar", comment)
    governed.stage("src/app.py", "two\n")
    governed.write("../typed", "Count\n\n")
    done = governed.run_git("commit", "-q", GIT_EDITOR="sed -i 1s/^/Count/")
    assert "R001" in said(done), "the hint itself must not count"
    done = governed.run_git(
        "commit", "-q", GIT_EDITOR="sed -i -e 1s/^/Count/ -e 's/^[;#] Change: add-2fa/Change: add-2fa/'"
    )
    assert done.returncode == 0, said(done)
    assert governed.message() == "Count\n\nChange: add-2fa\n"


def test_it_works_from_a_subfolder_and_in_linked_work_trees(governed: Governed) -> None:
    governed.write("src/app.py", "two\n")
    refused = Repo(governed.path / "src").run_git("commit", "-q", "-am", "Count")
    assert "R001" in said(refused) and "../.git/COMMIT_EDITMSG" in said(refused)
    linked = Governed(governed.path.parent / "linked")
    governed.git("worktree", "add", "-q", str(linked.path), "-b", "linked")
    linked.stage("src/app.py", "three\n")
    assert "R001" in said(linked.try_commit("Count"))
    assert linked.try_commit("Count", "Change: add-2fa").returncode == 0


def test_names_that_are_hostile_are_shown_harmlessly(governed: Governed) -> None:
    governed.stage("src/a\n::error::\x1b[31m.py")
    done = governed.try_commit("Odd", "Change: \x1b]0;pwned\x07 \u202eflip")
    assert done.returncode and "\x1b" not in said(done) and "\u202e" not in said(done)
    assert "Traceback" not in said(done)
    done = governed.try_commit("Odd")
    assert "R001" in said(done) and "\x1b" not in said(done) and "\n::error::" not in said(done)


def test_a_file_name_that_is_no_utf8_does_no_harm(governed: Governed) -> None:
    path = os.fsencode(governed.path / "src") + b"/\xff\xfe.py"
    with open(path, "wb") as file:
        file.write(b"x")
    governed.git("add", "-A")
    done = governed.try_commit("Odd")
    assert "R001" in said(done) and "Traceback" not in said(done)
    assert governed.try_commit("Odd", "Change: add-2fa").returncode == 0


def test_a_message_in_another_encoding_keeps_its_bytes(governed: Governed) -> None:
    governed.git("config", "i18n.commitEncoding", "ISO-8859-1")
    governed.git("checkout", "-q", "-b", "change/add-2fa")
    governed.stage("src/app.py", "two\n")
    governed.write("../message", "Zähle\n".encode("latin-1"))
    assert governed.run_git("commit", "-q", "-F", "../message").returncode == 0
    raw = governed.run_git("cat-file", "commit", "HEAD").stdout
    assert raw.endswith("\n\nZähle\n\nChange: add-2fa\n".encode("latin-1"))


def test_the_editor_decides_which_lines_are_comments(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    done = governed.try_commit("# 12 fix", "Change: add-2fa")
    assert done.returncode == 0 and governed.message().startswith("# 12 fix")
    governed.stage("src/app.py", "three\n")
    done = governed.try_commit("-e", "# 12 fix", "Change: add-2fa", GIT_EDITOR="true")
    assert "R008" in said(done) and "it is the subject" in said(done)


def test_gitspec_commit_names_the_change(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    done = process(governed.path, "commit", "--change", "add-2fa", "-q", "-m", "Count")
    assert done.code == 0, done
    assert governed.message() == "Count\n\nChange: add-2fa\n"
    governed.stage("src/app.py", "three\n")
    done = process(governed.path, "commit", "--change", "add-3fa", "-q", "-m", "Count")
    assert done.code and "R002" in done.err
