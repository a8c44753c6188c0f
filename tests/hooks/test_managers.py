"""Beside husky and lefthook: their layouts as their current versions write them (husky 9, lefthook 2)."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gitspec.commands import hooks
from gitspec.git.hooks import HOOKS
from gitspec.git.repository import discover
from tests.hooks.conftest import Governed, gitspec, said
from tests.hooks.test_install import listing, states

_HUSKY_H = """\
#!/usr/bin/env sh
[ "$HUSKY" = "2" ] && set -x
n=$(basename "$0")
s=$(dirname "$(dirname "$0")")/$n

[ ! -f "$s" ] && exit 0

i="${XDG_CONFIG_HOME:-$HOME/.config}/husky/init.sh"
[ -f "$i" ] && . "$i"

[ "${HUSKY-}" = "0" ] && exit 0

export PATH="node_modules/.bin:$PATH"
sh -e "$s" "$@"
c=$?

[ $c != 0 ] && echo "husky - $n script failed (code $c)"
[ $c = 127 ] && echo "husky - command not found in PATH=$PATH"
exit $c
"""
_HUSKY_HOOKS = [
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-rebase",
    "post-rewrite",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-auto-gc",
]
_LEFTHOOK = """\
#!/bin/sh

if [ "$LEFTHOOK_VERBOSE" = "1" -o "$LEFTHOOK_VERBOSE" = "true" ]; then
  set -x
fi

if [ "$LEFTHOOK" = "0" ]; then
  exit 0
fi

call_lefthook() { echo lefthook "$@" >> ran; }

