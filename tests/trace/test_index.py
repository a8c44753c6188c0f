"""The index changes nothing but the time: whatever is done to a repository or to its file, answers are equal without it."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gitspec.domain.policy import ReferencePattern, ReferenceRules
from gitspec.store import history_file, history_reading
from gitspec.store.history_index import History
from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.fsck.histories import change, edits, start
from tests.trace.histories import CHANGES, Histories, releases_by_git
from tests.trace.test_history import history, subjects

PATTERN = ReferenceRules(patterns=(ReferencePattern(pattern="(OpenSpec: {id})"),))


def told(found: History) -> object:
    """All that a history tells."""
    lines = {key: list(found.mentions(key)) for key in ("Change", "Reverts", "ticket")}
    oids = sorted({line.oid for line, _ in lines["Change"]})
    by_name = {change: found.naming("Change", change) for change in CHANGES}
    answer = lines, by_name, [(found.of(o), found.release_of(o), found.line(o)) for o in oids], found.releases()
    found.close()
    return answer


def index_files(repo: Repo) -> list[Path]:
    return sorted((repo.path / ".git" / "gitspec").glob("history-*.sqlite"))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.spec("history/index#rewritten-history")
def test_answers_are_equal_with_and_without_it_whatever_happens_to_the_branches(repo: Repo, seed: int) -> None:
    world = Histories(repo, seed)
    for _ in range(12):
        for _ in range(3):
            world.step()
        for tip in world.tips():
            kept, anew = history(repo, tip), history(repo, tip, use_cache=False)
            by_git = {
                change: set(repo.git("log", "--format=%H", "-E", f"--grep=^Change: {change}$", tip).split())
                for change in CHANGES
            }
            assert {c: {line.oid for line in kept.naming("Change", c)} for c in CHANGES} == by_git
            assert told(kept) == told(anew)
    assert len(index_files(repo)) == 1
    tip = next(world.tips())
    found = history(repo, tip)
    for oid in repo.git("rev-list", tip).split()[:15]:
        first = releases_by_git(repo, oid)
        assert found.release_of(oid) in first or not first


def test_only_new_commits_are_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = history_reading.message_log

    def counted(*args: object) -> object:
        for one in real(*args):  # type: ignore[arg-type]
            read.append(one.subject)
            yield one

    monkeypatch.setattr(history_reading, "message_log", counted)
    for n in range(3):
        repo.commit(f"{n}\n\nChange: one")
    history(repo).close()
    repo.commit("3\n\nChange: one")
    repo.git("branch", "side", "HEAD~2")
    assert subjects(history(repo), "Change", "one") == ["3", "2", "1", "0"]
    assert subjects(history(repo, "side"), "Change", "one") == ["1", "0"]
    history(repo).close()
    assert sorted(read) == ["0", "1", "2", "3"]


def test_lost_commits_that_were_collected_cost_no_second_reading(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        repo.commit(f"{n}\n\nChange: one")
    history(repo).close()
    repo.git("reset", "-q", "--hard", "HEAD~2")
    repo.commit("new\n\nChange: one")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    read: list[str] = []
    real = history_reading.message_log
    monkeypatch.setattr(
        history_reading,
        "message_log",
        lambda *a: (read.append(one.subject) or one for one in real(*a)),  # type: ignore[func-returns-value]
    )
    assert subjects(history(repo), "Change", "one") == ["new", "2", "1", "0"]
    assert read == ["new"]


def test_linked_work_trees_share_it(repo: Repo, tmp_path: Path) -> None:
    repo.commit("0\n\nChange: one")
    history(repo).close()
    other = repo.worktree(tmp_path / "linked", "side")
    other.commit("1\n\nChange: one")
    assert subjects(history(other), "Change", "one") == ["1", "0"]
    assert len(index_files(repo)) == 1 and not list(tmp_path.glob("linked/.git/gitspec"))


def test_new_patterns_of_the_policy_count_for_old_commits(repo: Repo) -> None:
    repo.commit("Do it (OpenSpec: one)")
    assert subjects(history(repo), "Change", "one") == []
    assert subjects(history(repo, references=PATTERN), "Change", "one") == ["Do it (OpenSpec: one)"]
    assert subjects(history(repo), "Change", "one") == []


def test_deeper_clone_knows_more_and_a_shallow_one_says_so(repo: Repo, tmp_path: Path) -> None:
    for n in range(5):
        repo.commit(f"{n}\n\nChange: one")
    shallow = Repo(tmp_path / "shallow")
    repo.git("clone", "-q", "--depth=2", f"file://{repo.path}", str(shallow.path))
    for fetch, known, is_cut_off in (
        (None, 2, True),
        ("--deepen=1", 3, True),
        ("--unshallow", 5, False),
        ("--depth=1", 1, True),
    ):
        if fetch:
            shallow.git("fetch", "-q", fetch)
        for use_cache in (True, True, False):
            found = history(shallow, use_cache=use_cache)
            assert (len(found.naming("Change", "one")), found.is_cut_off) == (known, is_cut_off), fetch
            found.close()


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _scramble(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes(len(data) - 100))


def _of_another_version(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE meta SET value = 'other' WHERE key = 'key'")
    db.commit()


def _without_tables(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DROP TABLE commits")
    db.commit()


def _as_link(path: Path) -> None:
    path.rename(path.with_suffix(".away"))
    path.symlink_to(path.with_suffix(".away"))


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"nonsense" * 999),
        _truncate,
        _scramble,
        _of_another_version,
        _without_tables,
        _as_link,
    ],
)
def test_file_that_is_not_to_be_trusted_is_built_anew(repo: Repo, harm: object) -> None:
    repo.commit("0\n\nChange: one")
    history(repo).close()
    (before,) = index_files(repo)
    harm(before)  # type: ignore[operator]
    repo.commit("1\n\nChange: one")
    assert subjects(history(repo), "Change", "one") == ["1", "0"]
    (after,) = index_files(repo)
    assert after.name != before.name and not after.is_symlink()


def test_damage_that_shows_late_is_read_over(repo: Repo) -> None:
    repo.commit("0\n\nChange: one")
    found = history(repo)
    (path,) = index_files(repo)
    _scramble(path)
    assert subjects(found, "Change", "one") == ["0"]
    assert index_files(repo) == [], "the next command builds a new one, instead of stumbling again"


@pytest.mark.parametrize("left", [1, 1000, 4095])
def test_file_that_lost_its_end_is_built_anew(repo: Repo, left: int) -> None:
    for n in range(40):
        repo.commit(f"{n}\n\nChange: one")
    history(repo).close()
    (before,) = index_files(repo)
    before.write_bytes(before.read_bytes()[: left - 4096])
    wanted = told(history(repo, use_cache=False))
    assert told(history(repo)) == wanted
    assert index_files(repo) != [before]


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM commits WHERE id = 2",
        "UPDATE commits SET author = 1, subject = NULL",
        "UPDATE commits SET time = 'late'",
        "UPDATE commits SET parent = 77, others = 'x'",
        "UPDATE views SET outside = 'x'",
        "UPDATE heads SET oid = x'77'",
    ],
)
def test_rows_that_nobody_wrote_so_are_not_told(repo: Repo, harm: str) -> None:
    oids = [repo.commit(f"{n}\n\nChange: one") for n in range(4)]
    history(repo).close()
    with sqlite3.connect(index_files(repo)[0]) as db:
        db.execute(harm)
    assert subjects(history(repo), "Change", "one")[-1] == "0"
    for oid in (oids[1], repo.commit("4\n\nChange: one")):
        assert told(history(repo, oid)) == told(history(repo, oid, use_cache=False))


def test_answer_is_whole_although_what_was_remembered_is_not(repo: Repo) -> None:
    start(repo, "one", "two")
    change(repo, "open", modified=[edits(repo, "one", "part 1", "part I")])
    wanted = gitspec(repo, "trace", "auth/one", "--json")
    with sqlite3.connect(index_files(repo)[0]) as db:
        db.execute("DELETE FROM facts WHERE kind = 'trace'")
        db.execute("UPDATE facts SET value = 'x' || value WHERE key = 'change open'")
    assert gitspec(repo, "trace", "auth/one", "--json") == wanted


def test_fact_that_changed_on_disk_is_not_told(repo: Repo) -> None:
    repo.commit("0")
    found = history(repo)
    found.keep_fact("kind", "key", "a telling text")
    found.close()
    (path,) = index_files(repo)
    assert history(repo).fact("kind", "key") == "a telling text"
    path.write_bytes(path.read_bytes().replace(b"telling", b"tilling"))
    assert history(repo).fact("kind", "key") is None


def test_file_of_another_user_is_left_alone(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("0\n\nChange: one")
    history(repo).close()
    real = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: real + 1)
    assert subjects(history(repo), "Change", "one") == ["0"]


def test_where_nothing_can_be_written_it_answers_all_the_same(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("0\n\nChange: one")
    (repo.path / ".git" / "gitspec").write_text("in the way")
    assert subjects(history(repo), "Change", "one") == ["0"]
    (repo.path / ".git" / "gitspec").unlink()
    history(repo).close()
    repo.commit("1\n\nChange: one")
    monkeypatch.setattr(history_file, "_PATIENCE", 0.01)
    (path,) = index_files(repo)
    busy = sqlite3.connect(path, isolation_level=None)
    for lock in ("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"):
        busy.execute(lock)
        assert subjects(history(repo), "Change", "one") == ["1", "0"]
        busy.execute("ROLLBACK")


def test_many_at_once_all_answer_right(repo: Repo) -> None:
    for n in range(30):
        repo.commit(f"{n}\n\nChange: one")
    code = (
        "import sys; from tests.trace.test_history import history; from tests.conftest import Repo; from pathlib import Path\n"
        "repo = Repo(Path('.'))\n"
        "for _ in range(2):\n"
        "    for back in range(int(sys.argv[1]), 30, 4):\n"
        "        found = history(repo, f'HEAD~{29 - back}'); found.keep_fact('f', str(back), back)\n"
        "        assert len(found.naming('Change', 'one')) == back + 1; found.close()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    running = [subprocess.Popen([sys.executable, "-c", code, str(n)], cwd=repo.path, env=env) for n in range(4)]
    assert [one.wait(timeout=120) for one in running] == [0] * 4
    found = history(repo)
    assert len(found.naming("Change", "one")) == 30
    assert len(index_files(repo)) == 1


def test_of_two_that_build_it_at_once_the_file_begun_last_stays(repo: Repo) -> None:
    files = [history_file.HistoryFile(f"{repo.path}/.git/gitspec", "key") for _ in range(2)]
    begun = [file.begin() for file in files]
    for file, db in reversed(list(zip(files, begun, strict=True))):
        there = file.finish(db)
        assert there.execute("SELECT value FROM meta WHERE key = 'key'").fetchone() == ("key",)
    assert [str(path) for path in index_files(repo)] == [files[1]._path]


def test_killed_writer_leaves_nothing_wrong_behind(repo: Repo) -> None:
    repo.commit("0\n\nChange: one")
    for n in range(1, 7):
        repo.commit(f"{n}\n\nChange: one")
        code = "from tests.trace.test_history import history; from tests.conftest import Repo; from pathlib import Path; history(Repo(Path('.'))).close()"
        env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        victim = subprocess.Popen([sys.executable, "-c", code], cwd=repo.path, env=env, start_new_session=True)
        time.sleep(0.12 + n * 0.03)
        victim.kill()
        victim.wait()
        if n % 3 == 0:
            assert len(history(repo).naming("Change", "one")) == n + 1
