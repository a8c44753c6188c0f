"""The tag that an archive gets: none of its own when an earlier archive of the change, since taken back, has the name."""

from typing import NamedTuple

from gitspec.domain.archive_message import tag_message
from gitspec.errors import Refused
from gitspec.git.ref_tips import commit_of, is_ancestor
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.spec_history import present
from gitspec.git.target import Target
from gitspec.git.transaction import Tag
from gitspec.store import layout


class Choice(NamedTuple):
    """``tag`` to make, or ``earlier``: the commit before on the branch that archived the change under that name."""

    tag: Tag | None
    earlier: str = ""


def choose_tag(repo: Repository, target: Target, change: str, name: str) -> Choice:
    """The tag for an archive of ``change`` as ``name`` on a branch. Tags never move.

    Raises Refused A004 when the name is taken by anything else.
    """
    tag = Tag(f"archive/{name}", tag_message(change, name))
    commit = commit_of(repo, tag.ref)
    if not commit:
        return Choice(tag)  # also when it names no commit: making it will be refused
    if is_ancestor(repo, commit, target.tip) and _archives(repo, commit, name):
        return Choice(None, commit)
    raise _taken(repo, target, tag.name, commit, name)


def _archives(repo: Repository, commit: str, name: str) -> bool:
    """Whether the commit brought the archived folder in."""
    folder = f"{layout.ARCHIVE}/{name}"
    here, before = present(repo, [(commit, folder), (f"{commit}^", folder)])
    return here and not before


def _taken(repo: Repository, target: Target, tag: str, commit: str, name: str) -> Refused:
    args = ("for-each-ref", "--count=1", "--format=%(refname:short)", f"--contains={commit}")
    branch = git(repo, *args, "refs/heads", "refs/remotes").decode("utf-8", "replace").strip()
    if branch and branch != target.branch and _archives(repo, commit, name):
        why, way_out = (
            f"belongs to the archive on {branch}",
            "--no-tag: one of several archives of a change has the tag",
        )
    else:
        where = f"of {branch}, which archives no such change" if branch else "that no branch has"
        why, way_out = f"names commit {commit[:12]} {where}", f"git tag -d {tag}, then run this again; or --no-tag"
    return Refused("A004", f"tag {tag} exists and {why}", help=way_out)
