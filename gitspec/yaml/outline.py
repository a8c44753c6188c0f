"""A file as a tree of its entries with the very lines of each, so that versions of it can be merged entry by entry.

Files in their usual form are read here, line by line and with no imports: Git starts a merge driver for every file,
and a YAML engine would take twice as long to load as all the rest. At the first line that is anything else this reader
gives up; ``outline_nodes`` then makes the same tree from what the strict reader gives.
"""

TYPE_CHECKING = False  # typing would cost as much as the interpreter's start
if TYPE_CHECKING:
    from typing import Any

_SPECIAL = frozenset("-?:,[]{}#&*!|>'\"%@`~")
_MAX_DEPTH = 50


class Part:
    """One entry of a mapping, or one item of a list.

    ``lead``: the blank lines and comments above it; ``rows``: its own lines, all of them (the dash before the first key
    of an item is not the key's: a space stands there); ``col``: the column of its key or dash; ``dash``: of an item,
    what stands before its content. ``block`` are the parts below it; None for a leaf, whose value is ``data``.
    """

    __slots__ = ("block", "col", "dash", "data", "lead", "name", "rows")

    def __init__(
        self,
        name: "str | None",
        lead: "list[str]",
        rows: "list[str]",
        col: int,
        block: "Block | None",
        data: "Any" = None,
        dash: str = "",
    ) -> None:
        self.name = name
        self.lead = lead
        self.rows = rows
        self.col = col
        self.block = block
        self.data = data if block is None else block.data
        self.dash = dash


class Block:
    """The parts of a block mapping or list. ``data`` is the same as plain dicts, lists and texts."""

    __slots__ = ("col", "data", "is_list", "parts")

    def __init__(self, parts: "list[Part]", col: int, *, is_list: bool) -> None:
        self.parts = parts
        self.col = col
        self.is_list = is_list
        self.data: Any = [p.data for p in parts] if is_list else {str(p.name): p.data for p in parts}


class Outline:
    """A whole file: ``root``, and ``tail``, the lines behind the last entry."""

    __slots__ = ("root", "tail")

    def __init__(self, root: Block, tail: "list[str]") -> None:
        self.root = root
        self.tail = tail


class Unusual(Exception):
    """Something that only the strict reader can tell."""


def canonical(text: str) -> str:
    """A text without the line breaks around it, which say nothing."""
    return text.strip("\n")


