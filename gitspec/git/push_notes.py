"""What the gate notes for the pre-push hook's accepted path (``gitspec.git.plain_push`` reads it)."""

import contextlib
import os

from gitspec import __version__
from gitspec.git.plain_push import PLAIN_POLICIES
from gitspec.git.repository import Repository

_MOST = 20


def note_plain_policy(repo: Repository, policy: str) -> None:
    """Note that the policy with this blob id asks for nothing but references. Failing to is no error."""
    path = os.path.join(repo.common_dir, PLAIN_POLICIES)
    temporary = f"{path}.{os.getpid()}"
    kept = [oid for oid in _noted(path) if oid != policy][1 - _MOST :]
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "w", encoding="ascii") as file:
            file.write("\n".join([__version__, *kept, policy, ""]))
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
