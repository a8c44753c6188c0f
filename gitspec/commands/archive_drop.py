"""`gitspec archive --drop-unpublished`: take an archive that nobody else has out of a branch, and keep what came later.

The later commits are made again, in the object database, on what was before the archive; branch, tags, index and work
tree then move together. A conflict moves nothing.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from gitspec.commands.archive_remade import archived_by, folded_on
from gitspec.commands.archive_rival import archived_at
from gitspec.domain.archive_message import tag_message
from gitspec.errors import CannotJudge, GitspecError, Refused
from gitspec.git.commit_write import write_tag
from gitspec.git.identity import Settings, settings
from gitspec.git.index_follow import path_changes
from gitspec.git.journal import operation_lock
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import Objects
from gitspec.git.recovery import settle
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.spec_history import parse_commit
from gitspec.git.target import Target, find_target
from gitspec.git.transaction import BranchMoved, Operation, perform
from gitspec.store import layout

_TRIES = 5


class Dropped(NamedTuple):
    """What was taken out. ``kept``: the later commits, as they were and as they are now."""

    change: str
    name: str
    archive: str
    tag: str
    branch: str
    before: str
    commit: str
    kept: tuple[tuple[str, str], ...]
    left_as_edits: tuple[str, ...]


def drop_unpublished(repo: Repository, change: str, onto: str | None) -> Dropped:
    """Drop the archive of a change from a branch.

    Raises Refused A003 (not archived there), A024 (published), A025 (its commit does more, or the later ones include a
    merge or conflict), and as ``perform``.
    """
    with operation_lock(repo) as lock:
        settle(repo, lock)
        for tries_left in range(_TRIES, -1, -1):
            target = find_target(repo, onto)
            try:
                return _drop(repo, target, change, lock)
            except BranchMoved:
                if not tries_left:
                    raise
    raise AssertionError("the last try returns or raises")


def _drop(repo: Repository, target: Target, change: str, lock: int) -> Dropped:
    name = archived_at(repo, target.tip).get(change)
    if name is None:
        raise Refused(
            "A003", f"change '{change}' is not archived on branch {target.branch}", help="gitspec list --archived"
        )
    archive, later = _commits(repo, target, name, change)
    _refuse_published(repo, archive, name, change)
    who = settings(repo)
    made = _made_again(repo, target, archive, later, who)
    new = made[-1] if made else _parent(repo, archive)
    kept = tuple(zip(later, made, strict=True))
    batch = ObjectBatch(repo.object_format)
    made_tags, dropped = _tags(repo, batch, {archive: "", **dict(kept)}, who)
    operation = Operation(
        "drop", change, target, _spec_only(repo, target.tip, new), tuple(path_changes(repo, target.tip, new)), batch,
        "", None, who, (layout.change_folder(change), f"{layout.ARCHIVE}/{name}"),
        rewritten=new, retagged=made_tags, dropped=dropped,
    )  # fmt: skip
    outcome = perform(repo, operation, lock)
    tag = next((ref.removeprefix("refs/tags/") for ref, _ in dropped if ref.endswith(f"/{name}")), "")
    return Dropped(change, name, archive, tag, target.branch, target.tip, new, kept, outcome.kept)


def _commits(repo: Repository, target: Target, name: str, change: str) -> tuple[str, list[str]]:
    """The commit that archived the change and nothing else, and those after it, oldest first."""
    folder = f"{layout.ARCHIVE}/{name}"
    touching = git(repo, "rev-list", "--end-of-options", target.tip, "--", folder).decode().split()
    archive = touching[-1] if touching else ""
    parent = _parent(repo, archive)
    if not archive or not parent or len(touching) > 1:
        raise _kept_in(change, "its folder has a history of its own")
    listed = git(repo, "diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-commit-id", parent, archive)
    mine = (f"{folder}/", f"{layout.change_folder(change)}/", f"{layout.CAPABILITIES}/")
    if strange := [path for path in os.fsdecode(listed).split("\0")[:-1] if not path.startswith(mine)]:
        raise _kept_in(change, f"commit {archive[:12]} does more than that: it changes {strange[0]}")
    rows = (
        git(repo, "rev-list", "--parents", "--reverse", "--topo-order", target.tip, f"^{archive}").decode().split("\n")
    )
    later, at = [], archive
    for row in rows[:-1]:
        commit, *parents = row.split(" ")
        if parents != [at]:
            raise _kept_in(change, f"{commit[:12]} after it is a merge, or not built on it")
        later.append(commit)
        at = commit
    return archive, later


def _spec_only(repo: Repository, before: str, after: str) -> str:
    """The tree of ``after``, which differs from ``before`` in spec/ only: nothing else follows in the work tree."""
    objects = Objects(repo)
    try:
        trees = [objects.resolve(commit, "tree") for commit in (before, after)]
        tops = [{entry for entry in objects.tree(tree) if entry.name != layout.SPEC} for tree in trees]
    finally:
        objects.close()
    if tops[0] != tops[1]:
        raise Refused("A025", "without the archive, files outside of spec/ would differ", help="git rebase -i")
    return trees[1]


def _parent(repo: Repository, commit: str) -> str:
    """The parent of a commit that has one and only one; else empty."""
    row = run(repo, "rev-list", "-1", "--parents", "--end-of-options", commit).out.decode().split()
    return row[1] if len(row) == 2 else ""


def _kept_in(change: str, why: str) -> Refused:
    return Refused("A025", f"the archive of '{change}' cannot be dropped: {why}", help=f"gitspec unarchive {change}")


def _refuse_published(repo: Repository, archive: str, name: str, change: str) -> None:
    listed = git(repo, "for-each-ref", "--format=%(refname:short)", f"--contains={archive}", "refs/remotes")
    if refs := listed.decode("utf-8", "replace").split():
        more = f" and {len(refs) - 1} more" if len(refs) > 1 else ""
        raise Refused(
            "A024",
            f"the archive of '{change}' is published: {refs[0]}{more} has commit {archive[:12]}",
            place=f"{layout.ARCHIVE}/{name}",
            help=f"gitspec unarchive {change}",
        )


def _made_again(repo: Repository, target: Target, archive: str, later: Sequence[str], who: Settings) -> list[str]:
    """The later commits on the archive's parent, each with its own message and author; archives are folded again.

    Raises A025 for a conflict.
    """
    made: list[str] = []
    base, onto = archive, _parent(repo, archive)
    objects = Objects(repo)
    try:
        for commit in later:
            raw = objects.read(commit)
            again = archived_by(repo, target.ref, parse_commit(raw))
            tree = _folded(repo, target, onto, commit, *again) if again else _merged(repo, base, onto, commit)
            onto = _made_on(repo, raw, tree, onto, who)
            made.append(onto)
            base = commit
    finally:
        objects.close()
    return made


def _folded(repo: Repository, target: Target, onto: str, commit: str, day: str, change: str) -> str:
    try:
        operation = folded_on(repo, target.ref, onto, day, change).operation
    except CannotJudge:
        raise
    except GitspecError as error:
        raise Refused(
            "A025",
            f"commit {commit[:12]} archives '{change}', which does not fold without it: {error.message}",
            place=error.place,
            help=f"gitspec archive --drop-unpublished {change} first",
        ) from None
    operation.batch.write(repo)
    return operation.tree


def _merged(repo: Repository, base: str, onto: str, commit: str) -> str:
    """The tree of ``onto`` with what ``commit`` did to its parent ``base``.

    ``git merge-tree`` finds the base through parents: so what is on one side stands in a commit on ``base`` for it.
    """
    side = git(repo, "commit-tree", f"{onto}^{{tree}}", "-p", base, "-m", "side").decode().strip()
    result = run(repo, "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", side, commit)
    tree, *paths = os.fsdecode(result.out).split("\0")
    if result.status == 1:
        raise Refused(
            "A025",
            f"commit {commit[:12]} builds on the archive: without it {next(filter(None, paths), 'a file')} conflicts",
            help=f"git rebase --onto {onto[:12]} {base[:12]}, and decide by hand; it leaves the archive's tag behind: "
            "'git tag -d' it",
        )
    if result.status:
        git(repo, "merge-tree", "--write-tree", side, commit)  # raises with what Git says
    return tree


def _made_on(repo: Repository, raw: bytes, tree: str, parent: str, who: Settings) -> str:
    """A commit again: another tree and parent, the committer of now, and everything else as it was."""
    header, _, message = raw.partition(b"\n\n")
    lines = [line for line in header.split(b"\n") if line.startswith((b"author ", b"encoding "))]
    author = next((line[7:] for line in lines if line.startswith(b"author ")), b"")
    name, _, rest = author.partition(b" <")
    address, _, date = rest.rpartition(b"> ")
    encoding = next((line[9:].decode("latin-1") for line in lines if line.startswith(b"encoding ")), "UTF-8")
    env = {
        "GIT_AUTHOR_NAME": os.fsdecode(name),
        "GIT_AUTHOR_EMAIL": os.fsdecode(address),
        "GIT_AUTHOR_DATE": f"@{date.decode('latin-1')}",
        "GIT_COMMITTER_DATE": who.committer.git_date,
    }
    sign = ("-S",) if who.sign_commits else ()
    args = ("-c", f"i18n.commitEncoding={encoding}", "commit-tree", *sign, tree, "-p", parent, "-F", "-")
    return git(repo, *args, input=message, env=env).decode().strip()


def _tags(
    repo: Repository, batch: ObjectBatch, moved: dict[str, str], who: Settings
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Archive tags on commits that go: (those to make on the new commits, those to delete or move)."""
    form = "--format=%(refname) %(objectname) %(*objectname)"
    listed = git(repo, "for-each-ref", form, "refs/tags/archive").decode("utf-8", "surrogateescape")
    made, dropped = [], []
    for row in listed.splitlines():
        ref, oid, commit = row.split(" ")
        if (commit or oid) not in moved:
            continue
        dropped.append((ref, oid))
        if new := moved[commit or oid]:
            name = ref.removeprefix("refs/tags/archive/")
            message = tag_message(name[11:], name)
            made.append((ref, write_tag(repo, batch, new, f"archive/{name}", message, who)))
    return tuple(made), tuple(dropped)
