import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import gitspec
from gitspec.errors import CannotJudge
from gitspec.git.repository import discover
from gitspec.git.snapshot import WorkTree, at_work_tree
from gitspec.store import cache as cache_module
from gitspec.store import stat_cache
from gitspec.store.cache import Cache
from gitspec.store.records import records_of
from gitspec.store.spec import Spec
from gitspec.store.stat_cache import oids_by_stat
from tests.conftest import Repo

FACTS = {"a" * 40: ["title", 1, None, {"x": "ä\ud800"}]}


def test_facts_are_shared_by_all_work_trees(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    linked = repo.worktree(tmp_path / "linked", "topic")
    assert Cache(discover()).load("kind") == {}
    Cache(discover()).save("kind", FACTS)
    assert Cache(discover(str(linked.path))).load("kind") == FACTS
    assert Cache(discover()).load("other") == {}
    assert os.listdir(repo.path / ".git/gitspec") == ["kind.json"]


def test_no_kind_leads_out_of_the_cache(repo: Repo) -> None:
    Cache(discover()).save("../../x", FACTS)
    assert os.listdir(repo.path / ".git/gitspec") == ["..%2F..%2Fx.json"]
    assert Cache(discover()).load("../../x") == FACTS


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"key": 1}', b'{"facts": {"a": 1}}', b"[" * 100_000, b"\0" * 100],
)
def test_damage_counts_as_nothing(repo: Repo, damage: bytes) -> None:
    cache = Cache(discover())
    cache.save("kind", FACTS)
    (repo.path / ".git/gitspec/kind.json").write_bytes(damage)
    assert cache.load("kind") == {}
    cache.save("kind", FACTS)
    assert cache.load("kind") == FACTS


def test_another_version_is_not_believed(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    Cache(discover()).save("kind", FACTS)
    monkeypatch.setattr(cache_module, "__version__", gitspec.__version__ + ".dev1")
    assert Cache(discover()).load("kind") == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_believed(repo: Repo) -> None:
    Cache(discover()).save("kind", FACTS)
    os.chown(repo.path / ".git/gitspec/kind.json", 65534, -1)
    assert Cache(discover()).load("kind") == {}


def test_a_link_in_place_of_the_cache_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    cache = Cache(discover())
    cache.save("kind", FACTS)
    (tmp_path / "planted").write_bytes((repo.path / ".git/gitspec/kind.json").read_bytes())
    (repo.path / ".git/gitspec/kind.json").unlink()
    (repo.path / ".git/gitspec/kind.json").symlink_to(tmp_path / "planted")
    assert cache.load("kind") == {}
    cache.save("kind", {})
    assert json.loads((tmp_path / "planted").read_bytes())["facts"] != {}


def test_a_place_that_cannot_be_written_to_is_no_error(repo: Repo) -> None:
    (repo.path / ".git/gitspec").write_text("a file")
    Cache(discover()).save("kind", FACTS)
    assert Cache(discover()).load("kind") == {}
    assert (repo.path / ".git/gitspec").read_text() == "a file"


def test_writers_at_once_never_leave_half_a_file(repo: Repo) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from gitspec.git.repository import discover\n"
        "from gitspec.store.cache import Cache\n"
        "cache = Cache(discover())\n"
        "for _ in range(100):\n"
        "    cache.save('kind', {'n': sys.argv[2] * 50_000})\n"
        "    held = cache.load('kind')['n']\n"
        "    assert len(held) == 50_000 and len(set(held)) == 1, 'torn'\n"
    )
    root = str(Path(__file__).parents[2])
    writers = [subprocess.Popen([sys.executable, "-c", code, root, str(n)], cwd=repo.path) for n in range(4)]
    assert [w.wait(120) for w in writers] == [0] * 4
    assert os.listdir(repo.path / ".git/gitspec") == ["kind.json"]


# -- ids of files by what the system says about them

A, B = "spec/capabilities/a.yaml", "spec/capabilities/b.yaml"


def look(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """The ids of all files, and which of the files were read for that."""
    read: list[str] = []
    real = WorkTree._read

    def reading(self: WorkTree, path: str) -> bytes:
        read.append(path)
        return real(self, path)

    with monkeypatch.context() as patch:
        patch.setattr(WorkTree, "_read", reading)
        repo = discover()
        snapshot = at_work_tree(repo)
        assert isinstance(snapshot, WorkTree)
        return oids_by_stat(snapshot, Cache(repo), [e.path for e in snapshot.entries()]), read


def test_settled_files_are_hashed_once(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stat_cache, "_SETTLED_NS", -(10**12))
    repo.write(A, "a")
    repo.write(B, "b")
    expected = [repo.git("hash-object", A), repo.git("hash-object", B)]
    assert look(monkeypatch) == (expected, [A, B])
    assert look(monkeypatch) == (expected, [])
    repo.write(B, "c")
    assert look(monkeypatch) == ([expected[0], repo.git("hash-object", B)], [B])


def test_a_change_that_keeps_size_and_time_is_seen(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stat_cache, "_SETTLED_NS", -(10**12))
    path = repo.write(A, "a")
    look(monkeypatch)
    before = path.stat()
    path.write_text("b")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert look(monkeypatch)[0] == [repo.git("hash-object", A)]


def test_files_changed_just_now_are_not_remembered(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write(A, "a")
    look(monkeypatch)
    assert look(monkeypatch)[1] == [A]


def test_each_work_tree_has_its_own(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stat_cache, "_SETTLED_NS", -(10**12))
    repo.write(A, "a")
    repo.commit()
    linked = repo.worktree(tmp_path / "linked", "topic")
    look(monkeypatch)
    monkeypatch.chdir(linked.path)
    assert look(monkeypatch)[1] == [A]
    monkeypatch.chdir(repo.path)
    assert look(monkeypatch)[1] == []


def test_damaged_rows_are_hashed_again(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write(A, "a")
    for row in (1, [], ["x"], "x", "", None, {"0": 1}):
        Cache(discover()).save("files-.git", {A: row})
        assert look(monkeypatch)[0] == [repo.git("hash-object", A)]


def test_a_file_that_changes_after_its_id_was_told_is_not_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stat_cache, "_SETTLED_NS", -(10**12))
    repo.write(A, "a")
    look(monkeypatch)
    found = discover()
    snapshot = at_work_tree(found)
    assert isinstance(snapshot, WorkTree)
    oids_by_stat(snapshot, Cache(found), [A])
    repo.write(A, "b")
    with pytest.raises(CannotJudge) as caught:
        snapshot.read(A)
    assert (caught.value.code, caught.value.place) == ("G009", A)


def test_what_is_known_of_files_is_read_once_for_all_archived_changes(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        repo.write(f"spec/archive/2026-11-0{number + 1}-c{number}/change.yaml", f"change: c{number}\n")
    looked: list[str] = []
    load = Cache.load
    monkeypatch.setattr(Cache, "load", lambda cache, kind: looked.append(kind) or load(cache, kind))
    spec = Spec(at_work_tree(discover()), Cache(discover()))
    folders = [spec.archived_change(one) for one in spec.archived()]
    assert [record.id for record in records_of(spec, folders)] == ["c0", "c1", "c2", "c3", "c4"]
    assert len([kind for kind in looked if kind.startswith("files-")]) == 1
