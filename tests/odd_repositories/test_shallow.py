"""A shallow clone hides history: what needs it says so and what to fetch, and never passes for lack of data."""

import json
from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.command import Ran
from tests.conftest import Repo
from tests.fsck.histories import LIVING, adds, change, clean, edits, land, living, prove, start
from tests.odd_repositories.projects import cloned, project

FETCH = "git fetch --unshallow"


def origin(tmp_path: Path) -> Repo:
    return project(Repo.init(tmp_path / "origin"))


def shallow(origin: Repo, tmp_path: Path, depth: int) -> Repo:
    repo = cloned(origin, tmp_path / f"depth-{depth}", f"--depth={depth}")
    assert repo.git("rev-parse", "--is-shallow-repository") == "true"
    return repo


def assert_not_judged(ran: Ran) -> None:
    assert (ran.code, ran.out) == (3, ""), ran
    assert "G016" in ran.err and FETCH in ran.err, ran


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_what_needs_the_missing_history_is_not_judged_until_it_is_fetched(tmp_path: Path, depth: int) -> None:
    repo = shallow(origin(tmp_path), tmp_path, depth)
    asked = [("fsck",), ("fsck", "--json"), ("tags",), ("tags", "--restore"), ("unarchive", "first")]
    for args in asked:
        assert_not_judged(gitspec(repo, *args))
    repo.git("fetch", "-q", "--unshallow")
    for args in asked:
        assert gitspec(repo, *args).code == 0


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_what_needs_no_history_answers_as_in_a_full_clone(tmp_path: Path, depth: int) -> None:
    full = cloned(origin(tmp_path), tmp_path / "full")
    repo = shallow(full, tmp_path, depth)
    repo.git("fetch", "-q", "--depth=1", f"file://{tmp_path}/origin", "other:refs/remotes/origin/other")
    for args in (
        ("status",),
        ("list",),
        ("list", "--archived"),
        ("show", "auth"),
        ("show", "auth/one", "--at", "HEAD"),
        ("diff", "second"),
        ("archive", "second", "--dry-run"),
        ("overlap",),
    ):
        here, there = gitspec(repo, *args), gitspec(full, *args)
        assert here == there and here.code == 0, args
    assert gitspec(repo, "archive", "second").code == 0
    assert gitspec(repo, "unarchive", "second").code == 0


def test_what_is_here_is_proven_when_the_rest_is_believed(tmp_path: Path) -> None:
    repo = shallow(origin(tmp_path), tmp_path, 3)
    assert gitspec(repo, "archive", "second").code == 0
    clean(prove(repo, since="HEAD~3"))
    ran = gitspec(repo, "fsck", "--since", "HEAD~3", "--json")
    assert json.loads(ran.out)["archive_commits"] == 2


def test_a_revision_that_is_cut_off_is_told_from_one_that_never_was(tmp_path: Path) -> None:
    repo = shallow(origin(tmp_path), tmp_path, 2)
    ran = gitspec(repo, "show", "auth", "--at", "HEAD~5")
    assert (ran.code, ran.out) == (3, "")
    assert FETCH in ran.err


def stale_by_a_lie(repo: Repo) -> None:
    """A change whose `seen` was never true, and that folds all the same."""
    there = living(repo).requirement("one")
    assert there is not None
    entry = edits(repo, "one", "part 1", "part I")
    seen = {**entry["seen"], "usual": "0123456789ab"}
    added = [{"id": "new", "steps": "WHEN it is new\nTHEN it works"}]
    change(repo, "lie", modified=[{"id": "one", "seen": seen, "scenarios": {"added": added}}])


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_stale_claim_that_only_history_can_bear_out_does_not_pass(tmp_path: Path, depth: int) -> None:
    full = start(Repo.init(tmp_path / "origin"))
    stale_by_a_lie(full)
    for n in range(3):
        full.write("docs/guide.md", f"{n}\n")
        full.commit("Write")
    assert "D036" in gitspec(full, "validate", "lie").out
    repo = shallow(full, tmp_path, depth)
    for args in (("validate",), ("validate", "lie"), ("rebase", "lie")):
        ran = gitspec(repo, *args)
        assert ran.code == 3 and "G016" in ran.out + ran.err and FETCH in ran.out + ran.err, (args, ran)
    repo.git("fetch", "-q", "--unshallow")
    assert gitspec(repo, "validate", "lie").code == 1


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_an_honest_stale_change_is_told_to_fetch_and_passes_then(tmp_path: Path, depth: int) -> None:
    full = start(Repo.init(tmp_path / "origin"))
    added = [{"id": "new", "steps": "WHEN it is new\nTHEN it works"}]
    seen = edits(full, "one", "MUST", "X")["seen"]
    change(full, "stale", modified=[{"id": "one", "seen": seen, "scenarios": {"added": added}}])
    land(full, "first", modified=[edits(full, "one", "part 1", "part I")])
    land(full, "second", added=[adds("new")])
    repo = shallow(full, tmp_path, depth)
    asked = [("validate", "stale"), ("archive", "stale", "--dry-run"), ("rebase", "stale")]
    for args in asked:
        ran = gitspec(repo, *args)
        assert ran.code == 3 and "G016" in ran.out + ran.err and FETCH in ran.out + ran.err, (args, ran)
    repo.git("fetch", "-q", "--unshallow")
    for args in asked:
        assert gitspec(repo, *args).code == 0, args


def test_a_quotation_is_no_lie_because_history_is_cut_off(tmp_path: Path) -> None:
    full = start(Repo.init(tmp_path / "origin"))
    change(full, "stale", modified=[edits(full, "one", "part 1", "part I")])
    land(full, "first", modified=[edits(full, "one", "part 1", "part 0ne")])
    land(full, "second", added=[adds("new")])
    repo = shallow(full, tmp_path, 2)
    clean(prove(full))
    assert_not_judged(gitspec(repo, "fsck", "--since", "HEAD~1"))


def test_a_stamp_of_what_came_in_before_the_cut_is_refused(tmp_path: Path) -> None:
    full = start(Repo.init(tmp_path / "origin"))
    folder = change(full, "lie")
    full.write(f"{folder}/deltas/auth.yaml", "capability: auth\nremoved:\n  - id: one\n    reason: Old.\n")
    full.commit("By hand")
    full.write(LIVING, full.read(LIVING).replace("do one, part 1", "do nothing"))
    full.commit("Tweak")
    ran = gitspec(shallow(full, tmp_path, 1), "delta", "stamp", "lie")
    assert ran.code == 3 and "G016" in ran.err and FETCH in ran.err
