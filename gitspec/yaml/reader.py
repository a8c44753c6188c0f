"""The strict reader: bytes to a tree with places, and everything that is wrong on the way, all of a file at once.

libyaml's events go into a builder of our own, because no packaged loader is strict: it knows no types but text, and
reports duplicate keys, anchors, aliases, tags, flow mappings and what else these files do without.
"""

from functools import cache
from typing import Any

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.yaml.lexical import MAX_DEPTH, MAX_FINDINGS, MAX_NODES, lex
from gitspec.yaml.nodes import Mapping, Node, Scalar, Sequence, data_of
from gitspec.yaml.usual import Place, Usual, read_usual


class Suspect:
    """Something that YAML reads and a writer of prose did not mean; the schema knows where prose stands."""

    __slots__ = ("code", "col", "line", "node")

    def __init__(self, code: str, node: Scalar, line: int, col: int) -> None:
        self.code = code
        self.node = node
        self.line = line
        self.col = col


class Document:
    """A file that was read. ``root`` is None when nothing could be read, and for an empty file."""

    __slots__ = ("_data", "_items", "_keys", "_root", "damaged", "findings", "path", "suspects", "text")

    def __init__(
        self,
        path: str,
        text: str,
        root: Node | None,
        findings: tuple[Finding, ...],
        suspects: tuple[Suspect, ...] = (),
        damaged: frozenset[int] = frozenset(),
    ) -> None:
        self.path = path
        self.text = text
        """The text with LF line breaks, without what the lexical check put aside."""
        self.findings = findings
        self.suspects = suspects
        self.damaged = damaged
        """Lines that could not be read: what is missing near them need not be missing."""
        self._root = root
        self._data: dict[str, Any] | None = None
        self._keys: dict[str, Place] = {}
        self._items: dict[str, list[Place]] = {}

    @classmethod
    def usual(cls, path: str, text: str, usual: Usual) -> "Document":
        """A file in its usual form: its data is there, its tree is built when somebody wants it."""
        document = cls(path, text, None, ())
        document._data, document._keys, document._items = usual
        return document

    @property
    def root(self) -> Node | None:
        """The tree."""
        if self._root is None and self._data is not None:
            builder = Builder(self.text, self.path)
            builder.build()
            self._root = builder.root
        return self._root

    @property
    def data(self) -> Any:
        """Plain dicts, lists and texts."""
        return self._data if self._data is not None else data_of(self._root)

    def outer_place(self, key: str, index: int | None = None) -> tuple[int, int] | None:
        """Line and column of an outermost value, or of an item of one that is a list, where no tree is needed for it."""
        if index is None:
            place = self._keys.get(key)
        else:
            places = self._items.get(key, [])
            place = places[index] if 0 <= index < len(places) else None
        return (self.text.count("\n", 0, place[0]) + 1, place[1] + 1) if place else None


def read(data: bytes, path: str) -> Document:
    """Read a file strictly. Never raises: whatever is wrong is a finding with its place."""
    text, findings = lex(data, path)
    if text is None:
        return Document(path, "", None, tuple(findings))
    if not findings and (usual := read_usual(text)) is not None:
        return Document.usual(path, text, usual)
    builder = Builder(text, path)
    if builder.build():
        if builder.root is not None:
            builder.finish()
        root, suspects, damaged, found = builder.root, builder.suspects, frozenset[int](), builder.findings
    else:
        from gitspec.yaml.recover import recover

        root, suspects, damaged, found = recover(text, path)
    findings = sorted(findings + found, key=lambda f: (f.line, f.col))
    return Document(path, text, root, tuple(findings), tuple(suspects), damaged)


@cache
def _engine() -> Any:
    """PyYAML's parser of events: libyaml's, or the one in Python where the wheel has no libyaml."""
    import yaml

    if yaml.__with_libyaml__:
        from yaml._yaml import CParser

        return CParser
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class Pure(Reader, Scanner, Parser):
        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)

    return Pure


