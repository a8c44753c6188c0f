"""The messages of archive commits and archive tags: made of ids, titles and counts, the same everywhere.

The subject and the trailers are ours; every other line is indented, so that nothing in a title, a reason or an id can be
taken for a trailer, by Git or by ``git log --grep``.
"""

from collections.abc import Iterator, Sequence

from gitspec.domain.fold_result import Touched

_MOST_LINES = 300
_JOINERS = "\u200c\u200d"


def archive_message(change: str, title: str, name: str, touched: Sequence[Touched], fold_version: int) -> str:
    """The message of the commit that archives ``change``; ``name`` is ``<YYYY-MM-DD>-<change>``."""
    lines = summary(touched)
    trailers = [f"Change: {change}", f"Archived: {name}", f"Fold: {fold_version}"]
    return _message(f"Archive {change}: {one_line(title)}", lines, trailers)


def close_message(change: str, title: str, name: str, reason: str, superseded_by: str | None) -> str:
    """The message of the commit that closes ``change``."""
    lines = [f"superseded by {superseded_by}"] if superseded_by else []
    trailers = [f"Change: {change}", f"Archived: {name}", f"Closed: {one_line(reason)}"]
    return _message(f"Close {change}: {one_line(title)}", lines, trailers)


def unarchive_message(change: str, title: str, name: str, touched: Sequence[Touched]) -> str:
    """The message of the commit that takes the archive of ``change`` back."""
    trailers = [f"Change: {change}", f"Unarchived: {name}"]
    return _message(f"Unarchive {change}: {one_line(title)}", summary(touched), trailers)


def tag_message(change: str, name: str) -> str:
    """The text of the tag ``archive/<name>``: of the folder's name alone, so that any landed commit gives the same."""
    return f"Archive {change}\n\nChange: {change}\nArchived: {name}\n"


def summary(touched: Sequence[Touched]) -> list[str]:
    """What happened to each capability, as lines; very many are counted."""
    lines = [line for one in touched for line in _summary(one)]
    if len(lines) > _MOST_LINES:
        return [*lines[:_MOST_LINES], f"… and {len(lines) - _MOST_LINES} more lines"]
    return lines


def one_line(text: str) -> str:
    """Text without line breaks, control characters and direction marks."""
    return " ".join("".join(c if c.isprintable() or c in _JOINERS else " " for c in text).split())


def _message(subject: str, lines: Sequence[str], trailers: Sequence[str]) -> str:
    body = "".join(f"  {line}\n" for line in lines)
    return f"{subject}\n\n" + (f"{body}\n" if body else "") + "".join(f"{trailer}\n" for trailer in trailers)


def _summary(touched: Touched) -> Iterator[str]:
    """What happened to one capability: its name, then each thing indented below it."""
    what = []
    if touched.was:
        what.append(f"renamed from {touched.was}")
    if touched.created:
        what.append("new")
    if touched.retired:
        what.append("retired")
    details = [f"edited {field}" for field in touched.fields]
    details += [f"renamed {old} to {new}" for old, new in touched.renamed]
    details += [f"moved {there} here as {here}" for there, here in touched.moved_in]
    details += [f"moved {here} to {there}" for here, there in touched.moved_out]
    details += [f"removed {requirement}" for requirement in touched.removed]
    details += [f"modified {requirement}" for requirement in touched.modified]
    details += [f"added {requirement}" for requirement in touched.added]
    details += [f"had {requirement} already" for requirement in touched.unchanged]
    if what or details:
        yield f"{touched.capability} ({', '.join(what)})" if what else touched.capability
        yield from (f"  {detail}" for detail in details)
