"""Commits with their tags, index and work tree: all of it, or nothing.

Order: objects; our lock on the index, looked at and rebuilt under it; new files beside their places; the push, if there
is one; the journal; all refs in one transaction, tags first, so that the branch is the point of no return, and within it,
once Git has locked them, the index; each file that still is what it was; the index as it knows these, and our lock gone.
Whatever interrupts this, ``gitspec.git.recovery`` finishes or undoes it from the journal.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from gitspec.domain.places import CAPABILITIES
from gitspec.errors import CannotJudge, GitspecError, Refused
from gitspec.git import files_follow, index_follow
from gitspec.git.commit_write import write_commit, write_tag
from gitspec.git.identity import Settings
from gitspec.git.index_follow import IndexEntry
from gitspec.git.journal import drop_journal, inherited, operation_folder, shown, stage_folder, write_journal
from gitspec.git.journal_shape import Journal
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.removing import remove_folder
from gitspec.git.repository import Repository
from gitspec.git.run import Coprocess, GitFailed
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


class Step(NamedTuple):
    """One commit to make, and its tag."""

    tree: str
    message: str
    tag: Tag | None


class Operation(NamedTuple):
    """What shall happen, as data. ``batch`` holds what ``tree`` needs and the repository has not."""

    what: str
    """The command: archive, close."""
    change: str
    """Its id; of several, how to name them in a line."""
    target: Target
    tree: str
    changes: tuple[PathChange, ...]
    batch: ObjectBatch
    message: str
    tag: Tag | None
    settings: Settings
    folders: tuple[str, ...]
    """Folders in which nothing uncommitted may lie, besides the paths that change."""
    earlier: tuple[Step, ...] = ()
    """Commits to make first, each on the one before it; ``tree``, ``message`` and ``tag`` are the last one's."""
    rewritten: str = ""
    """A commit that is there already, to which the branch goes instead of a new one."""
    retagged: tuple[tuple[str, str], ...] = ()
    """Tags that are objects already, to make beside those of new commits: full name and object id."""
    dropped: tuple[tuple[str, str], ...] = ()
    """Tags to delete: full name and object id; one that is made too is moved."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All commits to make, in order."""
        return () if self.rewritten else (*self.earlier, Step(self.tree, self.message, self.tag))


class Written(NamedTuple):
    """Commits and tags that are objects, and that no ref names yet. ``tags``: full name and object id."""

    commits: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]


class Outcome(NamedTuple):
    """What happened. ``kept`` are files that somebody saved meanwhile: they stay as edits.

    ``commit`` and ``tag`` are the last ones of ``commits`` and ``tags`` (short names).
    """

    commit: str
    tag: str
    kept: tuple[str, ...]
    commits: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Publication(NamedTuple):
    """A push that decides whether anything moves here. ``send`` raises when it did not land."""

    remote: str
    send: Callable[[Written], None]


class BranchMoved(GitspecError):
    """Somebody else moved the branch (or switched to another one) meanwhile: plan again on the new tip."""


class _Seen(NamedTuple):
    changes: Sequence[PathChange]
    entries: dict[str, IndexEntry]
    on_disk: dict[str, files_follow.OnDisk]

    def to_place(self) -> list[PathChange]:
        """The changes whose files lie in the work tree."""
        return index_follow.shown(self.changes, self.entries)


