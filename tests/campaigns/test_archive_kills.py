"""Archiving all complete changes, ended at random instants in every way: before or after, never torn, nothing lost."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.campaigns.killing import Trials, archive_all, instants, others, recovery, run_and_end, state
from tests.command import environment
from tests.conftest import Repo

KILLS = int(os.environ.get("GITSPEC_KILLS", "500"))  # read before the environment is sealed

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc, and mounts"),
]
CanMount = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="needs to mount")


@pytest.fixture(autouse=True, scope="module")
def figures() -> Iterator[None]:
    """The figures of the whole campaign at its end, for ``-s``."""
    yield
    print("\n\n" + "\n".join(Trials.table))


def kill_often(trials: Trials, how: int, *, group: bool) -> None:
    for instant in instants(lambda: archive_all(trials.repo.path), trials.fresh, KILLS):
        trials.fresh()
        run_and_end(lambda: archive_all(trials.repo.path), instant, how, group=group)
        trials.judge(instant)


@pytest.mark.parametrize("group", [True, False], ids=["with-children", "alone"])
@pytest.mark.parametrize("bare", [False, True], ids=["work-tree", "bare"])
def test_killed(tmp_path: Path, bare: bool, group: bool) -> None:
    trials = Trials(tmp_path, bare=bare)
    kill_often(trials, signal.SIGKILL, group=group)
    trials.end(f"SIGKILL, {'bare' if bare else 'work tree'}, {'with children' if group else 'alone'}")
    assert KILLS < 100 or len(trials.tally) > 2, "no trial needed recovery, or none got through: the instants are wrong"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_end(tmp_path: Path, how: int) -> None:
    trials = Trials(tmp_path)
    kill_often(trials, how, group=how == signal.SIGINT)
    trials.end(signal.Signals(how).name)
    assert trials.tally["before"], "no trial ended early: the signal did not get there"


@pytest.mark.parametrize("torn", ["finish", "undo"])
@pytest.mark.parametrize("bare", [False, True], ids=["work-tree", "bare"])
def test_killed_while_it_recovers(tmp_path: Path, bare: bool, torn: str) -> None:
    """Once, twice or thrice before it may end."""
    trials = Trials(tmp_path, bare=bare, torn=torn)
    killed = 0

    def again() -> None:
        recovery(trials.repo.path)

    for number, instant in enumerate(instants(again, trials.fresh, KILLS // 2)):
        trials.fresh()
        for part in range(1 + number % 3):
            killed += run_and_end(again, instant * (1, 0.6, 0.3)[part]).code < 0
        trials.judge(instant)
    trials.end(f"SIGKILL of the recovery ({torn}), {killed} in all, {'bare' if bare else 'work tree'}")
    assert killed > trials.count / 4


def test_a_closed_pipe(tmp_path: Path) -> None:
    trials = Trials(tmp_path)
    for _ in range(16):
        trials.fresh()
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [sys.executable, "-m", "gitspec", "archive", "--merged"], cwd=trials.repo.path, env=environment(),
            stdout=write, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
        os.close(write)
        assert b"Traceback" not in done.stderr
        assert done.returncode == 141
        assert state(trials.repo, trials.before) == "after"
        trials.judge("closed pipe")
    trials.end("closed pipe")
    assert trials.tally == {"after": 16}


@contextlib.contextmanager
def mounted(folder: Path, *args: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    if subprocess.run(["mount", *args, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("may not mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@CanMount
@pytest.mark.parametrize("full", ["git-folder", "everything"])
@pytest.mark.spec("archiving/survives-being-killed#killed-by-a-full-disk")
def test_a_full_disk(tmp_path: Path, full: str) -> None:
    """From not a block free to enough: only the Git folder, or the work tree too, lies on that disk."""
    small = tmp_path / "small"
    with mounted(small, "-t", "tmpfs", "-o", "size=4m", "tmpfs"):
        trials = Trials(tmp_path)
        if full == "everything":
            trials.repo = Repo(small / "trial")
        codes: Counter[int] = Counter()
        for free in range(0, 400, 4):
            shutil.rmtree(small / "git", ignore_errors=True)
            trials.fresh()
            if full == "git-folder":
                shutil.move(trials.repo.path / ".git", small / "git")
                (trials.repo.path / ".git").symlink_to(small / "git")
            fill(small / "filler", free)
            ran = gitspec(trials.repo, "archive", "--merged")
            codes[ran.code] += 1
            assert ran.code in (0, 3), ran
            assert ran.code == 0 or "help: " in ran.err or "rror" in ran.err or ": G" in ran.err, ran.err
            (small / "filler").unlink()
            trials.judge(f"{free} KB free: {ran}")
            if ran.code == 0 and free > 40 and list(codes.elements()).count(0) > 8:
                break
        trials.end(f"full disk ({full}), exit codes {dict(codes)}")
        assert len(codes) == 2, "the disk was never full, or always"


def fill(path: Path, free: int) -> None:
    """Leave so many KB."""
    stats = os.statvfs(path.parent)
    size = stats.f_bavail * stats.f_frsize - free * 1024
    with open(path, "wb") as file, contextlib.suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, max(size, 1))


@CanMount
def test_a_read_only_object_folder(tmp_path: Path) -> None:
    trials = Trials(tmp_path)
    objects = trials.repo.path / ".git/objects"
    with mounted(objects, "--bind", str(objects)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(objects)], check=True)
        ran = gitspec(trials.repo, "archive", "--merged")
        assert ran.code == 3, ran
        assert state(trials.repo, trials.before) == "before"
        assert others(trials.repo) == trials.mine
    assert gitspec(trials.repo, "archive", "--merged").code == 0
    trials.judge("writable again")
    assert trials.tally == {"after": 1}


def test_killed_while_it_pushes(tmp_path: Path) -> None:
    """Here all or nothing, there all or nothing; here only what is there; and the same again brings both together."""
    from gitspec.commands.archive import archive_merged
    from gitspec.commands.archive_call import Options
    from gitspec.git.repository import discover

    trials = Trials(tmp_path)
    trials.pattern.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    empty = Repo(trials.pattern.path).bare(tmp_path / "empty.git")
    ends: Counter[str] = Counter()

    def fresh() -> None:
        trials.fresh()
        shutil.rmtree(tmp_path / "remote.git", ignore_errors=True)
        shutil.copytree(empty.path, tmp_path / "remote.git")

    def push() -> None:
        archive_merged(discover(str(trials.repo.path)), Options(push=True))

    remote = Repo(tmp_path / "remote.git")
    for instant in instants(push, fresh, KILLS):
        fresh()
        run_and_end(push, instant, group=False)
        trials.judge(instant)
        here, there = state(trials.repo, trials.before), state(remote, trials.before)
        ends[f"here {here}, there {there}"] += 1
        if (here, there) not in (("before", "before"), ("before", "after"), ("after", "after")):
            trials.torn.append(f"{instant}: here {here}, there {there}")
            continue
        ran = gitspec(trials.repo, "archive", "--merged", "--push") if ends.total() % 10 == 0 else None
        if ran and (ran.code or trials.repo.git("rev-parse", "main") != remote.git("rev-parse", "main")):
            trials.torn.append(f"{instant}: not brought together: {ran}")
    print(dict(ends))
    trials.end("SIGKILL while pushing")
