"""A journal that no operation of this user wrote never acts, and one that lies does nothing that commits do not say."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitspec.errors import CannotJudge
from gitspec.git.journal import operation_lock
from gitspec.git.journal_shape import Journal
from gitspec.git.repository import discover
from tests.archive.project import gitspec, project
from tests.archive.test_recovery import recovered
from tests.conftest import Repo

JOURNAL = ".git/gitspec/journal.json"
ZERO = "0" * 40


class Scene:
    """A project with an archived change and uncommitted edits, and a folder outside that nothing may reach."""

    def __init__(self, folder: Path) -> None:
        self.repo = project(Repo.init(folder / "r"))
        self.before = self.repo.head()
        assert gitspec(self.repo, "archive", "add-2fa").code == 0
        self.repo.write("src/code.py", "edited\n")
        self.repo.write("spec/capabilities/billing.yaml", "mine\n")
        self.repo.git("tag", "v1")
        self.outside = folder / "outside"
        self.outside.mkdir()
        (self.outside / "precious").write_text("precious\n")

    def plant(self, **facts: Any) -> None:
        """Write a journal of the right shape, but for ``facts``."""
        journal = Journal(
            "moving",
            "archive",
            "x",
            ".",
            follows=True,
            stage="files",
            ref="refs/heads/main",
            old=self.before,
            new=self.repo.head(),
        )
        self.repo.write(JOURNAL, json.dumps({"version": 3, **journal._asdict(), **facts}))

    def everything(self) -> dict[str, Any]:
        """All that a journal could do harm to."""
        self.repo.git("update-index", "-q", "--refresh", check=False)
        return {
            "refs": self.repo.git("for-each-ref"),
            "status": self.repo.git("status", "--porcelain=v2", "-uall"),
            "index": self.repo.git("ls-files", "-s"),
            "code": self.repo.read("src/code.py") + self.repo.read("spec/capabilities/billing.yaml"),
            "outside": {p.name: p.read_text() for p in self.outside.iterdir()},
        }


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def assert_refused(scene: Scene, reason: str) -> None:
    """Nothing acts on the journal, and it says why."""
    before = scene.everything()
    with pytest.raises(CannotJudge) as caught:
        recovered(scene.repo)
    assert (caught.value.code, caught.value.place) == ("G012", JOURNAL)
    assert reason in caught.value.message
    assert scene.everything() == before
    assert os.path.lexists(scene.repo.path / JOURNAL)


@pytest.mark.spec("archiving/survives-being-killed#planted-journal")
def test_each_command_says_so_and_none_acts(scene: Scene) -> None:
    scene.plant(ref="refs/tags/v1")
    before = scene.everything()
    listed = gitspec(scene.repo, "list")
    assert listed.code == 0 and "cannot be finished yet" in listed.err and "a ref that no operation" in listed.err
    assert len(listed.err.splitlines()) == 1
    for args in ((), ("--repair",)):
        shown = gitspec(scene.repo, "doctor", *args)
        assert shown.code == 1 and f"{JOURNAL}: G012" in shown.out and "then delete the file" in shown.out
        assert str(scene.repo.path) not in shown.out
    done = gitspec(scene.repo, "archive", "add-2fa")
    assert done.code == 3 and "G012" in done.err
    assert scene.everything() == before
    assert (scene.repo.path / JOURNAL).exists()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"version": 1}', '{"version": 9, "phase": "moving"}', "\0\0", "[" * 100_000, '"' * 99]
)
def test_garbage(scene: Scene, text: str) -> None:
    scene.repo.write(JOURNAL, text)
    assert_refused(scene, "cannot be used")


SHAPE, FOLDER, REF, ID = "right shape", "a folder that no", "a ref that no", "no object id"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"phase": "done"}, "no phase"),
        ({"what": 3}, SHAPE),
        ({"follows": "yes"}, SHAPE),
        ({"began": None}, SHAPE),
        ({"phase": "preparing"}, SHAPE),
        ({"tags": [["refs/tags/archive/x"]]}, SHAPE),
        ({"unknown": ""}, "cannot be used"),
        *(({"home": bad}, FOLDER) for bad in ("", "..", "../r/.git", "/etc", "worktrees/..", "worktrees/a/../..", "x")),
        *(({"stage": bad}, FOLDER) for bad in ("/etc", "..", ".gitspec-1/../..", ".gitspec-", "../outside", "x")),
        *(({"ref": f"refs/heads/{bad}"}, REF) for bad in ("../../x", "a//b", ".x", "a.lock", "a b", "a\n", "", "x/..")),
        *(({"ref": bad}, REF) for bad in ("refs/tags/v1", "HEAD", "--stdin", "refs/remotes/origin/main", "")),
        ({"tags": [["refs/tags/v1", ZERO]]}, REF),
        ({"dropped": [["refs/tags/v1", ZERO]]}, REF),
        ({"dropped": [["refs/tags/archive/../v1", ZERO]]}, REF),
        *(({name: bad}, ID) for name in ("old", "new") for bad in ("--output=x", "HEAD", "", "F" * 40, "0" * 64)),
        ({"tags": [["refs/tags/archive/x", "-d"]]}, ID),
    ],
    ids=str,
)
def test_of_another_shape_than_operations_write(scene: Scene, facts: dict[str, Any], reason: str) -> None:
    scene.plant(**facts)
    assert_refused(scene, reason)


def as_link(scene: Scene) -> str:
    scene.plant()
    (scene.repo.path / JOURNAL).rename(scene.outside / "journal.json")
    (scene.repo.path / JOURNAL).symlink_to(scene.outside / "journal.json")
    return "no ordinary file"


def as_link_to_nothing(scene: Scene) -> str:
    (scene.repo.path / JOURNAL).symlink_to("nothing")
    return "no ordinary file"


def as_folder(scene: Scene) -> str:
    (scene.repo.path / JOURNAL).mkdir()
    return "no ordinary file"


def as_pipe(scene: Scene) -> str:
    os.mkfifo(scene.repo.path / JOURNAL)
    return "no ordinary file"


def huge(scene: Scene) -> str:
    scene.plant()
    os.truncate(scene.repo.path / JOURNAL, 1 << 30)
    return "too large"


def of_somebody_else(scene: Scene) -> str:
    if os.geteuid():
        pytest.skip("only root may give files away")
    scene.plant()
    os.chown(scene.repo.path / JOURNAL, 12345, -1)
    return "belongs to another user (uid 12345)"


@pytest.mark.parametrize("made", [as_link, as_link_to_nothing, as_folder, as_pipe, huge, of_somebody_else])
@pytest.mark.spec("archiving/survives-being-killed#planted-journal")
def test_not_a_file_of_this_user(scene: Scene, made: Callable[[Scene], str]) -> None:
    assert_refused(scene, made(scene))


def test_a_folder_of_gitspecs_that_is_a_link(scene: Scene) -> None:
    scene.plant()
    (scene.repo.path / ".git/gitspec").rename(scene.outside / "gitspec")
    (scene.repo.path / ".git/gitspec").symlink_to(scene.outside / "gitspec")
    with pytest.raises(CannotJudge) as caught:
        recovered(scene.repo)
    assert "it is behind a link" in caught.value.message
    assert (scene.outside / "gitspec/journal.json").exists()


def test_what_it_says_is_safe_to_show(scene: Scene) -> None:
    scene.plant(phase="preparing", new="", what="\x1b[31marchive\n", change="a\u202eb", remote="\x07origin")
    said = gitspec(scene.repo, "list").err
    assert "undid an interrupted ?[31marchive? of 'a?b'" in said
    assert len(said.splitlines()) == 1


def test_a_tag_of_an_archive_that_a_branch_has_is_not_deleted(scene: Scene) -> None:
    """It claims an archive on another branch that never got there."""
    scene.repo.git("branch", "release", scene.before)
    tag = scene.repo.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/tags/archive").split(" ")
    before = scene.everything()
    for facts in ({"tags": [tag]}, {"dropped": [tag]}, {"tags": [tag], "dropped": [tag]}):
        scene.plant(ref="refs/heads/release", follows=False, stage="", **facts)
        assert "undid" in (recovered(scene.repo) or "")
        assert scene.everything() == before


def test_no_tag_is_made_or_deleted_for_a_commit_that_the_operation_did_not_bring(scene: Scene) -> None:
    scene.repo.git("tag", "-a", "-m", "x", "other", scene.before)
    oid = scene.repo.git("rev-parse", "other")
    old = scene.repo.git("tag", "archive/old", scene.before) or scene.before
    before = scene.everything()
    scene.plant(tags=[["refs/tags/archive/new", oid]], dropped=[["refs/tags/archive/old", old]])
    assert "finished" in (recovered(scene.repo) or "")
    assert scene.everything() == before


@pytest.mark.parametrize("landed", [True, False])
def test_no_branch_moves(scene: Scene, landed: bool) -> None:
    before = scene.everything()
    scene.plant(**({} if landed else {"old": scene.repo.head(), "new": "1" * 40}))
    assert recovered(scene.repo)
    assert scene.everything() == before


@pytest.mark.parametrize("where", [".git/gitspec/operation", ".gitspec-1"])
def test_a_link_instead_of_a_folder_to_be_removed_is_not_followed(scene: Scene, where: str) -> None:
    (scene.repo.path / where).symlink_to(scene.outside)
    scene.plant(phase="preparing", new="", stage=where if where[4:8] == "spec" else "files")
    assert "undid" in (recovered(scene.repo) or "")
    assert (scene.outside / "precious").read_text() == "precious\n"
    assert not os.path.lexists(scene.repo.path / where) or where == ".gitspec-1"


def test_a_link_where_the_operations_folder_goes_is_not_followed_by_the_next_operation(scene: Scene) -> None:
    scene.repo.git("checkout", "-q", "-f", "-B", "main", scene.before)
    scene.repo.git("tag", "-d", "archive/2026-11-21-add-2fa")
    (scene.repo.path / ".git/gitspec/operation").symlink_to(scene.outside)
    assert gitspec(scene.repo, "archive", "add-2fa").code == 0
    assert [p.name for p in scene.outside.iterdir()] == ["precious"]


def test_a_lock_that_is_a_link_is_not_followed(scene: Scene) -> None:
    scene.plant()
    (scene.repo.path / ".git/gitspec/lock").unlink()
    (scene.repo.path / ".git/gitspec/lock").symlink_to(scene.outside / "made")
    before = scene.everything()
    assert "cannot be finished yet" in gitspec(scene.repo, "list").err
    assert scene.everything() == before


def test_a_journal_is_not_even_read_while_its_writer_lives(scene: Scene) -> None:
    with operation_lock(discover(str(scene.repo.path))):
        scene.repo.write(JOURNAL, "garbage")
        assert gitspec(scene.repo, "list").err == ""
