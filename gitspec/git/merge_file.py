"""Git's own merge of three texts, and what a merge driver asks of Git. Light: a driver starts for every file."""

import posix

from gitspec.domain.merge_style import Style
from gitspec.git.light import answer, start

_FAILED = 128


def merge_text(ours: str, base: str, theirs: str, style: Style) -> int:
    """``git merge-file`` on three files: the result goes to ``ours``; the number of conflicts, or a negative number."""
    labels = [arg for name in (style.ours, style.base, style.theirs) for arg in ("-L", name)]
    command = ["git", "merge-file", "-q", f"--marker-size={style.size}", *labels, "--", ours, base, theirs]
    environment = dict(posix.environ)
    try:
        pid = posix.posix_spawnp("git", command, environment)
    except OSError:
        return -1
    status = posix.waitstatus_to_exitcode(posix.waitpid(pid, 0)[1])
    return status if 0 <= status < _FAILED else -1


def shows_base() -> bool:
    """Whether the user wants to see the merge base between conflict markers (``merge.conflictStyle``)."""
    said = answer(start(["config", "--get", "merge.conflictStyle"]))
    return said is not None and said.strip() in (b"diff3", b"zdiff3")


def read_version(path: str) -> bytes | None:
    """The content of one of the files that Git gives a merge driver; None when there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def write_version(path: str, data: bytes) -> None:
    """Write the result where Git looks for it. Raises OSError."""
    with open(path, "wb") as file:
        file.write(data)
