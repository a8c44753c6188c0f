"""Ending an operation at a random instant, and what must hold afterwards."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, NamedTuple

from gitspec.commands.archive import archive_merged
from gitspec.commands.archive_call import Options
from gitspec.commands.fsck import fsck
from gitspec.errors import GitspecError
from gitspec.git import index_follow, transaction
from gitspec.git.journal import operation_folder, operation_lock
from gitspec.git.journal_shape import Journal
from gitspec.git.recovery import recover, settle
from gitspec.git.repository import Repository, discover
from gitspec.git.run import git
from tests.archive.project import gitspec, project
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
    left += [name for name in ("journal.json", "operation") if os.path.lexists(git_dir / "gitspec" / name)]
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
    """What is killed: archive everything that is complete; in a bare repository onto a branch by its name."""
    found = discover(str(path))
    archive_merged(found, Options(onto="main" if found.is_bare else None))


def recovery(path: Path) -> None:
    """What the next command does first."""
    recover(discover(str(path), recover=False))


def recovered(repo: Repo) -> str | None:
    """Finish or undo here and now, waiting for children of the killed command that still hold the lock."""
    git_dir = f"{repo.path}/.git" if (repo.path / ".git").is_dir() else str(repo.path)
    found = Repository(git_dir, git_dir, None if git_dir == str(repo.path) else str(repo.path), "sha1", {})
    with operation_lock(found) as lock:
        return settle(found, lock)


class Trials:
    """Many trials on copies of one pattern, judged after the next command; the figures of all are in ``table``."""

    table: ClassVar[list[str]] = []

    def __init__(self, folder: Path, *, bare: bool = False, torn: str = "") -> None:
        self.pattern = ready_with_edits(folder / "pattern")
        self.mine = None if bare else others(self.pattern)
        if bare:
            self.pattern = self.pattern.bare(folder / "pattern.git")
        self.before = self.pattern.git("rev-parse", "main")
        if torn:
            leave_torn(self.pattern.path, torn)
        self.repo = Repo(folder / "trial")
        self.bare = bare
        self.tally: Counter[str] = Counter()
        self.torn: list[str] = []
        self.count = 0
        self.began = time.monotonic()
        self.fresh()

    def fresh(self) -> None:
        """A new copy (its locks are still second names of the operation's files), with an index that knows its files."""
        shutil.rmtree(self.repo.path, ignore_errors=True)
        subprocess.run(["cp", "-a", str(self.pattern.path), str(self.repo.path)], check=True)
        if not self.bare:
            self.repo.git("status")

    def judge(self, trial: object) -> None:
        """Let the next command run, and look: one trial in twenty through the command line, else what that does first."""
        self.count += 1
        command = NEXT[self.count // 20 % len(NEXT)]
        try:
            said = "interrupted" in gitspec(self.repo, *command).err if self.count % 20 == 0 else recovered(self.repo)
            found = state(self.repo, self.before)
        except GitspecError as error:
            said, found = False, f"not recovered: {error.code} {error.message}"
        if found in ("before", "after") and self.mine is not None and others(self.repo) != self.mine:
            found = f"edits lost: {others(self.repo)}"
        if found in ("before", "after"):
            found = unproven(self.repo) or found
        if found in ("before", "after"):
            self.tally[f"{found}{', after recovery' if said else ''}"] += 1
        else:
            self.torn.append(f"{trial}: {found} ({said})")

    def end(self, name: str) -> None:
        """Print the figures; fail if anything was torn."""
        seconds = time.monotonic() - self.began
        ends = ", ".join(f"{count} {end}" for end, count in sorted(self.tally.items()))
        self.table.append(f"{name}: {self.count} trials, {len(self.torn)} torn, {seconds:.0f} s ({ends})")
        print(f"\n{self.table[-1]}")
        assert not self.torn, "\n".join(self.torn[:20])


NEXT = (("status",), ("list",), ("doctor", "--repair"), ("fsck",), ("validate", "--all"))


def unproven(repo: Repo) -> str:
    """What git fsck or gitspec fsck has to say against a repository."""
    done = repo.run_git("fsck", "--strict", "--no-dangling", "--no-progress")
    if done.returncode:
        return f"git fsck: {done.stderr!r}"
    report = fsck(discover(str(repo.path)), at="main", since=None, every_branch=True, cache=None)
    return "" if report.is_clean else f"gitspec fsck: {report.found}"


def leave_torn(path: Path, where: str) -> None:
    """Archive everything, and be killed: ``finish``: refs and index have moved, nothing else; ``undo``: only the tags have, and the index."""

    def move_tags(repo: Repository, journal: Journal) -> None:
        if journal.follows:
            index_follow.replace_index(repo, operation_folder(repo))
        for tag, oid in journal.tags:
            git(repo, "update-ref", tag, oid)
        with open(f"{repo.common_dir}/{journal.ref}.lock", "w", encoding="ascii") as file:
            file.write(f"{journal.new}\n")
        die()

    def move_all(repo: Repository, journal: Journal) -> None:
        move(repo, journal)
        die()

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def killed() -> None:
        transaction.move_refs = move_all if where == "finish" else move_tags
        archive_all(path)

    move = transaction.move_refs
    assert run_and_end(killed, None).code == -signal.SIGKILL


class Ended(NamedTuple):
    """How a child ended: negative by a signal."""

    code: int
    seconds: float


def run_and_end(
    action: Callable[[], object], after: float | None, how: int = signal.SIGKILL, *, group: bool = True
) -> Ended:
    """Run ``action`` in a child of its own session, and end it after that time: with all its children, or alone."""
    with started(action) as (pid, go):
        go()
        began = time.monotonic()
        if after is not None:
            time.sleep(after)
            with suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(pid, how)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return Ended(code, time.monotonic() - began)


@contextmanager
def started(action: Callable[[], object]) -> Iterator[tuple[int, Callable[[], None]]]:
    """A child in a session of its own that runs ``action`` once it is told to, and a function that tells it.

    Whoever uses it waits for the child; afterwards it is waited for the last process of that session.
    """
    (ready, is_ready), (told, tell) = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:  # nothing may get back into the parent's code
            os.setsid()
            signal.signal(signal.SIGINT, signal.default_int_handler)  # which who starts in the background ignores
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            os.close(tell)
            os.write(is_ready, b"x")
            os.read(told, 1)
            action()
            code = 0
        except KeyboardInterrupt:
            code = 130
        except BaseException:  # noqa: BLE001
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    os.read(ready, 1)
    try:
        yield pid, lambda: os.write(tell, b"x") and None
    finally:
        for fd in (ready, is_ready, told, tell):
            os.close(fd)
        deadline = time.monotonic() + 20
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.002)


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
