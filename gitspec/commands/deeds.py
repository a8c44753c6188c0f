"""Whose doing a version of the specs is: the commit, its author, and the change behind it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from gitspec.domain import trailers
from gitspec.git.commit_messages import CommitMessage, commit_messages
from gitspec.git.objects import Objects
from gitspec.git.path_history import real_parents
from gitspec.git.repository import Repository
from gitspec.git.spec_history import changes_below, shallow_boundary
from gitspec.git.tree_edit import PathChange
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.domain.delta import Delta

How = Literal["archived", "unarchived", "imported", "edited", "merged", "unknown"]
"""How a commit changed living specs: by archiving a change or taking one back, by an import, by hand, by a merge.

``unknown``: a shallow clone ends at the commit, and what it has may be older.
"""


class Deed(NamedTuple):
    """A commit that touched living specs. ``changes``: those it archived or took back, else those it names.

    ``time`` is that of the committer, in seconds since 1970, UTC. ``reason`` is that of a ``Spec-Edit:``.
    """

    commit: str
    author: str
    email: str
    time: int
    subject: str
    how: How
    changes: tuple[str, ...]
    reason: str = ""

    @property
    def moment(self) -> str:
        """``2026-11-21T10:00:00Z``."""
        from datetime import UTC, datetime

        try:
            return datetime.fromtimestamp(self.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, OverflowError, OSError):  # a commit may claim any moment
            return "1970-01-01T00:00:00Z"


class _Folders(NamedTuple):
    """Files by path of the archived folders that a commit brings and takes away, against its first parent."""

    came: dict[str, dict[str, str]]
    went: dict[str, dict[str, str]]


Asked = tuple[str, frozenset[str]]
"""A commit, and what it did something to: requirements or capabilities by name."""


def deeds(repo: Repository, asked: Iterable[Asked]) -> dict[Asked, Deed]:
    """The deeds of commits. Of several changes that one archives only those count that touch one of the names."""
    wanted = list(dict.fromkeys(asked))
    commits = list(dict.fromkeys(commit for commit, _ in wanted))
    lines = commit_messages(repo, commits)
    parents = real_parents(repo, commits)
    pairs = [(commit, parents[commit][0] if parents[commit] else None) for commit in commits]
    folders = dict(zip(commits, map(_folders, changes_below(repo, pairs, layout.ARCHIVE)), strict=True))
    hidden = shallow_boundary(repo)
    objects = Objects(repo)
    try:
        return {
            (commit, names): _unknown(lines[commit])
            if commit in hidden
            else _deed(lines[commit], folders[commit], names, objects, is_merge=len(parents[commit]) > 1)
            for commit, names in wanted
        }
    finally:
        objects.close()


def _folders(changes: Iterable[PathChange]) -> _Folders:
    found = _Folders({}, {})
    for path, old, new in changes:
        folder = layout.classify(path).folder
        if folder and old is None and new is not None:
            found.came.setdefault(folder, {})[path] = new.oid
        elif folder and new is None and old is not None:
            found.went.setdefault(folder, {})[path] = old.oid
    return found


def _unknown(line: CommitMessage) -> Deed:
    """Of a commit whose parents are not here."""
    return Deed(line.oid, line.author, line.email, line.time, line.subject, "unknown", ())


def _deed(line: CommitMessage, folders: _Folders, names: Collection[str], objects: Objects, *, is_merge: bool) -> Deed:
    came = _touching(folders.came, names, objects)
    went = _touching(folders.went, names, objects)
    said = trailers.read(line.message)
    reason = " ".join(trailers.values(said, "Spec-Edit"))
    how: How = "edited"
    changes = tuple(trailers.values(said, "Change"))
    if came:
        how, changes = ("imported" if all(came.values()) else "archived"), tuple(came)
    elif went:
        how, changes = "unarchived", tuple(went)
    elif reason == "import":
        how = "imported"
    if is_merge:
        how = "merged"
    return Deed(line.oid, line.author, line.email, line.time, line.subject, how, changes, reason)


def _touching(folders: Mapping[str, Mapping[str, str]], names: Collection[str], objects: Objects) -> dict[str, bool]:
    """The changes whose deltas touch one of the names, and whether they were imported as history."""
    found: dict[str, bool] = {}
    for folder, files in sorted(folders.items()):
        home = layout.classify(f"{folder}/change.yaml")
        head = files.get(f"{folder}/change.yaml")
        if head is None:
            continue
        deltas = {layout.classify(path).capability: oid for path, oid in files.items() if "/deltas/" in path}
        if any(_touches(deltas, name, objects, folder) for name in names):
            is_imported = bool(re.search(rb"^imported:", objects.read(head), re.MULTILINE))
            found[home.change] = is_imported
    return found


def _touches(deltas: Mapping[str, str], name: str, objects: Objects, folder: str) -> bool:
    if name in deltas:
        return True
    capability, _, requirement = name.rpartition("/")
    oid = deltas.get(capability)
    if oid is None:
        return False
    data = objects.read(oid)
    if requirement.encode() not in data and b"rename_to:" not in data:
        return False
    from gitspec.domain.delta import Delta
    from gitspec.yaml.binding import load

    delta = load(Delta, data, layout.delta_path(folder, capability)).value
    return delta is not None and (delta.rename_to is not None or requirement in _ids(delta))


def _ids(delta: "Delta") -> Sequence[str]:
    whole = [*(r.id for r in delta.added), *(r.id for r in delta.modified), *(r.id for r in delta.removed)]
    return [*whole, *(i for r in delta.renamed for i in (r.id, r.to)), *(r.id for r in delta.moved)]
