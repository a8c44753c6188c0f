"""What lies on disk of OpenSpec: the roots below a path, and which file is what. Links are never followed."""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from gitspec.errors import UsageError

MAX_FILE = 1 << 20
_SKIPPED = {".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__"}
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)$", re.ASCII)
_CHANGE_FILES = ("proposal.md", "tasks.md", "design.md", ".openspec.yaml")


class SourceChange(NamedTuple):
    """A folder of a change. ``day`` is the date in an archived folder's name, ``stem`` the rest of it.

    ``deltas`` are (path below its specs/, path below the root) of Markdown files, ``other`` all files beyond those and
    the three documents, with paths below the root.
    """

    folder: str
    stem: str
    day: str | None
    archived: bool
    files: frozenset[str]
    deltas: tuple[tuple[str, str], ...]
    other: tuple[str, ...]


class Root(NamedTuple):
    """One ``openspec/`` folder: where it is on disk and from the path given, and what it holds.

    ``specs`` are (path of the folder below specs/, path of its spec.md below the root).
    """

    path: Path
    name: str
    specs: tuple[tuple[str, str], ...]
    changes: tuple[SourceChange, ...]
    other: tuple[str, ...]

    def read(self, path: str) -> bytes:
        """The content of a file below the root."""
        with (self.path / path).open("rb") as file:
            return file.read(MAX_FILE + 1)


def find_roots(path: str) -> list[Root]:
    """The OpenSpec trees at or below ``path``: an ``openspec/`` folder, its parent, or a tree with several.

    Raises UsageError M002 when there is none.
    """
    top = Path(path).absolute()
    if not top.is_dir():
        raise UsageError("M002", f"'{path}' is no folder", help="gitspec import openspec <path of openspec/>")
    if top.name != "openspec" and _is_root(top / "openspec"):
        found = [(top / "openspec", "openspec")]
    elif _is_root(top):
        found = [(top, "")]
    else:
        found = sorted(_walk(top))
    if not found:
        help_ = "name the folder that holds specs/ and changes/, or its parent"
        raise UsageError("M002", f"no openspec/ folder with specs/ or changes/ in '{path}'", help=help_)
    return [_read_root(folder, name) for folder, name in found]


def prefixes(roots: Iterable[Root]) -> dict[str, str]:
    """By the name of each root, what goes before the ids of its capabilities: nothing for one root.

    With several it is the path of the folder that holds the root, so that ids tell where they came from.
    """
    names = [root.name for root in roots]
    if len(names) < 2:
        return dict.fromkeys(names, "")
    return {name: f"{above}/" if (above := name.rpartition("/")[0]) else "" for name in names}


def _is_root(folder: Path) -> bool:
    parts = (folder / "specs", folder / "changes")
    return not folder.is_symlink() and any(part.is_dir() and not part.is_symlink() for part in parts)


def _walk(top: Path) -> Iterator[tuple[Path, str]]:
    for where, inner, _ in os.walk(top):
        folder = Path(where)
        inner[:] = sorted(i for i in inner if i not in _SKIPPED)
        if folder.name == "openspec" and _is_root(folder):
            inner.clear()
            yield folder, folder.relative_to(top).as_posix()


def _read_root(folder: Path, name: str) -> Root:
    specs: list[tuple[str, str]] = []
    other: list[str] = []
    in_changes: dict[str, list[str]] = {}
    for path in sorted(_files(folder)):
        parts = path.split("/")
        if parts[0] == "specs" and parts[-1] == "spec.md" and not _special(folder, path):
            specs.append(("/".join(parts[1:-1]) or "spec", path))
        elif parts[0] == "changes" and len(parts) > 2 and parts[1] != "archive":
            in_changes.setdefault("/".join(parts[:2]), []).append(path)
        elif parts[:2] == ["changes", "archive"] and len(parts) > 3:
            in_changes.setdefault("/".join(parts[:3]), []).append(path)
        else:
            other.append(path)
    changes = [_change(folder, where, paths) for where, paths in sorted(in_changes.items())]
    other += [path for change in changes if not _says_something(change) for path in change.other]
    return Root(folder, name, tuple(specs), tuple(c for c in changes if _says_something(c)), tuple(other))


def _files(folder: Path) -> Iterator[str]:
    """All files and links below the folder, with paths from it."""
    for where, inner, names in os.walk(folder):
        here = Path(where)
        links = [i for i in inner if (here / i).is_symlink()]
        inner[:] = [i for i in inner if i not in links and i not in _SKIPPED]
        for name in [*names, *links]:
            yield (here / name).relative_to(folder).as_posix()


def _special(folder: Path, path: str) -> bool:
    """Whether it is a link or no ordinary file: such are listed, never read."""
    full = folder / path
    return full.is_symlink() or not full.is_file()


def _change(folder: Path, where: str, paths: list[str]) -> SourceChange:
    archived = where.startswith("changes/archive/")
    name = where.rpartition("/")[2]
    dated = _DATED.match(name) if archived else None
    day = dated[1] if dated and _is_day(dated[1]) else None
    files, deltas, other = set(), [], []
    for path in paths:
        inner = path[len(where) + 1 :]
        if _special(folder, path):
            other.append(path)
        elif inner in _CHANGE_FILES:
            files.add(inner)
        elif inner.startswith("specs/") and inner.endswith(".md"):
            deltas.append((inner.removeprefix("specs/"), path))
        else:
            other.append(path)
    stem = dated[2] if dated and day else name
    return SourceChange(where, stem, day, archived, frozenset(files), tuple(deltas), tuple(other))


def _says_something(change: SourceChange) -> bool:
    return bool(change.files or change.deltas)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def created_in(metadata: bytes) -> str | None:
    """The date after ``created:`` in a ``.openspec.yaml``, when it is one."""
    match = re.search(rb"^created:[ \t]*['\"]?(\d{4}-\d{2}-\d{2})\b", metadata, re.MULTILINE)
    day = match[1].decode() if match else None
    return day if day and _is_day(day) else None
