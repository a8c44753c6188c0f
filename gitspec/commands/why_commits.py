"""Which changes commits are for: by what each says, else by what it reverts, copies, touches, or was merged by.

A few Git children in all, however many commits there are.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from gitspec.domain.attribution import (
    Because,
    Found,
    Origin,
    Said,
    by_ticket,
    in_text,
    named_by,
    said_by,
    tickets_of,
    without_change,
)
from gitspec.domain.places import ARCHIVE, CHANGES, POLICY
from gitspec.git.commit_messages import CommitMessage, commit_messages
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.spec_history import shallow_boundary
from gitspec.store.layout import split_archive_name

_MOST_ORIGINS = 5
"""How far a revert of a revert, or a copy of a copy, is followed."""
_FOLDERS = (f"{CHANGES}/", f"{ARCHIVE}/", "openspec/changes/archive/", "openspec/changes/")
"""Where folders of changes are: today's, and those of OpenSpec, which stand in any folder."""
_PATHS = (f":(top){CHANGES}", f":(top){ARCHIVE}", ":(top,glob)**/openspec/changes/**")


class Answered(NamedTuple):
    """A commit, what it says, and why."""

    commit: CommitMessage
    said: Said
    because: Because


class Asked(NamedTuple):
    """What the answers depend on: the repository, the commit that history is told from, the ids of the changes that there
    are, and the patterns of the policy.
    """

    repo: Repository
    tip: str
    known: Collection[str]
    find: Found


def answers(asked: Asked, oids: Iterable[str]) -> dict[str, Answered]:
    """Each of the commits with its answer. Raises CannotJudge G004 for an id of no commit."""
    messages = commit_messages(asked.repo, oids)
    said = {oid: said_by(one.message, asked.find) for oid, one in messages.items()}
    found: dict[str, Because] = {}
    hidden = shallow_boundary(asked.repo) & messages.keys()
    found |= {oid: Because("shallow") for oid in hidden}
    for oid in messages.keys() - hidden:
        if because := named_by(said[oid], asked.known):
            found[oid] = because
        elif said[oid].skips:
            found[oid] = Because("skip", said=said[oid].skips[0])
    for step in (_by_origin, _by_text, _by_folder, _by_merge):
        if open_ := {oid: said[oid] for oid in messages if oid not in found}:
            found |= step(asked, open_)
    if left := [oid for oid in messages if oid not in found]:
        from gitspec.git.ref_tips import blobs_at

        policies = blobs_at(asked.repo, left, POLICY)
        found |= {oid: without_change(said[oid], has_policy=bool(policies[oid])) for oid in left}
    return {oid: Answered(one, said[oid], _with_tickets(found[oid], said[oid])) for oid, one in messages.items()}


def _with_tickets(because: Because, said: Said) -> Because:
    return because._replace(tickets=tickets_of(said) or because.tickets)


def _by_origin(asked: Asked, open_: Mapping[str, Said]) -> dict[str, Because]:
    """Reverts and copies: what the commit names that they say they come from."""
    from gitspec.git.ref_tips import commits_of

    found: dict[str, Because] = {}
    left = {oid: said.origins for oid, said in open_.items() if said.origins}
    how = {oid: origins[0][0] for oid, origins in left.items()}
    for _ in range(_MOST_ORIGINS):
        names = commits_of(asked.repo, list({name for origins in left.values() for _, name in origins}))
        messages = commit_messages(asked.repo, filter(None, names.values()))
        further: dict[str, tuple[Origin, ...]] = {}
        for oid, origins in left.items():
            said = {names[n]: said_by(messages[names[n]].message, asked.find) for _, n in origins if names[n]}
            named = [(o, b) for o, s in said.items() if (b := named_by(s, asked.known) or in_text(s, asked.known))]
            if named:
                changes = tuple(dict.fromkeys(change for _, because in named for change in because.changes))
                found[oid] = Because(how[oid], changes, named[0][0], named[0][1].said)
            elif more := tuple(origin for s in said.values() for origin in s.origins):
                further[oid] = more
        left = further
        if not left:
            break
    return found


def _by_text(asked: Asked, open_: Mapping[str, Said]) -> dict[str, Because]:
    return {oid: because for oid, said in open_.items() if (because := in_text(said, asked.known))}


def _by_folder(asked: Asked, open_: Mapping[str, Said]) -> dict[str, Because]:
    """Commits that touch the folder of one change, as those do that tick its tasks."""
    wanted = "".join(f"{oid}\n" for oid in open_).encode()
    options = ("--no-walk=unsorted", "--stdin", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
    args = ("-c", "log.showRoot=true", "log", *options, "--diff-merges=off", "--no-relative", "--format=%x00%H")
    out = git(asked.repo, *args, "--", *_PATHS, input=wanted, env={"GIT_LITERAL_PATHSPECS": None})
    found: dict[str, Because] = {}
    for record in os.fsdecode(out).split("\0\0"):
        oid, _, paths = record.lstrip("\0").partition("\0")
        changes = {change for path in paths.lstrip("\n").split("\0") if (change := _change_of(path))}
        if oid in open_ and len(changes) == 1:
            found[oid] = Because("folder", tuple(changes))
    return found


def _change_of(path: str) -> str:
    """The id of the change whose folder ``path`` is in; empty when it is in none."""
    for folder in _FOLDERS:
        before, there, inner = f"/{path}".partition(f"/{folder}")
        name, slash, _ = inner.partition("/")
        if there and slash and (not before or folder.startswith("openspec/")):
            split = split_archive_name(name)
            return split[1] if split else name
    return ""


def _by_merge(asked: Asked, open_: Mapping[str, Said]) -> dict[str, Because]:
    """Commits that a merge brought in which names a change, else a ticket: the innermost of such merges."""
    from gitspec.git.merged_by import merges_of

    merges = merges_of(asked.repo, asked.tip, open_)
    messages = commit_messages(asked.repo, (merge for several in merges.values() for merge in several))
    said = {oid: said_by(one.message, asked.find) for oid, one in messages.items()}
    named = {oid: b for oid, s in said.items() if (b := named_by(s, asked.known) or in_text(s, asked.known))}
    found: dict[str, Because] = {}
    for oid, several in merges.items():
        if merge := next((merge for merge in several if merge in named), ""):
            found[oid] = Because("merge", named[merge].changes, merge, named[merge].said)
        elif not by_ticket(open_[oid]) and (
            tickets := next(filter(None, (by_ticket(said[m], m) for m in several)), None)
        ):
            found[oid] = tickets
    return found
