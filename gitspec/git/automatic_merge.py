"""What Git's own merge of two commits gives: with pinned settings, and free of attributes, drivers and configuration."""

from gitspec.git.repository import Repository
from gitspec.git.run import GitFailed, Result, run

_PINNED = (
    "merge.renames=true", "merge.directoryRenames=conflict", "merge.conflictStyle=merge", "merge.renameLimit=1000",
    "core.bare=true", "core.attributesFile=/dev/null",
)  # fmt: skip
# Without a work tree no .gitattributes is read, and so no driver that a merge brings along is asked.
_ENVIRONMENT = {"GIT_WORK_TREE": None, "GIT_IMPLICIT_WORK_TREE": "0", "GIT_ATTR_SOURCE": None}


def merge_tree(repo: Repository, ours: str, theirs: str, *options: str, seconds: float | None = None) -> Result:
    """The finished ``git merge-tree --write-tree``: status 0 for a clean merge, 1 for conflicts, others for histories
    that have nothing in common.

    Raises CannotJudge: G019 when it takes more than ``seconds``, G004 when it fails.
    """
    settings = [part for value in _PINNED for part in ("-c", value)]
    command = (*settings, "merge-tree", "--write-tree", "--no-messages", *options, ours, theirs)
    result = run(repo, *command, env=_ENVIRONMENT, seconds=seconds)
    if result.status > 1 and b"unrelated histories" not in result.err:
        raise GitFailed(("merge-tree",), result.status, result.err)
    return result
