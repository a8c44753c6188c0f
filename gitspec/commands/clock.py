"""Today, by the same clock as commits: ``GIT_COMMITTER_DATE`` when it is set, so that scripts and tests can fix it."""

import os

from gitspec.git.identity import committer, utc_date
from gitspec.git.repository import Repository


def today(repo: Repository) -> str:
    """The day in UTC, as YYYY-MM-DD."""
    if os.environ.get("GIT_COMMITTER_DATE"):
        return committer(repo).date
    import time

    return utc_date(int(time.time()))