def perform(repo: Repository, operation: Operation, lock: int, publish: Publication | None = None) -> Outcome:
    """Do it; the caller holds the operation lock ``lock`` and has recovered from what was interrupted before.

    With ``publish`` nothing moves before that has landed. Raises what ``publish`` does, BranchMoved, Refused A006 (uncommitted edits in the way), A004 (the tag exists), A016 (a hook of the user
    refused), CannotJudge for locks, signing, identity and the machine. Then everything is as before.
    """
    target, settings = operation.target, operation.settings
    top = repo.top if target.checked_out else None
    if top is not None and (settings.sign_commits or settings.sign_tags):
        # nobody is asked for a passphrase in vain
        _refuse_uncommitted(repo, top, operation, _survey(repo, top, operation))
    journal = _begin(repo, operation, publish.remote if publish else "")
    try:
        seen = None
        if top is not None:
            index_follow.take_index_lock(repo, operation_folder(repo))
            if not still_checked_out(repo, target):
                raise _moved(target)
            seen = _survey(repo, top, operation)
            _refuse_uncommitted(repo, top, operation, seen)
        written = write_objects(repo, operation)
        if seen is not None:
            _prepare(repo, journal, seen)
        if publish:
            publish.send(written)
        journal = _about_to_move(journal, operation, written)
        with uninterrupted():
            write_journal(repo, journal, durable=True)
            with inherited(lock):
                move_refs(repo, journal)
            kept = _follow(repo, journal, seen) if seen else []
            drop_journal(repo, journal)
    except BaseException:
        from gitspec.git.recovery import settle

        settle(repo, lock)
        raise
    tags = tuple(step.tag.name for step in operation.steps if step.tag)
    return Outcome(journal.new, tags[-1] if operation.tag else "", tuple(kept), written.commits, tags)


def check_clean(repo: Repository, operation: Operation) -> None:
    """Raise as ``perform`` would when uncommitted edits are in the way; takes no lock and writes nothing."""
    if operation.target.checked_out and repo.top is not None:
        _refuse_uncommitted(repo, repo.top, operation, _survey(repo, repo.top, operation))


def _begin(repo: Repository, operation: Operation, remote: str) -> Journal:
    folder = operation_folder(repo)
    follows = operation.target.checked_out and repo.top is not None
    stage = ""
    if follows:
        stage = "files" if files_follow.same_device(repo.common_dir, repo.cwd) else f".gitspec-{os.getpid()}"
    home = os.path.relpath(os.path.realpath(repo.git_dir), os.path.realpath(repo.common_dir))
    target = operation.target
    journal = Journal(
        "preparing", operation.what, operation.change, home, follows, stage, target.ref, target.tip, remote=remote
    )
    try:
        write_journal(repo, journal, durable=False)
        remove_folder(folder)  # what an older operation left, or a link that somebody put there
        os.makedirs(folder)
    except OSError as error:
        drop_journal(repo, journal)
        raise CannotJudge(
            "G008", f"cannot be written: {error.strerror}", place=shown(repo, folder), help="mend that and run it again"
        ) from None
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
        from shlex import quote

        first, *more = sorted(dirty)
        others = f" (also in the way: {', '.join(more[:5])}{' …' if len(more) > 5 else ''})" if more else ""
        raise Refused(
            "A006",
            f"{dirty[first]}; {operation.what} takes what is committed and would overwrite it{others}",
            place=first,
            help=_out_of_the_way(first, quote(first), is_tracked="untracked" not in dirty[first]),
        )
    files_follow.refuse_links(top, sorted({c.path.rpartition("/")[0] for c in seen.to_place()}))


def _out_of_the_way(path: str, quoted: str, *, is_tracked: bool) -> str:
    """What to do about an uncommitted edit; one of a living spec could not be committed."""
    if path.startswith(f"{CAPABILITIES}/") and is_tracked:
        return (
            "only archiving changes living specs: say it in a change, `gitspec delta modify <change> <requirement>`, "
            f"then: git restore --staged --worktree -- {quoted}"
        )
    return f"put it elsewhere first: git stash push -u -- {quoted}; or git add {quoted} && git commit"


def write_objects(repo: Repository, operation: Operation) -> Written:
    """Write the commits and tags of an operation; nothing refers to them yet.

    Raises CannotJudge G014 when signing fails, GitFailed for the machine.
    """
    batch, settings, parent = operation.batch, operation.settings, operation.target.tip
    commits, tags = [], list(operation.retagged)
    for step in operation.steps:
        parent = write_commit(repo, batch, step.tree, [parent], step.message, settings)
        commits.append(parent)
        if step.tag:
            oid = write_tag(repo, batch, parent, step.tag.name, step.tag.message, settings)
            tags.append((step.tag.ref, oid))
    batch.write(repo)
    return Written(tuple(commits), tuple(tags))


