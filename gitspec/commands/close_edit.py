"""The edit of change.yaml that closes a change."""

from datetime import date

from gitspec.domain.change import Change, Closed
from gitspec.errors import Refused
from gitspec.store.spec import BrokenSpec
from gitspec.yaml.binding import load
from gitspec.yaml.splice import rewrite


def closed_change(data: bytes, path: str, day: str, reason: str, superseded_by: str | None) -> tuple[str, bytes]:
    """Title and new content of change.yaml with ``closed:``; every other byte stays.

    Raises BrokenSpec when the file has errors, Refused A003 when the change is closed already.
    """
    loaded = load(Change, data, path)
    change = loaded.value
    if change is None:
        raise BrokenSpec(path, loaded.findings)
    if change.closed is not None:
        raise Refused("A003", f"change '{change.change}' is closed already", place=path)
    closed = Closed(day=date.fromisoformat(day), reason=reason.strip(), superseded_by=superseded_by)
    return change.title, rewrite(data, change.model_copy(update={"closed": closed}), path)
