"""The commit that Git is about to make: as an object that nobody else sees, and who makes it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gitspec.domain.commit import Identity
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.scratch import scratch

_SOMEBODY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "pending"), ("EMAIL", "pending@invalid"), ("DATE", "946684800 +0000"))
}


@contextmanager
def pending_commit_object(repo: Repository, parents: Sequence[str], message: str) -> Iterator[tuple[Repository, str]]:
    """A repository that also has the commit of what is staged, and the commit's id.

    Its objects are in a folder of their own that is removed again: whether the commit will be made is not known yet.
    Raises CannotJudge G004 when the index cannot be written as a tree.
    """
    with scratch(repo) as own:
        tree = git(own, "write-tree").decode().strip()
        given = [word for parent in parents for word in ("-p", parent)]
        text = message.encode("utf-8", "surrogateescape")
        command = ("-c", "commit.gpgSign=false", "-c", "i18n.commitEncoding=UTF-8", "commit-tree", *given, tree)
        oid = git(own, *command, input=text or b"\n", env=_SOMEBODY).decode().strip()
        yield own, oid


def identities(repo: Repository) -> tuple[Identity, Identity]:
    """Author and committer of the commit that is being made; Git tells its hooks what options say of the author."""
    return _identity(repo, "GIT_AUTHOR_IDENT"), _identity(repo, "GIT_COMMITTER_IDENT")


def _identity(repo: Repository, variable: str) -> Identity:
    line = os.fsdecode(run(repo, "var", variable).out)
    name, _, rest = line.rpartition("> ")[0].partition("<")
    return Identity(name.strip(), rest)
