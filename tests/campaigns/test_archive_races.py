"""Many archivers at once, with commits, gc and repack beside them: each change is folded once, or refused with a reason.

On the shared remote refs are packed every two seconds only: Git itself (2.39.5) loses pushes that it has accepted while
`git pack-refs` runs several times a second (107 of 269 plain `git push` from twelve clones in a minute), because it takes
a packed-refs of the same second, size and inode for the one it has read.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest

from tests.archive.project import gitspec, project
from tests.archive.remotes import Shared
from tests.archive.test_merged import add
from tests.command import environment
from tests.conftest import Repo

ARCHIVERS = int(os.environ.get("GITSPEC_ARCHIVERS", "20"))  # read before the environment is sealed
REFUSALS = {"A003", "A017", "A022", "A023", "G011", "G013", "G015"}
"""Archived already, the branch kept moving, or a lock that others held for too long."""

pytestmark = pytest.mark.campaign


COUNTED = """
import atexit, sys
from gitspec.commands import archive, archive_push
tries = 0
find = archive.find_target
def counted(*args):
    global tries
    tries += 1
    return find(*args)
archive.find_target = archive_push.find_target = counted
atexit.register(lambda: sys.stderr.write(f"\\ntries {tries}\\n"))
from gitspec.__main__ import run
sys.exit(run(["archive", *sys.argv[1:]]))
"""
"""The command, which also tells how often it has looked for a tip to plan on."""


def start(repo: Repo, who: int, *args: str) -> "subprocess.Popen[bytes]":
    """Somebody of a name of their own: the same archive by the same one at the same second is the same commit."""
    return subprocess.Popen(
        [sys.executable, "-c", COUNTED, *args], cwd=repo.path,
        env={**environment(), "GIT_COMMITTER_NAME": f"Archiver {who}"}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def ended(running: "dict[int, tuple[str, subprocess.Popen[bytes]]]") -> list[tuple[str, int, str]]:
    """(change, exit code, what it said) of each."""
    return [
        (change, p.returncode, err.decode())
        for change, p in running.values()
        if (err := p.communicate()[1]) is not None
    ]


@contextmanager
def beside(*jobs: Callable[[], object]) -> Iterator[None]:
    """Do these again and again meanwhile."""
    over = threading.Event()

    def again(job: Callable[[], object]) -> None:
        while not over.wait(0.05):
            job()

    threads = [threading.Thread(target=again, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def committer(repo: Repo, count: list[int]) -> Callable[[], object]:
    """Commits another file, over and over, by its path or as it is staged, and counts those that Git took."""
    ways: Iterator[tuple[str, ...]] = cycle([("--", "src/busy.py"), ()])

    def commit() -> None:
        repo.write("src/busy.py", f"N = {count[0]}\n")
        way = next(ways)
        if not way:
            repo.run_git("add", "src/busy.py")
        done = repo.run_git("commit", "-q", "-m", f"Busy {count[0]}", *way)
        count[0] += done.returncode == 0

    return commit


def taken_back(repo: Repo, first: str) -> list[str]:
    """What the commits beside have changed below spec/."""
    listed = repo.git("log", "--grep=^Busy", "--format=%s", "--name-status", f"{first}..main", "--", "spec")
    return listed.splitlines()


def housekeeping(repo: Repo, pause: float = 0) -> list[Callable[[], object]]:
    """gc, which packs refs after a pause, and repack."""

    def collect() -> None:
        repo.git("-c", "gc.packRefs=false", "gc", "-q", check=False)
        time.sleep(pause)
        repo.git("pack-refs", "--all", check=False)

    return [collect, lambda: repo.run_git("repack", "-adq")]


def once_more(results: list[tuple[str, int, str]], repos: dict[str, Repo], *options: str) -> list[tuple[str, int, str]]:
    """Those that a slow machine made give up are told to run it again, and do, now that it is quiet."""
    again = {change: (change, start(repos[change], 99, change, *options)) for change, code, _ in results if code}
    return [row for row in results if not row[1]] + [row for _, one in again.items() for row in ended({0: one})]


def judge(repo: Repo, results: list[tuple[str, int, str]], first: str) -> Counter[str]:
    """Every change once in the living spec or refused with a reason; linear; both fsck clean; nothing left over."""
    tally: Counter[str] = Counter()
    wins = Counter(change for change, code, _ in results if code == 0)
    text = repo.show("main:spec/capabilities/auth.yaml")
    folders = Counter(
        name[11:] for name in repo.git("ls-tree", "--name-only", "main:spec/archive", check=False).splitlines()
    )
    tags = Counter(tag[len("archive/2026-11-21-") :] for tag in repo.git("tag").split())
    for change, code, said in results:
        reason = re.search(r": ([A-Z]\d{3}) ", said)
        tally["archived" if code == 0 else f"refused {reason.group(1) if reason else '?'}"] += 1
        if code:
            assert reason and reason.group(1) in REFUSALS, (change, said)
        assert "Traceback" not in said
        tally["planned again"] += max(0, int(said.rpartition("tries ")[2]) - 1)
    for change in {change for change, _, _ in results}:
        there = text.count(f"- id: new-{change}\n")
        assert there == wins[change] == folders[change] == tags[change], (change, there, wins[change])
        assert there <= 1
    assert repo.git("rev-list", "--merges", f"{first}..main") == ""
    assert repo.run_git("merge-base", "--is-ancestor", first, "main").returncode == 0
    repo.git("fsck", "--strict", "--no-dangling")
    proven = gitspec(repo, "fsck")
    assert proven.code == 0, proven
    git_dir = repo.path / ".git" if (repo.path / ".git").exists() else repo.path
    assert not (git_dir / "gitspec/journal.json").exists()
    return tally


@pytest.mark.parametrize("same", [False, True], ids=["different", "same"])
def test_in_one_repository(tmp_path: Path, same: bool) -> None:
    repo = project(Repo.init(tmp_path / "r"))
    names = ["one"] * ARCHIVERS if same else [f"change-{n}" for n in range(ARCHIVERS)]
    for name in sorted(set(names)):
        add(repo, name)
    repo.write("src/busy.py", "N = -1\n")
    first = repo.commit("Propose")
    count = [0]
    with beside(committer(repo, count), *housekeeping(repo)):
        results = ended({n: (name, start(repo, n, name)) for n, name in enumerate(names)})
    tally = judge(repo, results, first)
    results = once_more(results, dict.fromkeys(names, repo)) if not same else results
    judge(repo, results, first)
    print(f"\none repository, {'same' if same else 'different'}: {dict(tally)}, {count[0]} commits beside them")
    assert [code for _, code, _ in results].count(0) == (1 if same else ARCHIVERS)
    assert repo.git("status", "--porcelain", "--", "spec") == ""
    assert count[0] > 0
    assert taken_back(repo, first) == []
    assert (
        len([s for s in repo.git("log", "--format=%s", f"{first}..main").splitlines() if s.startswith("Busy")])
        == count[0]
    )


@pytest.mark.parametrize("same", [False, True], ids=["different", "same"])
def test_through_pushes_to_one_remote(tmp_path: Path, same: bool) -> None:
    shared = Shared(tmp_path / "s")
    seed = shared.clone("seed-clone")
    names = ["one"] * ARCHIVERS if same else [f"change-{n}" for n in range(ARCHIVERS)]
    for name in sorted(set(names)):
        add(seed, name)
    first = seed.commit("Propose")
    seed.git("push", "-q", "origin", "main")
    clones = [shared.clone(f"clone-{n}") for n in range(ARCHIVERS)]
    busy, count = shared.clone("busy"), [0]

    def commit_and_push() -> None:
        time.sleep(0.3)
        busy.run_git("pull", "-q", "--rebase")
        busy.git("commit", "-q", "--allow-empty", "-m", f"Busy {count[0]}")
        count[0] += busy.run_git("push", "-q", "origin", "main").returncode == 0

    with beside(commit_and_push, *housekeeping(shared.bare, pause=2)):
        running = zip(names, clones, strict=True)
        results = ended({n: (name, start(clone, n, name, "--push")) for n, (name, clone) in enumerate(running)})
    tally = judge(shared.bare, results, first)
    results = once_more(results, dict(zip(names, clones, strict=True)), "--push") if not same else results
    judge(shared.bare, results, first)
    print(
        f"\npushes to one remote, {'same' if same else 'different'}: {dict(tally)}, {count[0]} other pushes beside them"
    )
    assert [code for _, code, _ in results].count(0) == (1 if same else ARCHIVERS)
    for (_, code, _), clone in zip(results, clones, strict=True):
        assert clone.git("status", "--porcelain") == ""
        assert shared.bare.run_git("merge-base", "--is-ancestor", clone.head(), "main").returncode == 0
        assert (clone.git("for-each-ref", "--count=1", "--points-at=HEAD", "refs/tags") != "") == (code == 0) or same
