"""The accepted path of whoever judges a range: commits in a row, each of which plainly names its change.

What it cannot be sure of it leaves to the engine (``gitspec.commands.judge_commits``), so it may only say yes where that
would: where the policy asks for nothing but a reference, which the engine's callers have found out before and noted.
"""

import posix

from gitspec import __version__
from gitspec.domain import trailers
from gitspec.domain.message import AUTOSQUASH
from gitspec.domain.places import CHANGES, POLICY, SPEC, takes_for_spec
from gitspec.git.light import answer, read_file, start

TYPE_CHECKING = False  # typing and collections.abc would each cost a millisecond or more
if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN_POLICIES = "gitspec/plain-policies"
"""File in the common Git folder: the version of gitspec, then ids of the blobs of policies that ask for no more."""
SETTLES = " settles"
"""What follows such an id when `gitspec check` tells of more than commits: what is owed until a later one settles it, tasks."""
MOST_CHANGES = 8
_ID = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_ELSEWHERE = frozenset(["change-skip", "spec-edit", "task", "spec", "settles"])
_FILES = ("000000", "100644")
_FACTS = (":", "\n")
_LONGEST = 1 << 20
_LOG = (
    "log", "--topo-order", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-relative", "--diff-merges=first-parent",
    "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", "--encoding=UTF-8", "--no-notes", "--no-mailmap",
    "--no-color", "--format=%H%x00%P%x00%B%x00",
)  # fmt: skip


def start_log(old: str, new: str, most: int) -> tuple[int, int]:
    """Start reading the commits from ``old`` to ``new``, for ``named_by_all``; at most that many, and one more."""
    return start([*_LOG, f"--max-count={most + 1}", new, f"^{old}", "--"])


def named_by_all(log: tuple[int, int], old: str, new: str, most: int) -> tuple[int, set[str]] | None:
    """How many commits lead from ``old`` to ``new`` (full ids), and the changes that they name.

    None unless all are plain, each the only parent of the next, and leave spec/ alone.
    """
    pid, out = log
    found = _named(_pieces(out), old, new, most)
    posix.close(out)
    return found if pid and not posix.waitpid(pid, 0)[1] else None


def _pieces(out: int) -> "Iterator[str]":
    """What is read up to each NUL, while Git still writes what follows. It ends at one that is too long to be plain."""
    rest = ""
    while len(rest) < _LONGEST and (data := posix.read(out, 1 << 16)):
        *whole, rest = (rest + data.decode("latin-1")).split("\0")
        yield from whole


def _named(pieces: "Iterator[str]", old: str, new: str, most: int) -> tuple[int, set[str]] | None:
    changes: set[str] = set()
    plain_paths: set[str] = set()
    expected, count = new, 0
    piece = next(pieces, None)
    while piece is not None:
        parent, message, _terminator = next(pieces, ""), next(pieces, ""), next(pieces, "")
        named = _changes(message)
        if piece != expected or not named or count == most:
            return None
        changes.update(named)
        expected, count = parent, count + 1
        while (piece := next(pieces, None)) is not None and piece.startswith(_FACTS):
            facts, path = piece.lstrip("\n"), next(pieces, "")
            if not facts[1:].startswith(_FILES) or facts[8:14] not in _FILES:
                return None
            if path not in plain_paths:
                if _is_special(path):
                    return None
                plain_paths.add(path)
    return (count, changes) if expected == old and len(changes) <= MOST_CHANGES else None


def _is_special(path: str) -> bool:
    """Whether more is asked about a path than that its commit names a change."""
    return not path.isascii() or path.partition("/")[0] == SPEC or ".gitattributes" in path or takes_for_spec(path)


def _changes(message: str) -> list[str]:
    """The changes that a message names and nothing else about gitspec; none when that is not plain to see."""
    found = trailers.read(message)
    changes = trailers.values(found, "Change")
    if message.startswith(AUTOSQUASH) or "Archived: " in message or any(key.lower() in _ELSEWHERE for key, _ in found):
        return []
    return changes if all(change and _ID.issuperset(change) for change in changes) else []


def are_active(common: str, commit: str, changes: set[str], *, may_settle: bool) -> bool:
    """Whether the commit has those changes, and a policy that asks for nothing but their names.

    ``common`` is the common Git folder; with ``may_settle`` the policy may have reasons to skip that are to be settled.
    """
    path = f"{common}/{PLAIN_POLICIES}"
    data = read_file(path)
    if data is None or posix.lstat(path).st_uid != posix.geteuid() or read_file(f"{common}/info/grafts") is not None:
        return False
    version, *plain = data.decode("latin-1").split("\n")
    wanted = {POLICY, *(f"{CHANGES}/{change}/change.yaml" for change in changes)}
    listed = answer(start(["ls-tree", "-z", "--full-tree", commit, "--", *wanted]))
    rows = [row.partition("\t") for row in (listed or b"").decode("latin-1").split("\0")[:-1]]
    oids = {path: facts[12:] for facts, _, path in rows if facts.startswith("100644 blob ")}
    if version != __version__ or wanted != oids.keys():
        return False
    return oids[POLICY] in plain or (may_settle and oids[POLICY] + SETTLES in plain)
