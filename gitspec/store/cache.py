"""A cache of facts below the Git folder: small JSON files, keyed by object ids, deletable at any time.

A cache file is believed only when the same user wrote it with the same version of gitspec; damage is treated as
absence, and failing to write is no error. Writers replace whole files, so that readers never see half of one.
"""

import os
from typing import Any

from gitspec import __version__
from gitspec.git.repository import Repository

SCHEMA = 5
"""Raise it when what is cached changes its shape or meaning within a version of gitspec."""

_ABANDONED = 3600
"""Seconds after which nobody is writing a file any more."""


class Cache:
    """The cache files of a repository: ``load(kind)`` and ``save(kind, facts)`` of plain JSON objects."""

    def __init__(self, repo: Repository) -> None:
        self.folder = f"{repo.common_dir}/gitspec"

    def load(self, kind: str) -> dict[str, Any]:
        """What was saved under ``kind``; empty when there is nothing to believe."""
        import json

        try:
            fd = os.open(self._path(kind), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return {}
        with open(fd, "rb") as file:
            if os.fstat(fd).st_uid != os.geteuid():
                return {}
            try:
                held = json.loads(file.read())
            except (OSError, ValueError, RecursionError):
                return {}
        if not isinstance(held, dict) or held.get("key") != self._key():
            return {}
        facts = held.get("facts")
        return facts if isinstance(facts, dict) else {}

    def save(self, kind: str, facts: dict[str, Any]) -> None:
        """Replace what is saved under ``kind``. A full disk or a read-only folder is no error."""
        import json

        data = json.dumps({"key": self._key(), "facts": facts}, separators=(",", ":")).encode()
        temporary = f"{self._path(kind)}.{os.getpid()}.tmp"
        try:
            os.makedirs(self.folder, exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(data)
            os.replace(temporary, self._path(kind))
        except OSError:
            try:
                os.unlink(temporary)
            except OSError:
                return

    def drop(self, kind: str) -> None:
        """Remove what is saved under ``kind``, if anything is."""
        try:
            os.unlink(self._path(kind))
        except OSError:
            return

    def unusable(self) -> dict[str, str]:
        """Cache files that nobody will read, with why: of another version or user, damaged, or left half-written."""
        import json
        import time

        try:
            names = sorted(os.listdir(self.folder))
        except OSError:
            return {}
        found: dict[str, str] = {}
        for name in names:
            path = f"{self.folder}/{name}"
            try:
                status = os.lstat(path)
                if name.endswith(".tmp"):
                    if status.st_mtime + _ABANDONED < time.time():
                        found[path] = "was left half-written"
                    continue
                if not name.endswith(".json") or name == "journal.json":
                    continue
                if status.st_uid != os.geteuid():
                    found[path] = "was written by another user"
                    continue
                with open(path, "rb") as file:
                    held = json.loads(file.read())
                if not isinstance(held, dict) or held.get("key") != self._key():
                    found[path] = "was written by another version"
            except OSError:
                continue
            except (ValueError, RecursionError):
                found[path] = "is damaged"
        return found

    def _path(self, kind: str) -> str:
        return f"{self.folder}/{kind.replace('/', '%2F')}.json"

    def _key(self) -> str:
        return f"{__version__}/{SCHEMA}"
