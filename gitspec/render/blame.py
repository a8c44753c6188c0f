"""Who last touched what in a capability, as text, as tables and as data for JSON."""

from collections.abc import Sequence
from typing import Any

from gitspec.commands.blame import Blame, Blamed
from gitspec.render.csv_table import csv_text
from gitspec.render.deeds import day_of, deed_data, deed_words, skipped_data
from gitspec.render.markdown_report import escape
from gitspec.render.text import columns


def blame_text(blame: Blame, *, parts: bool = False) -> list[str]:
    """A row for each requirement and scenario; with ``parts`` for each field too."""
    return columns([(_indented(row, blame.name), *_cells(row)) for row in _rows(blame, parts)])


def blame_markdown(blame: Blame, *, parts: bool = False) -> list[str]:
    """The same rows as a table below a heading."""
    lines = [f"# {escape(blame.name)}", "", "| | Commit | Day | Author | |", "|---|---|---|---|---|"]
    for row in _rows(blame, parts):
        cells = (f"{row.name} {row.part}".rstrip(), *_cells(row))
        lines.append("| " + " | ".join(map(escape, cells)) + " |")
    return lines


def blame_csv(blame: Blame, *, parts: bool = False) -> str:
    """The same rows for a spreadsheet, with full ids."""
    header = ("id", "part", "commit", "date", "author", "email", "how", "changes", "reason", "subject")
    return csv_text(
        header,
        (
            (row.name, row.part, d.commit, d.moment, d.author, d.email, d.how, " ".join(d.changes), d.reason, d.subject)
            for row in _rows(blame, parts)
            for d in [row.deed]
        ),
    )


def _rows(blame: Blame, parts: bool) -> Sequence[Blamed]:
    return [row for row in blame.rows if parts or not row.part]


def _cells(row: Blamed) -> tuple[str, str, str, str]:
    return row.deed.commit[:12], day_of(row.deed), row.deed.author, deed_words(row.deed)


def _indented(row: Blamed, asked: str) -> str:
    requirement, _, scenario = row.name.partition("#")
    if row.name == asked and not row.part:
        return asked
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
