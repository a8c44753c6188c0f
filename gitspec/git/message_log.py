"""Commits with what a reader of messages needs, streamed from one git child, so that both work at the same time."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitspec.git.repository import Repository
from gitspec.git.run import Coprocess, GitFailed

_CHUNK = 1 << 20
_FIELDS = 6
_END = b"\0\n"
"""What ends a commit; a message holds no NUL."""
_LOG = (
    "-c", "log.showSignature=false",
    "log", "--no-color", "--no-notes", "--no-mailmap", "--encoding=UTF-8", "--no-decorate", "--no-show-signature",
    "--no-patch", "--format=tformat:" + "%x00".join(("%H", "%P", "%ct", "%an", "%s", "%B")) + "%x00",
)  # fmt: skip


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
    child = Coprocess(repo, *args, env={"GIT_GRAFT_FILE": os.devnull})
    rest = b""
    try:
        while data := child.out.read(_CHUNK):
            data = rest + data
            end = data.rfind(_END) + len(_END)  # a piece of a character must not be decoded alone
            if end < len(_END):
                rest = data
                continue
            rest = data[end:]
            pieces = data[:end].decode("utf-8", "surrogateescape").split("\0")
            for at in range(0, len(pieces) - 1, _FIELDS):
                oid, parents, time, author, subject, message = pieces[at : at + _FIELDS]
                yield Logged(oid.lstrip("\n"), tuple(parents.split()), int(time), author, subject, message)
    finally:
        status = child.close()
    if status:
        raise GitFailed(args[2:3], status, b"a commit is missing")
