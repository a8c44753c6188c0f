"""A project with some history, in repositories that are kept in every odd way that Git knows."""

import os
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.archive.project import gitspec
from tests.command import Ran
from tests.conftest import Repo
from tests.fsck.histories import DAY, adds, change, edits, land, living, start, switch

STORY: tuple[tuple[int, tuple[str, ...]], ...] = (
    (0, ("validate", "--json")),
    (0, ("status",)),
    (0, ("list", "--archived", "--json")),
    (0, ("show", "auth", "--at", "main~3")),
    (0, ("show", "auth/one", "--at", "other", "--json")),
    (0, ("diff", "second", "--at", "HEAD")),
    (0, ("overlap",)),
    (0, ("fsck", "--json")),
    (0, ("archive", "second")),
    (0, ("rebase", "stale")),
    (0, ("unarchive", "second")),
    (0, ("status", "--json")),
    (1, ("archive", "first")),
    (0, ("fsck", "--all-branches")),
    (0, ("tags", "--restore")),
    (0, ("fsck",)),
)
"""What is asked one after the other, and the exit codes."""


class Told(NamedTuple):
    """What a command answered."""

    asked: tuple[str, ...]
    code: int
    out: str
    err: str


def project(repo: Repo) -> Repo:
    """Archived changes, one without its tag; a complete change, a stale one that merges, and one on another branch."""
    start(repo, "one", "two", "three", "four")
    repo.write("docs/guide.md", "# Guide\n")
    repo.commit("Write a guide")
    change(repo, "stale", modified=[edits(repo, "three", "part 8", "part VIII")])
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")], added=[adds("five")])
    seen = living(repo).requirement("three")
    assert seen is not None
    land(repo, "links", modified=[{**edits(repo, "two", "part 4", "part IV"), "tags": {"added": ["new"]}}])
    land(repo, "scenario", modified=[_with_scenario(repo, "three")])
    repo.git("tag", "-d", f"archive/{DAY}-links")
    switch(repo, "other", "main")
    change(repo, "elsewhere", modified=[edits(repo, "one", "part 7", "part VII")])
    switch(repo, "main")
    change(repo, "second", modified=[edits(repo, "one", "part 3", "part III")], added=[adds("six", after="two")])
    return repo


def _with_scenario(repo: Repo, requirement_id: str) -> dict[str, object]:
    entry = edits(repo, requirement_id, "MUST", "X")
    added = [{"id": "new", "steps": "WHEN it is new\nTHEN it works"}]
    return {"id": requirement_id, "seen": entry["seen"], "scenarios": {"added": added}}


def story(repo: Repo) -> list[Told]:
    """Ask everything of the story."""
    return [_told(repo, asked) for _, asked in STORY]


def _told(repo: Repo, asked: tuple[str, ...]) -> Told:
    ran: Ran = gitspec(repo, *asked)
    return Told(asked, *ran)


@cache
def ordinary() -> tuple[Told, ...]:
    """What an ordinary repository answers."""
    with TemporaryDirectory() as folder:
        return tuple(story(project(Repo.init(Path(folder) / "repo"))))


def without_ids(told: Told) -> Told:
    """An answer without what differs with the hash: ids of objects."""
    return told._replace(out=_IDS.sub("<id>", told.out), err=_IDS.sub("<id>", told.err))


_IDS = re.compile(r"\b[0-9a-f]{7,64}\b")


def cloned(origin: Repo, path: Path, *args: str) -> Repo:
    """A clone through the transport, so that its depth and filter mean something; it has all branches of its own."""
    origin.git("config", "uploadpack.allowFilter", "true")
    origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
    origin.git("clone", "-q", *args, f"file://{origin.path}", str(path))
    return Repo(path)


def with_branch(repo: Repo) -> Repo:
    """A clone with the branches of the project as its own, and nothing that only a clone has."""
    repo.git("branch", "-q", "--no-track", "other", "origin/other")
    for ref in repo.git("for-each-ref", "--format=%(refname)", "refs/remotes").split():
        repo.git("update-ref", "--no-deref", "-d", ref)
    return repo


def sparse(repo: Repo, *args: str) -> Repo:
    """Leave all of the project out of the work tree but docs."""
    repo.git("sparse-checkout", "set", *args, "docs")
    assert not os.path.exists(repo.path / "spec/capabilities")
    return repo
