"""New objects that are written together: one git child for all of them, and ids before anything is written."""

import struct
import zlib
from collections.abc import Mapping, Sequence

from gitspec.git.objects import oid_of
from gitspec.git.run import GitFailed, Located, git

_KINDS = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
_TRIES = 3
_LOOSE_BELOW = 100
"""As fetch.unpackLimit: fewer objects become loose ones, more a pack."""


class ObjectBatch:
    """Objects by id, not yet written. What is added twice is one object."""

    def __init__(self, object_format: str) -> None:
        self.object_format = object_format
        self._objects: dict[str, tuple[str, bytes]] = {}
        self._written: set[str] = set()

    def add(self, kind: str, data: bytes) -> str:
        """Take an object in; its id."""
        oid = oid_of(kind, data, self.object_format)
        self._objects[oid] = (kind, data)
        return oid

    def get(self, oid: str) -> bytes | None:
        """The content of an object of this batch."""
        found = self._objects.get(oid)
        return found[1] if found else None

    def write(self, where: Located, env: Mapping[str, str | None] | None = None) -> None:
        """Put all objects that are not there yet into the repository: as loose objects when they are few, as one pack when they are many.

        Git itself checks and writes them, so that quarantines, alternates, shared repositories and fsync settings hold.
        Raises GitFailed (a full disk, a read-only folder); then nothing refers to what was written.
        """
        new = {oid: held for oid, held in self._objects.items() if oid not in self._written}
        if not new:
            return
        args = ("unpack-objects", "-q") if len(new) < _LOOSE_BELOW else ("index-pack", "--stdin")
        pack = _pack(list(new.values()), self.object_format)
        for tries_left in range(_TRIES - 1, -1, -1):
            try:
                git(where, *args, input=pack, env=env)
                break
            except GitFailed:  # gc beside it may have removed a folder that was empty
                if not tries_left:
                    raise
        if env is None:
            self._written |= new.keys()


def _pack(objects: Sequence[tuple[str, bytes]], object_format: str) -> bytes:
    parts = [struct.pack(">4sLL", b"PACK", 2, len(objects))]
    for kind, data in objects:
        parts.append(_header(_KINDS[kind], len(data)))
        parts.append(zlib.compress(data, 1))
    body = b"".join(parts)
    import hashlib  # OpenSSL costs milliseconds

    return body + hashlib.new(object_format, body, usedforsecurity=False).digest()


def _header(kind: int, size: int) -> bytes:
    """Type and size of an entry of a pack: 4 bits of the size in the first byte, then 7 in each."""
    byte = kind << 4 | size & 15
    size >>= 4
    out = bytearray()
    while size:
        out.append(byte | 0x80)
        byte = size & 0x7F
        size >>= 7
    out.append(byte)
    return bytes(out)
