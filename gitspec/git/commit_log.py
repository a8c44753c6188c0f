"""The commits of a range with all that a judge needs of them, read by one git child."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from gitspec.domain.commit import Identity
from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.spec_history import shallow_boundary
from gitspec.git.tree_edit import PathChange, raw_change

_FIELDS = 8
_FORMAT = "--format=" + "%x00".join(("%H", "%T", "%P", "%an", "%ae", "%cn", "%ce", "%B")) + "%x00"
_LOG = (
    "-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", "core.quotePath=false",
    "log", "--stdin", "--topo-order", "--reverse", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-relative",
    "--diff-merges=first-parent", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", "--encoding=UTF-8",
    "--no-notes", "--no-mailmap", "--no-color", _FORMAT,
)  # fmt: skip


class LoggedCommit(NamedTuple):
    """A commit, and what it changes against its first parent. ``message`` is as recorded."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Identity
    committer: Identity
    message: str
    changes: tuple[PathChange, ...]

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.lstrip("\n").split("\n", 1)[0]


def read_log(repo: Repository, tips: Sequence[str], without: Sequence[str] = ()) -> list[LoggedCommit]:
    """The commits that ``tips`` reach and ``without`` do not, parents first; ids only, no names.

    Raises CannotJudge: G016 when a shallow clone hides parents of one of them, G004 when Git cannot walk there.
    """
    if not tips:
        return []
    wanted = "".join(f"{oid}\n" for oid in tips) + "".join(f"^{oid}\n" for oid in without)
    return _log(repo, _LOG, wanted.encode())


def read_commit(repo: Repository, oid: str) -> LoggedCommit:
    """One commit. Raises as ``read_log``."""
    return _log(repo, (*_LOG, "--no-walk"), f"{oid}\n".encode())[0]


def _log(repo: Repository, command: Sequence[str], wanted: bytes) -> list[LoggedCommit]:
    out = git(repo, *command, input=wanted, env={"GIT_GRAFT_FILE": os.devnull})
    commits = _parsed(out.decode("utf-8", "surrogateescape").split("\0"))
    hidden = shallow_boundary(repo)
    for commit in commits if hidden else ():
        if commit.oid in hidden:
            raise CannotJudge(
                "G016",
                f"the clone is shallow: what came before commit {commit.oid[:12]} is not here",
                help="git fetch --unshallow (in GitHub Actions: fetch-depth: 0)",
            )
    return commits


def _parsed(tokens: list[str]) -> list[LoggedCommit]:
    commits = []
    at, end = 0, len(tokens) - 1
    while at < end:
        oid, tree, parents, author, author_email, committer, committer_email, message = tokens[at : at + _FIELDS]
        at += _FIELDS + 1  # the terminator of the record
        changes = []
        while at < end and tokens[at][:1] in (":", "\n"):
            changes.append(raw_change(tokens[at].lstrip("\n"), tokens[at + 1]))
            at += 2
        commits.append(
            LoggedCommit(
                oid,
                tree,
                tuple(parents.split()),
                Identity(author, author_email),
                Identity(committer, committer_email),
                message,
                tuple(changes),
            )
        )
    return commits
