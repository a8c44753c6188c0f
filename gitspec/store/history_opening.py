"""Opening the history of a tip: from the file of the index, once it has all that is asked, else laid down in memory."""

import os
import time
from typing import TYPE_CHECKING

from gitspec.domain.branches import branch_matcher
from gitspec.git.release_tags import release_tags, state_of_tags
from gitspec.git.repository import Repository
from gitspec.store import history_rows as rows
from gitspec.store.history_file import ODD_ROWS, HistoryFile, copied, in_memory, is_damage, sqlite
from gitspec.store.history_index import Asked, History
from gitspec.store.history_rows import Connection, View

if TYPE_CHECKING:
    from gitspec.store.history_index import HistoryPolicy


def open_history(repo: Repository, tip: str, *, policy: "HistoryPolicy", use_cache: bool = True) -> History:
    """The history that ``tip``, the full id of a commit, reaches. Commits that the index lacks are read now.

    Raises GitFailed when Git cannot walk from there.
    """
    asked = Asked(repo, tip, policy)
    if use_cache:
        file = HistoryFile(f"{repo.common_dir}/gitspec", asked.key)
        try:
            found = _from_file(file, asked)
        except (sqlite(), OSError):  # locked for long, or the disk is full
            found = None
        if found is not None:
            return History(asked, *found, file)
    db = in_memory()
    return History(asked, db, _bring_up(db, asked))


def _from_file(file: HistoryFile, asked: Asked) -> tuple[Connection, View] | None:
    """The database of the file, with all that is wanted in it; in memory, when nothing can be added there."""
    try:
        db = file.open()
        if db is not None:
            return _added_to(db, asked)
    except (sqlite(), *ODD_ROWS) as error:
        if not is_damage(error):
            raise
        file.give_up()
    db = file.begin()
    if db is None:
        return None
    try:
        db.execute("BEGIN")
        view = _bring_up(db, asked)
        db.execute("COMMIT")
        return file.finish(db), view
    except BaseException:
        file.give_up()
        raise


def _added_to(db: Connection, asked: Asked) -> tuple[Connection, View]:
    """The database once it has all that is wanted; most often it has."""
    if (view := _view_of(db, asked)) is not None:
        return db, view
    if os.environ.get("GIT_QUARANTINE_PATH"):  # commits that may never be
        return (copy := copied(db)), _bring_up(copy, asked)
    try:
        db.execute("BEGIN IMMEDIATE")
        try:
            view = _bring_up(db, asked)
            db.execute("COMMIT")
            return db, view
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    except sqlite() as error:
        if is_damage(error):
            raise
        return (copy := copied(db)), _bring_up(copy, asked)


def _view_of(db: Connection, asked: Asked) -> View | None:
    """What the tip reaches, if all that is wanted is there already."""
    row = rows.id_of(db, asked.tip)
    view = row and rows.view(db, row)
    if not view:
        return None
    state = state_of_tags(asked.repo, time.time_ns())
    if state and rows.meta(db, "tags") == state:
        return view
    tags = release_tags(asked.repo, branch_matcher(asked.policy.releases))
    if rows.ranked(db) != sorted(tags) or (state and rows.meta(db, "tags") != state):
        return None
    return view


def _bring_up(db: Connection, asked: Asked) -> View:
    from gitspec.store.history_reading import bring_up  # a warm answer reads nothing

    return bring_up(db, asked)
