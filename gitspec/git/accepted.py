"""The commit-msg hook's accepted path: a commit that plainly names active changes, recognised with next to no imports.

What it cannot be sure of it leaves to the engine (``gitspec.domain.judge``), so it never refuses and may only say yes
where the engine would.
"""

import posix

from gitspec.domain import trailers
from gitspec.domain.places import ARCHIVE, CAPABILITIES, CHANGES, POLICY
from gitspec.git.light import EMPTY_BLOBS, MAX_INDEX, answer, index_holds, read_file, start, variable

_MAX_IDS = 16
_ID = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def accepts(message_file: str) -> bool:
    """Whether the commit that is being made is surely fine: it names active changes only, or needs to name none.

    To be called from the top of the work tree with the environment that Git gives its hooks. The index decides which
    changes are active. A commit that touches the policy, living specs or archived folders is never accepted here
    (of an amended commit: what was staged for it).
    """
    if _is_interrupted():
        return False
    data = read_file(message_file)
    changes = None if data is None else _changes(data.decode("latin-1"))
    if changes:
        return _are_active(changes)
    if changes is None:
        return False
    from gitspec.git.unreferenced import needs_no_reference

    return needs_no_reference()


def has_nothing_to_prepare(arguments: list[str]) -> bool:
    """Whether prepare-commit-msg, called with these arguments, surely leaves the message as it is.

    It carries references into reverts and squashes, and offers one where an editor opens on an empty message.
    """
    if _is_interrupted():
        return False
    source = arguments[1] if len(arguments) > 1 else ""
    if source in ("", "template"):
        return variable(b"GIT_EDITOR") == b":"
    if source in ("message", "merge"):
        data = read_file(arguments[0])
        return data is not None and b"This reverts commit " not in data
    return source != "squash"


def _is_interrupted() -> bool:
    """Whether the journal of an operation lies in the Git folder (``gitspec.git.journal``). One system call; in a linked
    work tree also a look where the common Git folder is."""
    folder = b".git"
    if (git_dir := variable(b"GIT_DIR")) is not None:
        common = read_file(git_dir + b"/commondir") or b"."
        folder = git_dir + b"/" + common.rstrip(b"\n") if not common.startswith(b"/") else common.rstrip(b"\n")
    try:
        posix.lstat(folder + b"/gitspec/journal.json")
    except OSError:
        return False
    return True


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
    """Whether the index has those changes, and the commit leaves alone what only archiving may write."""
    child = start(["diff-index", "--cached", "--quiet", "HEAD", "--", POLICY, CAPABILITIES, ARCHIVE])
    wanted = [f"{CHANGES}/{change}/change.yaml" for change in changes]
    there = _indexed(wanted)
    return answer(child) is not None and there


def _indexed(paths: list[str]) -> bool:
    """Whether the index has all ``paths`` as ordinary files: a look into it while Git is busy, or Git's own word."""
    file = variable(b"GIT_INDEX_FILE") or (variable(b"GIT_DIR") or b".git") + b"/index"
    index = read_file(file, MAX_INDEX) or b""
    missing = [path for path in paths if not index_holds(index, path.encode())]
    if not missing:
        return True
    listed = answer(start(["ls-files", "-s", "-z", "--", *missing])) or b""
    there = set()
    for row in listed.decode("latin-1").split("\0")[:-1]:
        facts, _, path = row.partition("\t")
        mode, oid, stage = facts.split(" ")
        if mode == "100644" and stage == "0" and oid not in EMPTY_BLOBS:
            there.add(path)
    return there.issuperset(missing)