def _about_to_move(journal: Journal, operation: Operation, written: Written) -> Journal:
    import time

    new = operation.rewritten or written.commits[-1]
    return journal._replace(phase="moving", new=new, tags=written.tags, dropped=operation.dropped, began=time.time_ns())


def _prepare(repo: Repository, journal: Journal, seen: _Seen) -> None:
    """What can fail for want of space or rights happens here, before anything moves."""
    folder = operation_folder(repo)
    index_follow.build_index(repo, folder, seen.changes, seen.entries)
    staged = [change.path for change in seen.to_place() if change.new]
    files_follow.stage_files(repo, stage_folder(repo, journal), f"{folder}/index", staged)
    index_follow.keep_index(repo.git_dir, folder)


def _follow(repo: Repository, journal: Journal, seen: _Seen) -> list[str]:
    changes = seen.to_place()
    kept = files_follow.place(repo.cwd, stage_folder(repo, journal), changes, seen.on_disk)
    files_follow.remove_empty(repo.cwd, changes)
    index_follow.release_index(repo, operation_folder(repo), [c.path for c in changes if c.new and c.path not in kept])
    return kept


def move_refs(repo: Repository, journal: Journal) -> None:
    """Create the tags and move the branch in one transaction of Git's, each only from what it was.

    Once Git has locked them all, and before the first moves, the index is put into place: whoever sees the new commit
    sees its index, and what sees the new index with the old commit cannot move the branch any more.
    """
    before, after = dict(journal.dropped), dict(journal.tags)
    lines = ["start", *(f"update {tag} {oid} {before.get(tag, repo.zero)}" for tag, oid in journal.tags)]
    lines += [f"delete {tag} {oid}" for tag, oid in journal.dropped if tag not in after]
    lines += [f"update {journal.ref} {journal.new} {journal.old}", "prepare", ""]
    patience = ("-c", "core.filesRefLockTimeout=5000", "-c", "core.packedRefsTimeout=5000")
    reason = f"gitspec {journal.what}: {journal.change}"
    child = Coprocess(repo, *patience, "update-ref", "-m", reason, "--stdin", with_errors=True)
    heard: list[bytes] = []
    try:
        if _answered(child, "\n".join(lines).encode("utf-8", "surrogateescape"), b"prepare: ok\n", heard):
            if journal.follows:
                index_follow.replace_index(repo, operation_folder(repo))
            if _answered(child, b"commit\n", b"commit: ok\n", heard):
                return
    finally:
        status = child.close()
    err = b"".join(line for line in heard if not line.endswith(b": ok\n"))
    said = err.decode("utf-8", "replace").strip()
    if "File exists" in said:
        raise CannotJudge(
            "G015", "another Git process holds the lock of a ref", place=said.partition("'")[2].partition("'")[0],
            help="wait until it has ended; if none is running, delete that file",
        )  # fmt: skip
    if "reference already exists" in said or "cannot lock ref 'refs/tags/" in said:
        names = [tag for tag, _ in (*journal.tags, *journal.dropped)]
        tag = next((name for name in names if f"'{name}'" in said), names[0] if names else "")
        raise Refused(
            "A004", f"tag {tag.removeprefix('refs/tags/')} exists, or one whose name is in its way",
            help=f"git show {tag}",
        )  # fmt: skip
    if "but expected" in said or "unable to resolve reference" in said:
        raise BranchMoved("A017", f"branch {journal.ref} moved meanwhile", help="run it again")
    if "hook" in said:
        raise Refused("A016", "the reference-transaction hook of this repository refused it", help="ask who set it up")
    raise GitFailed(("update-ref",), status, err)


def _answered(child: Coprocess, request: bytes, answer: bytes, heard: list[bytes]) -> bool:
    """Whether the child gives that answer, and did not end instead; what else it says is added to ``heard``."""
    with suppress(GitFailed):  # it ended meanwhile: what it said tells why
        child.send(request)
    for line in child.out:
        if line == answer:
            return True
        heard.append(line)
    return False


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
