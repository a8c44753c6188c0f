"""The branch that a commit goes to, and whether it may go there now."""

import os
from typing import NamedTuple

from gitspec.errors import Refused
from gitspec.git.repository import Repository
from gitspec.git.run import git, run

_HEADS = "refs/heads/"
_UNDER_WAY = {
    "MERGE_HEAD": ("merge", "git merge --continue, or git merge --abort"),
    "rebase-merge": ("rebase", "git rebase --continue, or git rebase --abort"),
    "rebase-apply": ("rebase or git am", "git rebase --continue or git am --continue, or --abort"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "git cherry-pick --continue, or git cherry-pick --abort"),
    "REVERT_HEAD": ("revert", "git revert --continue, or git revert --abort"),
    "sequencer": ("cherry-pick or revert", "git cherry-pick --continue or git revert --continue, or --abort"),
}


class Target(NamedTuple):
    """``ref`` is a full name below refs/heads/. ``checked_out``: this work tree has it and must follow."""

    ref: str
    tip: str
    checked_out: bool

    @property
    def branch(self) -> str:
        """The short name."""
        return self.ref.removeprefix(_HEADS)


def find_target(repo: Repository, onto: str | None = None) -> Target:
    """The branch of HEAD, or the local branch ``onto``.

    Raises Refused: A011 nothing committed yet, A012 detached HEAD, A013 a merge, rebase, cherry-pick or revert is under
    way there, A014 the branch is checked out in another work tree, A015 ``onto`` is no local branch.
    """
    target = _of_head(repo) if onto is None else _named(repo, onto)
    if target.checked_out:
        _refuse_under_way(repo)
    if os.path.isdir(f"{repo.common_dir}/worktrees") or not target.checked_out:
        _refuse_elsewhere(repo, target)
    return target


def _of_head(repo: Repository) -> Target:
    both = run(repo, "rev-parse", "--quiet", "HEAD^{commit}", "--symbolic-full-name", "HEAD")
    tip, _, name = both.out.decode("utf-8", "surrogateescape").strip().partition("\n")
    if both.status == 0 and name.startswith(_HEADS):
        return Target(name, tip, not repo.is_bare)
    result = run(repo, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    name = run(repo, "symbolic-ref", "--quiet", "HEAD").out.decode("utf-8", "surrogateescape").strip()
    if not name:
        if not repo.is_bare:
            _refuse_under_way(repo)
        raise Refused(
            "A012", "HEAD is detached: the commit would be on no branch",
            help="git switch <branch>, or name the branch with --onto",
        )  # fmt: skip
    if result.status:
        raise Refused("A011", "nothing is committed yet", help="git add spec && git commit")
    if not name.startswith(_HEADS):
        raise Refused("A015", f"HEAD is '{name}', which is no branch", help="git switch <branch>")
    return Target(name, result.out.decode().strip(), not repo.is_bare)


def _named(repo: Repository, onto: str) -> Target:
    ref = onto if onto.startswith(_HEADS) else _HEADS + onto.removeprefix("heads/")
    shown = run(repo, "show-ref", "--verify", "--quiet", "--", ref) if "\0" not in ref else None
    if shown is None or shown.status:
        raise Refused("A015", f"'{onto}' is no local branch", help="git branch lists them")
    while pointer := run(repo, "symbolic-ref", "--quiet", ref).out.decode("utf-8", "surrogateescape").strip():
        ref = pointer
    tip = git(repo, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    head = run(repo, "symbolic-ref", "--quiet", "HEAD").out.decode("utf-8", "surrogateescape").strip()
    return Target(ref, tip, not repo.is_bare and head == ref)


def still_checked_out(repo: Repository, target: Target) -> bool:
    """Whether HEAD still names the branch: a file to read, where refs are files."""
    try:
        with open(f"{repo.git_dir}/HEAD", encoding="utf-8", errors="surrogateescape") as file:
            head = file.read().strip().removeprefix("ref: ")
    except OSError:
        head = ""
    if not head.startswith(_HEADS) or head == f"{_HEADS}.invalid":
        head = run(repo, "symbolic-ref", "--quiet", "HEAD").out.decode("utf-8", "surrogateescape").strip()
    return head == target.ref


def _refuse_under_way(repo: Repository) -> None:
    for name, (what, way_out) in _UNDER_WAY.items():
        if os.path.exists(f"{repo.git_dir}/{name}"):
            raise Refused("A013", f"a {what} is under way", help=way_out)


def _refuse_elsewhere(repo: Repository, target: Target) -> None:
    """Refuse when another work tree has the branch, or is rebasing it: its files would not follow."""
    place = ""
    here = os.path.realpath(repo.top) if repo.top else None
    for row in git(repo, "worktree", "list", "--porcelain", "-z").decode("utf-8", "surrogateescape").split("\0"):
        key, _, value = row.partition(" ")
        if key == "worktree":
            place = value
        elif key == "branch" and value == target.ref and os.path.realpath(place) != here:
            raise Refused("A014", f"branch {target.branch} is checked out in {place}", help=f"run it there: cd {place}")
    folders = [repo.common_dir]
    if os.path.isdir(f"{repo.common_dir}/worktrees"):
        folders += [entry.path for entry in os.scandir(f"{repo.common_dir}/worktrees")]
    for folder in folders:
        for state in ("rebase-merge", "rebase-apply"):
            try:
                with open(f"{folder}/{state}/head-name", encoding="utf-8", errors="surrogateescape") as file:
                    rebased = file.read().strip()
            except (FileNotFoundError, NotADirectoryError):
                continue
            if rebased == target.ref:
                raise Refused(
                    "A013", f"branch {target.branch} is being rebased", help="git rebase --continue, or --abort"
                )
