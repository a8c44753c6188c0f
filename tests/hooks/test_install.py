"""Installing beside what is there, taking away without a trace, and finding what would fail open."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitspec.commands import hooks
from gitspec.errors import Refused
from gitspec.git.hooks import HOOKS, STRICT, script_for
from gitspec.git.repository import discover
from tests.conftest import Repo
from tests.hooks.conftest import POLICY, Governed, gitspec, said

EARLIER = b"#!/bin/sh\necho earlier $# >> ran\nexit ${EARLIER:-0}\n"


def put(path: Path, content: bytes, mode: int = 0o755) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Names, modes and contents of a folder."""
    return {p.name: (p.lstat().st_mode, p.read_bytes()) for p in sorted(folder.iterdir()) if p.is_file()}


def test_an_earlier_hook_runs_first_and_can_refuse(governed: Governed) -> None:
    hooks.uninstall(discover())
    put(governed.path / ".git/hooks/commit-msg", EARLIER)
    hooks.install(discover())
    governed.stage("README.md")
    assert governed.try_commit("Docs", EARLIER="7").returncode
    assert governed.read("ran") == "earlier 1\n"
    governed.stage("src/app.py", "two\n")
    refused = governed.try_commit("Code")
    assert "R001" in said(refused) and governed.read("ran") == "earlier 1\nearlier 1\n"
    assert governed.try_commit("Code", "Change: add-2fa").returncode == 0


@pytest.mark.parametrize("mode", [0o755, 0o700, 0o644])
@pytest.mark.spec("references/hooks-stay-beside-others#own-hook", "gates/beside-other-managers#uninstall")
def test_uninstall_restores_byte_for_byte(repo: Repo, mode: int) -> None:
    folder = repo.path / ".git/hooks"
    put(folder / "commit-msg", b"#!/bin/sh\r\n\xff no newline at the end", mode)
    put(folder / "pre-push", b"#!/bin/sh\n", mode)
    before = listing(folder)
    hooks.install(discover())
    hooks.install(discover())
    assert listing(folder) != before
    hooks.uninstall(discover())
    assert listing(folder) == before
    hooks.uninstall(discover())
    assert listing(folder) == before
    assert not (repo.path / ".git/gitspec-hooks").exists()


def test_uninstall_says_what_it_removed_and_from_where(governed: Governed) -> None:
    first = gitspec(governed, "hooks", "uninstall").stdout.decode()
    assert "removed commit-msg from .git/hooks/commit-msg\n" in first and first.count("removed ") == 6
    assert gitspec(governed, "hooks", "uninstall").stdout == b"no hook of gitspec is in .git/hooks\n"


def test_a_hook_that_is_a_link_comes_back_as_that_link(repo: Repo) -> None:
    put(repo.path / "scripts/check", EARLIER)
    link = repo.path / ".git/hooks/commit-msg"
    link.parent.mkdir(exist_ok=True)
    link.symlink_to("../../scripts/check")
    hooks.install(discover())
    assert (repo.path / "scripts/check").read_bytes() == EARLIER, "never written through the link"
    repo.write("spec/gitspec.yaml", POLICY)
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "Start\n\nChange-Skip: bug-fix")
    assert repo.read("ran") == "earlier 1\n"
    hooks.uninstall(discover())
    assert os.readlink(link) == "../../scripts/check"


def test_an_earlier_hook_that_git_ignored_stays_ignored(governed: Governed) -> None:
    hooks.uninstall(discover())
    put(governed.path / ".git/hooks/commit-msg", EARLIER, 0o644)
    hooks.install(discover())
    governed.stage("README.md")
    assert governed.try_commit("Docs").returncode == 0
    assert not (governed.path / "ran").exists()


