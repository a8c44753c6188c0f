"""Which changes are active and archived in each commit of a range: read once at its edge, then followed commit by commit."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gitspec.domain.places import ARCHIVE, CHANGES, POLICY
from gitspec.git.commit_log import LoggedCommit
from gitspec.git.objects import MODE_FILE
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.tree_edit import PathChange
from gitspec.store import layout

_ACTIVE = f"{CHANGES}/"
_ARCHIVED = f"{ARCHIVE}/"
_FILE = "/change.yaml"


class ChangeIds(NamedTuple):
    """The changes of one tree. ``archived`` gives the folder of each."""

    active: frozenset[str] = frozenset()
    archived: Mapping[str, str] = {}
    has_policy: bool = False
    policy: str = ""
    """The id of the policy's blob, if it is an ordinary file."""


class ChangesByCommit:
    """``at(commit)`` for all commits of a range and their parents."""

    def __init__(self, repo: Repository, commits: Sequence[LoggedCommit]) -> None:
        self._repo = repo
        self._commits = {commit.oid: commit for commit in commits}
        self._known: dict[str, ChangeIds] = {}

    def at(self, oid: str | None) -> ChangeIds:
        """The changes of a commit; of None: of nothing."""
        if oid is None:
            return ChangeIds()
        pending = []
        while oid is not None and oid not in self._known:
            commit = self._commits.get(oid)
            if commit is None:
                self._known[oid] = _read(self._repo, oid)
                break
            pending.append(commit)
            oid = commit.parents[0] if commit.parents else None
        before = ChangeIds() if oid is None else self._known[oid]
        for commit in reversed(pending):
            before = self._known[commit.oid] = followed(before, commit.changes)
        return before


def followed(before: ChangeIds, changes: Iterable[PathChange]) -> ChangeIds:
    """The changes after a commit that does ``changes``."""
    active: set[str] | None = None
    folders: dict[str, int] | None = None
    has_policy, policy = before.has_policy, before.policy
    for path, _, new in changes:
        there = new is not None and new.mode == MODE_FILE
        if path.startswith(_ACTIVE):
            if path.endswith(_FILE) and (change := layout.classify(path).change):
                active = set(before.active) if active is None else active
                (active.add if there else active.discard)(change)
        elif path.startswith(_ARCHIVED) and path.endswith(_FILE):
            folders = {} if folders is None else folders
            folders["/".join(path.split("/", 3)[:3])] = new is not None
        elif path == POLICY:
            has_policy, policy = there, new.oid if there and new else ""
    archived = before.archived if folders is None else _with_folders(before.archived, folders)
    return ChangeIds(before.active if active is None else frozenset(active), archived, has_policy, policy)


def _with_folders(archived: Mapping[str, str], folders: Mapping[str, int]) -> dict[str, str]:
    found = {change: folder for change, folder in archived.items() if folders.get(folder, True)}
    for folder, there in sorted(folders.items()):
        split = layout.split_archive_name(folder.rpartition("/")[2])
        if there and split:
            found.setdefault(split[1], folder)
    return found


def _read(repo: Repository, commit: str) -> ChangeIds:
    listed = os.fsdecode(git(repo, "ls-tree", "-r", "-z", "--full-tree", commit, "--", CHANGES, POLICY))
    active = set()
    policy = ""
    for row in listed.split("\0")[:-1]:
        facts, _, path = row.partition("\t")
        mode, _, oid = facts.split(" ")
        if mode != "100644":
            continue
        if path == POLICY:
            policy = oid
        elif path.endswith(_FILE) and (change := layout.classify(path).change):
            active.add(change)
    archived: dict[str, str] = {}
    names = os.fsdecode(git(repo, "ls-tree", "-z", "--name-only", "--full-tree", commit, "--", _ARCHIVED))
    for folder in names.split("\0")[:-1]:
        if split := layout.split_archive_name(folder.rpartition("/")[2]):
            archived.setdefault(split[1], folder)
    return ChangeIds(frozenset(active), archived, bool(policy), policy)
