"""Whose doing something is, in words and as data."""

from typing import Any

from gitspec.commands.deeds import Deed
from gitspec.errors import CannotJudge
from gitspec.render.text import clean_line
from gitspec.store.file_lines import Skipped

_HOW = {
    "archived": "change",
    "unarchived": "taken back:",
    "imported": "imported",
    "edited": "change",
    "merged": "merge of",
}

_MOST = 4
"""So many changes are named at most: an import brings hundreds."""


def deed_words(deed: Deed) -> str:
    """The changes behind a commit and how: ``change add-2fa``; cleaned. Without any, what the commit says."""
    changes = ", ".join(deed.changes[:_MOST])
    if len(deed.changes) > _MOST:
        changes += f" and {len(deed.changes) - _MOST} more"
    if deed.how == "edited" and not changes:
        return clean_line(f"edited: {deed.reason}" if deed.reason else "edited by hand")
    if deed.how == "edited" and deed.reason:
        return clean_line(f"edited: {deed.reason} ({changes})")
    if deed.how == "imported":
        return clean_line(f"imported ({changes})" if changes else "imported")
    if deed.how == "merged" and not changes:
        return "merge"
    if deed.how == "unknown":
        return "unknown: the clone ends here, and this may be older"
    return clean_line(f"{_HOW[deed.how]} {changes}")


def day_of(deed: Deed) -> str:
    """``2026-11-21``, UTC."""
    return deed.moment[:10]


def deed_data(deed: Deed) -> dict[str, Any]:
    """A deed as `gitspec log` and `gitspec blame` give it."""
    return {
        "commit": deed.commit,
        "date": deed.moment,
        "author": {"name": deed.author, "email": deed.email},
        "subject": deed.subject,
        "how": deed.how,
        "changes": list(deed.changes),
        "reason": deed.reason or None,
    }


def warnings(skipped: tuple[Skipped, ...]) -> list[str]:
    """What keeps an answer from being whole, for standard error; cleaned."""
    lines = []
    for one in skipped[:5]:
        where = f"{one.path} in commit {one.commit[:12]}"
        lines.append(clean_line(f"{where} cannot be read and counts as what came before it: {one.finding.message}"))
    if len(skipped) > 5:
        lines.append(f"and {len(skipped) - 5} more")
    return [f"gitspec: {line}" for line in lines]


def require_whole(cut_off: tuple[str, ...]) -> None:
    """Raises CannotJudge G016, for after the answer, when it ends where a shallow clone does."""
    if cut_off:
        message = f"the clone is shallow: what came before commit {cut_off[0][:12]} is not here"
        raise CannotJudge("G016", message, help="git fetch --unshallow")


def skipped_data(skipped: tuple[Skipped, ...]) -> list[dict[str, str]]:
    """Versions that cannot be read."""
    return [
        {"commit": one.commit, "path": one.path, "code": one.finding.code, "message": one.finding.message}
        for one in skipped
    ]
