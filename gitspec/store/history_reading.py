"""Reading into the history index what it lacks to answer for a commit."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gitspec.domain.branches import branch_matcher
from gitspec.domain.mentions import mention_finder
from gitspec.git.message_log import message_log
from gitspec.git.release_tags import release_tags, state_of_tags
from gitspec.git.repository import Repository
from gitspec.git.run import GitFailed
from gitspec.store import history_adding as adding
from gitspec.store import history_rows as rows
from gitspec.store.history_file import Damaged
from gitspec.store.history_rows import Connection, View

if TYPE_CHECKING:
    from gitspec.store.history_index import Asked

_AT_ONCE = 500


def bring_up(db: Connection, asked: "Asked") -> View:
    """Lay down what a database lacks, and give what the tip reaches of it."""
    repo, tip, policy = asked
    mentions_of = mention_finder(policy.references.patterns)
    state = state_of_tags(repo, time.time_ns())
    tags = release_tags(repo, branch_matcher(policy.releases))
    if rows.last_id(db) == 0 and len(tags) < _AT_ONCE:
        tips = [tip, *(tag.commit for tag in tags)]
        adding.add_commits(db, tips, message_log(repo, tips), mentions_of, tags)
    _read_new(db, repo, [tip], mentions_of)
    _read_new(db, repo, [tag.commit for tag in tags], mentions_of)
    adding.rank_releases(db, tags)
    rows.put_meta(db, "tags", state)
    row = rows.id_of(db, tip)
    if row is None:
        raise Damaged
    view = rows.view(db, row)
    if view is None:
        view = adding.reached_view(db, row)
        adding.keep_view(db, row, *view)
    return view


def _read_new(
    db: Connection, repo: Repository, tips: Sequence[str], mentions_of: Callable[[str], Sequence[tuple[str, str]]]
) -> None:
    """Read the commits that ``tips`` reach and nothing that is there does."""
    while new := [tip for tip in dict.fromkeys(tips) if rows.id_of(db, tip) is None][:_AT_ONCE]:
        try:
            adding.add_commits(db, new, message_log(repo, new, rows.heads(db)), mentions_of)
        except GitFailed:  # what a branch has left behind was collected
            adding.add_commits(db, new, message_log(repo, new, _still_there(db, repo)), mentions_of)
        if any(rows.id_of(db, tip) is None for tip in new):
            raise Damaged


def _still_there(db: Connection, repo: Repository) -> list[str]:
    """As ``heads``, for those that are gone the nearest ancestors that are not."""
    from gitspec.git.ref_tips import commits_of

    found: dict[str, None] = {}
    asked: set[str] = set()
    pending = rows.heads(db)
    while pending:
        asked.update(pending)
        there = commits_of(repo, pending)
        found.update(dict.fromkeys(oid for oid in pending if there[oid]))
        gone = [commit for oid in pending if not there[oid] and (commit := rows.id_of(db, oid))]
        parents = {rows.oid_of(db, parent) for commit in gone for parent in rows.parents_of(db, commit)}
        pending = sorted(parents - asked)
    return list(found)
