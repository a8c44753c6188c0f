"""Wherever Git can keep a repository, every command answers as in an ordinary one."""

from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.odd_repositories.projects import (
    STORY,
    Told,
    cloned,
    ordinary,
    project,
    sparse,
    story,
    with_branch,
    without_ids,
)

SHA256 = "--object-format=sha256"


def assert_same(told: list[Told], *, ids: bool = True) -> None:
    assert [(one.asked, one.code) for one in told] == [(asked, code) for code, asked in STORY], [
        one for one, (code, _) in zip(told, STORY, strict=True) if one.code != code
    ]
    for here, there in zip(told, ordinary(), strict=True):
        assert (here if ids else without_ids(here)) == (there if ids else without_ids(there))


def assert_sound(repo: Repo) -> None:
    repo.git("fsck", "--strict")
    assert repo.git("status", "--porcelain") in ("", " M spec/changes/stale/deltas/auth.yaml")


def is_missing(repo: Repo) -> int:
    listed = repo.git("rev-list", "--objects", "--all", "--missing=print", GIT_NO_LAZY_FETCH="1")
    return sum(line.startswith("?") for line in listed.splitlines())


def left_out(repo: Repo) -> list[str]:
    return [line[2:] for line in repo.git("ls-files", "-t").splitlines() if line.startswith("S ")]


def test_an_ordinary_repository_answers_as_the_story_says() -> None:
    assert_same(list(ordinary()))


def test_sha256(tmp_path: Path) -> None:
    repo = project(Repo.init(tmp_path / "repo", SHA256))
    assert_same(story(repo), ids=False)
    assert len(repo.head()) == 64
    assert_sound(repo)


def test_reftable(tmp_path: Path) -> None:
    made = Repo(tmp_path)
    if made.run_git("init", "-q", "--ref-format=reftable", "repo").returncode:
        pytest.skip(f"{made.git('version')} has no reftable")
    repo = project(Repo(tmp_path / "repo"))
    assert_same(story(repo))
    assert repo.git("rev-parse", "--show-ref-format") == "reftable"
    assert_sound(repo)


def test_split_index(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path / "repo")
    repo.git("config", "core.splitIndex", "true")
    project(repo)
    repo.git("update-index", "--split-index")
    assert list((repo.path / ".git").glob("sharedindex.*"))
    assert_same(story(repo))
    assert_sound(repo)


@pytest.mark.parametrize("kind", [["--no-cone"], ["--cone"], ["--cone", "--sparse-index"]], ids=" ".join)
def test_sparse_checkout_and_sparse_index(tmp_path: Path, kind: list[str]) -> None:
    repo = sparse(project(Repo.init(tmp_path / "repo")), *kind)
    before = left_out(repo)
    assert_same(story(repo))
    there = {str(p.relative_to(repo.path)) for p in (repo.path / "spec").rglob("*") if p.is_file()}
    assert there == {"spec/changes/stale/deltas/auth.yaml"}  # what the rebase wrote
    assert before and set(left_out(repo)) >= {path for path in before if "/stale/" not in path}
    repo.git("sparse-checkout", "disable")
    assert_sound(repo)


@pytest.mark.parametrize("checkout", [[], ["--sparse"]], ids=["checked out", "sparse"])
def test_partial_clone(tmp_path: Path, checkout: list[str]) -> None:
    origin = project(Repo.init(tmp_path / "origin"))
    repo = with_branch(cloned(origin, tmp_path / "repo", "--filter=blob:none", *checkout))
    assert is_missing(repo)
    told = story(repo)
    assert_same(told)
    assert_sound(repo)


def test_a_partial_clone_whose_remote_is_gone_is_not_judged(tmp_path: Path) -> None:
    origin = project(Repo.init(tmp_path / "origin"))
    repo = with_branch(cloned(origin, tmp_path / "repo", "--filter=blob:none", "--no-checkout"))
    (tmp_path / "origin").rename(tmp_path / "away")
    for asked in (["fsck"], ["show", "auth", "--at", "HEAD"], ["tags", "--restore"]):
        told = gitspec(repo, *asked)
        assert told.code == 3 and told.out == "" and ("promisor remote" in told.err or "G006" in told.err), told
