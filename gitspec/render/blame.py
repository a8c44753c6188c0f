"""Who last touched what in a capability, as a table and as data for JSON."""

from typing import Any

from gitspec.commands.blame import Blame, Blamed
from gitspec.render.deeds import day_of, deed_data, deed_words, skipped_data
from gitspec.render.text import columns


def blame_text(blame: Blame, *, parts: bool = False) -> list[str]:
    """A row for each requirement and scenario; with ``parts`` for each field too."""
    rows = [
        (_indented(row), row.deed.commit[:12], day_of(row.deed), row.deed.author, deed_words(row.deed))
        for row in blame.rows
        if parts or not row.part
    ]
    return columns(rows)


def _indented(row: Blamed) -> str:
    requirement, _, scenario = row.name.partition("#")
    if row.part:
        return f"  {row.part}"
    return f"  #{scenario}" if scenario else requirement


def blame_data(blame: Blame) -> dict[str, Any]:
    """The body of `gitspec blame --json`."""
    return {
        "id": blame.name,
        "rows": [{"id": row.name, "part": row.part or None, **deed_data(row.deed)} for row in blame.rows],
        "cut_off": list(blame.cut_off),
        "skipped": skipped_data(blame.skipped),
    }
