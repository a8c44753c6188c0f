"""What was interrupted is finished or undone, by the next command, from the journal.

The branch decides: while it has not got the new commit, everything is undone; once it has, everything is finished.
Both are done in steps that may be interrupted and repeated. Locks of other programs are never removed.
"""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gitspec.errors import CannotJudge, Refused
from gitspec.git import files_follow, index_follow, recovery_refs
from gitspec.git.index_follow import IndexEntry
from gitspec.git.journal import drop_journal, is_pending, operation_folder, operation_lock, read_journal, stage_folder
from gitspec.git.journal_shape import Journal
from gitspec.git.removing import remove_file, remove_folder
from gitspec.git.repository import Repository, discover
from gitspec.git.transaction import uninterrupted
from gitspec.git.tree_edit import PathChange

_LOCK_WAIT = 0.5
"""Long enough for a killed command's last child to be gone, short enough to read beside an operation that goes on."""
_IN_PASSING = 0.5


class Settled(NamedTuple):
    """What was done about an interrupted operation, in one line.

    ``torn`` is the Git folder of the work tree whose index was behind its branch, or before it, until now, or empty.
    """

    said: str
    torn: str = ""


class _Followed(NamedTuple):
    kept: list[str]
    was_behind: bool


def recover(repo: Repository, wait: float = index_follow.WAIT) -> str | None:
    """Finish or undo what was interrupted; a line that says what was done, or None when there was nothing to do.

    An operation that is under way right now is left alone. Costs one system call when all is well. Raises CannotJudge
    when it cannot be done yet: G012 an unusable journal, G013 a lock that others hold longer than ``wait`` seconds.
    """
    done = _recover(repo, wait)
    return done.said if done else None


def recover_in_passing(repo: Repository) -> str | None:
    """As ``recover``, for a command that has something else to do: it is told of what cannot be done now, not stopped.

    What runs within somebody's hook leaves it to the hooks that can stop the commit (``recover_for_commit``), and while
    a push is taken in Git allows no ref to move.
    """
    if os.environ.get("GIT_QUARANTINE_PATH"):
        return None
    if os.environ.get("GIT_INDEX_FILE"):
        return "an interrupted operation waits until this hook has ended (gitspec doctor shows it)"
    try:
        return recover(repo, _IN_PASSING)
    except CannotJudge as error:
        return f"an interrupted operation cannot be finished yet: {error.message} ({error.place})"


def recover_for_commit(repo: Repository, again: str) -> str | None:
    """As ``recover``, for a hook of the commit that Git is making; ``again`` tells how to commit once more.

    Raises Refused G050 when the index had been out of step with its branch until now: Git has read it before, so that
    this commit would take back what the branch has, or bring in what it has not. Raises CannotJudge G050 when it cannot be done now, such as while Git itself
    holds the index (``commit -a``, ``commit -- <path>``); nobody is waited for then.
    """
    try:
        done = _recover(repo, 0)
    except CannotJudge as error:
        if error.code == "G012":
            raise
        raise CannotJudge(
            "G050", f"an interrupted operation must be finished or undone first: {error.message}", place=error.place,
            help=f"gitspec doctor --repair, then {again}",
        ) from None  # fmt: skip
    if done and done.torn and os.path.samefile(done.torn, repo.git_dir):
        raise Refused(
            "G050", f"{done.said}; this commit was begun before that, on an index out of step, so it was stopped",
            help=again,
        )  # fmt: skip
    return done.said if done else None


def settle(repo: Repository, lock: int, wait: float = index_follow.WAIT) -> str | None:
    """As ``recover``, for somebody who holds the operation lock ``lock`` already."""
    done = _settle(repo, lock, wait)
    return done.said if done else None


def _recover(repo: Repository, wait: float) -> Settled | None:
    if not is_pending(repo):
        return None
    try:
        with operation_lock(repo, _LOCK_WAIT) as lock:
            return _settle(repo, lock, wait)
    except CannotJudge as error:
        if error.code == "G011":
            return None
        raise


def _settle(repo: Repository, lock: int, wait: float) -> Settled | None:
    journal = read_journal(repo)
    if journal is None:
        return None
    what = f"{journal.what} of '{journal.change}'"
    with uninterrupted():
        home = _at_home(repo, journal)
        if journal.phase == "preparing":
            _drop_index_lock(home)
            drop_journal(home or repo, journal)
            tail = f"; 'git fetch' tells whether it reached {journal.remote}" if journal.remote else ""
            return Settled(_line(f"undid an interrupted {what}; nothing had been moved here{tail}"))
        recovery_refs.drop_locks(repo, home.git_dir if home else "", journal)
        if not recovery_refs.has_landed(repo, journal):
            recovery_refs.undo(repo, journal, lock)
            was_ahead = home is not None and journal.follows and _take_back(home, journal, wait)
            drop_journal(home or repo, journal)
            return Settled(_line(f"undid an interrupted {what}"), home.git_dir if home and was_ahead else "")
        recovery_refs.finish(repo, journal, lock)
        followed = _follow_again(home, journal, wait) if home and journal.follows else _Followed([], was_behind=False)
        drop_journal(home or repo, journal)
        tail = f"; left as they are: {', '.join(followed.kept)}" if followed.kept else ""
        torn = home.git_dir if home and followed.was_behind else ""
        return Settled(_line(f"finished an interrupted {what}{tail}"), torn)


