"""Read-only views of spec/: at a commit, in the index, in the work tree. Every reader takes one."""

import os
from collections.abc import Iterable, Iterator, Sequence
from stat import S_ISDIR, S_ISLNK, S_ISREG, S_IXUSR
from typing import NamedTuple, Protocol

from gitspec.errors import CannotJudge
from gitspec.git.objects import (
    MODE_EXECUTABLE,
    MODE_FILE,
    MODE_SUBMODULE,
    MODE_SYMLINK,
    MODE_TREE,
    Objects,
    TreeEntry,
    oid_of,
    tree_data,
)
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.tree_edit import Trees

ROOT = "spec"


class Entry(NamedTuple):
    """What stands at a path. ``oid`` is None for a file of the work tree until ``Snapshot.oid`` is asked for it."""

    path: str
    mode: int
    oid: str | None


class Snapshot(Protocol):
    """spec/ as it stands somewhere. Symbolic links and submodules are entries and never followed."""

    repo: Repository
    name: str
    """How to call it: a full commit id, ``index`` or ``work tree``."""
    unmerged: tuple[str, ...]
    """Paths that a merge left undecided (index only); they are no entries."""

    def entries(self) -> Sequence[Entry]:
        """Everything below spec/ (or spec itself, if that is no folder), sorted by path."""

    def read(self, path: str) -> bytes:
        """The content of the file or link at ``path``. Raises CannotJudge G006 when there is none."""

    def read_many(self, paths: Sequence[str]) -> list[bytes]:
        """The contents of several, in order; cheaper than one by one."""

    def oid(self, path: str) -> str:
        """The object id of the content at ``path``; in the work tree it is computed and nothing is stored."""

    def oids(self, paths: Sequence[str]) -> list[str]:
        """The object ids of several, in order."""


def open_snapshot(repo: Repository, at: str | None = None) -> Snapshot:
    """The snapshot for ``--at``: a revision, or when None the work tree (HEAD in a bare repository)."""
    if at is not None:
        return at_commit(repo, at)
    return at_commit(repo, "HEAD") if repo.is_bare else at_work_tree(repo)


def at_commit(repo: Repository, rev: str) -> Snapshot:
    """spec/ in the tree of a commit. Raises CannotJudge G005 when ``rev`` names none."""
    objects = Objects(repo)
    commit = objects.resolve(rev)
    return at_tree(repo, commit, objects, name=commit)


def at_tree(
    repo: Repository, tree: str, objects: Objects | None = None, *, name: str = "", roots: Sequence[str] = (ROOT,)
) -> Snapshot:
    """spec/ in a tree (or commit) that is given by its full id, such as a merge that is being tried out.

    ``roots``: only these files and folders of it.
    """
    listed = git(repo, "ls-tree", "-r", "-z", "--full-tree", tree, "--", *roots)
    return _Stored(repo, name or tree, _parse(listed), objects or Objects(repo))


def at_trees(repo: Repository, trees: Trees, tree: str, objects: Objects, *, name: str = "") -> Snapshot:
    """spec/ in a tree that may not be written yet: what only the batch of ``trees`` holds is read from there.

    ``name`` is the commit that it builds on, whose history counts.
    """
    top = trees.at(tree, ROOT)
    if top is None or top.mode != MODE_TREE:
        return _Stored(repo, name or tree, [Entry(ROOT, *top)] if top else [], objects)
    entries = [Entry(f"{ROOT}/{path}", *item) for path, item in trees.files(top.oid)]
    oids = [entry.oid for entry in entries if entry.oid]
    objects.keep({oid: data for oid in oids if (data := trees.batch.get(oid)) is not None})
    return _Stored(repo, name or tree, entries, objects)


def at_index(repo: Repository) -> Snapshot:
    """spec/ in the index; in a hook the one that Git gave it."""
    if repo.is_bare and not os.path.exists(repo.index_file):
        raise CannotJudge("G007", "a bare repository has no index", help="name a commit with --at")
    entries: list[Entry] = []
    unmerged: dict[str, None] = {}
    for row in _split(git(repo, "ls-files", "-s", "-z", "--full-name", "--", ROOT)):
        facts, _, path = row.partition("\t")
        mode, oid, stage = facts.split(" ")
        if stage == "0":
            entries.append(Entry(path, int(mode, 8), oid))
        else:
            unmerged[path] = None
    if any(e.oid == (empty := oid_of("blob", b"", repo.object_format)) for e in entries):
        announced = _split(git(repo, "diff-files", "-z", "--name-only", "--diff-filter=A", "--", ROOT))
        entries = [e for e in entries if e.oid != empty or e.path not in announced]  # git add -N: not yet content
    return _Stored(repo, "index", entries, Objects(repo), tuple(unmerged))


