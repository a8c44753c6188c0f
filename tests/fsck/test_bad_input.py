"""What a change may claim and nobody may believe: each with an error of its own, wherever it is looked at."""

import json

import pytest

from gitspec.commands import archive as archiving
from gitspec.domain.digest import part_digest
from gitspec.errors import GitspecError
from gitspec.git.repository import discover
from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.fsck.histories import DAY, adds, archive, change, codes, edits, land, living, prove, removes, start

NEW = {"id": "new", "steps": "WHEN it is new\nTHEN it works"}


def adding(repo: Repo, requirement_id: str, **seen: str) -> dict[str, object]:
    """An entry that folds whatever others have written: a scenario more, with a claim about what was seen."""
    entry = edits(repo, requirement_id, "MUST", "X")
    return {"id": requirement_id, "seen": {**entry["seen"], **seen}, "scenarios": {"added": [NEW]}}


def validated(repo: Repo) -> set[str]:
    """The codes of errors."""
    found = json.loads(gitspec(repo, "validate", "--json").out)["findings"]
    return {f["code"] for f in found if f["severity"] == "error"}


def refused(repo: Repo, name: str, *, use_cache: bool) -> str:
    """The code with which archiving is refused."""
    before = repo.git("for-each-ref")
    with pytest.raises(GitspecError) as raised:
        archiving.archive(discover(str(repo.path)), name, archiving.Options(use_cache=use_cache))
    assert repo.git("for-each-ref") == before
    return raised.value.code


def assert_nowhere(repo: Repo, code: str) -> None:
    """Archiving refuses it first (so that nothing is remembered), and so does validate; then both again."""
    assert refused(repo, "bad", use_cache=False) == code
    assert refused(repo, "bad", use_cache=True) == code
    assert validated(repo) == {code}
    assert refused(repo, "bad", use_cache=True) == code
    assert validated(repo) == {code}


def test_a_from_that_was_never_in_a_living_spec(repo: Repo) -> None:
    start(repo)
    there = living(repo).requirement("one")
    assert there is not None
    invented = "The system MUST pretend."
    text = {"from": invented, "to": there.text}
    entry = {**edits(repo, "one", "MUST", "X"), "text": text}
    change(repo, "bad", modified=[{**entry, "seen": {**entry["seen"], "text": part_digest(invented)}}])
    assert_nowhere(repo, "D035")
    assert codes(prove(repo)) == ["H011"]


def test_digests_that_were_copied_from_elsewhere(repo: Repo) -> None:
    start(repo)
    other = edits(repo, "two", "MUST", "X")["seen"]["text"]
    change(repo, "bad", modified=[adding(repo, "one", text=other)])
    assert_nowhere(repo, "D036")


def test_a_stamp_that_mixes_what_was_seen_with_what_is_newer(repo: Repo) -> None:
    start(repo)
    old = edits(repo, "one", "MUST", "X")["seen"]["text"]
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    there = living(repo).requirement("one")
    assert there is not None
    steps = {"from": "WHEN it happens\nTHEN it works", "to": "WHEN it happens\nTHEN it works well"}
    seen = edits(repo, "one", "MUST", "X")["seen"]
    entry = {"id": "one", "seen": seen, "scenarios": {"modified": [{"id": "usual", "steps": steps}]}}
    land(repo, "second", modified=[entry])
    change(repo, "bad", modified=[adding(repo, "one", text=old)])
    assert_nowhere(repo, "D037")


def test_a_delta_for_a_capability_that_was_retired(repo: Repo) -> None:
    start(repo)
    land(repo, "web", capability="web", purpose="Show.", added=[adds("page")])
    change(repo, "bad", capability="web", modified=[edits(repo, "page", "MUST", "SHALL", "web")])
    land(repo, "ends", capability="web", removed=[removes(repo, "page", "web")], retire=True)
    assert_nowhere(repo, "D038")


def test_a_delta_for_a_capability_that_was_renamed(repo: Repo) -> None:
    start(repo)
    land(repo, "web", capability="web", purpose="Show.", added=[adds("page")])
    change(repo, "bad", capability="web", modified=[edits(repo, "page", "MUST", "SHALL", "web")])
    land(repo, "retitle", capability="web", rename_to="site")
    assert_nowhere(repo, "D039")
    assert gitspec(repo, "rebase", "bad").code == 0
    repo.commit("Rebase bad\n\nChange: bad")
    archive(repo, "bad")


def test_a_folder_that_was_moved_into_the_archive_by_hand(repo: Repo) -> None:
    start(repo)
    change(repo, "bad", added=[adds("new")])
    (repo.path / "spec/archive").mkdir()
    repo.git("mv", "spec/changes/bad", f"spec/archive/{DAY}-bad")
    repo.commit("Archive bad")
    assert [code for code in codes(prove(repo)) if code != "H009"] == ["H004"]


def test_two_folders_with_one_id(repo: Repo) -> None:
    start(repo)
    land(repo, "bad", added=[adds("new")])
    change(repo, "bad", added=[adds("newer")])
    assert "L007" in validated(repo)
    assert refused(repo, "bad", use_cache=False) in ("A003", "L007")
    assert "H007" in codes(prove(repo))


def test_a_change_that_depends_on_itself(repo: Repo) -> None:
    start(repo)
    folder = change(repo, "bad", added=[adds("new")])
    repo.write(f"{folder}/change.yaml", repo.read(f"{folder}/change.yaml") + "depends_on:\n  - bad\n")
    repo.commit("Depend")
    assert_nowhere(repo, "D029")
