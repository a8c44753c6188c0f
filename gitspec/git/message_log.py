"""Commits with what a reader of messages needs, streamed from one git child, so that both work at the same time."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitspec.git.repository import Repository
from gitspec.git.run import Coprocess, GitFailed

_CHUNK = 1 << 16
"""What a pipe holds: while so much is read, Git fills it again."""
_LOG = (
    "-c", "log.showSignature=false",
    "log", "-z", "--no-color", "--no-notes", "--no-mailmap", "--encoding=UTF-8", "--no-decorate", "--no-show-signature",
    "--no-patch", "--format=tformat:" + "%x00".join(("%H", "%P", "%ct", "%an", "%s", "%B")),
)  # fmt: skip
_FIELDS = 6
"""Each of them ends with a NUL, which none of them holds."""
_ENV = {"GIT_GRAFT_FILE": os.devnull, "GIT_FLUSH": "0"}
"""Git would write commit by commit, and the change between two processes would cost more than all the rest."""


class Logged(NamedTuple):
    """A commit. ``time``: seconds since 1970 of its committer; ``message`` as recorded; bytes that are no UTF-8 are escaped."""

    oid: str
    parents: tuple[str, ...]
    time: int
    author: str
    subject: str
    message: str


def message_log(repo: Repository, tips: Sequence[str], without: Sequence[str] = ()) -> Iterator[Logged]:
    """The commits that ``tips`` reach and ``without`` do not, as far as they are here, newest first as Git goes.

    All are full ids. Raises GitFailed at the end when one of them, or a commit on the way, is missing.
    """
    if not tips:
        return
    args = (*_LOG, *tips, *(f"^{oid}" for oid in without), "--")
    child = Coprocess(repo, *args, env=_ENV)
    rest = b""
    fields: list[str] = []
    try:
        while data := child.out.read(_CHUNK):
            whole, end, begun = data.rpartition(b"\0")  # a piece of a character must not be decoded alone
            if not end:
                rest += data
                continue
            fields += (rest + whole).decode("utf-8", "surrogateescape").split("\0")
            rest = begun
            last = len(fields) - len(fields) % _FIELDS
            oids, parents, times, authors, subjects, messages = (fields[at:last:_FIELDS] for at in range(_FIELDS))
            rows = zip(oids, map(_split, parents), map(int, times), authors, subjects, messages, strict=True)
            yield from map(Logged._make, rows)
            del fields[:last]
    finally:
        status = child.close()
    if status:
        raise GitFailed(args[2:3], status, b"a commit is missing")


def _split(oids: str) -> tuple[str, ...]:
    return tuple(oids.split()) if " " in oids else (oids,) if oids else ()