def at_work_tree(repo: Repository) -> Snapshot:
    """spec/ as it lies on disk, untracked files included."""
    if repo.top is None:
        raise CannotJudge("G007", "a bare repository has no work tree", help="run it in a clone that has one")
    return WorkTree(repo, repo.top)


def folder_trees(entries: Iterable[tuple[str, int, str]], object_format: str = "sha1") -> dict[str, str]:
    """The tree id of every folder that (path, mode, oid) span, as Git would compute them; ``""`` is the top."""
    folders: dict[str, list[TreeEntry]] = {"": []}
    for path, mode, oid in entries:
        folder, _, name = path.rpartition("/")
        if folder not in folders:
            above = folder
            while above not in folders:
                folders[above] = []
                above = above.rpartition("/")[0]
        folders[folder].append(TreeEntry(name, mode, oid))
    trees: dict[str, str] = {}
    for folder in sorted(folders, key=lambda f: f.count("/") if f else -1, reverse=True):
        trees[folder] = oid = oid_of("tree", tree_data(folders[folder]), object_format)
        if folder:
            parent, _, name = folder.rpartition("/")
            folders[parent].append(TreeEntry(name, MODE_TREE, oid))
    return trees


class _Stored:
    """Entries whose contents are objects."""

    def __init__(
        self,
        repo: Repository,
        name: str,
        entries: list[Entry],
        objects: Objects,
        unmerged: tuple[str, ...] = (),
    ) -> None:
        self.repo = repo
        self.name = name
        self.unmerged = unmerged
        self._entries = sorted(entries)
        self._objects = objects
        self._by_path: dict[str, Entry] = {}

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def read(self, path: str) -> bytes:
        return self._objects.read(self.oid(path))

    def read_many(self, paths: Sequence[str]) -> list[bytes]:
        return self._objects.read_many(self.oids(paths))

    def oid(self, path: str) -> str:
        if not self._by_path:
            self._by_path = {e.path: e for e in self._entries}
        entry = self._by_path.get(path)
        if entry is None or entry.oid is None or entry.mode == MODE_SUBMODULE:
            raise _nothing(path, self.name)
        return entry.oid

    def oids(self, paths: Sequence[str]) -> list[str]:
        return [self.oid(path) for path in paths]


