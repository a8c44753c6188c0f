"""What was interrupted is finished or undone, by the next command, from the journal.

The branch decides: while it has not got the new commit, everything is undone; once it has, everything is finished.
Both are done in steps that may be interrupted and repeated. Locks of other programs are never removed.
"""

import os
from collections.abc import Sequence

from gitspec.errors import CannotJudge
from gitspec.git import files_follow, index_follow
from gitspec.git.journal import (
    Journal,
    drop_journal,
    inherited,
    is_pending,
    operation_folder,
    operation_lock,
    read_journal,
    remove_file,
    remove_folder,
)
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.transaction import uninterrupted

_LOCK_WAIT = 0.5
"""Long enough for a killed command's last child to be gone, short enough to read beside an operation that goes on."""
_IN_PASSING = 0.5
_TAGS = "refs/tags/archive/"


def recover(repo: Repository, wait: float = index_follow.WAIT) -> str | None:
    """Finish or undo what was interrupted; a line that says what was done, or None when there was nothing to do.

    An operation that is under way right now is left alone. Costs one system call when all is well. Raises CannotJudge
    when it cannot be done yet: G012 an unreadable journal, G013 a lock that others hold longer than ``wait`` seconds.
    """
    if not is_pending(repo):
        return None
    try:
        with operation_lock(repo, _LOCK_WAIT) as lock:
            return settle(repo, lock, wait)
    except CannotJudge as error:
        if error.code == "G011":
            return None
        raise


def recover_in_passing(repo: Repository) -> str | None:
    """As ``recover``, for a command that has something else to do: it is told of what cannot be done now, not stopped.

    Within a hook nothing is done: Git holds the index then, and pushed objects are not in yet.
    """
    if any(os.environ.get(name) for name in ("GIT_INDEX_FILE", "GIT_QUARANTINE_PATH")):
        return None
    try:
        return recover(repo, _IN_PASSING)
    except CannotJudge as error:
        return f"an interrupted operation cannot be finished yet: {error.message} ({error.place})"


def settle(repo: Repository, lock: int | None = None, wait: float = index_follow.WAIT) -> str | None:
    """As ``recover``, for somebody who holds the operation lock ``lock`` already."""
    journal = read_journal(repo)
    if journal is None:
        return None
    with uninterrupted():
        if journal.phase == "preparing":
            index_follow.drop_index_lock(journal.git_dir, operation_folder(repo))
            drop_journal(repo, journal)
            tail = f"; 'git fetch' tells whether it reached {journal.remote}" if journal.remote else ""
            return f"undid an interrupted {journal.what} of '{journal.change}'; nothing had been moved here{tail}"
        own = _at_home(repo, journal)
        _drop_ref_locks(repo, journal)
        if _landed(repo, journal):
            kept = _finish(own, journal, lock, wait)
            tail = f"; left as they are: {', '.join(kept)}" if kept else ""
            return f"finished an interrupted {journal.what} of '{journal.change}'{tail}"
        _undo(own, journal)
        return f"undid an interrupted {journal.what} of '{journal.change}'"


def _at_home(repo: Repository, journal: Journal) -> Repository:
    """The repository as seen from the work tree that the operation was started in."""
    if repo.git_dir == journal.git_dir:
        return repo
    env = {**repo.env, "GIT_DIR": journal.git_dir, "GIT_WORK_TREE": journal.top or None, "GIT_INDEX_FILE": None}
    if not os.path.isdir(journal.git_dir):  # the work tree is gone: only refs are left to put right
        return repo
    return Repository(journal.git_dir, repo.common_dir, journal.top or None, repo.object_format, env)