def lines_of(text: str) -> "list[str]":
    """The lines of a text with LF ends."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def read_outline(text: str) -> "Outline | None":
    """The outline of a text that has nothing unusual in it, else None."""
    lines = lines_of(text)
    if not all(map(str.isprintable, lines)):
        return None
    reader = _Reader(lines)
    try:
        root, at = reader.mapping(0, 0)
    except Unusual:
        return None
    return Outline(root, lines[at:]) if reader.skip(at) == len(lines) else None


class _Reader:
    def __init__(self, lines: "list[str]") -> None:
        self.lines = lines
        self.work = list(lines)  # with the dashes of items blanked out
        self.depth = 0

    def skip(self, at: int) -> int:
        """The next line that is neither blank nor a comment."""
        work = self.work
        while at < len(work) and work[at].lstrip(" ")[:1] in ("", "#"):
            at += 1
        return at

    def indent(self, at: int) -> int:
        return len(self.work[at]) - len(self.work[at].lstrip(" "))

    def enter(self) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Unusual

    def mapping(self, at: int, col: int) -> "tuple[Block, int]":
        """The mapping whose first line is ``at`` or below, and the line behind it."""
        self.enter()
        parts: list[Part] = []
        known: set[str] = set()
        while (start := self.skip(at)) < len(self.work):
            indent = self.indent(start)
            if indent < col:
                break
            if indent > col:
                raise Unusual
            key, value = _key_and_value(self.work[start][col:])
            if key in known:
                raise Unusual
            known.add(key)
            part, end = self.entry(key, value, self.work[at:start], start, col)
            parts.append(part)
            at = end
        if not parts and col:
            raise Unusual
        self.depth -= 1
        return Block(parts, col, is_list=False), at

    def entry(self, key: str, value: str, lead: "list[str]", start: int, col: int) -> "tuple[Part, int]":
        if value == "|":
            data, end = self.literal(start, col)
        elif value:
            data, end = _inline(value), start + 1
        else:
            below = self.skip(start + 1)
            if below == len(self.work):
                raise Unusual
            indent = self.indent(below)
            if self.work[below][indent : indent + 2] == "- " and indent >= col:
                block, end = self.items(start + 1, indent)
            elif indent > col:
                block, end = self.mapping(start + 1, indent)
            else:
                raise Unusual
            return Part(key, lead, [self.work[start], *self.lines[start + 1 : end]], col, block), end
        return Part(key, lead, [self.work[start], *self.lines[start + 1 : end]], col, None, data), end

    def literal(self, start: int, col: int) -> "tuple[str, int]":
        """The text of a literal block below line ``start``, and the line behind its last that is not blank."""
        at = start + 1
        if at >= len(self.work) or not self.work[at]:
            raise Unusual
        margin = self.indent(at)
        if margin <= col or not self.work[at][margin:]:
            raise Unusual
        end = at
        while at < len(self.work):
            row = self.work[at]
            if row and self.indent(at) < margin:
                if not row.strip(" ") or self.indent(at) > col:
                    raise Unusual
                break
            at += 1
            if row.strip(" "):
                end = at
            elif row:
                raise Unusual  # blank but for spaces, which may be content
        return "\n".join(row[margin:] for row in self.work[start + 1 : end]), end

    def items(self, at: int, col: int) -> "tuple[Block, int]":
        """The list whose dashes stand in column ``col``, and the line behind it."""
        self.enter()
        parts: list[Part] = []
        while (start := self.skip(at)) < len(self.work):
            indent = self.indent(start)
            row = self.work[start]
            if indent < col or (indent == col and row[col] != "-"):
                break
            if indent > col or row[col : col + 2] != "- ":
                raise Unusual
            lead = self.work[at:start]
            content = row[col + 1 :].lstrip(" ")
            inner = len(row) - len(content)
            if _is_entry(content):
                self.work[start] = " " * inner + content
                block, end = self.mapping(start, inner)
                part = Part(None, lead, [row, *self.lines[start + 1 : end]], col, block, dash=row[:inner])
            else:
                data, end = _inline(content), start + 1
                if isinstance(data, list):
                    raise Unusual
                part = Part(None, lead, [row], col, None, data)
            parts.append(part)
            at = end
        self.depth -= 1
        return Block(parts, col, is_list=True), at


def _is_entry(content: str) -> bool:
    word, colon, rest = content.partition(":")
    return bool(colon) and rest[:1] in ("", " ") and _is_key(word)


def _is_key(word: str) -> bool:
    return word.replace("-", "").replace("_", "").isalnum() and word[0] != "-"


def _key_and_value(row: str) -> "tuple[str, str]":
    word, colon, rest = row.partition(":")
    if not colon or rest[:1] not in ("", " ") or not _is_key(word):
        raise Unusual
    value = rest.strip(" ")
    return word, "" if value[:1] == "#" else value


def _inline(value: str) -> "Any":
    """The text of a scalar on one line, or the texts of a list in brackets."""
    first = value[:1]
    if first not in _SPECIAL:
        value = value.partition(" #")[0].rstrip(" ")
        if not value or ": " in value or value[-1] in ": ":
            raise Unusual
        return value
    if first in "\"'" and len(value) > 1 and value[-1] == first:
        inner = value[1:-1]
        if first not in inner and "\\" not in inner:
            return inner
    if first == "[" and value[-1] == "]":
        words = [word.strip(" ") for word in value[1:-1].split(",")]
        if words == [""]:
            return []
        if all(word and word[0] not in _SPECIAL and not set(word) & set("[]{}#:\"'") for word in words):
            return words
    raise Unusual
