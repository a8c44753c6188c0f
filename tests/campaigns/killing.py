"""Ending an operation at a random instant, and what must hold afterwards."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gitspec.commands.archive import Options, archive_merged
from gitspec.git.journal import operation_lock
from gitspec.git.recovery import settle
from gitspec.git.repository import NOTICES, Repository, discover
from tests.archive.project import project
from tests.archive.test_merged import add
from tests.conftest import Repo

CHANGES = ("add-2fa", "b", "c")


def ready_with_edits(path: Path) -> Repo:
    """Three complete changes, and unrelated staged, unstaged and untracked edits."""
    repo = project(Repo.init(path))
    add(repo, "b", "add-2fa")
    add(repo, "c", capability="data/export")
    repo.write("other.txt", "one\n")
    repo.commit("Propose")
    edit(repo)
    return repo


def edit(repo: Repo) -> None:
    """Edits of the user's that no archive is about."""
    repo.write("other.txt", "staged\n")
    repo.write("added.txt", "added\n")
    repo.git("add", "other.txt", "added.txt")
    repo.write("other.txt", "staged and more\n")
    repo.write("new.txt", "untracked\n")
    repo.write("spec/capabilities/billing.yaml", repo.read("spec/capabilities/billing.yaml") + "# mine\n")


def others(repo: Repo) -> dict[str, str]:
    """All of these edits, byte for byte, and what Git says about the whole work tree."""
    files = ("other.txt", "added.txt", "new.txt", "spec/capabilities/billing.yaml")
    return {name: repo.read(name) for name in files} | {
        "staged": repo.git("show", ":other.txt"),
        "status": repo.git("status", "--porcelain=v2", "-uall"),
    }


def state(repo: Repo, before: str) -> str:
    """`before` or `after` with branch, tags, files and index agreeing and nothing left over; else what is torn."""
    git_dir = repo.path / ".git" if (repo.path / ".git").is_dir() else repo.path
    left = [str(p.relative_to(git_dir)) for p in git_dir.rglob("*.lock")]
    left += [
        name for name in ("journal.json", "journal.json.new", "operation") if (git_dir / "gitspec" / name).exists()
    ]
    left += [p.name for p in repo.path.glob(".gitspec-*")]
    count = int(repo.git("rev-list", "--count", f"{before}..main"))
    tags = sorted(tag[len("archive/2026-11-21-") :] for tag in repo.git("tag").split())
    facts = (count, tags)
    if git_dir != repo.path:
        archived = {p.name[11:] for p in (repo.path / "spec/archive").glob("*")}
        active = {p.name for p in (repo.path / "spec/changes").glob("*")}
        facts = (count, tags, sorted(archived), sorted(active), repo.git("diff", "--cached", "--stat", "--", "spec"))  # type: ignore[assignment]
    names = sorted(CHANGES)
    good = {
        "before": (0, [], [], names, "")[: len(facts)],
        "after": (len(names), names, names, [], "")[: len(facts)],
    }
    found = next((name for name, wanted in good.items() if wanted == facts), "torn")
    return f"{found}: {facts} left over: {left}" if left or found == "torn" else found


def archive_all(path: Path) -> None:
    """What is killed: archive everything that is complete."""
    archive_merged(discover(str(path)), Options())


def recovery(path: Path) -> None:
    """What the next command does first."""
    discover(str(path))
    if NOTICES:
        NOTICES.clear()


def recovered(repo: Repo) -> str | None:
    """Finish or undo here and now, waiting for children of the killed command that still hold the lock."""
    git_dir = f"{repo.path}/.git" if (repo.path / ".git").is_dir() else str(repo.path)
    found = Repository(git_dir, git_dir, None if git_dir == str(repo.path) else str(repo.path), "sha1", {})
    with operation_lock(found) as lock:
        return settle(found, lock)


class Ended(NamedTuple):
    """How a child ended: negative by a signal."""

    code: int
    seconds: float


def run_and_end(
    action: Callable[[], object], after: float | None, how: int = signal.SIGKILL, *, group: bool = True
) -> Ended:
    """Run ``action`` in a child of its own session, and end it after that time: with all its children, or alone."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        code = 1
        try:
            action()
            code = 0
        except KeyboardInterrupt:
            code = 130
        except BaseException:  # noqa: BLE001 (nothing may get back into the parent's code)
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    if after is not None:
        time.sleep(after)
        with suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(pid, how)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    seconds = time.monotonic() - began
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.002)
    return Ended(code, seconds)


def alive(session: int) -> bool:
    """Whether a process of that session still runs."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] not in "ZX" and int(fields[3]) == session:
            return True
    return False


def instants(action: Callable[[], None], fresh: Callable[[], None], count: int) -> list[float]:
    """Random instants spread over how long ``action`` takes; ``fresh`` makes its place new before each trial."""
    fresh()
    action()  # here, so that children need not import anything: the instants fall into the operation itself
    longest = 0.0
    for _ in range(3):
        fresh()
        longest = max(longest, run_and_end(action, None).seconds)
    chance = random.Random(int(os.environ.get("GITSPEC_SEED", "1")))
    return [chance.uniform(0, 1.05 * longest) for _ in range(count)]
