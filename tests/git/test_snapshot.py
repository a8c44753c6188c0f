import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitspec.errors import CannotJudge
from gitspec.git.repository import discover
from gitspec.git.snapshot import (
    Entry,
    Snapshot,
    WorkTree,
    at_commit,
    at_index,
    at_work_tree,
    folder_trees,
    open_snapshot,
)
from tests.conftest import Repo

POLICY, AUTH = "spec/gitspec.yaml", "spec/capabilities/auth.yaml"


def contents(snapshot: Snapshot) -> dict[str, bytes]:
    paths = [e.path for e in snapshot.entries()]
    return dict(zip(paths, snapshot.read_many(paths), strict=True))


@pytest.fixture(params=["sha1", "sha256"])
def governed(request: pytest.FixtureRequest, make_repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> Repo:
    made = make_repo("governed", f"--object-format={request.param}")
    made.write(POLICY, "version: '1'\n")
    made.write(AUTH, "capability: auth\n")
    made.write("src/code.py", "pass\n")
    made.commit()
    monkeypatch.chdir(made.path)
    return made


def test_a_commit_the_index_and_the_work_tree_each_show_their_own(governed: Repo) -> None:
    governed.write(AUTH, "staged\n")
    governed.git("add", AUTH)
    governed.write(AUTH, "edited\n")
    governed.write("spec/capabilities/new.yaml", "untracked\n")
    repo = discover()
    policy = {POLICY: b"version: '1'\n"}
    assert contents(at_commit(repo, "HEAD")) == {AUTH: b"capability: auth\n"} | policy
    assert contents(at_index(repo)) == {AUTH: b"staged\n"} | policy
    assert contents(at_work_tree(repo)) == {AUTH: b"edited\n", "spec/capabilities/new.yaml": b"untracked\n"} | policy


def test_all_three_know_the_ids_that_git_gives(governed: Repo) -> None:
    repo = discover()
    expected = [governed.git("rev-parse", f"HEAD:{path}") for path in (AUTH, POLICY)]
    for snapshot in (at_commit(repo, "main"), at_index(repo), at_work_tree(repo)):
        assert snapshot.oids([AUTH, POLICY]) == expected
        assert [e.path for e in snapshot.entries()] == [AUTH, POLICY]


def test_folders_get_the_tree_ids_that_git_gives(governed: Repo) -> None:
    governed.write("spec/capabilities/auth/totp.yaml", "x")
    governed.write("spec/capabilities/auth-x/a/b.yaml", "y")
    governed.commit()
    repo = discover()
    entries = at_commit(repo, "HEAD").entries()
    trees = folder_trees([(e.path, e.mode, e.oid or "") for e in entries], repo.object_format)
    for folder in ("spec", "spec/capabilities", "spec/capabilities/auth", "spec/capabilities/auth-x/a"):
        assert trees[folder] == governed.git("rev-parse", f"HEAD:{folder}")


def test_bare_linked_and_subfolder_show_the_same(governed: Repo, tmp_path: Path) -> None:
    bare = governed.bare(tmp_path / "bare.git")
    linked = governed.worktree(tmp_path / "linked", "topic")
    expected = contents(open_snapshot(discover()))
    for folder in (bare.path, linked.path, linked.path / "spec/capabilities", governed.path / "src"):
        assert contents(open_snapshot(discover(str(folder)))) == expected
    for wanted in (at_work_tree, at_index):
        with pytest.raises(CannotJudge) as caught:
            wanted(discover(str(bare.path)))
        assert caught.value.code == "G007"


def test_without_a_commit_index_and_work_tree_work(repo: Repo) -> None:
    repo.write(POLICY, "a")
    repo.git("add", POLICY)
    found = discover()
    assert contents(at_index(found)) == contents(open_snapshot(found)) == {POLICY: b"a"}
    with pytest.raises(CannotJudge, match="no commit yet"):
        open_snapshot(found, "HEAD")


def test_without_a_spec_folder_there_is_nothing(repo: Repo) -> None:
    repo.write("README.md", "x")
    repo.write("specs/a.yaml", "x")
    repo.commit()
    found = discover()
    for snapshot in (at_commit(found, "HEAD"), at_index(found), at_work_tree(found)):
        assert snapshot.entries() == []
        with pytest.raises(CannotJudge) as caught:
            snapshot.read(POLICY)
        assert caught.value.code == "G006"


def install(folder: Path, name: str, script: Path, code: str) -> None:
    """Make a hook that runs Python ``code`` with gitspec at hand."""
    script.write_text(f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n{code}")
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\nexec {sys.executable} {script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("how", [["-a"], ["--", AUTH], ["-i", AUTH]])
@pytest.mark.parametrize("where", ["main", "linked"])
def test_a_hook_sees_the_index_of_the_commit_being_made(
    governed: Repo, tmp_path: Path, how: list[str], where: str
) -> None:
    seen = tmp_path / "seen"
    code = (
        "from gitspec.git.repository import discover\n"
        "from gitspec.git.snapshot import at_index\n"
        f"read = at_index(discover()).read_many([{AUTH!r}, {POLICY!r}])\n"
        f"open({str(seen)!r}, 'wb').write(b'|'.join(read))\n"
    )
    install(governed.path / ".git/hooks", "pre-commit", tmp_path / "hook.py", code)
    here = governed if where == "main" else governed.worktree(tmp_path / "linked", "topic")
    here.write(POLICY, "staged, and not in a partial commit\n")
    here.git("add", POLICY)
    here.write(AUTH, "committed\n")
    here.git("commit", "-q", "-m", "Commit", *how)
    policy = b"version: '1'\n" if how[0] == "--" else b"staged, and not in a partial commit\n"
    assert seen.read_bytes() == b"committed\n|" + policy


def test_links_submodules_and_executables_are_entries_and_never_followed(governed: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.yaml").write_text("secret")
    spec = governed.path / "spec/capabilities"
    (spec / "folder").symlink_to(tmp_path / "outside")
    (spec / "file.yaml").symlink_to(tmp_path / "outside/secret.yaml")
    governed.write("spec/capabilities/run.yaml", "x").chmod(0o755)
    Repo.init(spec / "nested", f"--object-format={governed.git('rev-parse', '--show-object-format')}").commit()
    governed.git("add", "-A", check=False)
    expected = {"folder": 0o120000, "file.yaml": 0o120000, "run.yaml": 0o100755, "nested": 0o160000}
    repo = discover()
    for snapshot in (at_work_tree(repo), at_index(repo)):
        modes = {e.path.removeprefix("spec/capabilities/"): e.mode for e in snapshot.entries()}
        assert {name: modes.get(name) for name in expected} == expected
        assert snapshot.read("spec/capabilities/file.yaml") == bytes(tmp_path / "outside/secret.yaml")
        with pytest.raises(CannotJudge):
            snapshot.read("spec/capabilities/nested")
        with pytest.raises(CannotJudge):
            snapshot.read("spec/capabilities/folder/secret.yaml")


def test_a_spec_folder_that_is_a_link_is_one_entry(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/gitspec.yaml").write_text("x")
    (repo.path / "spec").symlink_to(tmp_path / "elsewhere")
    repo.commit()
    found = discover()
    for snapshot in (at_commit(found, "HEAD"), at_index(found), at_work_tree(found)):
        assert [(e.path, e.mode) for e in snapshot.entries()] == [("spec", 0o120000)]


def test_a_pipe_in_the_work_tree_blocks_nobody(governed: Repo) -> None:
    os.mkfifo(governed.path / "spec/pipe")
    snapshot = at_work_tree(discover())
    assert [e.mode for e in snapshot.entries() if e.path == "spec/pipe"] == [0]


def test_a_file_that_becomes_a_link_after_the_listing_is_not_followed(governed: Repo, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    snapshot = at_work_tree(discover())
    snapshot.entries()
    (governed.path / AUTH).unlink()
    (governed.path / AUTH).symlink_to(tmp_path / "secret")
    with pytest.raises(CannotJudge) as caught:
        snapshot.read(AUTH)
    assert caught.value.code == "G008"


def test_what_a_merge_left_undecided_is_named(governed: Repo) -> None:
    governed.git("checkout", "-q", "-b", "other")
    governed.write(AUTH, "theirs\n")
    governed.commit()
    governed.git("checkout", "-q", "main")
    governed.write(AUTH, "ours\n")
    governed.commit()
    governed.git("merge", "-q", "other", check=False)
    snapshot = at_index(discover())
    assert snapshot.unmerged == (AUTH,)
    assert [e.path for e in snapshot.entries()] == [POLICY]


def test_a_file_announced_with_add_n_is_not_in_the_index_yet(governed: Repo) -> None:
    governed.write("spec/capabilities/soon.yaml", "x")
    governed.write("spec/capabilities/empty.yaml", "")
    governed.git("add", "-N", "spec/capabilities/soon.yaml")
    governed.git("add", "spec/capabilities/empty.yaml")
    assert [e.path for e in at_index(discover()).entries()] == [AUTH, "spec/capabilities/empty.yaml", POLICY]


@pytest.mark.parametrize("sparse_index", [False, True])
def test_what_a_sparse_checkout_leaves_out_stands_as_in_the_index(repo: Repo, sparse_index: bool) -> None:
    repo.write("README.md", "x")
    repo.write(POLICY, "policy")
    repo.write(AUTH, "auth")
    repo.commit()
    repo.git("sparse-checkout", "set", *(["--sparse-index"] if sparse_index else []), "src")
    assert not (repo.path / "spec").exists()
    found = discover()
    assert contents(at_work_tree(found)) == contents(at_index(found)) == {AUTH: b"auth", POLICY: b"policy"}
    assert at_work_tree(found).oid(AUTH) == repo.git("rev-parse", f"HEAD:{AUTH}")


def test_split_index_and_reading_while_the_index_is_locked(governed: Repo) -> None:
    governed.git("update-index", "--split-index")
    (governed.path / ".git/index.lock").write_text("")
    assert [e.path for e in at_index(discover()).entries()] == [AUTH, POLICY]


def test_names_that_are_no_utf8_survive(repo: Repo) -> None:
    path = os.fsdecode(b"spec/capabilities/\xff\xe4.yaml")
    repo.write(path, "x")
    repo.commit()
    found = discover()
    for snapshot in (at_commit(found, "HEAD"), at_index(found), at_work_tree(found)):
        assert contents(snapshot) == {path: b"x"}


def test_where_file_modes_mean_nothing_nothing_is_executable(governed: Repo) -> None:
    governed.git("config", "core.fileMode", "false")
    (governed.path / AUTH).chmod(0o777)
    assert at_work_tree(discover()).entries()[0] == Entry(AUTH, 0o100644, None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_refusal(governed: Repo) -> None:
    (governed.path / AUTH).chmod(0)
    with pytest.raises(CannotJudge) as caught:
        at_work_tree(discover()).read(AUTH)
    assert (caught.value.code, caught.value.place) == ("G008", AUTH)


def test_ignored_files_are_told_apart(governed: Repo) -> None:
    governed.write(".gitignore", "*.swp\n")
    governed.write("spec/.auth.swp", "x")
    snapshot = at_work_tree(discover())
    assert isinstance(snapshot, WorkTree)
    assert snapshot.ignored(["spec/.auth.swp", AUTH]) == {"spec/.auth.swp"}
    assert snapshot.ignored([]) == set()


def test_in_a_push_the_quarantined_commit_is_read(governed: Repo, tmp_path: Path) -> None:
    bare = governed.bare(tmp_path / "bare.git")
    seen = tmp_path / "seen"
    code = (
        "from gitspec.git.repository import discover\n"
        "from gitspec.git.snapshot import at_commit\n"
        "old, new, ref = sys.stdin.readline().split()\n"
        f"open({str(seen)!r}, 'wb').write(at_commit(discover(), new).read({AUTH!r}))\n"
    )
    install(bare.path / "hooks", "pre-receive", tmp_path / "hook.py", code)
    governed.write(AUTH, "pushed\n")
    governed.commit()
    governed.git("push", "-q", str(bare.path), "main")
    assert seen.read_bytes() == b"pushed\n"


def test_what_a_partial_clone_left_behind_is_fetched(governed: Repo, tmp_path: Path) -> None:
    governed.git("config", "uploadpack.allowFilter", "true")
    governed.git(
        "clone", "-q", "--bare", "--filter=blob:none", f"file://{governed.path}", str(tmp_path / "partial.git")
    )
    repo = discover(str(tmp_path / "partial.git"))
    assert contents(at_commit(repo, "main")) == {AUTH: b"capability: auth\n", POLICY: b"version: '1'\n"}


def test_reading_writes_nothing_into_the_repository(governed: Repo) -> None:
    def state() -> dict[str, int]:
        return {str(p): os.lstat(p).st_mtime_ns for p in governed.path.rglob("*") if stat.S_ISREG(os.lstat(p).st_mode)}

    before = state()
    repo = discover()
    for snapshot in (at_commit(repo, "HEAD"), at_index(repo), at_work_tree(repo)):
        contents(snapshot)
        snapshot.oids([AUTH])
    assert state() == before
