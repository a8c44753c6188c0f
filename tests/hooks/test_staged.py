"""pre-commit and pre-merge-commit: what is staged below spec/ is valid, folds, and breaks nothing that was fine."""

import os
import sys
from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.hooks.conftest import Governed, gitspec, said
from tests.hooks.specs import AUTH, LIVING, OPEN, added, delta, modified, state, write_change


@pytest.fixture
def specs(governed: Governed) -> Governed:
    """A living capability, and the change `sso` that adds to it."""
    governed.write(LIVING, AUTH)
    write_change(governed, "sso", added("single-sign-on"), OPEN)
    governed.commit("Specs")
    return governed


def python_is_broken(repo: Governed, hook: str = "pre-commit") -> None:
    """Leave only what sh does of a hook."""
    path = repo.path / ".git/hooks" / hook
    path.write_text(path.read_text().replace(f'exec "{sys.executable}"', "exit 7 #"))


def test_a_broken_delta_is_not_committed(specs: Governed) -> None:
    specs.stage(delta("sso"), "capability: auth\nadded: 7\n")
    before = state(specs)
    done = specs.try_commit("Docs")
    assert done.returncode == 1 and f"{delta('sso')}:2:8: S003" in said(done)
    assert state(specs) == before


def test_a_delta_that_does_not_fold_is_not_committed(specs: Governed) -> None:
    specs.stage(delta("sso"), added("session-expiry"))
    done = specs.try_commit("Docs")
    assert done.returncode == 1 and f"{delta('sso')}:3:9: D007" in said(done), said(done)


@pytest.mark.spec("gates/staged#broken-delta")
def test_a_delta_whose_quotation_is_not_what_lives_is_not_committed(specs: Governed) -> None:
    specs.write(delta("sso"), modified(15))
    assert gitspec(specs, "delta", "stamp", "sso").returncode == 0
    specs.stage(delta("sso"), specs.read(delta("sso")).replace("after 30 minutes", "after 20 minutes"))
    done = specs.try_commit("Docs")
    assert done.returncode == 1 and f"{delta('sso')}:8:13: D021" in said(done), said(done)


def test_what_counts_is_the_index_and_not_the_work_tree(specs: Governed) -> None:
    specs.stage(delta("sso"), added("sso-login"))
    specs.write(delta("sso"), "broken: [\n")
    assert specs.try_commit("Docs").returncode == 0
    specs.git("add", "-A")
    specs.write(delta("sso"), added("sso-login"))
    assert specs.try_commit("Docs").returncode == 1
    done = specs.run_git("commit", "-q", "--allow-empty", "-am", "Docs")
    assert done.returncode == 0, said(done)


def test_a_commit_of_paths_is_judged_by_the_index_that_git_makes_for_it(specs: Governed) -> None:
    specs.stage(delta("sso"), "broken: [\n")
    specs.stage("README.md", "words\n")
    assert specs.run_git("commit", "-q", "-m", "Docs", "--", "README.md").returncode == 0
    assert specs.run_git("commit", "-q", "-m", "Docs", "--", delta("sso")).returncode == 1


def test_a_change_that_is_only_begun_can_be_committed(specs: Governed) -> None:
    done = gitspec(specs, "propose", "add-keys", "--title", "Keys")
    assert done.returncode == 0, said(done)
    specs.git("add", "-A")
    done = specs.try_commit("Propose keys")
    assert done.returncode == 0, said(done)


def test_a_broken_change_that_the_commit_leaves_alone_blocks_nothing(specs: Governed) -> None:
    write_change(specs, "torn", "nonsense: 1\n")
    specs.commit("Somebody else's")
    specs.stage(delta("sso"), added("sso-login"))
    done = specs.try_commit("Docs")
    assert done.returncode == 0, said(done)
    specs.stage("spec/changes/torn/tasks.md", OPEN)
    assert specs.try_commit("Docs").returncode == 1


def test_a_commit_that_breaks_another_change_is_refused_and_says_which(specs: Governed) -> None:
    write_change(specs, "keys", added("keys"), OPEN, depends_on=("sso",))
    write_change(specs, "later", added("later"), OPEN, depends_on=("keys",))
    specs.git("add", "-A")
    done = specs.try_commit("Propose keys")
    assert done.returncode == 0, said(done)
    specs.git("rm", "-rq", "spec/changes/sso")
    done = specs.try_commit("No single sign-on")
    assert done.returncode == 1 and "spec/changes/keys/change.yaml:6:5: D030" in said(done), said(done)


def test_a_change_of_policy_is_judged_with_all_that_it_judges(specs: Governed) -> None:
    rule = 'version: "1"\nattributes:\n  owner:\n    type: text\n    required: true\n'
    specs.stage("spec/gitspec.yaml", rule)
    done = specs.try_commit("Ask for an owner")
    assert done.returncode == 1 and "S106" in said(done) and LIVING in said(done)


def test_strangers_below_spec_are_refused(specs: Governed) -> None:
    specs.stage("spec/notes.txt", "words\n")
    assert "spec/notes.txt: L001" in said(specs.try_commit("Docs"))


def test_nothing_staged_below_spec_starts_no_python(specs: Governed) -> None:
    python_is_broken(specs)
    specs.stage("README.md", "words\n")
    assert specs.try_commit("Docs").returncode == 0
    specs.stage(delta("sso"), added("sso-login"))
    assert specs.try_commit("Docs").returncode


