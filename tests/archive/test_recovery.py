"""Killed at any write, the repository is as before, as after, or the next command makes it so."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from gitspec.errors import CannotJudge
from gitspec.git.journal import operation_lock
from gitspec.git.recovery import recover
from gitspec.git.repository import NOTICES, Repository, discover
from tests.archive.project import gitspec
from tests.archive.test_transaction import TAG, done, planned
from tests.conftest import Repo

KILLS = int(os.environ.get("GITSPEC_KILLS", "1000"))  # read before the environment is sealed
ROOT = Path(__file__).parents[2]
STRACE = shutil.which("strace")
WRITES = "write,pwrite64,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,rmdir,openat,fsync,ftruncate"


def ready_with_edits(path: Path) -> Repo:
    """A repository with unrelated staged, unstaged and untracked edits."""
    repo = Repo.init(path)
    repo.write("spec/capabilities/a.yaml", "old\n")
    repo.write("spec/capabilities/b.yaml", "b\n")
    repo.write("spec/changes/x/change.yaml", "change: x\n")
    repo.write("spec/changes/x/deltas/a.yaml", "capability: a\n")
    repo.write("other.txt", "one\n")
    repo.commit("First")
    repo.write("other.txt", "staged\n")
    repo.write("added.txt", "added\n")
    repo.git("add", "other.txt", "added.txt")
    repo.write("other.txt", "staged and more\n")
    repo.write("new.txt", "untracked\n")
    repo.write("spec/capabilities/b.yaml", "b edited\n")
    return repo


def others(repo: Repo) -> dict[str, str]:
    """Everything of the user's that the operation is not about."""
    return {
        "other": repo.read("other.txt"),
        "new": repo.read("new.txt"),
        "added": repo.read("added.txt"),
        "b": repo.read("spec/capabilities/b.yaml"),
        "staged": repo.git("show", ":other.txt"),
        "status": repo.git("status", "--porcelain=v2", "-uall"),
    }


