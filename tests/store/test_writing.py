import os
import stat
from pathlib import Path

import pytest

from gitspec.errors import CannotJudge, Refused
from gitspec.git.repository import Repository, discover
from gitspec.store.writing import remove_file, write_file
from tests.conftest import Repo

PATH = "spec/changes/x/deltas/a/b.yaml"


@pytest.fixture
def found(repo: Repo) -> Repository:
    return discover()


def test_a_new_file_gets_its_folders_and_the_usual_mode(repo: Repo, found: Repository) -> None:
    old = os.umask(0o027)
    try:
        write_file(found, PATH, b"one\n")
    finally:
        os.umask(old)
    assert repo.read(PATH) == "one\n"
    assert stat.S_IMODE((repo.path / PATH).stat().st_mode) == 0o640
    assert os.listdir((repo.path / PATH).parent) == ["b.yaml"]


def test_an_existing_file_is_replaced_and_keeps_its_mode(repo: Repo, found: Repository) -> None:
    repo.write(PATH, "old").chmod(0o604)
    before = (repo.path / PATH).stat().st_ino
    with (repo.path / PATH).open() as reader:
        write_file(found, PATH, b"new")
        assert reader.read() == "old"  # whoever reads meanwhile sees one or the other
    assert (repo.read(PATH), stat.S_IMODE((repo.path / PATH).stat().st_mode)) == ("new", 0o604)
    assert (repo.path / PATH).stat().st_ino != before


def test_exclusive_never_overwrites(repo: Repo, found: Repository) -> None:
    write_file(found, PATH, b"one", exclusive=True)
    with pytest.raises(Refused) as caught:
        write_file(found, PATH, b"two", exclusive=True)
    assert (caught.value.code, caught.value.place) == ("L012", PATH)
    assert repo.read(PATH) == "one"
    assert os.listdir((repo.path / PATH).parent) == ["b.yaml"]


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "spec",
        "specs/x",
        "../x",
        "spec/../x",
        "spec//x",
        "spec/./x",
        "/etc/x",
        "spec/.git/x",
        "spec/.GIT/x",
        "spec/a\0b",
        "spec/x/",
        "",
    ],
)
def test_nothing_outside_of_spec_is_written(repo: Repo, found: Repository, path: str) -> None:
    before = sorted(repo.path.rglob("*"))
    with pytest.raises(Refused) as caught:
        write_file(found, path, b"x")
    assert caught.value.code == "L009"
    assert sorted(repo.path.rglob("*")) == before


@pytest.mark.parametrize("link", ["spec", "spec/changes", "spec/changes/x", "spec/changes/x/deltas/a"])
def test_a_link_on_the_way_is_refused(repo: Repo, found: Repository, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo.path / link).parent.mkdir(parents=True, exist_ok=True)
    (repo.path / link).symlink_to(outside)
    for act in (lambda: write_file(found, PATH, b"x"), lambda: remove_file(found, PATH)):
        with pytest.raises(Refused) as caught:
            act()
        assert (caught.value.code, caught.value.place) == ("L009", link)
    assert os.listdir(outside) == []


def test_a_target_that_is_a_link_or_a_folder_is_refused(repo: Repo, found: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("kept")
    (repo.path / PATH).parent.mkdir(parents=True)
    (repo.path / PATH).symlink_to(tmp_path / "secret")
    (repo.path / "spec/folder").mkdir()
    for path in (PATH, "spec/folder"):
        with pytest.raises(Refused):
            write_file(found, path, b"x")
    assert (tmp_path / "secret").read_text() == "kept"


def test_a_file_where_a_folder_should_be_is_refused(repo: Repo, found: Repository) -> None:
    repo.write("spec/changes/x", "file")
    with pytest.raises(Refused):
        write_file(found, PATH, b"x")


def test_a_bare_repository_has_nothing_to_write_to(bare_repo: Repo) -> None:
    with pytest.raises(CannotJudge) as caught:
        write_file(discover(str(bare_repo.path)), PATH, b"x")
    assert caught.value.code == "G007"


def test_what_the_system_refuses_leaves_nothing_behind(
    repo: Repo, found: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource
    import signal

    repo.write(PATH, "old")
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(CannotJudge) as caught:
            write_file(found, PATH, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert (caught.value.code, caught.value.place) == ("G008", PATH)
    assert os.listdir((repo.path / PATH).parent) == ["b.yaml"]
    assert repo.read(PATH) == "old"


def test_removing_takes_the_folders_that_become_empty(repo: Repo, found: Repository) -> None:
    repo.write(PATH, "x")
    repo.write("spec/changes/x/tasks.md", "x")
    remove_file(found, PATH)
    remove_file(found, PATH)
    assert os.listdir(repo.path / "spec/changes/x") == ["tasks.md"]
    remove_file(found, "spec/changes/x/tasks.md")
    assert (repo.path / "spec").is_dir()
    assert not (repo.path / "spec/changes").exists()


def test_the_whole_work_tree_only_when_asked_for_and_never_the_git_folder(repo: Repo, found: Repository) -> None:
    write_file(found, ".gitattributes", b"x", within="")
    assert repo.read(".gitattributes") == "x"
    with pytest.raises(Refused):
        write_file(found, ".git/config", b"x", within="")
