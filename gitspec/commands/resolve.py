"""Use case of `gitspec resolve`: the living specs that a merge under way must have to prove itself.

They are those of HEAD, which becomes the first parent, without the archived folders that the merge takes back, and
folded with those that it brings: those that the index has and HEAD has not. A file whose content is right already stays,
whatever its order or form.
"""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.capability import Capability
from gitspec.domain.conflict_markers import MARKED_HELP
from gitspec.domain.prove import Folded, Folder, Undone, Unfolded, fold_step, mismatches
from gitspec.domain.rules import finding
from gitspec.errors import CannotJudge, Refused
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.snapshot import Snapshot, WorkTree, at_commit, at_index
from gitspec.store import layout
from gitspec.store.history_reader import Unreadable
from gitspec.store.proving import Prover
from gitspec.store.spec import Archived, BrokenSpec, Spec
from gitspec.store.writing import remove_file, write_file

if TYPE_CHECKING:
    from gitspec.domain.finding import Finding

_UNDER_WAY = ("MERGE_HEAD", "SQUASH_MSG", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "sequencer")
_THEIRS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")


class Resolved(NamedTuple):
    """What was done. ``folders`` are the archived folders that the merge brings; ``right`` were right already.

    ``taken_back`` are archived folders of HEAD that the merge makes active again.
    ``imported`` are capabilities that the other side brings otherwise than by archiving; they stay as they are.
    """

    folders: tuple[str, ...]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    right: tuple[str, ...]
    imported: tuple[str, ...]
    staged: bool
    taken_back: tuple[str, ...] = ()


class NotFolding(Refused):
    """Archived changes that the merge brings and that do not fold onto HEAD; ``findings`` has one for each."""

    def __init__(self, unfolded: Iterable[Unfolded], names: dict[str, str]) -> None:
        self.findings: tuple[Finding, ...] = tuple(_unfolded(one, names[one.change]) for one in unfolded)
        first = self.findings[0]
        super().__init__(first.code, first.message, place=first.place, help=first.help)


class _Merge(NamedTuple):
    """The three places that matter: HEAD, the index, and the commits that are merged in."""

    head: Spec
    indexed: Spec
    work_tree: WorkTree
    theirs: tuple[Snapshot, ...]


def resolve(repo: Repository, *, stage: bool = False) -> Resolved:
    """Write the living specs that the merge must have; with ``stage`` add them to the index.

    Raises CannotJudge G007 in a bare repository; Refused A030 without a merge under way, L006 for archived folders that
    are in conflict themselves, A031 for folders that the merge takes away and does not make active again, or that later
    changes build on; BrokenSpec; NotFolding H003; CannotJudge G016 when history is missing.
    """
    merge = _opened(repo)
    fresh, gone = _moved(merge)
    folders = [_folder(merge.indexed, archived) for archived in fresh]
    prover = Prover(repo)
    try:
        undone = [_undone(merge, prover, archived) for archived in gone]
        folded, not_undone = fold_step(merge.head.living, folders, undone, links_to=merge.head.links_to)
    finally:
        prover.reader.close()
    if not_undone:
        raise _not_undone(not_undone[0], gone)
    if folded.unfolded:
        raise NotFolding(folded.unfolded, {archived.id: archived.folder for archived in fresh})
    written: dict[str, bytes] = {}
    removed, right, imported = [], [], []
    for capability in sorted({*folded.changed, *_edited(merge)}):
        path = layout.capability_path(capability)
        wanted = _wanted(merge, folded, capability)
        if wanted is None and capability not in folded.changed and _is_brought(merge, path):
            imported.append(path)
        elif _is_right(merge.work_tree, path, capability, wanted):
            right.append(path)
        elif wanted is None:
            removed.append(path)
        else:
            written[path] = _content(merge, path, capability, wanted)
    for path, data in written.items():
        write_file(repo, path, data)
    for path in removed:
        remove_file(repo, path)
    settled = [*written, *removed, *right]
    if stage and settled:
        git(repo, "add", "--all", "--sparse", "--", *(p for p in settled if _is_known(repo, p)))
    names = tuple(archived.folder for archived in fresh)
    back = tuple(archived.folder for archived in gone)
    return Resolved(names, tuple(written), tuple(removed), tuple(right), tuple(imported), stage, back)


def _opened(repo: Repository) -> _Merge:
    if repo.top is None:
        raise CannotJudge("G007", "a bare repository has no merge under way", help="run it in a clone with a work tree")
    if not any(os.path.exists(f"{repo.git_dir}/{name}") for name in _UNDER_WAY):  # noqa: PTH110
        raise Refused("A030", "no merge, rebase or cherry-pick is under way", help="git merge <branch>")
    index = at_index(repo)
    undecided = [path for path in index.unmerged if path.startswith(f"{layout.ARCHIVE}/")]
    if undecided:
        raise Refused(
            "L006",
            "an archived folder is in conflict itself",
            place=undecided[0],
            help=f"{MARKED_HELP}; then git add it",
        )
    return _Merge(Spec(at_commit(repo, "HEAD")), Spec(index), WorkTree(repo, repo.top), tuple(_merged_in(repo)))


