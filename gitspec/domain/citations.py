"""Citations: where tests and code name requirements and scenarios.

Two forms count. In any language a line that says nothing but `Spec: ` and names, behind whatever starts a comment there,
as in `// Spec: auth/session-expiry, auth/session-expiry#idle-timeout`; in Python a docstring is as good as a comment, any
other text is data. And in Python the mark `pytest.mark.spec("auth/session-expiry#idle-timeout", …)` of pytest, with its
names as literals.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import NamedTuple

COMMENT = b"Spec: "
MARK = b"mark.spec("
PYTHON = (".py", ".pyi")
YAML = (".yaml", ".yml")
"""There a bare `Spec: ` is a key."""
PROSE = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".asciidoc")
"""Ends of the names of files that tell about citations rather than cite."""

_LEADER_MOST, _LINE_MOST = 200, 2000
"""So many bytes may stand before `Spec: ` on its line, and after it: files come from strangers."""
_ARGUMENTS_MOST = 1000
"""So many literals and commas of a mark are read."""

_NOWHERE = (1 << 62, 1 << 62)

# Punctuation and blanks; a quotation mark alone would start a text that is data (three of them start a docstring).
_LEADER = re.compile(rb"""\s*(?:(?:REM|rem|dnl)\s)?(?:[]\s#/*;%<!>({[=|.:,@~^+&$\\?})_-]|\"{3}|'{3}|["'](?=\s))*""")
_LETTER = r"[\w\u00a1-\ud7ff\ue000-\U0010ffff]"  # beyond \w: what joins letters
_WORD = rf"{_LETTER}+(?:-{_LETTER}+)*"
_NAME = rf"{_WORD}(?:/{_WORD})+(?:#{_WORD})?"
_NAMES = re.compile(rf"{_NAME}(?:\s*,\s*(?:{_LETTER}|[/#.-])*{_LETTER})*")
_END = re.compile(r"""\.?(?:\s|\*+[/@)]|\++/|--+>|--%>|%>|\"{3}|'{3}|-*[#%]\}|-*\}|#>|\]\]|\]#|\|#|=#|>)*""")

_LITERAL = rb"""[rRuU]?(?:"(?P<double>[^"\\\n]*)"|'(?P<single>[^'\\\n]*)')"""
_ARGUMENT = re.compile(rb"""(?:\s|\#[^\n]*)*+(?:(?P<literal>%s)|(?P<comma>,))""" % _LITERAL, re.VERBOSE)
_BEFORE_MARK = re.compile(rb"""(?:[^"'#\n]|"[^"\\\n]*"|'[^'\\\n]*')*+(?<!\w)""")
_TOKEN = re.compile(
    rb"""
    \"{3}(?:[^"\\]++|\\.|"(?!""))*+(?:\"{3}|\Z)
    |'{3}(?:[^'\\]++|\\.|'(?!''))*+(?:'{3}|\Z)
    |"(?:[^"\\\n]++|\\.)*+"?
    |'(?:[^'\\\n]++|\\.)*+'?
    |\#[^\n]*+
    |(?<![\w])(?P<mark>mark\.spec\()
    """,
    re.VERBOSE | re.DOTALL,
)


class Citation(NamedTuple):
    """A line of a file that names a requirement or a scenario.

    ``path`` is relative to the top of the repository, ``line`` counts from 1, and ``name`` is as it stands there: it may
    name nothing that exists.
    """

    path: str
    line: int
    name: str
    is_test: bool


def is_prose(path: str) -> bool:
    """Whether a file of that name is prose, whose examples cite nothing."""
    return path.lower().endswith(PROSE)


def names_in(path: str, data: bytes) -> list[tuple[int, str]]:
    """What a file cites: (line, name), in the order of the lines. A binary file cites nothing."""
    if b"\0" in data[:8000]:  # as Git tells binary files from text
        return []
    if data.startswith(BOM_UTF8):
        data = data[len(BOM_UTF8) :]
    is_python = path.endswith(PYTHON)
    found = [*_comments(data, _texts(data) if is_python else [], b"#" if path.endswith(YAML) else b"")]
    if is_python and MARK in data:
        found += _marks(data)
        found.sort(key=lambda row: row[0])
    return found


def _texts(data: bytes) -> list[tuple[int, int]]:
    """Where texts over several lines stand in Python code that are data and no docstrings, up to the last `Spec: `."""
    last = data.rfind(COMMENT)
    if last < 0 or not (b'"""' in data[:last] or b"'''" in data[:last]):
        return []
    spans = [token.span() for token in _TOKEN.finditer(data, 0, last) if token.group().startswith((b'"""', b"'''"))]
    return [(start, end) for start, end in spans if _is_data(data[max(0, start - _LEADER_MOST) : start])]


def _is_data(before: bytes) -> bool:
    """Whether what stands before a text makes it part of an expression, and not a statement of its own."""
    line = before.rpartition(b"\n")[2].strip(b" \trRuUbBfF")
    return bool(line) or before.rstrip(b" \t\r\nrRuUbBfF")[-1:] in tuple(bytes([c]) for c in b"([{,=+%\\")


def _comments(data: bytes, texts: list[tuple[int, int]], needed: bytes) -> Iterator[tuple[int, str]]:
    """Names in comments outside of ``texts``; ``needed`` must stand before `Spec: `."""
    lines = _Lines(data)
    ahead = iter(texts)
    text = next(ahead, _NOWHERE)
    at = data.find(COMMENT)
    while at >= 0:
        while text[1] < at:
            text = next(ahead, _NOWHERE)
        start = data.rfind(b"\n", max(0, at - _LEADER_MOST), at) + 1
        may_be = at < text[0] and (start or at <= _LEADER_MOST) and needed in data[start:at]
        if may_be and _LEADER.fullmatch(data, start, at):
            rest = data[at + len(COMMENT) : at + len(COMMENT) + _LINE_MOST + 1].split(b"\n", 1)[0]
            if len(rest) <= _LINE_MOST:
                yield from ((lines.of(at), name) for name in _listed(rest))
        at = data.find(COMMENT, at + 1)


def _listed(rest: bytes) -> list[str]:
    """The names behind `Spec: `; none unless they are all that stands there. `TCP/IP` and `n/a` are prose."""
    text = rest.decode("utf-8", "surrogateescape").strip()
    names = _NAMES.match(text)
    if not names or not _END.fullmatch(text, names.end()) or names.group().isupper() or names.group() == "n/a":
        return []
    return [composed(name) for name in re.split(r"\s*,\s*", names.group())]


def _marks(data: bytes) -> Iterator[tuple[int, str]]:
    """The literal names of marks that are code, not part of a text or a comment."""
    lines = _Lines(data)
    for end in _calls(data):
        yield from ((lines.of(at), name) for at, name in _arguments(data, end))


def _calls(data: bytes) -> Iterator[int]:
    """Where the arguments of each mark begin."""
    last = data.rfind(MARK) + len(MARK)
    if b'"""' in data[:last] or b"'''" in data[:last]:  # a text over several lines may hold what looks like a mark
        yield from (token.end() for token in _TOKEN.finditer(data, 0, last) if token.group("mark"))
        return
    at = data.find(MARK)
    while at >= 0:
        start = data.rfind(b"\n", max(0, at - _LINE_MOST), at) + 1
        if (start or at <= _LINE_MOST) and _BEFORE_MARK.fullmatch(data, start, at):
            yield at + len(MARK)
        at = data.find(MARK, at + 1)


def _arguments(data: bytes, at: int) -> Iterator[tuple[int, str]]:
    """Literals up to the first argument that is none; those beside each other are one, as in Python."""
    name, place = b"", -1
    for _ in range(_ARGUMENTS_MOST):
        argument = _ARGUMENT.match(data, at)
        if argument is None:
            break
        at = argument.end()
        if argument.group("literal") is not None:
            place = argument.start("literal") if place < 0 else place
            name += argument.group("double") or argument.group("single") or b""
            if len(name) > _LINE_MOST:
                return
        elif place >= 0:
            yield place, _shown(name)
            name, place = b"", -1
    if place >= 0 and re.compile(rb"(?:\s|#[^\n]*)*+\)").match(data, at):
        yield place, _shown(name)


def _shown(name: bytes) -> str:
    return composed(name.decode("utf-8", "surrogateescape"))


def composed(name: str) -> str:
    """A name in Unicode's form C, as ids are; an editor may have written another."""
    if name.isascii():
        return name
    import unicodedata

    return unicodedata.normalize("NFC", name)


class _Lines:
    """Line numbers of places that are asked for in rising order."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._line = 1

    def of(self, at: int) -> int:
        """The line, from 1, that the byte at ``at`` is in."""
        self._line += self._data.count(b"\n", self._at, at)
        self._at = at
        return self._line
