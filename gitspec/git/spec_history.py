"""The history of spec/: commits, what each changes there, and what it says. A few children for any number of commits."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.git.run import ask, git
from gitspec.git.shallow import shallow_boundary as shallow_boundary  # noqa: PLC0414 - here for those who read more
from gitspec.git.tree_edit import PathChange, raw_change

_NO_GRAFTS: Mapping[str, str | None] = {"GIT_GRAFT_FILE": os.devnull}


class Commit(NamedTuple):
    """A commit by its ids."""

    oid: str
    parents: tuple[str, ...]


class CommitText(NamedTuple):
    """What a commit object holds. ``committer`` is the whole line: name, address, moment."""

    tree: str
    parents: tuple[str, ...]
    committer: str
    message: str


def walk(repo: Repository, tips: Sequence[str], without: Sequence[str] = ()) -> list[Commit]:
    """All commits that ``tips`` reach and ``without`` do not, parents first.

    Raises CannotJudge G016 when a shallow clone hides parents of one of them.
    """
    if not tips:
        return []
    wanted = "".join(f"{oid}\n" for oid in tips) + "".join(f"^{oid}\n" for oid in without)
    args = ("rev-list", "--topo-order", "--reverse", "--parents", "--stdin")
    listed = git(repo, *args, input=wanted.encode(), env=_NO_GRAFTS).decode()
    commits = [Commit(oid, tuple(parents)) for oid, *parents in map(str.split, listed.splitlines())]
    hidden = shallow_boundary(repo)
    if hidden:
        for commit in commits:
            if commit.oid in hidden:
                raise CannotJudge(
                    "G016",
                    f"the clone is shallow: what came before commit {commit.oid[:12]} is not here",
                    help="git fetch --unshallow, or judge less: --since " + commit.oid[:12],
                )
    return commits


def changes_below(
    repo: Repository, pairs: Sequence[tuple[str, str | None]], path: str, *, only: str = ""
) -> list[tuple[PathChange, ...]]:
    """What differs below ``path`` (empty: anywhere) between each commit and the parent given with it (None: it has none), in order.

    ``only`` limits to kinds of changes, as ``git diff --diff-filter`` takes them. Renames are a removal and an addition.
    """
    if not pairs:
        return []
    wanted = "".join(f"{commit} {parent}\n" if parent else f"{commit}\n" for commit, parent in pairs)
    options = [f"--diff-filter={only}"] if only else []
    args = ("diff-tree", "--stdin", "--root", "--always", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", *options)
    quiet = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
    where = ("--", path) if path else ()
    out = os.fsdecode(git(repo, *args, *quiet, *where, input=wanted.encode(), env=_NO_GRAFTS)).split("\0")
    found: list[tuple[PathChange, ...]] = []
    at = 0
    here: list[PathChange] = []
    while at < len(out):
        field = out[at]
        if field.startswith(":"):
            here.append(raw_change(field, out[at + 1]))
            at += 2
            continue
        if at:
            found.append(tuple(here))
        here = []
        at += 1
    if len(found) != len(pairs):
        raise CannotJudge("G004", f"git diff-tree told of {len(found)} commits instead of {len(pairs)}")
    return found


def tree_changes(repo: Repository, before: str, after: str) -> list[PathChange]:
    """What differs between two trees."""
    quiet = ("--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
    out = os.fsdecode(git(repo, "diff-tree", "-r", "--raw", "-z", *quiet, before, after)).split("\0")
    return [raw_change(facts, path) for facts, path in zip(out[:-1:2], out[1::2], strict=True)]


def line_counts(repo: Repository, commit: str, parent: str | None) -> dict[str, int | None]:
    """Added and removed lines by path between a commit and a parent (None: it has none), None for a binary file."""
    options = ("-r", "--root", "--numstat", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-commit-id")
    rows = os.fsdecode(git(repo, "diff-tree", *options, *([parent] if parent else []), commit)).split("\0")[:-1]
    counts: dict[str, int | None] = {}
    for row in rows:
        added, removed, path = row.split("\t", 2)
        counts[path] = None if added == "-" else int(added) + int(removed)
    return counts


def renames_between(repo: Repository, before: str, after: str) -> dict[str, str]:
    """New path to old path of what Git takes for renames."""
    options = ("-r", "--raw", "-z", "-M", "-l1000", "--diff-filter=R", "--no-ext-diff", "--no-textconv")
    out = os.fsdecode(git(repo, "diff-tree", *options, before, after)).split("\0")
    return {out[at + 2]: out[at + 1] for at in range(0, len(out) - 2, 3)}


def parse_commit(data: bytes) -> CommitText:
    """A raw commit object taken apart."""
    head, _, body = data.partition(b"\n\n")
    rows: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        rows.setdefault(key, []).append(value)
    encoding = rows.get(b"encoding", [b"utf-8"])[0].decode("ascii", "replace")
    try:
        message = body.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        message = body.decode("utf-8", "surrogateescape")
    return CommitText(
        rows[b"tree"][0].decode(),
        tuple(parent.decode() for parent in rows.get(b"parent", [])),
        rows.get(b"committer", [b""])[0].decode("utf-8", "surrogateescape"),
        message,
    )


def claiming(repo: Repository, commits: Iterable[str], key: str) -> set[str]:
    """Those of ``commits`` whose message has a line that starts like a trailer of that key; some may have no more."""
    wanted = "".join(f"{oid}\n" for oid in commits).encode()
    if not wanted:
        return set()
    listed = git(repo, "rev-list", "--no-walk=unsorted", f"--grep=^{key}: ", "--stdin", input=wanted)
    return set(listed.decode().split())


def was_ever(repo: Repository, commit: str, path: str) -> bool:
    """Whether the commit or one before it touches ``path``."""
    return bool(git(repo, "rev-list", "-1", "--full-history", commit, "--", path, env=_NO_GRAFTS).strip())


def brought_in(repo: Repository, commit: str, path: str) -> Commit | None:
    """The last commit, up to ``commit``, that added the file ``path`` to what its first parent has."""
    return _brought_in(repo, commit, path, "--full-history")


def merged_in(repo: Repository, commit: str, path: str) -> str:
    """The last commit along the first parents of ``commit`` that brought ``path`` to it, a merge itself; or empty."""
    found = _brought_in(repo, commit, path, "--first-parent")
    return found.oid if found else ""


def landed_in(repo: Repository, commit: str, path: str) -> Commit | None:
    """The commit that made ``commit`` have ``path``, told along first parents: of a merge the side that had it.

    A branch that merely merged it in is never asked: such a merge may do much else against its first parent.
    """
    found = _brought_in(repo, commit, path, "--first-parent")
    while found and len(found.parents) > 1:
        sides = found.parents[1:]
        side = next((p for p, has in zip(sides, present(repo, [(p, path) for p in sides]), strict=True) if has), None)
        if side is None:
            return found
        found = _brought_in(repo, side, path, "--first-parent")
    return found


def _brought_in(repo: Repository, commit: str, path: str, how: str) -> Commit | None:
    listed = git(
        repo, "log", "-1", how, "--diff-merges=first-parent", "--diff-filter=A", "--no-renames",
        "--format=%H %P", "--topo-order", commit, "--", path, env=_NO_GRAFTS,
    ).decode().split()  # fmt: skip
    listed = [word for word in listed if len(word) in (40, 64) and set(word) <= set("0123456789abcdef")]
    return Commit(listed[0], tuple(listed[1:])) if listed else None


def merge_bases(repo: Repository, left: str, right: str) -> list[str]:
    """The best common ancestors of two commits: several in a criss-cross, none of unrelated ones."""
    return (ask(repo, "merge-base", "--all", left, right, env=_NO_GRAFTS) or b"").decode().split()


def versions_of(repo: Repository, tips: Sequence[str], path: str) -> list[str]:
    """The ids of all contents that a file has had."""
    out = git(
        repo, "log", "--full-history", "--diff-merges=separate", "--raw", "-z", "--no-renames", "--no-abbrev",
        "--format=", *tips, "--", path, env=_NO_GRAFTS,
    )  # fmt: skip
    found: dict[str, None] = {}
    for field in os.fsdecode(out).split("\0"):
        if field.lstrip("\n").startswith(":"):
            _, new_mode, _, new, _ = field.lstrip("\n")[1:].split(" ")
            if new_mode != "000000":
                found[new] = None
    return list(found)


def present(repo: Repository, places: Sequence[tuple[str, str]]) -> list[bool]:
    """Whether each commit has something at the path given with it; one child for all."""
    if not places:
        return []
    wanted = "".join(f"{commit}:{path}\n" for commit, path in places)
    out = git(repo, "cat-file", "--batch-check=%(objecttype)", "--buffer", input=os.fsencode(wanted))
    return [line in (b"blob", b"tree") for line in out.split(b"\n")[:-1]]


def reached(repo: Repository, tips: Sequence[str], without: Sequence[str] = ()) -> set[str]:
    """The ids of all commits that ``tips`` reach and ``without`` do not, as far as they are here."""
    wanted = "".join(f"{oid}\n" for oid in tips) + "".join(f"^{oid}\n" for oid in without)
    return (
        set(git(repo, "rev-list", "--stdin", input=wanted.encode(), env=_NO_GRAFTS).decode().split()) if tips else set()
    )


def branch_tips(repo: Repository) -> list[str]:
    """The commits of all local and remote-tracking branches."""
    listed = git(repo, "for-each-ref", "--format=%(objecttype) %(objectname)", "refs/heads", "refs/remotes").decode()
    rows = (line.split() for line in listed.splitlines())
    return list(dict.fromkeys(oid for kind, oid in rows if kind == "commit"))
