"""The pre-push hook's accepted path: a few commits on top of what the remote has, each of which plainly names its change.

What it cannot be sure of it leaves to the gate (``gitspec.commands.gate``), so it never refuses and may only say yes
where the gate would: where the policy asks for nothing but a reference, which the gate has found out before and noted.
"""

import posix

from gitspec import __version__
from gitspec.domain import trailers
from gitspec.domain.message import AUTOSQUASH
from gitspec.domain.places import CHANGES, POLICY, SPEC, takes_for_spec
from gitspec.git.light import answer, read_file, start, variable

PLAIN_POLICIES = "gitspec/plain-policies"
"""File in the common Git folder: the version of gitspec, then ids of the blobs of policies that ask for no more."""
_MOST = 8
_CHUNK = 1 << 16
_ID = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_HEX = frozenset("0123456789abcdef")
_ELSEWHERE = frozenset(["change-skip", "spec-edit", "task", "spec", "settles"])
_FILES = ("000000", "100644")
_LOG = (
    "log", "--topo-order", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-relative", "--diff-merges=first-parent",
    "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", "--encoding=UTF-8", "--no-notes", "--no-mailmap",
    "--no-color", "--format=%H%x00%P%x00%B%x00", f"--max-count={_MOST + 1}",
)  # fmt: skip
_read: list[bytes] = []


def lines_of_push() -> bytes:
    """What Git has written to standard input: for each ref ``<local ref> <local id> <remote ref> <remote id>``.

    May be asked again: it is read once.
    """
    if not _read:
        chunks = []
        while chunk := posix.read(0, _CHUNK):
            chunks.append(chunk)
        _read.append(b"".join(chunks))
    return _read[0]


def is_plain_push() -> bool:
    """Whether nothing is pushed, or one branch is moved forward by a few commits that are surely fine."""
    lines = lines_of_push().decode("latin-1").splitlines()
    if not lines:
        return True
    fields = lines[0].split(" ")
    if len(lines) > 1 or len(fields) != 4 or not fields[2].startswith("refs/heads/"):
        return False
    new, old = fields[1], fields[3]
    if not (_HEX.issuperset(new + old) and len(new) == len(old) and new.strip("0") and old.strip("0")):
        return False
    changes = _named_by_all(old, new)
    return changes is not None and _are_active(new, changes)


def _named_by_all(old: str, new: str) -> set[str] | None:
    """The changes that the commits from ``old`` to ``new`` name; None unless all is plain, and leaves spec/ alone."""
    log = answer(start([*_LOG, new, f"^{old}", "--"]))
    tokens = log.decode("latin-1").split("\0")[:-1] if log else []
    changes: set[str] = set()
    at, expected, left = 0, new, _MOST
    while at < len(tokens):
        oid, parent, message = tokens[at : at + 3]
        at += 4  # the terminator of the record
        named = _changes(message)
        if oid != expected or not named or not left:
            return None
        changes.update(named)
        expected, left = parent, left - 1
        while at < len(tokens) and tokens[at][:1] in (":", "\n"):
            facts, path = tokens[at].lstrip("\n"), tokens[at + 1]
            at += 2
            if not facts[1:].startswith(_FILES) or facts[8:14] not in _FILES or _is_special(path):
                return None
    return changes if expected == old and len(changes) <= _MOST else None


def _is_special(path: str) -> bool:
    """Whether more is asked about a path than that its commit names a change."""
    return not path.isascii() or path.partition("/")[0] == SPEC or ".gitattributes" in path or takes_for_spec(path)


def _changes(message: str) -> list[str]:
    """The changes that a message names and nothing else about gitspec; none when that is not plain to see."""
    found = trailers.read(message)
    changes = trailers.values(found, "Change")
    if message.startswith(AUTOSQUASH) or any(key.lower() in _ELSEWHERE for key, _ in found):
        return []
    return changes if all(change and _ID.issuperset(change) for change in changes) else []


def _are_active(commit: str, changes: set[str]) -> bool:
    """Whether the commit has those changes, and a policy that asks for nothing but their names."""
    common = _common_folder()
    path = f"{common}/{PLAIN_POLICIES}"
    data = read_file(path)
    if data is None or posix.lstat(path).st_uid != posix.geteuid() or read_file(f"{common}/info/grafts") is not None:
        return False
    version, *plain = data.decode("latin-1").split("\n")
    wanted = {POLICY, *(f"{CHANGES}/{change}/change.yaml" for change in changes)}
    listed = answer(start(["ls-tree", "-z", "--full-tree", commit, "--", *wanted]))
    rows = [row.partition("\t") for row in (listed or b"").decode("latin-1").split("\0")[:-1]]
    oids = {path: facts[12:] for facts, _, path in rows if facts.startswith("100644 blob ")}
    return version == __version__ and wanted == oids.keys() and oids[POLICY] in plain


def _common_folder() -> str:
    folder = (variable(b"GIT_DIR") or b".git").decode("latin-1")
    common = read_file(f"{folder}/commondir")
    if common is None:
        return folder
    inner = common.decode("latin-1").rstrip("\n")
    return inner if inner.startswith("/") else f"{folder}/{inner}"