def test_the_first_commit_is_judged(repo: Repo) -> None:
    made = Governed(repo.path)
    made.write("spec/gitspec.yaml", 'version: "1"\n')
    assert gitspec(made, "hooks", "install").returncode == 0
    made.write("spec/capabilities/auth.yaml", "capability: other\n")
    made.git("add", "-A")
    done = made.try_commit("Start")
    assert done.returncode == 1 and "L008" in said(done)


def test_without_a_policy_nothing_is_judged(repo: Repo) -> None:
    made = Governed(repo.path)
    made.stage("spec/whatever.txt")
    assert gitspec(made, "hooks", "install").returncode == 0
    assert made.try_commit("Start").returncode == 0


def two_that_collide(repo: Governed) -> None:
    """On main `fifteen` is archived; on `side`, where HEAD is, `twenty` edits the same requirement."""
    repo.git("checkout", "-q", "-b", "side")
    for change, minutes, branch in (("twenty", 20, "side"), ("fifteen", 15, "main")):
        repo.git("checkout", "-q", branch)
        write_change(repo, change, modified(minutes))
        assert gitspec(repo, "delta", "stamp", change).returncode == 0
        repo.git("add", "-A")
        done = repo.try_commit(f"Propose {change}")
        assert done.returncode == 0, said(done)
    done = gitspec(repo, "archive", "fifteen")
    assert done.returncode == 0, said(done)
    repo.git("checkout", "-q", "side")


def test_a_clean_merge_whose_result_does_not_fold_is_stopped(specs: Governed) -> None:
    two_that_collide(specs)
    done = specs.run_git("merge", "--no-edit", "main")
    assert done.returncode, "Git itself merges this without a conflict"
    assert delta("twenty") in said(done) and "git merge --abort" in said(done)
    assert specs.git("diff", "--name-only", "--diff-filter=U") == ""
    again = specs.try_commit("--no-edit")
    assert again.returncode and "git merge --abort" in said(again), "pre-commit says the same"
    specs.git("merge", "--abort")
    assert specs.git("status", "--porcelain") == ""


def test_a_merge_is_not_stopped_for_what_the_other_side_has_already(specs: Governed) -> None:
    specs.git("checkout", "-q", "-b", "side")
    specs.stage("README.md", "side\n")
    assert specs.try_commit("Docs").returncode == 0
    specs.git("checkout", "-q", "main")
    write_change(specs, "torn", "nonsense: 1\n")
    specs.commit("Broken on main")
    specs.git("checkout", "-q", "side")
    done = specs.run_git("merge", "--no-edit", "main")
    assert done.returncode == 0, said(done)


def test_a_merge_that_touches_nothing_below_spec_starts_no_python(specs: Governed) -> None:
    specs.git("checkout", "-q", "-b", "side")
    specs.stage("docs/side.md", "side\n")
    assert specs.try_commit("Docs").returncode == 0
    specs.git("checkout", "-q", "main")
    specs.stage("README.md", "main\n")
    assert specs.try_commit("Docs").returncode == 0
    python_is_broken(specs, "pre-merge-commit")
    assert specs.run_git("merge", "--no-edit", "side").returncode == 0


def test_ids_from_the_index_reach_the_terminal_without_control_characters(specs: Governed) -> None:
    specs.stage("spec/changes/\x1b[31mred/change.yaml", "change: red\n")
    done = specs.try_commit("Docs")
    assert done.returncode == 1 and b"\x1b" not in done.stderr


def test_a_hidden_submodule_below_spec_is_seen(specs: Governed, tmp_path: Path) -> None:
    specs.git("config", "diff.ignoreSubmodules", "all")
    specs.git("update-index", "--add", "--cacheinfo", f"160000,{specs.head()},spec/changes/evil")
    done = specs.try_commit("Docs")
    assert done.returncode == 1 and "L002" in said(done), os.fsdecode(done.stdout)


def test_a_submodule_has_hooks_of_its_own_and_they_judge_it(specs: Governed, tmp_path: Path) -> None:
    outer = Governed(Repo.init(tmp_path / "outer").path)
    outer.git("submodule", "add", "-q", str(specs.path), "inner")
    inner = Governed(outer.path / "inner")
    assert gitspec(inner, "hooks", "install").returncode == 0
    assert (outer.path / ".git/modules/inner/hooks/pre-commit").exists()
    inner.stage("spec/stray.txt")
    assert "L001" in said(inner.try_commit("Docs"))
    inner.git("rm", "-qf", "spec/stray.txt")
    inner.stage("src/app.py", "two\n")
    assert "R001" in said(inner.try_commit("Code"))
    outer.git("add", "-A")
    assert outer.try_commit("Outer").returncode == 0


def test_an_empty_environment_is_enough(specs: Governed) -> None:
    """As a graphical client starts Git: without PATH, HOME and locale."""
    import subprocess

    git = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    specs.stage("spec/stray.txt")
    who = ["-c", "user.name=A U Thor", "-c", "user.email=author@example.com"]
    done = subprocess.run(
        [git, *who, "commit", "-q", "-m", "Docs"], cwd=specs.path, env={}, capture_output=True, check=False
    )
    assert done.returncode == 1 and b"L001" in done.stderr
