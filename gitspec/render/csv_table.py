"""Tables as CSV (RFC 4180), inert in a spreadsheet whatever the texts hold."""

from collections.abc import Iterable, Sequence

from gitspec.render.text import clean_line


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """The table with CRLF behind each line; every cell is one clean line."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_inert(str(cell)) for cell in row] for row in rows)
    return out.getvalue()


def _inert(text: str) -> str:
    """What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection)."""
    line = clean_line(text)
    return f"'{line}" if line.lstrip()[:1] in tuple("=+-@") else line
