"""Refs after an interruption: has the branch got the new commit, which archive tags go with it, whose locks are left.

The journal names tags, but what is made, moved or deleted follows from the commits: only archive tags of commits that
the operation brought or took out, and none of a commit that a branch still has.
"""

import os
from collections.abc import Sequence

from gitspec.git.journal import inherited, operation_folder
from gitspec.git.journal_shape import Journal
from gitspec.git.removing import remove_file
from gitspec.git.repository import Repository
from gitspec.git.run import GitFailed, git, run

Tags = Sequence[tuple[str, str]]


def has_landed(repo: Repository, journal: Journal) -> bool:
    """Whether the branch has the new commit, perhaps with later ones on top."""
    if not _is_commit(repo, journal.new):
        return False
    at = _ref(repo, f"{journal.ref}^{{commit}}")
    if not at:
        return False
    if at in (journal.old, journal.new):
        return at == journal.new
    if not _within(repo, journal.new, at):
        return False
    # the new commit may be an older one: then the branch must have left the old one
    return not (_within(repo, journal.new, journal.old) and _within(repo, journal.old, at))


def undo(repo: Repository, journal: Journal, lock: int) -> None:
    """Delete the tags that were made for commits that no branch has, or put them back where they were."""
    before = dict(_of_commits(repo, journal.dropped, journal.old, journal.new))
    for tag, oid in _of_commits(repo, journal.tags, journal.new, journal.old):
        if _ref(repo, tag) != oid or _is_on_a_branch(repo, oid):
            continue
        if tag in before:
            _set_ref(repo, (tag, before[tag], oid), lock)
        else:
            _delete(repo, tag, oid, lock)


def finish(repo: Repository, journal: Journal, lock: int) -> None:
    """Make the tags that are missing, and delete those whose commits the branch has left."""
    dropped = _of_commits(repo, journal.dropped, journal.old, journal.new)
    before = dict(dropped)
    for tag, oid in _of_commits(repo, journal.tags, journal.new, journal.old):
        if (now := _ref(repo, tag)) in ("", before.get(tag)):
            _set_ref(repo, (tag, oid, now or repo.zero), lock)
    for tag, oid in dropped:
        if _ref(repo, tag) == oid and not _within(repo, f"{oid}^{{commit}}", journal.ref):
            _delete(repo, tag, oid, lock)


def drop_locks(repo: Repository, git_dir: str, journal: Journal) -> None:
    """Remove what a git child of ours that was killed has left locked; ``git_dir`` is its work tree's Git folder.

    Ours is a lock that holds the id that only we were about to write, or an empty one that came up after our journal
    and is still there although nobody of us lives (the operation lock says so) and Git's own patience has passed.
    """
    names = [(f"{repo.common_dir}/{journal.ref}.lock", journal.new)]
    if git_dir:
        names.append((f"{git_dir}/HEAD.lock", ""))
    for tag, oid in (*journal.tags, *journal.dropped):
        names.append((f"{repo.common_dir}/{tag}.lock", oid))
    waited = False
    for path, oid in names:
        mark = _lock_mark(path)
        if mark is None:
            continue
        held = _read(path)
        if oid and held.strip() == oid.encode():
            remove_file(path)
            continue
        if held or mark[2] < journal.began:
            continue
        if not waited:
            _patience()
            waited = True
        if _lock_mark(path) == mark:
            remove_file(path)


def _of_commits(repo: Repository, tags: Tags, tip: str, without: str) -> list[tuple[str, str]]:
    """Those of ``tags`` that are on a commit which ``tip`` has and ``without`` has not."""
    if not tags or not _is_commit(repo, tip):
        return []
    commits = set(git(repo, "rev-list", tip, f"^{without}").decode().split())
    return [(tag, oid) for tag, oid in tags if _ref(repo, f"{oid}^{{commit}}") in commits]


def _is_on_a_branch(repo: Repository, oid: str) -> bool:
    return bool(git(repo, "for-each-ref", "--count=1", f"--contains={oid}", "refs/heads/"))


def _within(repo: Repository, commit: str, other: str) -> bool:
    """Whether ``commit`` is an ancestor of ``other``."""
    return ask(repo, "merge-base", "--is-ancestor", commit, other) is not None


def _is_commit(repo: Repository, oid: str) -> bool:
    return bool(_ref(repo, f"{oid}^{{commit}}"))


def _ref(repo: Repository, name: str) -> str:
    """The id that a name has; empty when it has none."""
    args = ("rev-parse", "--verify", "--quiet", "--end-of-options", name)
    found = ask(repo, *args)
    if found == "":  # Git overlooks that it could not write to a pipe
        raise GitFailed(args, 0, b"no answer")
    return found or ""


def ask(repo: Repository, *args: str) -> str | None:
    """What Git answers; None for no. Raises GitFailed when the child was killed or failed: that is no answer."""
    result = run(repo, *args)
    if result.status not in (0, 1):
        raise GitFailed(args, result.status, result.err)
    return None if result.status else result.out.decode("utf-8", "surrogateescape").strip()


def _set_ref(repo: Repository, args: tuple[str, ...], lock: int) -> None:
    with inherited(lock):
        git(repo, "update-ref", *args)


def _delete(repo: Repository, tag: str, oid: str, lock: int) -> None:
    """Delete a tag that still is ``oid``.

    Git takes the lock of all packed refs for it, which, left by a killed child, could not be told from anybody else's.
    So a tag that is a file is removed under a lock of its own that can be: it holds the id. Git does what is left.
    """
    path, marker = f"{repo.common_dir}/{tag}", f"{operation_folder(repo)}/ref"
    try:
        os.makedirs(operation_folder(repo), exist_ok=True)
        with open(marker, "wb") as file:
            file.write(oid.encode())
        os.link(marker, f"{path}.lock")
    except OSError:  # locked by others, no file, no links: Git says so, or can do it
        pass
    else:
        if _read(path).strip() == oid.encode():
            os.unlink(path)
        os.unlink(f"{path}.lock")
    if _ref(repo, tag) == oid:
        _set_ref(repo, ("-d", tag, oid), lock)


def _lock_mark(path: str) -> tuple[int, int, int] | None:
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(100)
    except FileNotFoundError:
        return b""


def _patience() -> None:
    import time

    time.sleep(1.0)