class WorkTree:
    """Files on disk. What was read is kept, so that an id and a content belong together.

    ``roots``: only these files and folders of spec/.
    """

    def __init__(self, repo: Repository, top: str, roots: Sequence[str] = (ROOT,)) -> None:
        self.repo = repo
        self.roots = tuple(roots)
        self.name = "work tree"
        self.unmerged: tuple[str, ...] = ()
        self._top = top
        self._entries: list[Entry] | None = None
        self._stats: dict[str, os.stat_result] = {}
        self._modes: dict[str, int] = {}
        self._contents: dict[str, bytes] = {}
        self._stored: dict[str, str] = {}
        self._promised: dict[str, str] = {}

    def entries(self) -> Sequence[Entry]:
        if self._entries is None:
            found = sorted((item for root in self.roots for item in _walk(self._top, root)), key=lambda item: item[0])
            self._stats = dict(found)
            entries = [Entry(path, _mode(stat.st_mode), None) for path, stat in found]
            if any(e.mode == MODE_EXECUTABLE for e in entries) and not self._trusts_modes():
                entries = [e._replace(mode=MODE_FILE) if e.mode == MODE_EXECUTABLE else e for e in entries]
            if os.path.exists(f"{self.repo.git_dir}/info/sparse-checkout"):
                entries = sorted(entries + self._left_out())
            self._entries = entries
            self._modes = {e.path: e.mode for e in entries}
        return self._entries

    def _trusts_modes(self) -> bool:
        """Whether an executable bit means something on this file system."""
        return run(self.repo, "config", "--type=bool", "--get", "core.fileMode").out.strip() != b"false"

    def _left_out(self) -> list[Entry]:
        """What a sparse checkout leaves out of the work tree: it stands as in the index."""
        entries = []
        for row in _split(git(self.repo, "ls-files", "-t", "-s", "-z", "--full-name", "--", *self.roots)):
            facts, _, path = row.partition("\t")
            tag, mode, oid, _ = facts.split(" ")
            if tag == "S" and path not in self._stats:
                entries.append(Entry(path, int(mode, 8), oid))
                self._stored[path] = oid
        return entries

    def read(self, path: str) -> bytes:
        data = self._contents.get(path)
        if data is None:
            data = self._read(path)
            if path in self._promised and self._promised[path] != oid_of("blob", data, self.repo.object_format):
                raise CannotJudge("G009", "changed while it was being read", help="run the command again", place=path)
            self._contents[path] = data
        return data

    def promise(self, path: str, oid: str) -> None:
        """Say what the content of ``path`` will hash to when it is read: facts may be kept under that id already."""
        self._promised[path] = oid

    def read_many(self, paths: Sequence[str]) -> list[bytes]:
        return [self.read(path) for path in paths]

    def oid(self, path: str) -> str:
        self.entries()
        return self._stored.get(path) or oid_of("blob", self.read(path), self.repo.object_format)

    def oids(self, paths: Sequence[str]) -> list[str]:
        return [self.oid(path) for path in paths]

    def covers(self, path: str) -> bool:
        """Whether the listing would tell of a file at ``path``."""
        return f"{path}/".startswith(tuple(f"{root}/" for root in self.roots))

    def ignored(self, paths: Sequence[str]) -> set[str]:
        """Those of ``paths`` that .gitignore and its like keep out of the repository."""
        if not paths:
            return set()
        wanted = b"".join(os.fsencode(path) + b"\0" for path in paths)
        env = {"GIT_LITERAL_PATHSPECS": None}  # check-ignore knows no pathspecs, and says so
        return set(_split(run(self.repo, "check-ignore", "-z", "--stdin", input=wanted, env=env).out))

    def stat(self, path: str) -> os.stat_result | None:
        """What the listing saw of a file; None where there is none, and for a file that has been read since."""
        self.entries()
        return None if path in self._contents else self._stats.get(path)

    def _read(self, path: str) -> bytes:
        self.entries()
        mode = self._modes.get(path)
        if mode is None or mode == MODE_SUBMODULE:
            raise _nothing(path, self.name)
        if path in self._stored:
            return Objects(self.repo).read(self._stored[path])
        full = f"{self._top}/{path}"
        try:
            if mode == MODE_SYMLINK:
                return os.fsencode(os.readlink(full))
            fd = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(fd, "rb", buffering=0) as file:
                return file.readall()
        except OSError as error:
            raise CannotJudge("G008", f"cannot be read: {error.strerror}", place=path) from None


def _walk(top: str, path: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below ``path``; folders that are links or repositories of their own come as themselves."""
    try:
        stat = os.lstat(f"{top}/{path}")
    except (FileNotFoundError, NotADirectoryError):
        return
    if not S_ISDIR(stat.st_mode):
        yield path, stat
        return
    folders = [path]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(f"{top}/{folder}") as items:
                found = list(items)
        except OSError as error:
            raise CannotJudge("G008", f"cannot be read: {error.strerror}", place=folder) from None
        for item in found:
            inner = f"{folder}/{item.name}"
            if item.is_dir(follow_symlinks=False) and not os.path.lexists(f"{top}/{inner}/.git"):
                folders.append(inner)
            else:
                yield inner, os.lstat(f"{top}/{inner}")


def _mode(mode: int) -> int:
    if S_ISREG(mode):
        return MODE_EXECUTABLE if mode & S_IXUSR else MODE_FILE
    if S_ISDIR(mode):  # with a .git of its own
        return MODE_SUBMODULE
    return MODE_SYMLINK if S_ISLNK(mode) else 0  # 0: a device, socket or pipe, which Git does not know


def _parse(listed: bytes) -> list[Entry]:
    entries = []
    for row in _split(listed):
        facts, _, path = row.partition("\t")
        mode, _, oid = facts.split(" ")
        entries.append(Entry(path, int(mode, 8), oid))
    return entries


def _split(listed: bytes) -> list[str]:
    return os.fsdecode(listed).split("\0")[:-1]


def _nothing(path: str, where: str) -> CannotJudge:
    return CannotJudge("G006", f"there is no file in the {where}", place=path)
