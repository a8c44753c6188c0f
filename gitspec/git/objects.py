"""Objects by id: reading, writing, resolving names.

Everything goes through the git program, so that it works in every repository Git can read (SHA-256, reftable, partial
clones, a push's quarantine): one long-lived ``cat-file --batch`` for single objects, one child for each bulk.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.git.run import Coprocess, GitFailed, git, run

MODE_FILE, MODE_EXECUTABLE, MODE_SYMLINK, MODE_SUBMODULE, MODE_TREE = 0o100644, 0o100755, 0o120000, 0o160000, 0o40000
_BULK = 4


class TreeEntry(NamedTuple):
    """One entry of a tree object."""

    name: str
    mode: int
    oid: str


def oid_of(kind: str, data: bytes, object_format: str = "sha1") -> str:
    """The id that Git gives an object."""
    import hashlib  # OpenSSL costs milliseconds

    digest = hashlib.new(object_format, b"%s %d\0" % (kind.encode(), len(data)), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def tree_data(entries: Iterable[TreeEntry]) -> bytes:
    """The content of a tree object; sorts as Git does (a folder's name counts as if it ended in a slash)."""
    rows = sorted((os.fsencode(e.name) + (b"/" if e.mode == MODE_TREE else b""), e) for e in entries)
    return b"".join(b"%o %s\0" % (e.mode, os.fsencode(e.name)) + bytes.fromhex(e.oid) for _, e in rows)


def batch_answer(batch: Coprocess) -> tuple[str, bytes] | None:
    """The next answer of a `cat-file --batch`, as type and content; None when there is no such object, or none to be had:
    of one that a partial clone cannot fetch Git says nothing, and ends.

    Raises GitFailed when the child ended in the middle: a part is not taken for the whole.
    """
    line = batch.out.readline()
    if not line:
        return None
    if line.endswith(b"\n"):
        header = line.split()
        if len(header) != 3 or not header[2].isdigit():
            return None
        data = batch.out.read(int(header[2]) + 1)
        if len(data) > int(header[2]):
            return header[1].decode(), data[:-1]
    raise GitFailed(("cat-file",), -1, b"it ended early")


class Objects:
    """The objects of a repository."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self._batch: Coprocess | None = None
        self._kept: dict[str, bytes] = {}

    def read(self, oid: str) -> bytes:
        """The content of an object. Raises CannotJudge G006 when it is missing."""
        kept = self._kept.get(oid)
        return self.read_typed(oid)[1] if kept is None else kept

    def keep(self, found: Mapping[str, bytes]) -> None:
        """Have the contents of objects at hand, also of those that are not written yet."""
        self._kept.update(found)

    def prefetch(self, oids: Sequence[str]) -> None:
        """Read objects that will be asked for one by one; one child for all, and they stay in memory."""
        self._kept.update(zip(oids, self.read_many(oids), strict=True))

    def read_typed(self, oid: str) -> tuple[str, bytes]:
        """The type and content of an object, by its full id."""
        if self._batch is None:
            self._batch = Coprocess(self.repo, "cat-file", "--batch")
        self._batch.send(_checked(oid).encode() + b"\n")
        if (found := batch_answer(self._batch)) is None:
            raise _missing(oid)
        return found

    def read_many(self, oids: Sequence[str]) -> list[bytes]:
        """The contents of objects, in order; one child for all."""
        if len(oids) < _BULK:
            return [self.read(oid) for oid in oids]
        if not self._kept.keys().isdisjoint(oids):
            rest = [oid for oid in oids if oid not in self._kept]
            read = dict(zip(rest, self.read_many(rest), strict=True)) if rest else {}
            return [self._kept[oid] if oid in self._kept else read[oid] for oid in oids]
        wanted = "".join(f"{_checked(oid)}\n" for oid in oids).encode()
        out = git(self.repo, "cat-file", "--batch", "--buffer", input=wanted)
        found: list[bytes] = []
        at = 0
        for oid in oids:
            end = out.index(b"\n", at)
            header = out[at:end].split()
            if len(header) != 3:
                raise _missing(oid)
            at = end + 1 + int(header[2]) + 1
            found.append(out[end + 1 : at - 1])
        return found

    def resolve(self, rev: str, kind: str = "commit") -> str:
        """The full id of what ``rev`` names, peeled to ``kind``; safe for any text. Raises CannotJudge G005."""
        if found := self.find(rev, kind):
            return found
        if rev == "HEAD" and kind == "commit":
            raise CannotJudge("G005", "there is no commit yet", help="make a first commit")
        way_out = "git log --oneline --all shows what there is"
        if os.path.exists(os.environ.get("GIT_SHALLOW_FILE") or f"{self.repo.common_dir}/shallow"):
            way_out = "the clone is shallow, and it may be older: git fetch --unshallow"
        raise CannotJudge("G005", f"'{rev}' names no {kind}", help=way_out)

    def find(self, rev: str, kind: str = "commit") -> str | None:
        """As ``resolve``, but None when there is nothing of that name."""
        if not rev or rev.startswith("^") or "\0" in rev or "\n" in rev:  # ^HEAD would be HEAD, negated
            return None
        result = run(self.repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{{kind}}}")
        return result.out.decode().strip() or None if result.status == 0 else None

    def tree(self, tree: str) -> list[TreeEntry]:
        """The direct entries of a tree, by its id."""
        data = self.read_typed(tree)
        if data[0] != "tree":
            raise CannotJudge("G006", f"object {tree} is a {data[0]}, not a tree")
        return parse_tree(data[1], self.repo.object_format)

    def write_blob(self, data: bytes) -> str:
        """Store a blob and give its id."""
        return git(self.repo, "hash-object", "-w", "-t", "blob", "--stdin", input=data).decode().strip()

    def write_object(self, kind: str, data: bytes) -> str:
        """Store a commit or tag, checked by Git, and give its id."""
        return git(self.repo, "hash-object", "-w", "-t", kind, "--stdin", input=data).decode().strip()

    def close(self) -> None:
        """End the child that reads. Safe to call twice."""
        if self._batch:
            self._batch.close()
            self._batch = None


def parse_tree(data: bytes, object_format: str = "sha1") -> list[TreeEntry]:
    """The entries of a tree object's content."""
    size = 32 if object_format == "sha256" else 20
    entries = []
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, name = data[at:end].split(b" ", 1)
        at = end + 1 + size
        entries.append(TreeEntry(os.fsdecode(name), int(mode, 8), data[end + 1 : at].hex()))
    return entries


def folders_at(repo: Repository, commit: str, folders: Sequence[str]) -> dict[str, Sequence[str]]:
    """The names in folders of a commit, by the folder's path; one child for all.

    Nothing for a path that is no folder there, or that holds a line break, which Git cannot be asked about so.
    """
    asked = [folder for folder in folders if "\n" not in folder]
    wanted = os.fsencode("".join(f"{_checked(commit)}:{folder}\n" for folder in asked))
    out = git(repo, "cat-file", "--batch", "--buffer", input=wanted) if asked else b""
    found: dict[str, Sequence[str]] = {}
    at = 0
    for folder in asked:
        end = out.index(b"\n", at)
        header = out[at:end].rsplit(b" ", 2)
        at = end + 1
        if header[-1] == b"missing" or len(header) != 3:
            continue
        size = int(header[2])
        if header[1] == b"tree":
            found[folder] = [entry.name for entry in parse_tree(out[at : at + size], repo.object_format)]
        at += size + 1
    return found


def _checked(oid: str) -> str:
    if len(oid) not in (40, 64) or not set(oid) <= set("0123456789abcdef"):
        raise ValueError(f"not a full object id: {oid!r}")
    return oid


def _missing(oid: str) -> CannotJudge:
    return CannotJudge(
        "G006", f"object {oid} is missing", help="a shallow or damaged clone? try 'git fetch --unshallow' or 'git fsck'"
    )
