"""One commit, one tag, index and work tree: all of it, or nothing.

Order: objects; our lock on the index, looked at and rebuilt under it; new files beside their places; the journal; both
refs in one transaction, the tag first, so that the branch is the point of no return; each file that still is what it
was; the index. Whatever interrupts this, ``gitspec.git.recovery`` finishes or undoes it from the journal.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from gitspec.errors import CannotJudge, GitspecError, Refused
from gitspec.git import files_follow, index_follow
from gitspec.git.commit_write import write_commit, write_tag
from gitspec.git.identity import Settings
from gitspec.git.index_follow import IndexEntry
from gitspec.git.journal import Journal, drop_journal, inherited, operation_folder, write_journal
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.repository import Repository
from gitspec.git.run import GitFailed, run
from gitspec.git.target import Target, find_target, still_checked_out
from gitspec.git.tree_edit import PathChange


class Tag(NamedTuple):
    """An annotated tag to make: its short name and its text."""

    name: str
    message: str

    @property
    def ref(self) -> str:
        """The full name."""
        return f"refs/tags/{self.name}"


class Operation(NamedTuple):
    """What shall happen, as data. ``batch`` holds what ``tree`` needs and the repository has not."""

    what: str
    """The command: archive, close."""
    change: str
    target: Target
    tree: str
    changes: tuple[PathChange, ...]
    batch: ObjectBatch
    message: str
    tag: Tag | None
    settings: Settings
    folders: tuple[str, ...]
    """Folders in which nothing uncommitted may lie, besides the paths that change."""


class Outcome(NamedTuple):
    """What happened. ``kept`` are files that somebody saved meanwhile: they stay as edits."""

    commit: str
    tag: str
    kept: tuple[str, ...]


class BranchMoved(GitspecError):
    """Somebody else moved the branch (or switched to another one) meanwhile: plan again on the new tip."""


class _Seen(NamedTuple):
    changes: Sequence[PathChange]
    entries: dict[str, IndexEntry]
    on_disk: dict[str, files_follow.OnDisk]

    def to_place(self) -> list[PathChange]:
        """The changes whose files lie in the work tree."""
        return index_follow.shown(self.changes, self.entries)


def perform(repo: Repository, operation: Operation, lock: int) -> Outcome:
    """Do it; the caller holds the operation lock ``lock`` and has recovered from what was interrupted before.

    Raises BranchMoved, Refused A006 (uncommitted edits in the way), A004 (the tag exists), A016 (a hook of the user
    refused), CannotJudge for locks, signing, identity and the machine. Then everything is as before.
    """
    target, settings = operation.target, operation.settings
    top = repo.top if target.checked_out else None
    if top is not None and (settings.sign_commits or settings.sign_tags):
        # nobody is asked for a passphrase in vain
        _refuse_uncommitted(repo, top, operation, _survey(repo, top, operation))
    journal = _begin(repo, operation, top)
    try:
        seen = None
        if top is not None:
            index_follow.take_index_lock(repo, operation_folder(repo))
            if not still_checked_out(repo, target):
                raise _moved(target)
            seen = _survey(repo, top, operation)
            _refuse_uncommitted(repo, top, operation, seen)
        journal = _write_objects(repo, operation, journal)
        if seen is not None:
            _prepare(repo, journal, seen)
        with uninterrupted():
            write_journal(repo, journal, durable=True)
            with inherited(lock):
                move_refs(repo, journal)
            kept = _follow(repo, journal, seen) if seen else []
            drop_journal(repo, journal)
    except BaseException:
        from gitspec.git.recovery import settle

        settle(repo)
        raise
    return Outcome(journal.new, operation.tag.name if operation.tag else "", tuple(kept))


def check_clean(repo: Repository, operation: Operation) -> None:
    """Raise as ``perform`` would when uncommitted edits are in the way; takes no lock and writes nothing."""
    if operation.target.checked_out and repo.top is not None:
        _refuse_uncommitted(repo, repo.top, operation, _survey(repo, repo.top, operation))


def _begin(repo: Repository, operation: Operation, top: str | None) -> Journal:
    folder = operation_folder(repo)
    stage = ""
    if top is not None:
        stage = f"{folder}/files" if files_follow.same_device(repo.common_dir, top) else f"{top}/.gitspec-{os.getpid()}"
    journal = Journal(
        "preparing", operation.what, operation.change, repo.git_dir, top or "", stage, operation.target.ref,
        operation.target.tip,
    )  # fmt: skip
    try:
        write_journal(repo, journal, durable=False)
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise CannotJudge("G008", f"cannot be written: {error.strerror}", place=folder) from None
    return journal


def _survey(repo: Repository, top: str, operation: Operation) -> _Seen:
    paths = [change.path for change in operation.changes]
    entries = index_follow.read_index(repo, paths, operation.folders)
    return _Seen(operation.changes, entries, files_follow.look(repo, top, paths))


def _refuse_uncommitted(repo: Repository, top: str, operation: Operation, seen: _Seen) -> None:
    """Refuse when index or work tree differ from the commit at a path of the operation, or have more there."""
    paths = {change.path: change for change in seen.changes}
    dirty: dict[str, str] = {}
    for path, entry in seen.entries.items():
        inside = path in paths or any(path.startswith(f"{folder}/") for folder in operation.folders)
        old = paths[path].old if path in paths else None
        if inside and (entry.stage or entry.item != old):
            dirty[path] = "has staged edits" if not entry.stage else "has a conflict that is not decided"
    hidden = {path for path, entry in seen.entries.items() if entry.skipped}
    for path, change in paths.items():
        if change.old is not None and path not in seen.entries:
            dirty[path] = "is removed in the index"
        if path in dirty:
            continue
        found = seen.on_disk.get(path)
        if found is None:
            if change.old is not None and path not in hidden:
                dirty[path] = "is removed in the work tree"
        elif change.old is None:
            dirty[path] = "is untracked"
        elif not files_follow.as_old(change, found):
            dirty[path] = "has edits"
        elif operation.settings.file_mode and files_follow.mode_differs(change, found):
            dirty[path] = "has a changed mode"
    known = [*paths, *seen.entries]
    for path in files_follow.strangers(repo, top, operation.folders, known):
        dirty[path] = "is untracked"
    if dirty:
        if find_target(repo) != operation.target:
            raise _moved(operation.target)
        first, *more = sorted(dirty)
        others = f" (also in the way: {', '.join(more[:5])}{' …' if len(more) > 5 else ''})" if more else ""
        raise Refused(
            "A006",
            f"{dirty[first]}; {operation.what} takes what is committed and would overwrite it{others}",
            place=first,
            help=f"git add {first} && git commit, or put it elsewhere first",
        )
    files_follow.refuse_links(top, sorted({c.path.rpartition("/")[0] for c in seen.to_place()}))


def _write_objects(repo: Repository, operation: Operation, journal: Journal) -> Journal:
    import time

    batch, tag, settings = operation.batch, operation.tag, operation.settings
    commit = write_commit(repo, batch, operation.tree, [operation.target.tip], operation.message, settings)
    tag_oid = write_tag(repo, batch, commit, tag.name, tag.message, settings) if tag else ""
    batch.write(repo)
    return journal._replace(
        phase="moving", new=commit, tag=tag.ref if tag else "", tag_oid=tag_oid, began=time.time_ns()
    )


def _prepare(repo: Repository, journal: Journal, seen: _Seen) -> None:
    """What can fail for want of space or rights happens here, before anything moves."""
    folder = operation_folder(repo)
    index_follow.build_index(repo, folder, seen.changes, seen.entries)
    staged = [change.path for change in seen.to_place() if change.new]
    files_follow.stage_files(repo, journal.stage, f"{folder}/index", staged)
    index_follow.lock_with_new_index(journal.git_dir, folder)


def _follow(repo: Repository, journal: Journal, seen: _Seen) -> list[str]:
    changes = seen.to_place()
    kept = files_follow.place(journal.top, journal.stage, changes, seen.on_disk)
    files_follow.remove_empty(journal.top, changes)
    index_follow.refresh(repo, operation_folder(repo), [c.path for c in changes if c.new and c.path not in kept])
    index_follow.replace_index(journal.git_dir)
    return kept


def move_refs(repo: Repository, journal: Journal) -> None:
    """Create the tag and move the branch in one transaction of Git's, each only from what it was."""
    lines = ["start"]
    if journal.tag:
        lines.append(f"create {journal.tag} {journal.tag_oid}")
    lines += [f"update {journal.ref} {journal.new} {journal.old}", "prepare", "commit", ""]
    patience = ("-c", "core.filesRefLockTimeout=5000", "-c", "core.packedRefsTimeout=5000")
    reason = f"gitspec {journal.what}: {journal.change}"
    result = run(
        repo,
        *patience,
        "update-ref",
        "-m",
        reason,
        "--stdin",
        input="\n".join(lines).encode("utf-8", "surrogateescape"),
    )
    if result.status == 0:
        return
    said = result.err.decode("utf-8", "replace").strip()
    if "File exists" in said:
        raise CannotJudge(
            "G015", "another Git process holds the lock of a ref", place=said.partition("'")[2].partition("'")[0],
            help="wait until it has ended; if none is running, delete that file",
        )  # fmt: skip
    if "reference already exists" in said or "cannot lock ref 'refs/tags/" in said:
        raise Refused(
            "A004", f"tag {journal.tag.removeprefix('refs/tags/')} exists, or one whose name is in its way",
            help=f"git show {journal.tag}",
        )  # fmt: skip
    if "but expected" in said or "unable to resolve reference" in said:
        raise BranchMoved("A017", f"branch {journal.ref} moved meanwhile", help="run it again")
    if "hook" in said:
        raise Refused("A016", "the reference-transaction hook of this repository refused it", help="ask who set it up")
    raise GitFailed(("update-ref",), result.status, result.err)


def _moved(target: Target) -> BranchMoved:
    return BranchMoved("A017", f"branch {target.branch} moved, or another was checked out", help="run it again")


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C and requests to end, for the moment in which everything moves; children inherit that."""
    import signal

    held = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
