import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.errors import CannotJudge
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import (
    MODE_EXECUTABLE,
    MODE_FILE,
    MODE_TREE,
    Objects,
    TreeEntry,
    folders_at,
    oid_of,
    parse_tree,
    tree_data,
)
from gitspec.git.repository import discover
from gitspec.git.run import GitFailed
from tests.conftest import Repo

FORMATS = ["sha1", "sha256"]


@pytest.fixture(params=FORMATS)
def any_repo(request: pytest.FixtureRequest, make_repo: Callable[..., Repo]) -> Repo:
    return make_repo("any", f"--object-format={request.param}")


def stored(repo: Repo, blobs: list[bytes]) -> list[str]:
    """The ids of blobs, once they are written with one child for all."""
    found = discover(str(repo.path))
    batch = ObjectBatch(found.object_format)
    oids = [batch.add("blob", data) for data in blobs]
    batch.write(found)
    return oids


def test_blobs_are_read_as_they_were_written(any_repo: Repo) -> None:
    objects = Objects(discover(str(any_repo.path)))
    blobs = [b"", b"x", b"a\nb\n", b"\0" * 100_000, "ä€😀".encode(), b"missing\n", b"x"]
    oids = stored(any_repo, blobs)
    assert [objects.read(oid) for oid in oids] == objects.read_many(oids) == blobs
    assert oids == [oid_of("blob", data, objects.repo.object_format) for data in blobs]


def test_a_thousand_blobs_are_written_and_read_in_bulk(any_repo: Repo) -> None:
    objects = Objects(discover(str(any_repo.path)))
    blobs = [f"file {i}\n".encode() * 50 for i in range(1_000)]
    assert objects.read_many(stored(any_repo, blobs)) == blobs
    any_repo.git("fsck", "--strict")


def test_trees_equal_those_that_git_makes(any_repo: Repo) -> None:
    any_repo.write("a.b", "1")
    any_repo.write("a/x", "2").chmod(0o755)
    any_repo.write("a-b", "3")
    any_repo.commit()
    objects = Objects(discover(str(any_repo.path)))
    tree = any_repo.git("rev-parse", "HEAD^{tree}")
    entries = objects.tree(tree)
    assert [(e.name, e.mode) for e in entries] == [("a-b", MODE_FILE), ("a.b", MODE_FILE), ("a", MODE_TREE)]
    assert objects.tree(entries[2].oid)[0].mode == MODE_EXECUTABLE
    assert oid_of("tree", tree_data(reversed(entries)), objects.repo.object_format) == tree


@given(st.lists(st.binary(min_size=1).filter(lambda b: not set(b) & {0, 47}), unique=True, max_size=8))
@settings(max_examples=50)
def test_tree_content_is_read_back(names: list[bytes]) -> None:
    entries = [TreeEntry(n.decode("utf-8", "surrogateescape"), MODE_FILE, "ab" * 20) for n in names]
    assert sorted(parse_tree(tree_data(entries))) == sorted(entries)


def test_a_missing_object_is_named_and_leaves_the_reader_usable(any_repo: Repo) -> None:
    objects = Objects(discover(str(any_repo.path)))
    [oid] = stored(any_repo, [b"here"])
    missing = "1" * len(oid)
    for read in (lambda: objects.read(missing), lambda: objects.read_many([oid] * 9 + [missing])):
        with pytest.raises(CannotJudge, match=missing) as caught:
            read()
        assert caught.value.code == "G006"
    assert objects.read(oid) == b"here"
    objects.close()
    objects.close()


@pytest.mark.parametrize(
    "rev",
    ["", "--output=x", "-x", "HEAD\nHEAD", "a\0b", "HEAD..HEAD", "^HEAD", "@{", ":/[", "HEAD:spec", "--all", "nope"],
)
def test_hostile_names_resolve_to_nothing(repo: Repo, rev: str) -> None:
    repo.commit()
    objects = Objects(discover())
    assert objects.find(rev) is None
    with pytest.raises(CannotJudge) as caught:
        objects.resolve(rev)
    assert (caught.value.code, caught.value.exit_code) == ("G005", 3)
    assert not (repo.path / "x").exists()


def test_names_resolve_to_what_is_asked_for(repo: Repo) -> None:
    commit = repo.commit()
    repo.git("tag", "-a", "-m", "A tag", "v1")
    objects = Objects(discover())
    assert {objects.resolve(rev) for rev in ("HEAD", "main", "v1", commit, commit[:8], "v1^0")} == {commit}
    assert objects.resolve("v1", "tag") == repo.git("rev-parse", "v1")
    assert objects.resolve("HEAD", "tree") == repo.git("rev-parse", "HEAD^{tree}")


def test_the_head_of_an_empty_repository_has_its_own_message(repo: Repo) -> None:
    with pytest.raises(CannotJudge, match="there is no commit yet"):
        Objects(discover()).resolve("HEAD")


def test_what_is_no_object_id_never_reaches_git(repo: Repo) -> None:
    with pytest.raises(ValueError, match="not a full object id"):
        Objects(discover()).read("HEAD")


def test_an_object_of_a_wrong_kind_is_no_tree(repo: Repo) -> None:
    objects = Objects(discover())
    with pytest.raises(CannotJudge, match="is a blob, not a tree"):
        objects.tree(stored(repo, [b"x"])[0])


def test_git_checks_commits_that_are_written(repo: Repo) -> None:
    with pytest.raises(CannotJudge, match="git hash-object failed"):
        Objects(discover()).write_object("commit", b"nonsense")


def test_names_in_folders_of_a_commit_whatever_they_are_called(any_repo: Repo) -> None:
    any_repo.write("spec/changes/a b/x.yaml", "x")
    any_repo.write("spec/changes/y.yaml", "y")
    any_repo.write("spec/new\nline/z", "z")
    head = any_repo.commit("Files")
    asked = ["spec/changes", "spec/changes/a b", "spec/changes/y.yaml", "spec/not there", "spec/new\nline", "spec"]
    assert folders_at(discover(str(any_repo.path)), head, asked) == {
        "spec/changes": ["a b", "y.yaml"],
        "spec/changes/a b": ["x.yaml"],
        "spec": ["changes", "new\nline"],
    }


@pytest.mark.parametrize(
    "said", ["", "0123", "{oid} blob", "{oid} blob 9", "{oid} blob 9\n", "{oid} blob 9\ncont", "{oid} blob 9\ncontent"]
)
def test_a_git_that_dies_while_it_answers_has_not_answered(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    oid = Objects(found := discover(str(repo.path))).write_blob(b"contents\n")
    (tmp_path / "git").write_text(f"#!/bin/sh\nread request\nprintf '{said.format(oid=oid)}'\nkill -9 $$\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(GitFailed if said else CannotJudge):
        Objects(found).read(oid)
