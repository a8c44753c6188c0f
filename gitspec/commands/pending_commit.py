"""The commit that Git is about to make, put together from the index, HEAD and the message for the engine."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.choice import Choice, choose
from gitspec.domain.commit import CommitFacts
from gitspec.domain.message import cleaned, comment_prefix, decode, mode_of, with_trailer
from gitspec.domain.places import ARCHIVE, CHANGES, POLICY
from gitspec.domain.references import references
from gitspec.git import commit_facts, message_file, parent_command
from gitspec.git.repository import NOTICES, Repository
from gitspec.git.snapshot import Snapshot, at_commit, at_index
from gitspec.store import layout
from gitspec.store.spec import Spec

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy


class Message(NamedTuple):
    """A message file and what Git will make of it."""

    data: bytes
    text: str
    """After clean-up."""
    mode: str
    comment: str
    editor: bool
    encoding: str

    def cleaned_up(self, data: bytes) -> str:
        """What Git would record if the file held ``data``."""
        return cleaned(decode(data, self.encoding), self.mode, self.comment, shown=self.editor)

    def with_trailers(self, key: str, values: Sequence[str]) -> bytes:
        """The file's content with trailers added; every other byte stays, whatever the encoding."""
        text = self.data.decode("latin-1")
        comment = self.comment.encode().decode("latin-1")
        for value in values:
            text = with_trailer(text, key, value, comment, self.mode)
        return text.encode("latin-1")


class Pending(NamedTuple):
    """Everything about the commit but its message; ``before`` is its first parent's spec/, None for the first commit."""

    repo: Repository
    parents: tuple[str, ...]
    settings: commit_facts.Settings
    staged: Spec
    before: Spec | None
    arguments: tuple[str, ...]

    @property
    def governed(self) -> bool:
        """Whether the first parent, or a commit before it, has a policy: one that comes back is no adoption."""
        if self.before is None or self.before.has_policy or not self.staged.has_policy:
            return self.before is not None and self.before.has_policy
        from gitspec.git.spec_history import was_ever

        return was_ever(self.repo, self.parents[0], POLICY)

    @property
    def has_policy(self) -> bool:
        """Whether any policy judges the commit."""
        return self._judging.has_policy

    def policy(self) -> "Policy":
        """The policy that judges: the first parent's, or that which the commit brings in. Raises CannotJudge."""
        return self._judging.require_policy()

    @property
    def _judging(self) -> Spec:
        return self.before if self.before is not None and self.before.has_policy else self.staged


def pending_commit(repo: Repository) -> Pending:
    """Ask Git. Raises CannotJudge."""
    arguments = parent_command.git_arguments()
    amend = parent_command.amends(arguments)
    parents = commit_facts.parents_of_pending(repo, amend=amend)
    before = Spec(at_commit(repo, parents[0])) if parents else None
    return Pending(repo, parents, commit_facts.settings(repo), Spec(at_index(repo)), before, arguments)


def tell_recovered(repo: Repository, again: str) -> None:
    """Finish or undo what was interrupted, and have that said; ``again`` is how to commit once more.

    Raises Refused or CannotJudge G050 when the commit stands on a torn state, CannotJudge G012 for an unusable journal.
    """
    from gitspec.git.recovery import recover_for_commit

    if said := recover_for_commit(repo, again):
        NOTICES.append(said)


def read_message(path: str, pending: Pending) -> Message:
    """The message in the file that Git gave the hook. Raises CannotJudge."""
    data = message_file.read(path)
    encoding = pending.settings.encoding or "utf-8"
    editor = message_file.editor_is_used()
    mode = mode_of(parent_command.cleanup_option(pending.arguments) or pending.settings.cleanup, editor=editor)
    comment = comment_prefix(pending.settings.comment, decode(data, encoding))
    message = Message(data, "", mode, comment, editor, encoding)
    return message._replace(text=message.cleaned_up(data))


def facts_of(pending: Pending, message: str, place: str) -> CommitFacts:
    """The facts for the engine; ``message`` is cleaned up."""
    repo, parents = pending.repo, pending.parents
    refs = references(message)
    return CommitFacts(
        message=message,
        touched=commit_facts.touched_by_pending(repo, parents),
        active=active_ids(pending.staged.snapshot),
        active_before=active_ids(pending.before.snapshot) if pending.before else frozenset(),
        archived=archived_folders(pending.staged.snapshot),
        archived_before=archived_folders(pending.before.snapshot) if pending.before else {},
        governed=pending.governed,
        parents=len(parents),
        lines=commit_facts.lines_of_pending(repo, parents) if refs.skips else {},
        local=True,
        place=place,
    )


def choice_for(pending: Pending) -> Choice | None:
    """The change that the commit is for, as far as anything but its message says."""
    repo = pending.repo
    replaying = commit_facts.is_picking(repo)
    return choose(
        option=pending.settings.change,
        branch="" if replaying else commit_facts.branch(repo),
        setting="" if replaying else commit_facts.used_change(repo),
        active=active_ids(pending.staged.snapshot),
    )


def active_ids(snapshot: Snapshot) -> frozenset[str]:
    """The changes whose change.yaml is an ordinary file."""
    found = set()
    for path, mode, _ in snapshot.entries():
        if mode == 0o100644 and path.startswith(f"{CHANGES}/") and path.endswith("/change.yaml"):
            place = layout.classify(path)
            if place.kind == "change":
                found.add(place.change)
    return frozenset(found)


def archived_folders(snapshot: Snapshot) -> dict[str, str]:
    """Archived changes by id, with their folders."""
    found: dict[str, str] = {}
    for path, *_ in snapshot.entries():
        if path.startswith(f"{ARCHIVE}/"):
            name = path.split("/", 3)[2]
            if split := layout.split_archive_name(name):
                found.setdefault(split[1], f"{ARCHIVE}/{name}")
    return found
