"""Use case of `gitspec merge-driver`: merge one file of specs as Git asks for it.

A file that cannot be merged by what it says is merged as text, as Git would without a driver.
"""

from gitspec.domain.merge_style import Style
from gitspec.git.merge_file import merge_text, read_version, shows_base, write_version

MERGED, CONFLICTS, FAILED = 0, 1, 129
"""Exit codes of a merge driver; from 129 on Git stops the whole merge."""


class Outcome:
    """``code`` for Git, and lines for people."""

    __slots__ = ("code", "lines")

    def __init__(self, code: int, lines: list[str]) -> None:
        self.code = code
        self.lines = lines


def merge_driver(base: str, ours: str, theirs: str, path: str, style: Style) -> Outcome:
    """Merge the files ``ours`` and ``theirs``, which come from ``base``, into ``ours``; ``path`` is where it belongs."""
    three = [read_version(one) for one in (base, ours, theirs)]
    if None in three:
        return Outcome(FAILED, [f"gitspec: {path}: what Git wants merged cannot be read"])
    below, mine, other = (data or b"" for data in three)
    said: list[str] = []
    if path.endswith(".md"):
        data, conflicts, why, said = _tasks(below, mine, other, path, style)
    else:
        data, conflicts, why = _yaml(below, mine, other, path, style)
    if why:
        return _as_text(base, ours, theirs, path, style, why)
    try:
        write_version(ours, data)
    except OSError as error:
        return Outcome(FAILED, [f"gitspec: {path}: cannot be written: {error.strerror}"])
    if not conflicts or style.mode == "base":
        return Outcome(MERGED if not conflicts else CONFLICTS, [f"gitspec: {path}: {line}" for line in said])
    said.append("conflict in " + _listed(conflicts))
    if path.startswith("spec/capabilities/"):
        said.append("what archived changes make of living specs, `gitspec resolve` writes")
    return Outcome(CONFLICTS, [f"gitspec: {path}: {line}" for line in said])


def _yaml(base: bytes, ours: bytes, theirs: bytes, path: str, style: Style) -> "tuple[bytes, tuple[str, ...], str]":
    from gitspec.yaml.merge_file import merge_yaml

    merged = merge_yaml(base, ours, theirs, path, style)
    if not isinstance(merged, str) and merged.conflicts and style.mode == "markers" and shows_base():
        style.shows_base = True
        merged = merge_yaml(base, ours, theirs, path, style)
    return (b"", (), merged) if isinstance(merged, str) else (merged.data, merged.conflicts, "")


def _tasks(
    base: bytes, ours: bytes, theirs: bytes, path: str, style: Style
) -> "tuple[bytes, tuple[str, ...], str, list[str]]":
    from gitspec.markdown.merge_tasks import merge_tasks

    merged = merge_tasks(base, ours, theirs, path, style)
    if not isinstance(merged, str) and merged.conflicts and style.mode == "markers" and shows_base():
        style.shows_base = True
        merged = merge_tasks(base, ours, theirs, path, style)
    if isinstance(merged, str):
        return b"", (), merged, []
    said = [f"their task {old} is {new} now: both sides have a {old}" for old, new in merged.renumbered]
    return merged.data, merged.conflicts, "", said


def _as_text(base: str, ours: str, theirs: str, path: str, style: Style, why: str) -> Outcome:
    count = merge_text(ours, base, theirs, style)
    if count < 0:
        return Outcome(FAILED, [f"gitspec: {path}: git merge-file failed"])
    line = f"gitspec: {path}: merged as text, because {why}; look at it with `gitspec validate`"
    return Outcome(CONFLICTS if count else MERGED, [] if style.mode == "base" else [line])


def _listed(labels: "tuple[str, ...]") -> str:
    most = 5
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return ", ".join(labels[:most]) + more
