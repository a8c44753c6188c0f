"""What local and remote-tracking branches hold below spec/changes, read from the object database without a checkout.

A handful of git children, however many branches there are; trees that several branches share are read once.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gitspec.domain.ids import problem_with_change_id
from gitspec.errors import CannotJudge
from gitspec.git.object_names import ids_of
from gitspec.git.objects import MODE_TREE, Objects, TreeEntry, parse_tree
from gitspec.git.promised import fetch_promised
from gitspec.git.ref_tips import is_ancestor
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.store import layout
from gitspec.store.cache import Cache

HEADS, REMOTES = "refs/heads/", "refs/remotes/"
_KIND = "branches"
_DEEPEST = 16


class Branch(NamedTuple):
    """``ref`` is the full name; ``changes`` and ``archive`` are the trees of the two folders, empty where there is none."""

    ref: str
    commit: str
    changes: str = ""
    archive: str = ""


class Base(NamedTuple):
    """Where changes are to land. ``ref`` is a full name, ``HEAD``, or what the user typed."""

    ref: str
    commit: str


def branches(repo: Repository, *, remote: bool) -> list[Branch]:
    """All local branches, and with ``remote`` all remote-tracking ones, by name. Symbolic ones name others: left out.

    Raises CannotJudge G006 when the commit or the tree that a branch names is missing.
    """
    places = [HEADS, REMOTES] if remote else [HEADS]
    listed = git(repo, "for-each-ref", "--format=%(refname)%00%(objectname)%00%(symref)%00", *places)
    fields = os.fsdecode(listed).split("\0")
    rows = zip(fields[0::3], fields[1::3], fields[2::3], strict=False)
    found = [Branch(ref.removeprefix("\n"), commit) for ref, commit, symbolic in rows if not symbolic]
    return _with_trees(repo, found)


def _with_trees(repo: Repository, found: Sequence[Branch]) -> list[Branch]:
    questions = [f"{b.commit}{what}" for b in found for what in ("^{tree}", f":{layout.CHANGES}", f":{layout.ARCHIVE}")]
    answers = iter(ids_of(repo, questions, "tree"))
    filled = []
    for branch in found:
        top, changes, archive = next(answers), next(answers), next(answers)
        if not top:
            shown = branch.ref.partition("/")[2].partition("/")[2]
            raise CannotJudge(
                "G006", f"the commit or tree of branch {shown} is missing", help="git fetch, or look with 'git fsck'"
            )
        filled.append(branch._replace(changes=changes, archive=archive))
    return filled


def landing_base(repo: Repository, onto: str | None, *, remote: bool) -> Base | None:
    """Where changes land: ``onto``, or the default branch of the remote (``origin``, or the only one), or HEAD.

    The default branch is taken as it stands here when the local branch of that name holds all of the remote's; without
    ``remote`` always. None when nothing is committed yet. Raises CannotJudge G005 when ``onto`` names no commit.
    """
    objects = Objects(repo)
    if onto is not None:
        full = run(repo, "rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", onto)
        name = os.fsdecode(full.out).strip().splitlines()[-1:] if full.status == 0 else []
        return Base(name[0] if name and name[0] else onto, objects.resolve(onto))
    if (default := _default_branch(repo)) and (base := _newest(repo, objects, *default, remote=remote)):
        return base
    commit = objects.find("HEAD")
    name_of_head = os.fsdecode(run(repo, "symbolic-ref", "--quiet", "HEAD").out).strip()
    return Base(name_of_head or "HEAD", commit) if commit else None


def _default_branch(repo: Repository) -> tuple[str, str] | None:
    """(local branch, remote-tracking branch) for the remote's HEAD."""
    listed = git(repo, "for-each-ref", "--format=%(refname)%00%(symref)%00", f"{REMOTES}*/HEAD")
    fields = os.fsdecode(listed).split("\0")
    heads = {ref.removeprefix("\n"): target for ref, target in zip(fields[0::2], fields[1::2], strict=False) if target}
    ref = (
        f"{REMOTES}origin/HEAD"
        if f"{REMOTES}origin/HEAD" in heads
        else next(iter(heads), "")
        if len(heads) == 1
        else ""
    )
    prefix = ref.removesuffix("HEAD")
    return (HEADS + heads[ref].removeprefix(prefix), heads[ref]) if ref and heads[ref].startswith(prefix) else None


def _newest(repo: Repository, objects: Objects, local: str, tracking: str, *, remote: bool) -> Base | None:
    here, there = objects.find(local), objects.find(tracking)
    if here and (not remote or not there or here == there):
        return Base(local, here)
    if here and there and is_ancestor(repo, there, here):
        return Base(local, here)
    return Base(tracking, there) if there else None


class Folders(NamedTuple):
    """The folders of changes by their id, each with its tree; ``archived`` ones are keyed by the folder's name."""

    active: Mapping[str, str]
    archived: Mapping[str, str]


