"""Whatever breaks on a gate's path, a bad push never passes: every call of git fails once, in every way."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.conftest import Repo
from tests.gates.team import archive, code, team

GIT = shutil.which("git") or "git"
WRAPPER = f"""#!/bin/sh
number=$(( $(cat "$FAULTS/count" 2>/dev/null || echo 0) + 1 ))
echo $number >"$FAULTS/count"
if [ $number -eq "$FAULT_AT" ]; then
    echo "$*" >"$FAULTS/args"
    case "$FAULT" in
    exit) exit 128 ;;
    killed) kill -9 $$ ;;
    torn) '{GIT}' "$@" | {{ head -c 20; kill -9 $$; }} ;;
    esac
fi
exec '{GIT}' "$@"
"""
FAULTS = ("exit", "killed", "torn")
"""``torn``: it says a little and is gone, also where it would go on to answer questions."""


@pytest.fixture
def faults(tmp_path: Path) -> Path:
    """A folder whose `git` fails when it is called for the time that FAULT_AT says."""
    folder = tmp_path / "faults"
    folder.mkdir()
    (folder / "git").write_text(WRAPPER)
    (folder / "git").chmod(0o755)
    return folder


def run(
    repo: Repo, faults: Path, fault: str, at: int, *args: str, said: str = ""
) -> "subprocess.CompletedProcess[bytes]":
    (faults / "count").unlink(missing_ok=True)
    more = {"PYTHONPATH": str(ROOT), "PATH": f"{faults}:{os.environ['PATH']}", "FAULTS": str(faults), "FAULT": fault}
    return subprocess.run(
        [sys.executable, "-m", "gitspec", *args],
        cwd=repo.path,
        input=said.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, **more, "FAULT_AT": str(at)},
    )


def sneak(repo: Repo) -> None:
    code(repo, "Sneak")


def swallow(repo: Repo) -> None:
    """A merge that throws the other side away: only Git's own merge tells."""
    repo.git("checkout", "-q", "-b", "side")
    code(repo, "Side\n\nChange: add-2fa", "src/side.py")
    repo.git("checkout", "-q", "main")
    code(repo, "Main\n\nChange: add-2fa", "src/main.py")
    repo.git("merge", "-q", "-s", "ours", "-m", "Merge side", "side")


def forge(repo: Repo) -> None:
    """An archive that folds something else."""
    archive(repo)
    path = "spec/capabilities/auth.yaml"
    repo.write(path, repo.read(path).replace("30 minutes", "30 years"))
    repo.git("commit", "-q", "-n", "-a", "--amend", "--no-edit")


def late(repo: Repo) -> None:
    """Forged words of a cherry-pick, for a change that is archived."""
    landed = code(repo, "Store it\n\nChange: add-2fa")
    archive(repo)
    repo.git("branch", "-f", "base")
    code(repo, f"Sneak\n\n(cherry picked from commit {landed})\nChange: add-2fa", "src/evil.py")


def loosen(repo: Repo) -> None:
    """Attributes that reach into spec/, a link, a scope: what takes further questions to Git."""
    repo.write(".gitattributes", "* merge=union\n")
    repo.commit("Attributes\n\nChange: add-2fa")


def typo(repo: Repo) -> None:
    code(repo, "Typo\n\nChange-Skip: typo", text="x\n" * 100)


def linked(repo: Repo) -> None:
    """A link of code into what is none, before; its new content now."""
    (repo.path / "src/p.py").symlink_to("../docs/tool.md")
    repo.write("docs/tool.md", "print()\n")
    repo.commit("Link\n\nChange: add-2fa")
    repo.git("branch", "-f", "base")
    code(repo, "Words", "docs/tool.md", "evil()\n")


def policy(repo: Repo) -> None:
    """A policy that excludes what runs unasked, judged by the branch's own."""
    repo.write("spec/gitspec.yaml", 'version: "1"\ncode:\n  exclude:\n    - "**"\n')
    repo.commit("Loosen")
    sneak(repo)


ATTACKS = (sneak, swallow, forge, late, loosen, typo, linked, policy)


@pytest.mark.parametrize("attack", [sneak, swallow])
def test_no_killed_git_lets_a_bad_push_pass(repo: Repo, faults: Path, attack: Callable[[Repo], None]) -> None:
    never_passes(repo, faults, attack, "pre-receive", "killed")


@pytest.mark.campaign
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("gate", ["check", "pre-push", "pre-receive"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_failure_of_git_lets_a_bad_push_pass(
    repo: Repo, faults: Path, attack: Callable[[Repo], None], gate: str, fault: str
) -> None:
    never_passes(repo, faults, attack, gate, fault)


def never_passes(repo: Repo, faults: Path, attack: Callable[[Repo], None], gate: str, fault: str) -> None:
    """Let every call of git in a gate's work fail once."""
    team(repo)
    attack(repo)
    old, new = repo.git("rev-parse", "base"), repo.git("rev-parse", "main")
    args, said, at = ["check", "base..main", "--no-cache"], "", repo
    if gate == "pre-push":
        args, said = ["hook", "pre-push", "origin", "x"], f"refs/heads/main {new} refs/heads/main {old}\n"
        repo.git("update-ref", "refs/remotes/origin/main", old)
    elif gate == "pre-receive":
        args, said = ["hook", "pre-receive"], f"{old} {new} refs/heads/main\n"
        at = repo.bare(repo.path.parent / "bare.git")
        at.git("update-ref", "refs/heads/main", old)
    whole = run(at, faults, "", 0, *args, said=said)
    assert whole.returncode == 1, whole.stderr
    calls = int((faults / "count").read_text())
    passed = []
    for number in range(1, calls + 1):
        done = run(at, faults, fault, number, *args, said=said)
        assert b"Traceback" not in done.stderr, (number, done.stderr)
        if done.returncode not in (1, 3):
            passed.append((number, done.returncode, (faults / "args").read_text()))
    assert passed == []