def _line(text: str) -> str:
    """One line that is safe to show, whatever the journal or a path holds."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _drop_index_lock(home: Repository | None) -> None:
    if home:
        index_follow.drop_index_lock(home.git_dir, operation_folder(home))


def _at_home(repo: Repository, journal: Journal) -> Repository | None:
    """The repository as seen from the work tree that the operation was started in, with its own index; None when that
    work tree was removed. Raises CannotJudge G050 when it cannot be told where it is."""
    git_dir = os.path.join(repo.common_dir, journal.home)
    if not os.path.isdir(git_dir):
        return None
    if os.path.samefile(git_dir, repo.git_dir):
        return Repository(
            repo.git_dir, repo.common_dir, repo.top, repo.object_format, {**repo.env, "GIT_INDEX_FILE": None}
        )
    top = _top_of(repo, git_dir)
    try:
        home = discover(top, recover=False)
    except CannotJudge:
        home = None
    if home and os.path.samefile(home.git_dir, git_dir):
        return home
    if not journal.follows:
        return None
    raise CannotJudge(
        "G050", f"the work tree of an interrupted {_line(journal.what)} is not at {top}", place=top,
        help="run gitspec in that work tree; if it is gone: git worktree prune",
    )  # fmt: skip


def _top_of(repo: Repository, git_dir: str) -> str:
    """Where Git says that the work tree of a Git folder is."""
    try:
        with open(f"{git_dir}/gitdir", encoding="utf-8", errors="surrogateescape") as file:
            return os.path.dirname(os.path.join(git_dir, file.read().rstrip("\n")))
    except OSError:  # the main work tree
        return os.path.dirname(repo.common_dir)


def _take_back(repo: Repository, journal: Journal, wait: float) -> bool:
    """Bring the index back to the old commit if it had gone ahead to the new one; whether it had.

    No file has been placed then. An index that somebody has written since is touched only if it has all of the new.
    """
    folder = operation_folder(repo)
    was_ahead = index_follow.put_back(repo.git_dir, folder)
    if was_ahead is not None:
        return was_ahead
    changes = []
    if recovery_refs.ask(repo, "rev-parse", "--verify", "--quiet", f"{journal.new}^{{commit}}"):
        changes = index_follow.path_changes(repo, journal.new, journal.old)
    entries = index_follow.read_index(repo, [change.path for change in changes], ()) if changes else {}
    if not changes or not _has_all(entries, changes):
        index_follow.drop_index_lock(repo.git_dir, folder)
        return False
    os.makedirs(folder, exist_ok=True)
    _hold_index_lock(repo, folder, wait)
    index_follow.build_index(repo, folder, changes, index_follow.read_index(repo, [c.path for c in changes], ()))
    index_follow.replace_index(repo, folder)
    index_follow.release_index(repo, folder, [change.path for change in changes if change.new])
    return True


def _has_all(entries: Mapping[str, IndexEntry], changes: Sequence[PathChange]) -> bool:
    return all((entries[c.path].item if c.path in entries else None) == c.old for c in changes)


def _follow_again(repo: Repository, journal: Journal, wait: float) -> _Followed:
    """Bring index and work tree to the new commit, path by path, where they still have the old one."""
    folder, stage = operation_folder(repo), stage_folder(repo, journal)
    os.makedirs(folder, exist_ok=True)
    head = recovery_refs.ask(repo, "symbolic-ref", "--quiet", "HEAD")
    if head != journal.ref:  # somebody removed our lock by hand and went elsewhere
        index_follow.drop_index_lock(repo.git_dir, folder)
        return _Followed([], was_behind=False)
    _hold_index_lock(repo, folder, wait)
    changes = index_follow.path_changes(repo, journal.old, journal.new)
    paths = [change.path for change in changes]
    entries = index_follow.read_index(repo, paths, ())
    behind = [c for c in changes if (entries[c.path].item if c.path in entries else None) == c.old]
    index_follow.build_index(repo, folder, changes, entries)
    seen = files_follow.look(repo, repo.cwd, paths)
    in_sight = index_follow.shown(changes, entries)
    todo = [change for change in in_sight if files_follow.as_old(change, seen.get(change.path))]
    remove_folder(stage)
    files_follow.stage_files(repo, stage, f"{folder}/index", [c.path for c in todo if c.new])
    index_follow.replace_index(repo, folder)
    kept = files_follow.place(repo.cwd, stage, todo, seen)
    kept += [c.path for c in in_sight if c not in todo and not files_follow.as_new(c, seen.get(c.path))]
    files_follow.remove_empty(repo.cwd, in_sight)
    index_follow.release_index(repo, folder, [c.path for c in in_sight if c.new and c.path not in kept])
    return _Followed(kept, bool(behind))


def _hold_index_lock(repo: Repository, folder: str, wait: float) -> None:
    """Have index.lock as ours, and room for a new index to be built."""
    if not index_follow.owns_index_lock(repo.git_dir, folder):
        remove_file(f"{folder}/lock")
        index_follow.take_index_lock(repo, folder, wait)
    remove_file(f"{folder}/index")
    remove_file(f"{folder}/index.lock")