def test_two_hooks_to_keep_are_refused(governed: Governed) -> None:
    put(governed.path / ".git/hooks/commit-msg.pre-gitspec", EARLIER)
    put(governed.path / ".git/hooks/commit-msg", b"#!/bin/sh\nexit 0\n")
    with pytest.raises(Refused) as refused:
        hooks.install(discover())
    assert refused.value.code == "G041"
    assert (governed.path / ".git/hooks/commit-msg").read_bytes() == b"#!/bin/sh\nexit 0\n"


def test_a_hooks_folder_outside_of_the_repository_is_refused(governed: Governed, tmp_path: Path) -> None:
    outside = tmp_path / "everybodys-hooks"
    outside.mkdir()
    governed.git("config", "--global", "core.hooksPath", str(outside))
    done = gitspec(governed, "hooks", "install")
    assert done.returncode == 1 and "G040" in said(done) and "core.hooksPath" in said(done)
    assert list(outside.iterdir()) == []
    status = gitspec(governed, "hooks", "status")
    assert status.returncode == 1 and b"G042" in status.stdout
    (governed.path / ".git/hooks-link").symlink_to(outside)
    governed.git("config", "core.hooksPath", str(governed.path / ".git/hooks-link"))
    assert "G040" in said(gitspec(governed, "hooks", "install"))


def test_a_hooks_folder_in_the_work_tree_gets_what_may_be_committed(governed: Governed, tmp_path: Path) -> None:
    hooks.uninstall(discover())
    put(governed.path / ".githooks/commit-msg", EARLIER)
    governed.commit("Team hooks")
    governed.git("config", "core.hooksPath", ".githooks")
    before = listing(governed.path / ".githooks")
    done = gitspec(governed, "hooks", "install")
    assert done.returncode == 0 and b"in the work tree" in done.stdout
    assert str(governed.path).encode() not in (governed.path / ".githooks/commit-msg").read_bytes()
    governed.stage("src/app.py", "two\n")
    assert "R001" in said(governed.try_commit("Code"))
    assert governed.read("ran") == "earlier 1\n"
    governed.commit("Commit it all")

    clone = Repo(tmp_path / "clone")
    governed.git("clone", "-q", str(governed.path), str(clone.path))
    clone.git("config", "core.hooksPath", ".githooks")
    clone.write("src/app.py", "three\n")
    done = clone.run_git("commit", "-q", "-am", "No gitspec here", PATH="/usr/bin:/bin")
    assert done.returncode == 0, "a clone without gitspec is not blocked by what is tracked"
    governed.git("checkout", "-q", "HEAD~", "--", ".githooks")
    hooks.install(discover())
    hooks.uninstall(discover())
    assert listing(governed.path / ".githooks") == before


@pytest.mark.spec("references/nobody-is-blocked#fresh-clone")
def test_a_fresh_clone_has_no_hooks_and_is_not_blocked(governed: Governed, tmp_path: Path) -> None:
    clone = Repo(tmp_path / "clone")
    governed.git("clone", "-q", str(governed.path), str(clone.path))
    clone.write("src/app.py", "three\n")
    clone.git("commit", "-q", "-am", "No gitspec here")


def test_linked_work_trees_share_the_hooks(governed: Governed) -> None:
    linked = governed.worktree(governed.path.parent / "linked", "linked")
    hooks.uninstall(discover())
    done = gitspec(linked, "hooks", "install", "--json")
    assert json.loads(done.stdout)["folder"] == f"../{governed.path.name}/.git/hooks"
    governed.stage("src/app.py", "two\n")
    assert "R001" in said(governed.try_commit("Code"))


def states(repo: Repo) -> dict[str, str]:
    """Code (or state) by hook, as status says it."""
    return {s.hook: s.code or s.state for s in hooks.status(discover(str(repo.path))).scripts}


