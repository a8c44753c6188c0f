"""Where a shallow clone ends."""

import os

from gitspec.git.repository import Repository


def shallow_boundary(repo: Repository) -> frozenset[str]:
    """The commits whose parents a shallow clone has left out."""
    path = os.environ.get("GIT_SHALLOW_FILE") or f"{repo.common_dir}/shallow"
    try:
        with open(path, encoding="ascii") as file:
            return frozenset(file.read().split())
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
