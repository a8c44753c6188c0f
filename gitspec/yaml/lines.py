"""A file as lines that are edited one by one: what is not touched keeps every byte, its line end included."""

from collections import defaultdict


class Lines:
    """The lines of a file and the edits to them. Lines count from 0 here; an end is exclusive."""

    def __init__(self, data: bytes) -> None:
        self._raw = data.decode().split("\n")
        self._crlf = data.count(b"\r\n") * 2 > data.count(b"\n") > 0
        self._ends_open = self._raw[-1] != ""
        if self._ends_open and self._crlf:
            self._raw[-1] += "\r"
        self.rows = [row.removesuffix("\r") for row in self._raw]
        """The lines without their ends."""
        self._inserted: dict[int, list[str]] = defaultdict(list)
        self._removed: set[int] = set()
        self._replaced: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_edited(self) -> bool:
        return bool(self._inserted or self._removed or self._replaced)

    @property
    def touched(self) -> set[int]:
        """The lines that are replaced or removed."""
        return self._removed | self._replaced.keys()

    def insert(self, at: int, rows: list[str]) -> None:
        """Put lines before line ``at``, behind those that were put there already."""
        if rows:
            self._inserted[at] += rows

    def remove(self, start: int, stop: int) -> None:
        self._removed.update(range(start, stop))

    def replace_line(self, at: int, row: str) -> None:
        if row != self.rows[at]:
            self._replaced[at] = row

    def replace(self, start: int, stop: int, rows: list[str]) -> None:
        """Put lines in the place of others; those that start or end alike on both sides stay."""
        while start < stop and rows and self.rows[start] == rows[0]:
            start, rows = start + 1, rows[1:]
        while start < stop and rows and self.rows[stop - 1] == rows[-1]:
            stop, rows = stop - 1, rows[:-1]
        self.insert(start, rows)
        self.remove(start, stop)

    def is_blank(self, at: int) -> bool:
        return not self.rows[at].strip()

    def is_comment(self, at: int, indent: int) -> bool:
        """Whether the line is a comment at exactly that indent."""
        row = self.rows[at]
        return row.startswith("#", indent) and not row[:indent].strip(" ")

    def joined(self) -> bytes:
        """The file with all edits."""
        end = "\r" if self._crlf else ""
        result: list[str] = []
        for at, raw in enumerate(self._raw):
            if at in self._inserted:
                result += [row + end for row in self._inserted[at]]
            if at in self._removed:
                continue
            if at in self._replaced:
                result.append(self._replaced[at] + ("\r" if raw.endswith("\r") else ""))
            else:
                result.append(raw)
        behind = [row + end for row in self._inserted.get(len(self._raw), [])]
        result += behind
        if self._ends_open:
            while result and result[-1] in ("", "\r"):  # blank lines that stood above what is gone
                result.pop()
            if result:
                result[-1] = result[-1].removesuffix("\r")
        return "\n".join(result).encode()