class Builder:
    """Builds the tree of one text. ``error`` is the engine's exception when the text is no YAML."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.root: Node | None = None
        self.findings: list[Finding] = []
        self.suspects: list[Suspect] = []
        self.error: Any = None
        self._lines: list[str] | None = None
        self._has_comments = " #" in text or "\t#" in text
        self._has_backslashes = "\\" in text
        self._has_questions = "?" in text

    @property
    def lines(self) -> list[str]:
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines

    def report(self, code: str, message: str, line: int, col: int, help_: str = "") -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding(code, message, self.path, line, col, help_))

    def build(self) -> bool:
        """Whether the text is YAML; then ``root`` is its tree (None when empty), or a finding says why there is none."""
        from yaml import YAMLError

        try:
            self.root = self._build()
        except YAMLError as error:
            self.error = error
            return False
        return True

    def _build(self) -> Node | None:
        from yaml.events import (
            AliasEvent,
            DocumentStartEvent,
            MappingEndEvent,
            MappingStartEvent,
            ScalarEvent,
            SequenceEndEvent,
            SequenceStartEvent,
        )

        next_event = _engine()(self.text).get_event
        scalar, counted = self._scalar, 0
        # Open collections, innermost last: (start event, its nodes so far); keys and values alternate in a mapping.
        stack: list[tuple[Any, list[Node]]] = []
        nodes: list[Node] = []
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is ScalarEvent:
                nodes.append(scalar(event))
                counted += 1
                if counted > MAX_NODES:
                    self._too_much(event, deep=False)
                    return None
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append((event, nodes))
                nodes = []
                counted += 1
                if len(stack) > MAX_DEPTH or counted > MAX_NODES:
                    self._too_much(event, deep=len(stack) > MAX_DEPTH)
                    return None
                if event.anchor is not None or event.tag is not None:
                    self._no_properties(event)
                if event.flow_style:
                    self._flow(event, stack, kind is MappingStartEvent)
            elif kind is MappingEndEvent:
                start, above = stack.pop()
                above.append(self._mapping(start, event, nodes))
                nodes = above
            elif kind is SequenceEndEvent:
                start, above = stack.pop()
                above.append(self._sequence(start, event, nodes))
                nodes = above
            elif kind is AliasEvent:
                nodes.append(self._alias(event))
                counted += 1
            elif kind is DocumentStartEvent and nodes:
                self._second_document(event)
                break
        return nodes[0] if nodes else None

    def _too_much(self, event: Any, *, deep: bool) -> None:
        mark = event.start_mark
        self.findings.clear()
        if deep:
            self.report("Y003", f"nested deeper than {MAX_DEPTH} levels", mark.line + 1, mark.column + 1)
        else:
            self.report("Y002", f"more than {MAX_NODES} values", mark.line + 1, mark.column + 1, "split the file")

    def _second_document(self, event: Any) -> None:
        self.report("Y006", "a second document", event.start_mark.line + 1, 1, "write one document a file")

    def _scalar(self, event: Any) -> Scalar:
        start, end, style = event.start_mark, event.end_mark, event.style or ""
        line, col = start.line, start.column
        if event.anchor is not None or event.tag is not None:
            self._no_properties(event)
            line, col = self._behind_properties(line, col)
        node = Scalar(event.value, style, line + 1, col + 1, end.line + 1, end.column + 1)
        if style == "":
            if end.line != line:
                self.suspects.append(Suspect("Y014", node, line + 1, col + 1))
            if self._has_comments and (comment := self._comment_behind(end.line, end.column)):
                self.suspects.append(Suspect("Y013", node, end.line + 1, comment + 1))
        elif style == '"':
            if self._has_backslashes and (at := self._backslash_in(node)):
                self.suspects.append(Suspect("Y015", node, *at))
        elif style != "'":
            last = self._last_line(event)
            node = Scalar(event.value, style, line + 1, col + 1, last + 1, len(self.lines[last]) + 1)
        return node

    def _last_line(self, event: Any) -> int:
        """The last line (from 0) of a block scalar, without the blank ones that end it."""
        line: int = event.start_mark.line
        end, lines = event.end_mark, self.lines
        text: str = event.value.rstrip("\n")
        if event.style == "|":
            return line + text.count("\n") + 1 if text else line
        last = min(end.line if end.column else end.line - 1, len(lines) - 1)
        if last == end.line and not lines[last][: end.column].strip(" "):
            last -= 1
        while last > line and not lines[last].strip(" "):
            last -= 1
        return int(max(last, line))

    def _comment_behind(self, line: int, col: int) -> int:
        """The column of a comment behind a value on its line, 0 for none."""
        if line >= len(self.lines):  # libyaml puts the end of a text one line further
            return 0
        rest = self.lines[line][col:]
        behind = rest.lstrip(" \t")
        return col + len(rest) - len(behind) if behind.startswith("#") and behind != rest else 0

    def _backslash_in(self, node: Scalar) -> tuple[int, int] | None:
        for number in range(node.line, node.end_line + 1):
            row = self.lines[number - 1]
            stop = node.end_col - 1 if number == node.end_line else len(row)
            at = row.find("\\", node.col if number == node.line else 0, stop)
            if at >= 0:
                return number, at + 1
        return None

    def _mapping(self, start: Any, end: Any, nodes: list[Node]) -> Mapping:
        pairs: list[tuple[Scalar, Node]] = []
        known: dict[str, int] = {}
        for i in range(0, len(nodes) - 1, 2):
            key, value = nodes[i], nodes[i + 1]
            if type(key) is not Scalar:
                self.report("Y012", "a key must be a plain word", key.line, key.col, "write 'key: value'")
                continue
            if key.text in known:
                where = f"stands in line {known[key.text]} already"
                self.report("Y008", f"key '{shown(key.text)}' {where}", key.line, key.col, "keep one of the two")
                continue
            known[key.text] = key.line
            pairs.append((key, value))
            if key.style in ("|", ">") or (self._has_questions and self._is_complex(key)):
                self.report("Y012", "a key must be a plain word", key.line, key.col, "write 'key: value'")
        flow = bool(start.flow_style)
        return Mapping(tuple(pairs), flow, *self._span(start, end, flow, nodes))

    def _is_complex(self, key: Scalar) -> bool:
        return key.col > 2 and self.lines[key.line - 1][: key.col - 1].rstrip(" ").endswith("?")

    def _sequence(self, start: Any, end: Any, nodes: list[Node]) -> Sequence:
        flow = bool(start.flow_style)
        return Sequence(tuple(nodes), flow, *self._span(start, end, flow, nodes))

    def _span(self, start: Any, end: Any, flow: bool, nodes: list[Node]) -> tuple[int, int, int, int]:
        mark = start.start_mark
        line, col = mark.line, mark.column
        if start.anchor is not None or start.tag is not None:
            line, col = self._behind_properties(line, col)
        if flow or not nodes:
            return line + 1, col + 1, end.end_mark.line + 1, end.end_mark.column + 1
        last = nodes[-1]
        return line + 1, col + 1, last.end_line, last.end_col

    def _behind_properties(self, line: int, col: int) -> tuple[int, int]:
        """The place behind anchors and tags, on the same line."""
        row = self.lines[line]
        while col < len(row) and row[col] in "&!":
            while col < len(row) and row[col] not in " \t":
                col += 1
            while col < len(row) and row[col] in " \t":
                col += 1
        return line, col

    def _no_properties(self, event: Any) -> None:
        line, col = event.start_mark.line + 1, event.start_mark.column + 1
        if event.anchor is not None:
            self.report("Y009", f"anchor '&{shown(event.anchor)}'", line, col, self._quoted_help(line, col))
        if event.tag is not None:
            self.report("Y010", "a tag has no place in these files", line, col, self._quoted_help(line, col))

    def _alias(self, event: Any) -> Scalar:
        line, col = event.start_mark.line + 1, event.start_mark.column + 1
        self.report("Y009", f"alias '*{shown(event.anchor)}'", line, col, self._quoted_help(line, col))
        return Scalar("", "", line, col, event.end_mark.line + 1, event.end_mark.column + 1)

    def _flow(self, event: Any, stack: list[tuple[Any, list[Node]]], is_mapping: bool) -> None:
        mark = event.start_mark
        line, col = mark.line + 1, mark.column + 1
        if is_mapping and self.lines[mark.line].startswith("{}", mark.column):
            return
        if is_mapping:
            self.report("Y011", "a flow mapping", line, col, "write one 'key: value' on each line, indented")
        elif len(stack) > 1 and stack[-2][0].flow_style:
            self.report("Y011", "a flow sequence inside another", line, col, "write one '- item' on each line")

    def _quoted_help(self, line: int, col: int) -> str:
        from gitspec.yaml.repair import quoted_line

        repaired = quoted_line(self.lines[line - 1], col - 1)
        return f"if it is text: {repaired.strip()}" if repaired else "write the value itself"

    def finish(self) -> None:
        """The checks that need the whole tree."""
        if "\t" in self.text:
            from gitspec.yaml.tabs import tab_findings

            self.findings += tab_findings(self.lines, self.root, self.path)


def shown(text: str) -> str:
    """A text from a file as a message quotes it: short, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