def test_status_finds_what_would_fail_open_or_shut(governed: Governed) -> None:
    hook = governed.path / ".git/hooks/commit-msg"
    text = hook.read_text()
    assert states(governed) == dict.fromkeys(HOOKS, "installed")
    hook.chmod(0o644)
    assert states(governed)["commit-msg"] == "G043"
    hook.chmod(0o755)
    hook.write_text(text.replace("\n", "\r\n"), newline="")
    assert states(governed)["commit-msg"] == "G047"
    hook.write_text(text.replace(sys.executable, "/no/such/python"))
    assert states(governed)["commit-msg"] == "G044"
    done = governed.try_commit("--allow-empty", "Empty")
    assert done.returncode and "gitspec hooks install" in said(done)
    hook.write_text(text.replace('sys.path.append("', 'sys.path.append("/no'))
    assert states(governed)["commit-msg"] == "G045"
    done = governed.try_commit("--allow-empty", "Empty")
    assert done.returncode and "gitspec hooks install" in said(done) and "Traceback" not in said(done)
    hook.write_text("#!/bin/sh\nexit 0\n")
    assert states(governed)["commit-msg"] == "G046"
    hook.write_text('#!/bin/sh\nexec gitspec hook commit-msg "$1"\n')
    assert states(governed)["commit-msg"] == "called"
    hook.unlink()
    assert states(governed)["commit-msg"] == "G042"
    assert gitspec(governed, "hooks", "install").returncode == 0
    assert hook.read_text() == text


def test_status_finds_a_work_tree_without_the_hooks(governed: Governed) -> None:
    governed.git("config", "core.hooksPath", ".githooks")
    assert gitspec(governed, "hooks", "install").returncode == 0
    linked = governed.worktree(governed.path.parent / "linked", "linked")
    done = gitspec(governed, "hooks", "status", "--json")
    data = json.loads(done.stdout)
    assert done.returncode == 1 and data["gitspec"] == 1 and data["kind"] == "hooks"
    problems = {(Path(h["worktree"]).name, h["code"]) for h in data["hooks"] if h["code"]}
    assert problems == {(linked.path.name, "G042")}


def test_the_pre_commit_framework_and_gitspec_call_one_another(governed: Governed) -> None:
    hooks.uninstall(discover())
    framework = b"#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n"
    framework += (
        b'here="$(cd "$(dirname "$0")" && pwd)"\n[ ! -x "$here/commit-msg.legacy" ] || "$here/commit-msg.legacy" "$@"\n'
    )
    put(governed.path / ".git/hooks/commit-msg", framework)
    before = listing(governed.path / ".git/hooks")
    hooks.install(discover())
    hooks.install(discover())
    assert (governed.path / ".git/hooks/commit-msg").read_bytes() == framework
    assert states(governed)["commit-msg"] == "installed"
    governed.stage("src/app.py", "two\n")
    assert "R001" in said(governed.try_commit("Code"))
    assert governed.try_commit("Code", "Change: add-2fa").returncode == 0
    hooks.uninstall(discover())
    assert listing(governed.path / ".git/hooks") == before


def test_real_pre_commit_keeps_the_hook_that_was_there(governed: Governed) -> None:
    pytest.importorskip("pre_commit")
    put(governed.path / ".pre-commit-config.yaml", b"repos: []\n", 0o644)
    governed.commit("Configure")
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-m", "pre_commit", "install", "-t", "commit-msg"],
            cwd=governed.path, check=True, capture_output=True,
        )  # fmt: skip
    assert states(governed)["commit-msg"] == "installed"
    governed.stage("src/app.py", "two\n")
    assert "R001" in said(governed.try_commit("Code")) + governed.try_commit("Code").stdout.decode()
    assert governed.try_commit("Code", "Change: add-2fa").returncode == 0


def test_a_stripped_path_is_enough(governed: Governed) -> None:
    governed.stage("src/app.py", "two\n")
    bare = {"PATH": "/usr/bin:/bin", "PYTHONHOME": "", "PYTHONPATH": "/nowhere"}
    assert "R001" in said(governed.try_commit("Code", **bare))
    assert governed.try_commit("Code", "Change: add-2fa", **bare).returncode == 0


