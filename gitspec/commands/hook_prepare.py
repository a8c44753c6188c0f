"""prepare-commit-msg: carry references through reverts and squashes; offer one, as a comment, where an editor opens."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gitspec.commands.pending_commit import (
    Pending,
    active_ids,
    choice_for,
    pending_commit,
    read_message,
    tell_recovered,
)
from gitspec.domain.message import with_hint
from gitspec.domain.origins import REVERTED
from gitspec.domain.references import KEY, SKIP_KEY, TASK_KEY, references
from gitspec.git import commit_facts, message_file
from gitspec.git.journal import is_pending
from gitspec.git.objects import Objects
from gitspec.git.repository import discover

_OFFERED = 5
_SQUASHED = re.compile(rb"^commit ([0-9a-f]{40,64})$", re.MULTILINE)


def prepare(path: str, source: str) -> None:
    """Prepare the message in the file ``path``; ``source`` is Git's word for where it comes from. Raises CannotJudge.

    What is added to a message that nobody has typed yet is a comment, so that leaving the editor without typing still
    stops the commit, as Git promises. An interrupted operation is finished or undone first; what it has torn stops the
    commit here already, because ``--no-verify`` passes commit-msg by: G050.
    """
    repo = discover(recover=False)
    if is_pending(repo):
        tell_recovered(repo, "the same git commit once more")
    pending = pending_commit(repo)
    if not pending.has_policy:
        return
    message = read_message(path, pending)
    if references(message.text).changes or references(message.text).skips:
        return
    carried = _carried(pending, message.data, message.text, source)
    if carried.changes:
        message = message._replace(data=message.with_trailers(KEY, carried.changes))
        message_file.write(path, message.with_trailers(TASK_KEY, carried.tasks))
    elif source in ("", "template") and message.editor and message.mode == "strip":
        text = message.data.decode("latin-1")
        hint = [line.encode().decode("latin-1") for line in _hint(pending)]
        comment = message.comment.encode().decode("latin-1")
        if hint:
            message_file.write(path, with_hint(text, hint, comment).encode("latin-1"))


class _Carried(NamedTuple):
    """What the message of a revert or squash says of what it reverts or squashes; ``tasks`` of a squash only."""

    changes: list[str]
    tasks: list[str]


def _carried(pending: Pending, data: bytes, text: str, source: str) -> _Carried:
    repo = pending.repo
    messages: dict[str, str] = {}
    if source == "squash":
        objects = Objects(repo)
        for oid in reversed(_SQUASHED.findall(data)):  # Git lists the newest first
            kind, content = objects.read_typed(oid.decode())
            if kind == "commit":
                messages[oid.decode()] = content.partition(b"\n\n")[2].decode("utf-8", "surrogateescape")
    elif "This reverts commit " in text and not commit_facts.is_replaying(repo):
        from gitspec.git.named_commits import claimed_commits

        messages |= {oid: message for oid, message, _ in claimed_commits(repo, text)}
    named = dict.fromkeys(change for message in messages.values() for change in references(message).changes)
    active = active_ids(pending.staged.snapshot)
    changes = [change for change in named if source != "squash" or change in active]
    return _Carried(changes, _tasks(pending, messages, changes) if source == "squash" else [])


def _tasks(pending: Pending, messages: Mapping[str, str], changes: Sequence[str]) -> list[str]:
    """The tasks that squashed commits name: not those of a commit that another one takes back, nor of one that does so."""
    taken = [oid for message in messages.values() for oid, _ in REVERTED.findall(message)]
    named = dict.fromkeys(
        task
        for oid, message in messages.items()
        if not REVERTED.search(message) and not any(oid.startswith(one) for one in taken)
        for task in references(message).tasks
    )
    if not named:
        return []
    from gitspec.commands.mentions import tasks_named
    from gitspec.store.spec import Spec

    there = tasks_named([Spec(pending.staged.snapshot)], changes)
    return [task for task in named if any(task in those for those in there.values())]


def _hint(pending: Pending) -> list[str]:
    choice = choice_for(pending)
    if choice and choice.stated:
        return [f"gitspec adds '{KEY}: {choice.change}' ({choice.source}) unless you name a change."]
    active = sorted(active_ids(pending.staged.snapshot))
    if not active:
        return []
    one = "the change" if len(active) == 1 else "one of the changes"
    more = [f"({len(active) - _OFFERED} more: gitspec list)"] if len(active) > _OFFERED else []
    return [
        f"gitspec: for code, uncomment {one} that this commit serves, or give '{SKIP_KEY}: <reason>'",
        *(f"{KEY}: {change}" for change in active[:_OFFERED]),
        *more,
    ]
