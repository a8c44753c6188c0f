"""The commit-msg hook's accepted path: a commit that plainly names active changes, recognised with next to no imports.

What it cannot be sure of it leaves to the engine (``gitspec.domain.judge``), so it never refuses and may only say yes
where the engine would.
"""

import posix

from gitspec.domain import trailers
from gitspec.git.light import are_active, is_stated, read_file, variable

_MAX_IDS = 16
_ID = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_NEED_MORE = ("spec-edit", "task", "spec", "settles")
"""Trailers that only the engine can judge."""


def accepts(message_file: str) -> bool:
    """Whether the commit that is being made is surely fine: it names active changes only, or needs to name none, or is
    given the one that its author has stated.

    To be called from the top of the work tree with the environment that Git gives its hooks. The index decides which
    changes are active. A commit that touches the policy, living specs or archived folders is never accepted here
    (of an amended commit: what was staged for it).
    """
    if _is_interrupted():
        return False
    data = read_file(message_file)
    found = None if data is None else _references(message := data.decode("latin-1"))
    if found is None:
        return False
    changes, skips = found
    if changes:
        return not skips and are_active(changes)
    if skips:
        from gitspec.git.skipped import may_skip

        return may_skip(skips)
    if is_stated():
        from gitspec.git.stated import adds_reference

        return adds_reference(message_file, message)
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


def _references(message: str) -> tuple[list[str], list[str]] | None:
    """The ids and the reasons to skip that ``message`` names, whatever Git does with comment lines; None when that is not
    plain to see, or more than that is to be judged."""
    found = _named(message)
    if found is None or not (message.startswith("#") or "\n#" in message):
        return found
    kept = "\n".join(line for line in message.split("\n") if not line.startswith("#"))
    return found if _named(kept.lstrip("\n")) == found else None


def _named(message: str) -> tuple[list[str], list[str]] | None:
    found = trailers.read(message)
    if any(key.lower() in _NEED_MORE for key, _ in found):
        return None
    changes, skips = trailers.values(found, "Change"), trailers.values(found, "Change-Skip")
    names = [*changes, *skips]
    return (changes, skips) if len(names) <= _MAX_IDS and all(n and _ID.issuperset(n) for n in names) else None
