"""What certain commits say: their messages and who made them, read by one child however many they are."""

import os
from collections.abc import Iterable
from typing import NamedTuple

from gitspec.git.repository import Repository
from gitspec.git.run import git

_FORMAT = "--format=%x00%H%x00%P%x00%aN%x00%aE%x00%ct%x00%B"
_LOG = ("log", "--no-walk=unsorted", "--stdin", "--encoding=UTF-8", "--no-notes", "--use-mailmap", "--no-color", "-s")
_FIELDS = 6


class CommitMessage(NamedTuple):
    """A commit without what it changes; ``time`` is the committer's, in seconds since 1970, UTC."""

    oid: str
    parents: tuple[str, ...]
    author: str
    email: str
    time: int
    message: str

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.lstrip("\n").partition("\n")[0]


def commit_messages(repo: Repository, oids: Iterable[str]) -> dict[str, CommitMessage]:
    """The commits by their full ids. Raises CannotJudge G004 when one of them is not there."""
    wanted = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode()
    if not wanted:
        return {}
    out = git(repo, *_LOG, _FORMAT, input=wanted, env={"GIT_GRAFT_FILE": os.devnull})
    fields = out.decode("utf-8", "surrogateescape").split("\0")[1:]
    rows = (fields[at : at + _FIELDS] for at in range(0, len(fields) - _FIELDS + 1, _FIELDS))
    return {
        oid: CommitMessage(oid, tuple(parents.split()), author, email, int(time or 0), message.rstrip("\n") + "\n")
        for oid, parents, author, email, time, message in rows
    }
