"""What the gates note for their accepted paths (``gitspec.git.plain_range`` reads it)."""

import contextlib
import os

from gitspec import __version__
from gitspec.git.plain_range import PLAIN_POLICIES, SETTLES
from gitspec.git.repository import Repository

_MOST = 20


def note_plain_policy(repo: Repository, policy: str, *, settles: bool) -> None:
    """Note that the policy with this blob id asks for nothing but references; failing to is no error.

    ``settles``: it has reasons to skip that are to be settled later, or asks for commits that name tasks.
    """
    path = os.path.join(repo.common_dir, PLAIN_POLICIES)
    temporary = f"{path}.{os.getpid()}"
    row = policy + SETTLES if settles else policy
    noted = _noted(path)
    if row in noted:
        return
    kept = [other for other in noted if not other.startswith(policy)][1 - _MOST :]
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "w", encoding="ascii") as file:
            file.write("\n".join([__version__, *kept, row, ""]))
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _noted(path: str) -> list[str]:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            version, *oids = file.read(1 << 16).split("\n")
    except OSError:
        return []
    return [oid for oid in oids if oid] if version == __version__ else []
