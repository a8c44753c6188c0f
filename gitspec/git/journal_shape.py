"""What a journal says, and what it may say at all: one that no operation writes was planted or damaged, and is never acted upon.

Names of refs are held to ``git check-ref-format`` and to the two places that operations touch, so that neither a path
nor an option can be smuggled in through them.
"""

import re
from typing import Literal, NamedTuple

Phase = Literal["preparing", "moving"]

_BRANCH = "refs/heads/"
_TAG = "refs/tags/archive/"
_HOME = re.compile(r"\.|worktrees/(?!\.{1,2}$)[^/\0]+")
_STAGE = re.compile(r"|files|\.gitspec-[0-9]+")
_OID = re.compile(r"[0-9a-f]+")
_BAD_IN_REF = re.compile(r"[\0-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[/.]$")


class Journal(NamedTuple):
    """One operation. ``preparing``: nothing but our own lock on the index is there yet."""

    phase: Phase
    what: str
    """The command: archive, close."""
    change: str
    home: str
    """Git folder of the work tree that the operation was started in, below the common one: ``.``, ``worktrees/<name>``."""
    follows: bool
    """Whether that work tree has the branch, and has to follow."""
    stage: str
    """Where new files wait for their place: ``files`` in the operation's folder, ``.gitspec-<pid>`` in the work tree
    when that is another disk, or empty."""
    ref: str
    old: str
    new: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    """Tags to make: full name of the ref, object id."""
    dropped: tuple[tuple[str, str], ...] = ()
    """Tags to delete; those that are to be made too are moved."""
    remote: str = ""
    """Where the result is pushed to before it moves anything here, or empty."""
    began: int = 0
    """When the refs were about to move, in nanoseconds."""


def check(journal: Journal, oid_length: int) -> None:
    """Raise ValueError or TypeError for a journal that no operation can have written; ``oid_length`` is that of the repository."""
    texts = (journal.what, journal.change, journal.home, journal.stage, journal.ref, journal.old, journal.new)
    if not all(isinstance(text, str) for text in (*texts, journal.remote, journal.phase)):
        raise TypeError("not of the right shape")
    if not isinstance(journal.follows, bool) or not isinstance(journal.began, int):
        raise TypeError("not of the right shape")
    if journal.phase not in ("preparing", "moving"):
        raise ValueError("it names no phase of an operation")
    if not _HOME.fullmatch(journal.home) or not _STAGE.fullmatch(journal.stage):
        raise ValueError("it names a folder that no operation uses")
    refs = [(journal.ref, _BRANCH), *((tag, _TAG) for tag, _ in (*journal.tags, *journal.dropped))]
    if not all(ref.startswith(place) and not _BAD_IN_REF.search(ref) for ref, place in refs):
        raise ValueError("it names a ref that no operation touches")
    oids = [journal.old, *(oid for _, oid in (*journal.tags, *journal.dropped))]
    if journal.phase == "moving":
        oids.append(journal.new)
    elif journal.new or journal.tags or journal.dropped:
        raise ValueError("not of the right shape")
    if not all(len(oid) == oid_length and _OID.fullmatch(oid) for oid in oids):
        raise ValueError("it names what is no object id")