def test_a_package_in_the_current_folder_is_not_imported(governed: Governed) -> None:
    for name in ("gitspec/__init__.py", "site.py", "posix.py", "sys.py", "re.py"):
        governed.write(name, "raise SystemExit('planted')\n")
    governed.git("add", "-A")
    done = governed.try_commit("Plant")
    assert "R001" in said(done) and "planted" not in said(done)


def test_all_hooks_have_a_script_that_ships() -> None:
    folder = Path(__file__).parents[2] / "hooks"
    shared = {"pre-merge-commit"}  # it is pre-commit's
    assert {p.name for p in folder.iterdir() if p.is_file()} == {*HOOKS, STRICT, "forward"} - shared
    for hook in (*HOOKS, STRICT):
        assert f"# gitspec hook {hook} ".encode() in script_for(hook)
        assert b"@" not in script_for(hook).replace(b'"$@"', b"")


def test_status_in_a_bare_repository(governed: Governed, tmp_path: Path) -> None:
    bare = governed.bare(tmp_path / "bare.git")
    done = gitspec(bare, "hooks", "status")
    assert (done.returncode, done.stdout.count(b"G042")) == (1, len(HOOKS))


@pytest.mark.parametrize("place", ["submodule", "separate"])
def test_status_where_the_git_folder_lies_elsewhere(governed: Governed, tmp_path: Path, place: str) -> None:
    if place == "submodule":
        outer = Repo.init(tmp_path / "outer")
        outer.git("submodule", "--quiet", "add", str(governed.path), "inner")
        inner = Repo(outer.path / "inner")
    else:
        governed.git(
            "clone", "-q", f"--separate-git-dir={tmp_path / 'git'}", str(governed.path), str(tmp_path / "inner")
        )
        inner = Repo(tmp_path / "inner")
    before = gitspec(inner, "hooks", "status")
    assert before.returncode == 1 and before.stdout.count(b"G042") == 6, before
    assert gitspec(inner, "hooks", "install").returncode == 0
    inner.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "second"))
    for top in (inner, Repo(tmp_path / "second")):
        after = gitspec(top, "hooks", "status")
        assert after.returncode == 0 and after.stdout.count(b"commit-msg installed") == 2, after
    assert gitspec(inner, "doctor").returncode == 0


def test_status_of_work_trees_that_share_hooks_says_each_once_and_from_the_top(governed: Governed) -> None:
    linked = governed.worktree(governed.path.parent / "linked", "linked")
    done = gitspec(linked, "hooks", "status")
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert len(lines) == len(HOOKS)
    assert all(line.startswith(f"../{governed.path.name}/.git/hooks/") for line in lines)


@pytest.mark.parametrize("hook", [*HOOKS, STRICT])
def test_every_hook_that_would_fail_open_is_found(governed: Governed, hook: str) -> None:
    governed.write("spec/gitspec.yaml", POLICY + "protected:\n  strict_local: true\n")
    hooks.install(discover())
    path = governed.path / ".git/hooks" / hook
    text = path.read_text()
    for broken, mode, code in (
        (text, 0o644, "G043"),
        (text.replace("\n", "\r\n"), 0o755, "G047"),
        (text.replace(sys.executable, "/no/such/python"), 0o755, "G044"),
        (text.replace('sys.path.append("', 'sys.path.append("/no'), 0o755, "G045"),
        ("#!/bin/sh\nexit 0\n", 0o755, "G046"),
    ):
        path.write_bytes(broken.encode())
        path.chmod(mode)
        assert states(governed)[hook] == code
        found = gitspec(governed, "doctor")
        assert found.returncode == 1 and code.encode() in found.stdout
        if code == "G043":
            assert gitspec(governed, "hooks", "install").returncode == 0
    path.write_bytes(text.encode())
    assert set(states(governed).values()) == {"installed"}
