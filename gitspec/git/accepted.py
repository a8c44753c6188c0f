"""The commit-msg hook's accepted path: a commit that plainly names active changes, recognised with next to no imports.

What it cannot be sure of it leaves to the engine (``gitspec.domain.judge``), so it never refuses and may only say yes
where the engine would.
"""

import posix  # os and what it needs would cost a tenth of the budget
import sys

from gitspec.domain import trailers
from gitspec.domain.places import ARCHIVE, CAPABILITIES, CHANGES, POLICY
from gitspec.git.hardening import HARDENING, hardened

_MAX_MESSAGE = 1 << 16
_MAX_IDS = 16
_ID = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_JUDGED = (POLICY, CAPABILITIES, ARCHIVE)
_EMPTY_BLOBS = ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")  # fmt: skip


def accepts(message_file: str) -> bool:
    """Whether the commit that is being made is surely fine: nothing governs it, or it names active changes only.

    To be called from the top of the work tree with the environment that Git gives its hooks. The index decides which
    changes are active. A commit that touches the policy, living specs or archived folders is never accepted here
    (of an amended commit: what was staged for it).
    """
    data = _read(message_file)
    if len(data) == _MAX_MESSAGE:
        return False
    changes = _changes(data.decode("latin-1"))
    return changes is not None and _are_active(changes)


def has_nothing_to_prepare(arguments: list[str]) -> bool:
    """Whether prepare-commit-msg, called with these arguments, surely leaves the message as it is.

    It carries references into reverts and squashes, and offers one where an editor opens on an empty message.
    """
    source = arguments[1] if len(arguments) > 1 else ""
    if source in ("", "template"):
        return posix.environ.get(b"GIT_EDITOR") == b":"
    if source in ("message", "merge"):
        return b"This reverts commit " not in _read(arguments[0])
    return source != "squash"


def _read(path: str) -> bytes:
    fd = posix.open(path, posix.O_RDONLY)
    try:
        return posix.read(fd, _MAX_MESSAGE)
    finally:
        posix.close(fd)


def _changes(message: str) -> list[str] | None:
    """The ids that ``message`` names whatever Git does with comment lines; None when that is not plain to see."""
    found = trailers.read(message)
    changes = trailers.values(found, "Change")
    if len(changes) > _MAX_IDS or not all(change and _ID.issuperset(change) for change in changes):
        return None
    if any(key.lower() in ("change-skip", "spec-edit") for key, _ in found):
        return None
    if message.startswith("#") or "\n#" in message:
        kept = "\n".join(line for line in message.split("\n") if not line.startswith("#"))
        if trailers.values(trailers.read(kept.lstrip("\n")), "Change") != changes:
            return None
    return changes


def _are_active(changes: list[str]) -> bool:
    """Whether the index has those changes, or no policy, and the commit leaves alone what only archiving may write."""
    wanted = [f"{CHANGES}/{change}/change.yaml" for change in changes]
    env = hardened(_environment())
    read, write = posix.pipe()
    # Both at once: the second costs next to nothing on a second core.
    touches = _spawn(["diff-index", "--cached", "--quiet", "HEAD", "--", *_JUDGED], env, None)
    lists = _spawn(["ls-files", "-s", "-z", "--", POLICY, *wanted], env, write)
    posix.close(write)
    with open(read, "rb") as out:
        rows = out.read().decode("latin-1").split("\0")[:-1]
    statuses = [posix.waitpid(pid, 0)[1] for pid in (lists, touches)]
    if any(statuses):
        return False
    there = set()
    for row in rows:
        facts, _, path = row.partition("\t")
        mode, oid, stage = facts.split(" ")
        if path == POLICY or (mode == "100644" and stage == "0" and oid not in _EMPTY_BLOBS):
            there.add(path)
    return POLICY not in there or (bool(wanted) and there.issuperset(wanted))


def _environment() -> dict[str, str]:
    encoding, errors = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
    return {k.decode(encoding, errors): v.decode(encoding, errors) for k, v in posix.environ.items()}


def _spawn(args: list[str], env: dict[str, str], stdout: int | None) -> int:
    null = (posix.POSIX_SPAWN_OPEN, 1, "/dev/null", posix.O_WRONLY, 0)
    out = null if stdout is None else (posix.POSIX_SPAWN_DUP2, stdout, 1)
    quiet = (
        (posix.POSIX_SPAWN_DUP2, 1, 2)
        if stdout is None
        else (posix.POSIX_SPAWN_OPEN, 2, "/dev/null", posix.O_WRONLY, 0)
    )
    return posix.posix_spawnp("git", ["git", *HARDENING, *args], env, file_actions=[out, quiet])
