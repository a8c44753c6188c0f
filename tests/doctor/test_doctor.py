"""`gitspec doctor`: it shows what is wrong, and mends it only on demand."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from gitspec.commands import doctor
from gitspec.git.journal import operation_lock
from gitspec.git.repository import discover
from tests.archive.project import TAG, gitspec, project
from tests.command import Ran, process
from tests.conftest import Repo
from tests.reading.test_json_shapes import EXAMPLES, compare

KILLER = """\
#!/bin/sh
# in this phase of the ref transaction, kill the command that moves the refs; before the end also what does it
[ "$1" = PHASE ] || exit 0
rm "$0"
kill -9 "$(cut -d' ' -f4 /proc/$PPID/stat)"
[ "$1" = committed ] || kill -9 $PPID
"""


@pytest.fixture
def ready(repo: Repo) -> Repo:
    """A project with its hooks, in which nothing is wrong."""
    project(repo)
    gitspec(repo, "hooks", "install")
    return repo


def look(repo: Repo, *args: str, fails: int = 0) -> dict[str, Any]:
    """Check -> what doctor says of it."""
    done = gitspec(repo, "doctor", "--json", *args)
    assert done.code == fails, done
    shown = json.loads(done.out)
    assert shown["healthy"] is (fails == 0)
    return {check["check"]: check for check in shown["checks"]}


def codes(check: dict[str, Any]) -> list[str]:
    return [found["code"] for found in check["findings"]]


def interrupt(repo: Repo, phase: str = "committed") -> Ran:
    """Archive, and be killed when the refs have moved and the work tree has not, or just before (``prepared``)."""
    hook = repo.write(".git/hooks/reference-transaction", KILLER.replace("PHASE", phase))
    hook.chmod(0o755)
    done = process(repo.path, "archive", "add-2fa")
    assert done.code == -9, done
    assert (repo.path / ".git/gitspec/journal.json").exists()
    return done


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_all_is_well(ready: Repo) -> None:
    before = contents(ready.path)
    assert {check["state"] for check in look(ready).values()} == {"ok"}
    assert contents(ready.path) == before


def test_an_interrupted_archive_is_shown_and_left_alone(ready: Repo) -> None:
    interrupt(ready)
    found = look(ready, fails=1)["operation"]
    assert codes(found) == ["G050"]
    assert "archive of 'add-2fa' onto refs/heads/main" in found["findings"][0]["message"]
    assert (ready.path / ".git/gitspec/journal.json").exists()
    assert ready.git("status", "--porcelain") != ""


@pytest.mark.parametrize("phase", ["prepared", "committed"])
@pytest.mark.parametrize("unlocked", [False, True], ids=["locked", "index-lock-removed"])
def test_repair_finishes_or_undoes_an_interrupted_archive(ready: Repo, phase: str, unlocked: bool) -> None:
    ready.write("src/code.py", "edited\n")
    interrupt(ready, phase)
    if unlocked:
        (ready.path / ".git/index.lock").unlink()
    found = look(ready, "--repair")["operation"]
    word = "finished" if phase == "committed" else "undid"
    assert (found["state"], found["repaired"]) == ("repaired", [f"{word} an interrupted archive of 'add-2fa'"])
    assert ready.git("status", "--porcelain") == " M src/code.py"
    assert ready.git("tag") == (TAG if phase == "committed" else "")
    assert not list((ready.path / ".git").rglob("*.lock"))
    assert look(ready)["operation"]["state"] == "ok"


def test_nothing_shows_where_the_repository_lies(ready: Repo, tmp_path: Path) -> None:
    """Places are relative to the work tree: what is shown is the same in every clone."""
    ready.write(".git/gitspec/old.json", "{")
    ready.write(".git/gitspec/operation/index", "x")
    shown = gitspec(ready, "doctor").out
    assert ".git/gitspec/old.json: G051" in shown and ".git/gitspec/operation: G051" in shown
    repaired = gitspec(ready, "doctor", "--repair").out
    assert "removed .git/gitspec/old.json" in repaired and "removed .git/gitspec/operation" in repaired
    interrupt(ready)
    shown += repaired + gitspec(ready, "doctor").out
    assert ".git/gitspec/journal.json: G050" in shown
    assert str(tmp_path) not in shown
    bare = ready.bare(tmp_path / "bare.git")
    bare.write("gitspec/old.json", "{")
    assert "\n  gitspec/old.json: G051" in gitspec(bare, "doctor").out


def test_an_operation_under_way_is_neither_an_error_nor_repaired(ready: Repo) -> None:
    interrupt(ready)
    with operation_lock(discover(str(ready.path), recover=False)):
        for args in ((), ("--repair",)):
            found = look(ready, *args)["operation"]
            assert [(f["code"], f["severity"]) for f in found["findings"]] == [("G011", "info")]
    assert (ready.path / ".git/gitspec/journal.json").exists()


def test_an_unreadable_journal_is_shown_with_a_way_out_and_never_removed(ready: Repo) -> None:
    ready.write(".git/gitspec/journal.json", "{")
    for args in ((), ("--repair",)):
        found = look(ready, *args, fails=1)["operation"]
        assert codes(found) == ["G012"] and "delete the file" in found["findings"][0]["help"]
    assert ready.read(".git/gitspec/journal.json") == "{"


def test_what_an_operation_left_behind_is_removed_on_demand(ready: Repo) -> None:
    ready.write(".git/gitspec/operation/index", "x")
    ready.write(".git/gitspec/journal.json.new", "half")
    assert codes(look(ready)["operation"]) == ["G051", "G051"]
    assert look(ready, "--repair")["operation"]["state"] == "repaired"
    assert not (ready.path / ".git/gitspec/operation").exists()
    assert not (ready.path / ".git/gitspec/journal.json.new").exists()


def test_hooks_that_would_fail_open_are_installed_again(ready: Repo) -> None:
    (ready.path / ".git/hooks/commit-msg").chmod(0o644)
    (ready.path / ".git/hooks/prepare-commit-msg").unlink()
    assert sorted(codes(look(ready, fails=1)["hooks"])) == ["G042", "G043"]
    assert look(ready, "--repair")["hooks"]["state"] == "repaired"
    assert gitspec(ready, "hooks", "status").code == 0


def test_a_hooks_folder_that_leads_out_of_the_repository_is_left_to_the_user(ready: Repo, tmp_path: Path) -> None:
    ready.git("config", "core.hooksPath", str(tmp_path / "shared"))
    for args in ((), ("--repair",)):
        found = look(ready, *args, fails=1)["hooks"]
        assert codes(found) == ["G040"] and "core.hooksPath" in found["findings"][0]["help"]
    assert not (tmp_path / "shared").exists()


def test_a_missing_or_broken_policy_is_named(ready: Repo) -> None:
    ready.write("spec/gitspec.yaml", "version: 3\n")
    assert codes(look(ready, fails=1)["policy"]) == ["S007"]
    (ready.path / "spec/gitspec.yaml").unlink()
    found = look(ready, "--repair", fails=1)["policy"]
    assert (codes(found), found["findings"][0]["help"]) == (["L010"], "gitspec init")


def test_cache_files_of_no_use_are_removed_on_demand(ready: Repo) -> None:
    gitspec(ready, "list")
    used = set(contents(ready.path / ".git/gitspec"))
    ready.write(".git/gitspec/old.json", '{"key": "0.0.1/1", "facts": {}}')
    ready.write(".git/gitspec/bad.json", "{")
    half = ready.write(".git/gitspec/half.json.1.tmp", "{")
    os.utime(half, (time.time() - 7200,) * 2)
    ready.write(".git/gitspec/now.json.2.tmp", "{")
    assert codes(look(ready)["caches"]) == ["G051"] * 3
    assert len(look(ready, "--repair")["caches"]["repaired"]) == 3
    assert set(contents(ready.path / ".git/gitspec")) == used | {"now.json.2.tmp"}


def test_missing_tags_are_made_again_on_demand(ready: Repo) -> None:
    assert gitspec(ready, "archive", "add-2fa").code == 0
    tag = ready.git("rev-parse", TAG)
    ready.git("tag", "-d", TAG)
    found = look(ready)["tags"]
    assert codes(found) == ["G052"] and TAG in found["findings"][0]["message"]
    assert look(ready, "--repair")["tags"]["repaired"] == [f"made the tag {TAG}"]
    assert ready.git("rev-parse", TAG) == tag


def test_a_closed_change_needs_no_tag(ready: Repo) -> None:
    assert gitspec(ready, "close", "add-2fa", "--reason", "no", "--no-tag").code == 0
    assert look(ready)["tags"]["state"] == "ok"


def test_settings_that_a_clone_lacks_are_set_on_demand(ready: Repo, tmp_path: Path) -> None:
    assert gitspec(ready, "init", "--yes").code == 0
    ready.commit("Set up")
    ready.git("clone", "-q", str(ready.path), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    gitspec(clone, "hooks", "install")
    clone.git("config", "--unset", "merge.gitspec.driver")
    assert codes(look(clone)["settings"]) == ["G053"]
    assert look(clone, "--repair")["settings"]["state"] == "repaired"
    assert clone.git("config", "merge.gitspec.driver") != ""


def test_old_locks_of_git_are_named_and_never_removed(ready: Repo) -> None:
    lock = ready.write(".git/index.lock", "")
    assert look(ready)["locks"]["state"] == "ok"
    os.utime(lock, (time.time() - 7200,) * 2)
    for args in ((), ("--repair",)):
        assert codes(look(ready, *args)["locks"]) == ["G055"]
    assert lock.exists()


def test_an_old_git_is_named(ready: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED_GIT", (99, 0))
    found = doctor.diagnose(discover(str(ready.path)))
    assert [f.code for f in found.checks[0].findings] == ["G054"]


def test_a_bare_repository_needs_no_hooks(ready: Repo, tmp_path: Path) -> None:
    bare = ready.bare(tmp_path / "bare.git")
    assert {check["state"] for check in look(bare).values()} == {"ok"}


def test_an_empty_bare_repository_is_no_traceback(bare_repo: Repo) -> None:
    found = look(bare_repo, "--repair", fails=1)
    assert codes(found["policy"]) == ["G005"]
    assert found["tags"]["state"] == "ok"


def test_outside_a_repository_it_cannot_tell(tmp_path: Path) -> None:
    assert gitspec(Repo(tmp_path), "doctor").code == 3


def test_text_has_a_line_for_each_check_and_names_the_repair(ready: Repo) -> None:
    (ready.path / ".git/hooks/commit-msg").unlink()
    lines = gitspec(ready, "doctor").out.splitlines()
    assert "hooks      1 error" in lines and "policy     ok" in lines
    assert lines[-1] == "what can be repaired: gitspec doctor --repair"
    assert gitspec(ready, "doctor", "--repair").out.splitlines()[-1] == "tags       ok"


def test_what_is_printed_is_as_documented(ready: Repo) -> None:
    (ready.path / ".git/hooks/commit-msg").unlink()
    for args in ((), ("--repair",)):
        shown = json.loads(gitspec(ready, "doctor", "--json", *args).out)
        compare(shown, EXAMPLES["doctor"], "doctor")
