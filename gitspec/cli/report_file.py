"""Writing a file that somebody named: as a whole or not at all."""

import os
import stat
import tempfile
from pathlib import Path

from gitspec.errors import CannotJudge


def replace(path: str, data: bytes) -> None:
    """Put ``data`` in place of what is at ``path``; what is no ordinary file (a pipe, a device) is written to.

    A link stays, and what it leads to is replaced. Raises CannotJudge G008.
    """
    try:
        given = Path(path)
        mode = given.stat().st_mode if given.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            given.write_bytes(data)  # not what it resolves to: /dev/stdout leads to a name that no folder has
        else:
            _replaced(given.resolve(), data, 0o666 & ~_umask() if mode is None else stat.S_IMODE(mode))
    except (OSError, ValueError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file can have this name"
        where = "name a file in a folder that exists and that you may write to"
        raise CannotJudge("G008", f"cannot be written: {why}", place=path, help=where) from None


def _replaced(target: Path, data: bytes, mode: int) -> None:
    fd, name = tempfile.mkstemp(prefix=".gitspec-report-", dir=target.parent)
    temporary = Path(name)
    try:
        with open(fd, "wb") as file:  # noqa: PTH123 (it is open already)
            file.write(data)
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
