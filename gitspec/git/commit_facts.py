"""What Git knows of the commit that it is about to make: parents, touched paths, settings, state files."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gitspec import __version__
from gitspec.domain.commit import Touched
from gitspec.git.automatic_merge import merge_tree
from gitspec.git.light import POLICY_FACTS
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.unreferenced import plain_patterns

SETTING = "GITSPEC_CHANGE"
"""File in a work tree's own Git folder: the change that ``gitspec use`` has set."""
_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


class Settings(NamedTuple):
    """The configuration that decides what a message becomes; ``change`` only as given by ``git -c gitspec.change=``."""

    comment: str = ""
    cleanup: str = ""
    encoding: str = ""
    change: str = ""


def settings(repo: Repository) -> Settings:
    """Read all settings with one child."""
    keys = r"^(core\.comment(char|string)|commit\.cleanup|i18n\.commitencoding|gitspec\.change)$"
    rows = os.fsdecode(run(repo, "config", "-z", "--show-scope", "--get-regexp", keys).out).split("\0")[:-1]
    found: dict[str, str] = {}
    for scope, row in zip(rows[::2], rows[1::2], strict=True):
        key, _, value = row.partition("\n")
        if key != "gitspec.change" or scope == "command":
            found[key] = value
    comment = found.get("core.commentstring") or found.get("core.commentchar", "")
    return Settings(
        comment, found.get("commit.cleanup", ""), found.get("i18n.commitencoding", ""), found.get("gitspec.change", "")
    )


def parents_of_pending(repo: Repository, *, amend: bool) -> tuple[str, ...]:
    """The parents that the commit will have: none for the first, several while a merge is being concluded."""
    if amend:
        return tuple(os.fsdecode(git(repo, "rev-list", "--parents", "-n", "1", "HEAD")).split()[1:])
    head = run(repo, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head.status:
        return ()
    return (os.fsdecode(head.out).strip(), *merge_heads(repo))


def merge_heads(repo: Repository) -> tuple[str, ...]:
    """The commits that a merge under way brings in."""
    text = state_file(repo, "MERGE_HEAD")
    return tuple(line for line in text.split("\n") if line)


def state_file(repo: Repository, name: str) -> str:
    """The text of a file in this work tree's Git folder; empty when there is none."""
    try:
        with open(os.path.join(repo.git_dir, name), "rb") as file:
            return os.fsdecode(file.read(1 << 20))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""


def used_change(repo: Repository) -> str:
    """The change that ``gitspec use`` has set for this work tree; empty when none is."""
    return state_file(repo, SETTING).strip()


def set_used_change(repo: Repository, change: str) -> None:
    """Set it; forget it when ``change`` is empty."""
    path = os.path.join(repo.git_dir, SETTING)
    if not change:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        return
    with open(f"{path}.new", "w", encoding="ascii") as file:
        file.write(f"{change}\n")
    os.replace(f"{path}.new", path)


def is_replaying(repo: Repository) -> bool:
    """Whether a rebase is under way, whose messages belong to what they were made for."""
    return _has(repo, "rebase-merge", "rebase-apply")


def is_picking(repo: Repository) -> bool:
    """Whether commits are being replayed in any way: rebase, cherry-pick or revert."""
    return _has(repo, "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD", "sequencer")


def _has(repo: Repository, *names: str) -> bool:
    return any(os.path.lexists(os.path.join(repo.git_dir, name)) for name in names)


def branch(repo: Repository) -> str:
    """The short name of the branch that HEAD is on; empty when detached."""
    name = os.fsdecode(run(repo, "symbolic-ref", "--quiet", "HEAD").out).rstrip("\n")
    return name.removeprefix("refs/heads/") if name.startswith("refs/heads/") else ""


def remember_policy(
    repo: Repository, policy: str, *, references: bool, skips: Mapping[str, int], not_code: Sequence[str]
) -> None:
    """Keep for the accepted path what it can judge by itself, under the blob id of the policy. Failing to is no error.

    ``references``: whether naming an active change is enough; ``skips``: the reasons with a limit of lines alone.
    """
    path = os.path.join(repo.common_dir, POLICY_FACTS)
    allowed = " ".join(f"{reason}:{most}" for reason, most in skips.items())
    enough = "references" if references else "-"
    text = "\n".join([f"{__version__} {policy}", enough, allowed, *plain_patterns(list(not_code)), ""])
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "w", encoding="ascii") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def touched_by_pending(repo: Repository, parents: Sequence[str]) -> tuple[Touched, ...]:
    """What the commit changes, as the index has it: to its first parent, or for a merge to the automatic merge.

    Both sides of a rename are touched. When the parents cannot be merged automatically (an octopus, or histories that
    have nothing in common) a path counts when it differs from all of them.
    """
    if len(parents) < 2:
        return _against(repo, parents[0] if parents else _EMPTY_TREES[repo.object_format])
    if len(parents) == 2 and (tree := merged_tree(repo, parents[0], parents[1])):
        return _against(repo, tree)
    first, *others = (_against(repo, parent) for parent in parents)
    common = set.intersection(*({t.path for t in other} for other in others))
    return tuple(t for t in first if t.path in common)


def merged_tree(repo: Repository, ours: str, theirs: str, seconds: float | None = None) -> str:
    """The tree that Git's own merge gives; empty when it gives none. Raises CannotJudge G019 after ``seconds``."""
    result = merge_tree(repo, ours, theirs, seconds=seconds)
    return os.fsdecode(result.out).split("\n", 1)[0] if result.status in (0, 1) else ""


def lines_of_pending(repo: Repository, parents: Sequence[str]) -> dict[str, int | None]:
    """Added and removed lines by path, None for a binary file; like ``touched_by_pending`` for a plain commit."""
    base = parents[0] if parents else _EMPTY_TREES[repo.object_format]
    out = git(
        repo, "diff-index", "--cached", "--numstat", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", base, "--"
    )
    counts: dict[str, int | None] = {}
    for row in os.fsdecode(out).split("\0")[:-1]:
        added, removed, path = row.split("\t", 2)
        counts[path] = None if added == "-" else int(added) + int(removed)
    return counts


def _against(repo: Repository, tree: str) -> tuple[Touched, ...]:
    out = git(repo, "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", tree, "--")
    fields = os.fsdecode(out).split("\0")[:-1]
    found = []
    for facts, path in zip(fields[::2], fields[1::2], strict=True):
        old, new, *_ = facts[1:].split(" ")
        found.append(Touched(path, int(old, 8), int(new, 8)))
    return tuple(found)