class TreeReader:
    """Reads folders of branches; what it has read of a tree is remembered by the tree's id."""

    def __init__(self, repo: Repository, cache: Cache | None) -> None:
        self.repo = repo
        self.objects = Objects(repo)
        self._cache = cache
        self._known: dict[str, dict[str, str]] = cache.load(_KIND) if cache else {}
        self._used: dict[str, dict[str, str]] = {}
        self._fresh = False

    def folders(self, found: Sequence[Branch], left_out: Mapping[str, str] | None = None) -> list[Folders]:
        """The folders of each branch. Of archived ones only those that are not in ``left_out``."""
        self._read(dict.fromkeys(tree for b in found for tree in (b.changes, b.archive) if tree))
        known = left_out or {}
        archives: dict[str, dict[str, str]] = {}
        for tree in dict.fromkeys(b.archive for b in found):
            names = self._used.get(tree, {})
            archives[tree] = {name: oid for name, oid in names.items() if name not in known}
        return [Folders(self._used.get(b.changes, {}), archives[b.archive]) for b in found]

    def archive(self, tree: str) -> dict[str, str]:
        """The folders of an archive by name."""
        self._read({tree: None} if tree else {})
        return self._used.get(tree, {})

    def files(self, trees: Iterable[str]) -> dict[str, dict[str, TreeEntry]]:
        """All files below each tree, by path; read level by level, with one child each."""
        found: dict[str, dict[str, TreeEntry]] = {tree: {} for tree in trees}
        level = [(tree, "", tree) for tree in found]
        for _ in range(_DEEPEST):
            if not level:
                break
            distinct = list(dict.fromkeys(tree for _, _, tree in level))
            fetch_promised(self.repo, distinct)
            entries = dict(zip(distinct, map(self._parsed, self.objects.read_many(distinct)), strict=True))
            deeper = []
            for owner, prefix, tree in level:
                for entry in entries[tree]:
                    if entry.mode == MODE_TREE:
                        deeper.append((owner, f"{prefix}{entry.name}/", entry.oid))
                    else:
                        found[owner][prefix + entry.name] = entry
            level = deeper
        return found

    def save(self) -> None:
        """Remember what was read, and drop what nobody asked for."""
        if self._cache and (self._fresh or len(self._known) > 2 * len(self._used) + 100):
            self._cache.save(_KIND, self._used)

    def _read(self, trees: Iterable[str]) -> None:
        missing = []
        for tree in trees:
            if isinstance(known := self._known.get(tree), dict):
                self._used[tree] = known
            elif tree not in self._used:
                missing.append(tree)
        fetch_promised(self.repo, missing)
        for tree, data in zip(missing, self.objects.read_many(missing), strict=True):
            self._used[tree] = {e.name: e.oid for e in self._parsed(data) if e.mode == MODE_TREE and _is_change(e.name)}
            self._fresh = True

    def _parsed(self, data: bytes) -> list[TreeEntry]:
        return parse_tree(data, self.repo.object_format)


def _is_change(folder: str) -> bool:
    """Whether the name of a folder is one of a change, active or archived; the rest are findings of others."""
    return layout.split_archive_name(folder) is not None or not problem_with_change_id(folder)


def former_trees(repo: Repository, base: Base, changes: Sequence[str]) -> dict[str, set[str]]:
    """For each change the trees that its folder had on the way to ``base`` (along first parents).

    A branch that holds one of these has an old copy, and no edit of its own. In a shallow clone only what is there is
    looked at.
    """
    if not changes:
        return {}
    paths = [layout.change_folder(change) for change in changes]
    log = git(repo, "log", "--first-parent", "--format=%H", "--end-of-options", base.commit, "--", *paths)
    commits = log.decode().split()
    trees = iter(ids_of(repo, [f"{commit}:{path}" for commit in commits for path in paths], "tree"))
    found: dict[str, set[str]] = {change: set() for change in changes}
    for _ in commits:
        for change in changes:
            found[change].add(next(trees))
    return found


def edited_elsewhere(repo: Repository, changes: Iterable[str], onto: str = "HEAD") -> dict[str, list[str]]:
    """The remote-tracking branches (full names) that still edit a change, for each of ``changes`` that some edit.

    A branch edits a change when its copy differs from that of ``onto`` and from the one where the two parted; old
    copies do not count, nor do branches that have archived it. Where the history that tells is missing (a shallow
    clone), the branch is named: nothing passes for lack of data. Raises CannotJudge G005, G006.
    """
    here = _with_trees(repo, [Branch(onto, Objects(repo).resolve(onto))])[0]
    others = [b for b in branches(repo, remote=True) if b.ref.startswith(REMOTES) and b.changes]
    reader = TreeReader(repo, None)
    wanted = sorted(set(changes))
    own, *theirs = (folders.active for folders in reader.folders([here, *others]))
    parted: dict[str, list[Mapping[str, str]]] = {}
    found: dict[str, list[str]] = {}
    for branch, folders in zip(others, theirs, strict=True):
        for change in wanted:
            if change not in folders or folders[change] == own.get(change):
                continue
            if branch.commit not in parted:
                parted[branch.commit] = _where_parted(repo, reader, here.commit, branch.commit)
            if not any(at.get(change) == folders[change] for at in parted[branch.commit]):
                found.setdefault(change, []).append(branch.ref)
    reader.objects.close()
    return found


def _where_parted(repo: Repository, reader: TreeReader, here: str, there: str) -> list[Mapping[str, str]]:
    """The folders of changes at the merge bases; nothing when there are none, or none that can be seen."""
    bases = run(repo, "merge-base", "--all", here, there).out.decode().split()
    return [f.active for f in reader.folders(_with_trees(repo, [Branch("", oid) for oid in bases]))]


def is_shallow(repo: Repository) -> bool:
    """Whether history is cut off somewhere."""
    return os.path.exists(f"{repo.common_dir}/shallow")
