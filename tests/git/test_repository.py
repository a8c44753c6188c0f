import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitspec.errors import CannotJudge
from gitspec.git.repository import discover
from gitspec.git.run import git
from tests.conftest import Repo


def test_found_from_the_top_and_from_a_subfolder(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo.path / "a/b").mkdir(parents=True)
    for folder in (repo.path, repo.path / "a/b"):
        monkeypatch.chdir(folder)
        found = discover()
        assert (found.top, found.git_dir, found.common_dir) == (
            str(repo.path),
            f"{repo.path}/.git",
            f"{repo.path}/.git",
        )
        assert (found.is_bare, found.object_format) == (False, "sha1")
        assert discover(str(folder)).top == str(repo.path)


def test_a_linked_work_tree_shares_the_common_folder(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    linked = repo.worktree(tmp_path / "linked", "topic")
    found = discover(str(linked.path))
    assert found.top == str(linked.path)
    assert found.git_dir == f"{repo.path}/.git/worktrees/linked"
    assert found.common_dir == f"{repo.path}/.git"
    assert git(found, "symbolic-ref", "HEAD") == b"refs/heads/topic\n"


def test_a_bare_repository_has_no_top(bare_repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bare_repo.path)
    found = discover()
    assert (found.top, found.git_dir, found.is_bare) == (None, str(bare_repo.path), True)
    assert git(found, "rev-parse", "--is-bare-repository") == b"true\n"
    monkeypatch.chdir(bare_repo.path / "refs")
    assert discover().git_dir == str(bare_repo.path)


def test_a_bare_repository_inside_a_work_tree_is_refused(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    Repo.init(repo.path / "docs/kit", "--bare")
    (repo.path / "docs/kit/sub").mkdir()
    for inside in ("docs/kit", "docs/kit/sub"):
        monkeypatch.chdir(repo.path / inside)
        with pytest.raises(CannotJudge, match="bare repository inside another") as caught:
            discover()
        assert caught.value.code == "G002"
    monkeypatch.chdir(repo.path / "docs/kit")
    monkeypatch.setenv("GIT_DIR", ".")
    assert discover().git_dir == str(repo.path / "docs/kit")


def test_the_git_folder_itself_belongs_to_its_work_tree(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path / ".git")
    monkeypatch.setenv("GIT_DIR", ".")  # as in post-receive
    assert discover().top == str(repo.path)
    monkeypatch.delenv("GIT_DIR")
    assert discover().top == str(repo.path)


def test_a_submodule_is_a_repository_of_its_own(repo: Repo, make_repo: Callable[..., Repo]) -> None:
    inner = make_repo("inner")
    inner.commit("Inner")
    repo.git("submodule", "-q", "add", str(inner.path), "vendor/inner")
    found = discover(str(repo.path / "vendor/inner"))
    assert found.top == str(repo.path / "vendor/inner")
    assert found.git_dir == f"{repo.path}/.git/modules/vendor/inner"
    assert git(found, "rev-parse", "HEAD").decode().strip() == inner.head()


def test_sha256_repositories_are_known(make_repo: Callable[..., Repo]) -> None:
    found = discover(str(make_repo("new", "--object-format=sha256").path))
    assert (found.object_format, len(found.zero)) == ("sha256", 64)


def test_outside_of_any_repository_the_help_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotJudge, match="in no Git repository") as caught:
        discover()
    assert (caught.value.code, caught.value.exit_code) == ("G001", 3)
    assert "git init" in caught.value.help
    with pytest.raises(CannotJudge, match="no folder"):
        discover(str(tmp_path / "nowhere"))


def test_a_damaged_repository_is_a_refusal(repo: Repo) -> None:
    repo.git("config", "core.repositoryFormatVersion", "99")
    with pytest.raises(CannotJudge, match="Expected git repo version") as caught:
        discover()
    assert caught.value.code == "G002"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_repository_is_refused_with_the_way_to_trust_it(repo: Repo) -> None:
    for path in (repo.path, repo.path / ".git"):
        os.chown(path, 65534, 65534)
    with pytest.raises(CannotJudge, match="belongs to somebody else") as caught:
        discover()
    assert "safe.directory" in caught.value.help


def test_another_repository_is_not_mistaken_for_that_of_the_hook(
    repo: Repo, make_repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_repo("other")
    monkeypatch.setenv("GIT_DIR", str(repo.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / ".git/index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(repo.path / ".git/objects"))
    found = discover(str(other.path))
    assert found.top == str(other.path)
    assert found.index_file == str(other.path / ".git/index")
    oid = git(found, "hash-object", "-w", "--stdin", input=b"x").decode().strip()
    assert (other.path / ".git/objects" / oid[:2] / oid[2:]).exists()


def test_minus_c_to_the_hooks_own_repository_keeps_the_hooks_index(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo.path / "sub").mkdir()
    for given in (".git/next-index-1.lock", f"{repo.path}/.git/next-index-1.lock"):
        monkeypatch.setenv("GIT_INDEX_FILE", given)
        assert discover(str(repo.path / "sub")).index_file == f"{repo.path}/.git/next-index-1.lock"
        assert discover().index_file == f"{repo.path}/.git/next-index-1.lock"


def test_replace_refs_cannot_fake_content(repo: Repo) -> None:
    repo.write("a", "true")
    repo.commit()
    fake = repo.git("hash-object", "-w", "--stdin", input="false")
    repo.git("replace", repo.git("rev-parse", "HEAD:a"), fake)
    for start in (None, str(repo.path)):
        assert git(discover(start), "cat-file", "blob", "HEAD:a") == b"true"


def test_paths_with_unusual_characters(make_repo: Callable[..., Repo]) -> None:
    made = make_repo("ä \n'x")
    made.commit()
    assert discover(str(made.path)).top == str(made.path)
