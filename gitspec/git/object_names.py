"""What names of objects stand for."""

import os
from collections.abc import Sequence
from typing import Literal

from gitspec.git.repository import Repository
from gitspec.git.run import git


def ids_of(repo: Repository, names: Sequence[str], kind: Literal["commit", "tree", "blob"]) -> list[str]:
    """The ids of what names such as `<commit>:<path>`, of one line each, stand for; one child for all.

    Empty where it is of another type, or not there.
    """
    if not names:
        return []
    asked = os.fsencode("".join(f"{name}\n" for name in names))
    rows = os.fsdecode(git(repo, "cat-file", "--batch-check=%(objectname) %(objecttype)", "--buffer", input=asked))
    return [oid if found == kind else "" for oid, _, found in (row.partition(" ") for row in rows.split("\n")[:-1])]