call_lefthook run "{hook}" "$@"
"""


def install_husky(repo: Governed) -> None:
    """What `husky` does, whenever packages are installed."""
    folder = repo.path / ".husky/_"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*")
    (folder / "h").write_text(_HUSKY_H)
    for hook in _HUSKY_HOOKS:
        (folder / hook).write_text('#!/usr/bin/env sh\n. "$(dirname "$0")/h"')
        (folder / hook).chmod(0o755)
    repo.git("config", "core.hooksPath", ".husky/_")


@pytest.fixture
def husky(governed: Governed) -> Governed:
    hooks.uninstall(discover())
    install_husky(governed)
    governed.write(".husky/commit-msg", 'echo "team $1" >> ran\nfalse_is_fatal=1\n')
    governed.commit("Husky")
    return governed


def refuses_code(repo: Governed) -> bool:
    repo.stage("src/app.py", "two\n")
    done = repo.try_commit("Code")
    return done.returncode == 1 and "R001" in said(done)


def test_beside_husky_ours_lies_where_husky_does_not_write(husky: Governed) -> None:
    before = listing(husky.path / ".husky"), listing(husky.path / ".husky/_")
    assert set(states(husky).values()) == {"G042"}
    done = gitspec(husky, "hooks", "install")
    assert done.returncode == 0, said(done)
    assert listing(husky.path / ".husky/_") == before[1]
    once = listing(husky.path / ".husky")
    assert gitspec(husky, "hooks", "install").returncode == 0
    assert listing(husky.path / ".husky") == once
    assert set(states(husky).values()) == {"installed"}
    assert refuses_code(husky) and husky.read("ran").startswith("team .git/COMMIT_EDITMSG")
    install_husky(husky)  # as the next `npm install` does
    assert set(states(husky).values()) == {"installed"} and refuses_code(husky)
    assert husky.try_commit("Code", "Change: add-2fa").returncode == 0
    hooks.uninstall(discover())
    assert (listing(husky.path / ".husky"), listing(husky.path / ".husky/_")) == before


def test_a_push_through_husky_reaches_both(husky: Governed, tmp_path: Path) -> None:
    husky.write(".husky/pre-push", "cat > pushed\n")
    hooks.install(discover())
    husky.write("src/app.py", "two\n")
    husky.commit("Sneak in")
    bare = husky.bare(tmp_path / "origin.git")
    husky.write("src/app.py", "three\n")
    oid = husky.commit("Sneak in more")
    done = husky.run_git("push", "-q", str(bare.path), "main")
    assert done.returncode and "R001" in said(done)
    assert husky.read("pushed").startswith(f"refs/heads/main {oid} ")


def test_husky_that_calls_gitspec_by_itself_is_left_alone(husky: Governed) -> None:
    husky.write(".husky/commit-msg", 'gitspec hook commit-msg "$1"\n')
    assert states(husky)["commit-msg"] == "called"
    done = gitspec(husky, "hooks", "install")
    assert b"calls gitspec for commit-msg already" in done.stdout
    assert husky.read(".husky/commit-msg") == 'gitspec hook commit-msg "$1"\n'


def install_lefthook(repo: Governed, *hooks_: str, version: str = "") -> None:
    """What `lefthook install` does: foreign hooks go to <hook>.old."""
    for hook in hooks_:
        path = repo.path / ".git/hooks" / hook
        if path.exists() and "lefthook" not in path.read_text():
            assert not path.with_name(f"{hook}.old").exists(), "lefthook would stop here"
            path.rename(path.with_name(f"{hook}.old"))
        path.write_text(_LEFTHOOK.replace("{hook}", hook) + version)
        path.chmod(0o755)


def test_beside_lefthook_both_run_and_its_next_installation_is_found(governed: Governed) -> None:
    hooks.uninstall(discover())
    install_lefthook(governed, "commit-msg", "pre-push")
    before = listing(governed.path / ".git/hooks")
    assert gitspec(governed, "hooks", "install").returncode == 0
    assert refuses_code(governed) and "run commit-msg" in governed.read("ran")
    install_lefthook(governed, "commit-msg", "pre-push", version="# a newer one\n")
    assert (states(governed)["commit-msg"], states(governed)["pre-push"]) == ("G046", "G046")
    for _ in range(2):
        assert gitspec(governed, "hooks", "install").returncode == 0
        assert set(states(governed).values()) == {"installed"} and refuses_code(governed)
    install_lefthook(governed, "commit-msg", "pre-push")
    hooks.install(discover())
    hooks.uninstall(discover())
    assert listing(governed.path / ".git/hooks") == before


@pytest.mark.parametrize("name", ["lefthook.yml", ".lefthook.yaml", "lefthook-local.yml"])
def test_lefthook_that_calls_gitspec_is_left_alone(governed: Governed, name: str) -> None:
    hooks.uninstall(discover())
    install_lefthook(governed, "commit-msg")
    governed.write(name, "commit-msg:\n  commands:\n    gitspec:\n      run: gitspec hook commit-msg {1}\n")
    assert states(governed)["commit-msg"] == "called"
    content = (governed.path / ".git/hooks/commit-msg").read_bytes()
    hooks.install(discover())
    assert (governed.path / ".git/hooks/commit-msg").read_bytes() == content


@pytest.mark.skipif(not shutil.which("husky"), reason="husky is not on PATH")
def test_real_husky(governed: Governed) -> None:
    hooks.uninstall(discover())
    governed.write("package.json", "{}\n")
    subprocess.run(["husky"], cwd=governed.path, check=True, capture_output=True)
    governed.write(".husky/commit-msg", "echo team >> ran\n")
    hooks.install(discover())
    subprocess.run(["husky"], cwd=governed.path, check=True, capture_output=True)
    assert set(states(governed).values()) == {"installed"}
    assert refuses_code(governed) and governed.read("ran") == "team\n"


@pytest.mark.skipif(not shutil.which("lefthook"), reason="lefthook is not on PATH")
def test_real_lefthook(governed: Governed) -> None:
    hooks.uninstall(discover())
    governed.write("lefthook.yml", "commit-msg:\n  commands:\n    one:\n      run: echo team >> ran\n")
    governed.commit("Lefthook")
    for _ in range(2):
        subprocess.run(["lefthook", "install"], cwd=governed.path, check=True, capture_output=True)
        hooks.install(discover())
        assert set(states(governed).values()) == {"installed"}
        assert refuses_code(governed) and "team" in governed.read("ran")


def test_an_installation_from_before_is_completed(governed: Governed) -> None:
    """Earlier versions installed two hooks; what they left is brought up to date, and nothing is kept of it."""
    folder = governed.path / ".git/hooks"
    whole = listing(folder)
    for hook in HOOKS:
        if hook in ("commit-msg", "prepare-commit-msg"):
            text = (folder / hook).read_text()
            (folder / hook).write_text(text.replace("    import site", "    import site  # as it was"))
        else:
            (folder / hook).unlink()
    assert sorted(h for h, s in states(governed).items() if s == "G042") == sorted(
        set(HOOKS) - {"commit-msg", "prepare-commit-msg"}
    )
    for _ in range(2):
        assert gitspec(governed, "hooks", "install").returncode == 0
        assert listing(folder) == whole