def state(repo: Repo, before: str) -> str:
    """`before` or `after`, with everything agreeing; else a description of what is torn."""
    moved = repo.head() != before
    tag = repo.git("tag") == TAG
    new = (
        repo.read("spec/capabilities/a.yaml") == "new\n" if (repo.path / "spec/capabilities/a.yaml").exists() else None
    )
    archived = (repo.path / "spec/archive/2026-11-21-x/deltas/a.yaml").exists()
    active = (repo.path / "spec/changes/x").exists()
    locks = [str(p) for p in (repo.path / ".git").rglob("*.lock")]
    facts = (moved, tag, new, archived, not active)
    if locks or (repo.path / ".git/gitspec/journal.json").exists() or (repo.path / ".git/gitspec/operation").exists():
        journal = repo.path / ".git/gitspec/journal.json"
        return f"left over: {locks} {facts} {journal.read_text() if journal.exists() else 'no journal'}"
    return {(True,) * 5: "after", (False,) * 5: "before"}.get(facts, f"torn: {facts}")


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.archive.project import gitspec
from tests.archive.test_transaction import done, planned
done(Path({path!r}), planned(Path({path!r})))
"""


def child(path: Path) -> list[str]:
    return [sys.executable, "-c", CHILD.format(root=str(ROOT), path=str(path))]


def recovered(repo: Repo) -> str | None:
    return recover(Repository(f"{repo.path}/.git", f"{repo.path}/.git", str(repo.path), "sha1", {}))


def test_nothing_to_recover_says_nothing(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    assert recovered(repo) is None
    done(repo.path, planned(repo.path))
    assert recovered(repo) is None


@pytest.mark.parametrize("step", ["check", "objects", "prepare", "journal", "refs", "files", "index", "drop"])
def test_dying_between_steps_is_made_whole_by_the_next_command(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = ready_with_edits(tmp_path / "r")
    before, mine = repo.head(), others(repo)
    places = {
        "check": ("gitspec.git.transaction._refuse_uncommitted", False),
        "objects": ("gitspec.git.transaction.write_objects", False),
        "prepare": ("gitspec.git.transaction._prepare", True),
        "journal": ("gitspec.git.transaction.move_refs", False),
        "refs": ("gitspec.git.transaction.move_refs", True),
        "files": ("gitspec.git.files_follow.place", True),
        "index": ("gitspec.git.index_follow.replace_index", True),
        "drop": ("gitspec.git.transaction.drop_journal", False),
    }
    name, after = places[step]
    pid = os.fork()
    if pid == 0:  # in the child: end at that step as if killed
        module, _, function = name.rpartition(".")
        real = getattr(sys.modules[module], function)

        def dying(*args: object) -> None:
            if after:
                real(*args)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(sys.modules[module], function, dying)
        done(repo.path, planned(repo.path))
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    assert (repo.path / ".git/gitspec/journal.json").exists()
    assert "interrupted archive of 'x'" in (recovered(repo) or "")
    expected = "after" if step in ("refs", "files", "index", "drop") else "before"
    assert state(repo, before) == expected
    assert others(repo) == mine
    repo.git("fsck", "--strict")


def test_an_edit_saved_after_the_crash_is_kept_and_named(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    pid = os.fork()
    if pid == 0:
        from gitspec.git import transaction

        def dying(*args: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        transaction._follow = dying  # type: ignore[assignment]
        done(repo.path, planned(repo.path))
    os.waitpid(pid, 0)
    repo.write("spec/capabilities/a.yaml", "saved meanwhile\n")
    assert "spec/capabilities/a.yaml" in (recovered(repo) or "")
    assert repo.read("spec/capabilities/a.yaml") == "saved meanwhile\n"
    assert repo.git("diff", "--name-only", "--", "spec/capabilities/a.yaml") == "spec/capabilities/a.yaml"
    assert repo.git("diff", "--cached", "--name-only", "--", "spec") == ""


def test_recovery_leaves_an_operation_that_is_under_way_alone(tmp_path: Path) -> None:
    repo = ready_with_edits(tmp_path / "r")
    found = discover(str(repo.path))
    with operation_lock(found):
        repo.write(".git/gitspec/journal.json", "{}")
        assert recover(found) is None
        assert (repo.path / ".git/gitspec/journal.json").exists()


@pytest.mark.parametrize("step", ["before", "after"])
def test_any_next_command_recovers_and_says_so(tmp_path: Path, step: str) -> None:
    repo = ready_with_edits(tmp_path / "r")
    before, mine = repo.head(), others(repo)
    pid = os.fork()
    if pid == 0:
        from gitspec.git import transaction

        def dying(*args: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(transaction, "move_refs" if step == "before" else "_follow", dying)
        done(repo.path, planned(repo.path))
    os.waitpid(pid, 0)
    ran = gitspec(repo, "list")
    assert "interrupted archive of 'x'" in ran.err
    assert state(repo, before) == step
    assert others(repo) == mine
    assert "interrupted" not in gitspec(repo, "list").err


def test_a_command_within_a_hook_leaves_recovery_to_the_hooks_that_can_stop_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = ready_with_edits(tmp_path / "r")
    repo.write(".git/gitspec/journal.json", "damaged")
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / ".git/index"))
    NOTICES.clear()
    discover(str(repo.path))
    assert NOTICES == ["an interrupted operation waits until this hook has ended (gitspec doctor shows it)"]
    NOTICES.clear()
    monkeypatch.setenv("GIT_QUARANTINE_PATH", "x")  # no ref may move while a push is taken in
    discover(str(repo.path))
    assert not NOTICES


def test_a_lock_of_somebody_else_is_never_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitspec.git.index_follow.take_index_lock.__defaults__", (0.1,))
    repo = ready_with_edits(tmp_path / "r")
    pid = os.fork()
    if pid == 0:
        from gitspec.git import transaction

        transaction._follow = lambda *args: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, misc, return-value]
        done(repo.path, planned(repo.path))
    os.waitpid(pid, 0)
    (repo.path / ".git/index.lock").unlink()
    repo.write(".git/index.lock", "of another program")
    with pytest.raises(CannotJudge) as caught:
        recovered(repo)
    assert (caught.value.code, caught.value.place) == ("G013", ".git/index.lock")
    assert repo.read(".git/index.lock") == "of another program"
    (repo.path / ".git/index.lock").unlink()
    assert "finished" in (recovered(repo) or "")


SHIM = """#!/bin/sh
# Stands before git: traces one of its runs, or all, and ends everything when that run was killed.
n=$(cat "$SHIM/count"); n=$((n + 1)); echo $n > "$SHIM/count"
if [ -z "$SHIM_RUN" ]; then exec strace -qq -e trace=$SHIM_CALLS -o "$SHIM/$n.log" "$SHIM_GIT" "$@"; fi
if [ $n != "$SHIM_RUN" ]; then exec "$SHIM_GIT" "$@"; fi
strace -qq -e trace=$SHIM_CALL -e inject=$SHIM_CALL:signal=SIGKILL:when=$SHIM_AT -o /dev/null "$SHIM_GIT" "$@"
code=$?
[ $code -gt 128 ] && [ -n "$SHIM_ALL" ] && kill -9 $PPID
exit $code
"""


class Point(NamedTuple):
    """The ``at``-th ``call`` of the ``run``-th git child; run 0 is Python itself."""

    run: int
    call: str
    at: int


def points_of(log: Path, run: int) -> list[Point]:
    """The writing calls of a trace."""
    counts: dict[str, int] = {}
    found = []
    for call, rest in re.findall(r"^(\w+)\((.*)", log.read_text(errors="replace"), re.M):
        counts[call] = counts.get(call, 0) + 1
        if call != "openat" or "O_CREAT" in rest:
            found.append(Point(run, call, counts[call]))
    return found


def all_points(tmp_path: Path) -> list[Point]:
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "git").write_text(SHIM)
    (shim / "git").chmod(0o755)
    (shim / "count").write_text("0\n")
    repo = ready_with_edits(tmp_path / "traced")
    env = shim_environment(shim)
    log = tmp_path / "python.log"
    subprocess.run(
        [str(STRACE), "-qq", "-e", f"trace={WRITES}", "-o", str(log), *child(repo.path)], check=True, env=env
    )
    own = points_of(log, 0)
    theirs = [point for file in sorted(shim.glob("*.log")) for point in points_of(file, int(file.stem))]
    shutil.rmtree(repo.path)
    return own + theirs


def shim_environment(shim: Path, **more: str) -> dict[str, str]:
    git = str(shutil.which("git"))
    path = f"{shim}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "SHIM": str(shim), "SHIM_GIT": git, "SHIM_CALLS": WRITES, **more}


@pytest.mark.campaign
@pytest.mark.skipif(STRACE is None, reason="needs strace")
@pytest.mark.parametrize("everything", [True, False], ids=["all-die", "git-child-dies"])
def test_killed_at_every_writing_call(tmp_path: Path, everything: bool) -> None:
    torn: list[str] = []
    results = {"before": 0, "after": 0}
    pattern = ready_with_edits(tmp_path / "pattern")
    mine = others(pattern)
    shim = tmp_path / "shim"
    for point in all_points(tmp_path):
        if point.run == 0 and not everything:
            continue
        repo = Repo(tmp_path / "r")
        shutil.copytree(pattern.path, repo.path, symlinks=True)
        repo.git("status")
        before = repo.head()
        (shim / "count").write_text("0\n")
        command, env = child(repo.path), dict(os.environ)
        if point.run == 0:
            inject = f"inject={point.call}:signal=SIGKILL:when={point.at}"
            command = [str(STRACE), "-qq", "-e", f"trace={point.call}", "-e", inject, "-o", "/dev/null", *command]
        else:
            facts = {"SHIM_RUN": str(point.run), "SHIM_CALL": point.call, "SHIM_AT": str(point.at)}
            env = shim_environment(shim, **facts, SHIM_ALL="1" if everything else "")
        subprocess.run(command, check=False, capture_output=True, env=env)
        recovered(repo)
        found = state(repo, before)
        if found not in results or others(repo) != mine:
            torn.append(f"{point}: {found}")
        else:
            results[found] += 1
        shutil.rmtree(repo.path)
    print(sum(results.values()), "points", results)
    assert not torn, "\n".join(torn)


@pytest.mark.campaign
def test_killed_at_random_instants(tmp_path: Path) -> None:
    import random

    torn: list[str] = []
    results = {"before": 0, "after": 0}
    pattern = ready_with_edits(tmp_path / "pattern")
    mine = others(pattern)
    trial = shutil.copytree(pattern.path, tmp_path / "trial", symlinks=True)
    began = time.monotonic()
    subprocess.run(child(Path(trial)), check=True)
    longest = time.monotonic() - began
    for number in range(KILLS):
        path = tmp_path / f"r{number}"
        shutil.copytree(pattern.path, path, symlinks=True)
        repo = Repo(path)
        before = repo.head()
        repo.git("status")
        process = subprocess.Popen(child(path), start_new_session=True, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.2 * longest, longest))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.01)
        recovered(repo)
        found = state(repo, before)
        if found not in results or others(repo) != mine:
            torn.append(f"{number}: {found}")
        else:
            results[found] += 1
        shutil.rmtree(path)
    assert not torn, torn
    print(results)