def _merged_in(repo: Repository) -> Iterable[Snapshot]:
    for name in _THEIRS:
        try:
            with open(f"{repo.git_dir}/{name}", encoding="ascii") as file:  # noqa: PTH123
                commits = file.read().split()
        except FileNotFoundError:
            continue
        for commit in commits:
            yield at_commit(repo, commit)


def _moved(merge: _Merge) -> tuple[list[Archived], list[Archived]]:
    """The folders that the merge adds to the archive, and those that it takes out of it; by name."""
    before = {archived.folder: archived for archived in merge.head.archived()}
    after = {archived.folder: archived for archived in merge.indexed.archived()}
    fresh = [archived for folder, archived in sorted(after.items()) if folder not in before]
    return fresh, [archived for folder, archived in sorted(before.items()) if folder not in after]


def _undone(merge: _Merge, prover: Prover, archived: Archived) -> Undone:
    """What taking a folder back comes to that the merge makes active again. Raises Refused A031 when it does not."""
    name = archived.folder.rpartition("/")[2]
    if archived.id not in merge.indexed.change_ids():
        message = f"the merge takes {name} out of the archive, and the change is not active again"
        raise _kept(archived, message)
    try:
        return prover.landing(merge.head.snapshot.name, archived.folder).undone
    except Unreadable as error:
        raise BrokenSpec(error.path, [error.found]) from None


def _not_undone(one: Unfolded, gone: Sequence[Archived]) -> Refused:
    archived = next(archived for archived in gone if archived.id == one.change)
    first = one.conflicts[0]
    return _kept(archived, f"the merge takes '{one.change}' back, and later changes build on it: {first.message}")


def _kept(archived: Archived, message: str) -> Refused:
    way_out = f"keep it: git checkout HEAD -- {archived.folder}, and git rm -r what stands in its way in changes/"
    return Refused("A031", message, place=archived.folder, help=f"{way_out}; 'gitspec unarchive' takes a change back")


def _folder(spec: Spec, archived: Archived) -> Folder:
    folder = spec.archived_change(archived)
    change = folder.change.value
    if change is None:
        raise BrokenSpec(f"{archived.folder}/change.yaml", folder.change.findings)
    if change.closed or change.imported:
        return Folder(change, ())
    return Folder(change, tuple(folder.require_deltas()))


def _edited(merge: _Merge) -> set[str]:
    """Capabilities whose files in the index are not those of HEAD, or are in conflict."""
    before, after = merge.head.capability_paths(), merge.indexed.capability_paths()
    old = dict(zip(before, merge.head.oids(list(before.values())), strict=True))
    new = dict(zip(after, merge.indexed.oids(list(after.values())), strict=True))
    places = (layout.classify(path) for path in merge.indexed.snapshot.unmerged)
    undecided = {place.capability for place in places if place.kind == "capability"}
    return undecided | {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _wanted(merge: _Merge, folded: Folded, capability: str) -> Capability | None:
    if capability in folded.changed:
        return folded.living.get(capability)
    return merge.head.living.get(capability)


def _is_brought(merge: _Merge, path: str) -> bool:
    """Whether the index has the very file that a commit has which is merged in."""
    entry = next((e for e in merge.indexed.snapshot.entries() if e.path == path), None)
    return entry is not None and any(
        entry.oid == e.oid for one in merge.theirs for e in one.entries() if e.path == path
    )


def _is_right(work_tree: WorkTree, path: str, capability: str, wanted: Capability | None) -> bool:
    """Whether the file says what it must, in whatever order and form."""
    data = _read(work_tree, path)
    if data is None or wanted is None:
        return data is None and wanted is None
    there = _parsed(data, path)
    return there is not None and not [
        m for m in mismatches({capability: wanted}, {capability: there}) if not m.is_order_only
    ]


def _content(merge: _Merge, path: str, capability: str, wanted: Capability) -> bytes:
    """The file with as much of what stands on one side as can stay: of HEAD, or for a new one of theirs."""
    from gitspec.yaml.emit import emit
    from gitspec.yaml.splice import rewrite

    head = merge.head.capability_paths().get(capability)
    sources = [merge.head.snapshot.read(head)] if head else [d for one in merge.theirs if (d := _read(one, path))]
    for data in sources:
        if _parsed(data, path) is not None:
            return rewrite(data, wanted, path)
    return emit(wanted)


def _read(snapshot: Snapshot, path: str) -> bytes | None:
    return snapshot.read(path) if any(entry.path == path for entry in snapshot.entries()) else None


def _parsed(data: bytes, path: str) -> Capability | None:
    from gitspec.yaml.binding import load

    return load(Capability, data, path).value


def _is_known(repo: Repository, path: str) -> bool:
    """Whether there is anything to add: a file, or an entry of the index for one that is gone."""
    there = os.path.lexists(f"{repo.top}/{path}")
    return there or bool(run(repo, "ls-files", "-z", "--", path).out)


def _unfolded(one: Unfolded, folder: str) -> "Finding":
    first, *more = one.conflicts
    others = f" (and {len(more)} more)" if more else ""
    return finding(
        "H003",
        f"change '{one.change}' does not fold onto HEAD: {first.code} {first.message}{others}",
        folder,
        help="git merge --abort; on the other branch take the change back (gitspec unarchive), rebase it onto this one "
        f"(gitspec rebase {one.change}) and archive it again",
    )