def _landed(repo: Repository, journal: Journal) -> bool:
    """Whether the branch has the new commit, perhaps with later ones on top."""
    if not _is_commit(repo, journal.new):
        return False
    tip = run(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{journal.ref}^{{commit}}")
    if tip.status:
        return False
    at = tip.out.decode().strip()
    if at in (journal.old, journal.new):
        return at == journal.new
    if not _within(repo, journal.new, at):
        return False
    # the new commit may be an older one: then the branch must have left the old one
    return not (_within(repo, journal.new, journal.old) and _within(repo, journal.old, at))


def _within(repo: Repository, commit: str, other: str) -> bool:
    """Whether ``commit`` is an ancestor of ``other``."""
    return run(repo, "merge-base", "--is-ancestor", commit, other).status == 0


def _is_commit(repo: Repository, oid: str) -> bool:
    return len(oid) in (40, 64) and run(repo, "cat-file", "-e", f"{oid}^{{commit}}").status == 0


def _undo(repo: Repository, journal: Journal) -> None:
    before = dict(journal.dropped)
    for tag, oid in _archive_tags(journal.tags):
        if _ref(repo, tag) == oid:
            git(repo, "update-ref", *((tag, before[tag], oid) if tag in before else ("-d", tag, oid)))
    index_follow.drop_index_lock(journal.git_dir, operation_folder(repo))
    drop_journal(repo, journal)


def _finish(repo: Repository, journal: Journal, lock: int | None, wait: float) -> list[str]:
    kept: list[str] = []
    before = dict(journal.dropped)
    for tag, oid in _archive_tags(journal.tags):
        if (now := _ref(repo, tag)) in ("", before.get(tag)):
            _set_ref(repo, (tag, oid, now or repo.zero), lock)
    for tag, oid in _archive_tags(journal.dropped):
        if _ref(repo, tag) == oid and not _within(repo, f"{oid}^{{commit}}", journal.ref):
            _set_ref(repo, ("-d", tag, oid), lock)
    if journal.top and repo.top:
        kept = _follow_again(repo, repo.top, journal, wait)
    drop_journal(repo, journal)
    return kept


def _archive_tags(tags: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that an operation may have made: nothing else is touched, whatever the journal says."""
    return [(tag, oid) for tag, oid in tags if tag.startswith(_TAGS)]


def _ref(repo: Repository, name: str) -> str:
    """The id that a ref has; empty when there is none."""
    return run(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", name).out.decode().strip()


def _set_ref(repo: Repository, args: tuple[str, ...], lock: int | None) -> None:
    if lock is None:
        git(repo, "update-ref", *args)
    else:
        with inherited(lock):
            git(repo, "update-ref", *args)


def _follow_again(repo: Repository, top: str, journal: Journal, wait: float) -> list[str]:
    """Bring index and work tree to the new commit, path by path, where they still have the old one."""
    folder = operation_folder(repo)
    os.makedirs(folder, exist_ok=True)
    head = run(repo, "symbolic-ref", "--quiet", "HEAD").out.decode("utf-8", "surrogateescape").strip()
    if head != journal.ref:  # somebody removed our lock by hand and went elsewhere
        index_follow.drop_index_lock(journal.git_dir, folder)
        return []
    _hold_index_lock(repo, journal, folder, wait)
    changes = index_follow.path_changes(repo, journal.old, journal.new)
    paths = [change.path for change in changes]
    entries = index_follow.read_index(repo, paths, ())
    index_follow.build_index(repo, folder, changes, entries)
    seen = files_follow.look(repo, top, paths)
    shown = index_follow.shown(changes, entries)
    todo = [change for change in shown if files_follow.as_old(change, seen.get(change.path))]
    remove_folder(journal.stage)
    files_follow.stage_files(repo, journal.stage, f"{folder}/index", [c.path for c in todo if c.new])
    index_follow.lock_with_new_index(journal.git_dir, folder)
    kept = files_follow.place(top, journal.stage, todo, seen)
    kept += [c.path for c in shown if c not in todo and not files_follow.as_new(c, seen.get(c.path))]
    files_follow.remove_empty(top, shown)
    index_follow.refresh(repo, folder, [c.path for c in shown if c.new and c.path not in kept])
    index_follow.replace_index(journal.git_dir)
    return kept


def _hold_index_lock(repo: Repository, journal: Journal, folder: str, wait: float) -> None:
    """Have index.lock as ours under the name ``lock``, so that a new index can be built under the name ``index``."""
    if index_follow.owns_index_lock(journal.git_dir, folder):
        index_follow.name_again(f"{journal.git_dir}/index.lock", f"{folder}/lock", folder)
    else:
        remove_file(f"{folder}/lock")
        index_follow.take_index_lock(repo, folder, wait)
    remove_file(f"{folder}/index")
    remove_file(f"{folder}/index.lock")


def _drop_ref_locks(repo: Repository, journal: Journal) -> None:
    """Remove what a git child of ours that was killed has left locked.

    Ours is a lock that holds the id that only we were about to write, or an empty one that came up after our journal
    and is still there although nobody of us lives (the operation lock says so) and Git's own patience has passed.
    """
    names = [(f"{repo.common_dir}/{journal.ref}.lock", journal.new), (f"{journal.git_dir}/HEAD.lock", "")]
    for tag, oid in _archive_tags((*journal.tags, *journal.dropped)):
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


def _patience() -> None:
    import time

    time.sleep(1.0)


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
