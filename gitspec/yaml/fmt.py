"""The form that `gitspec fmt` gives a file: repaired where only one thing can have been meant, quotes and keys in order.

Quotes stand where some loader would read something else than the text, and are those that Prettier would choose. Keys
stand in the order of the model. Everything else stays as it is.
"""

import re
from typing import NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.model import Model
from gitspec.yaml.binding import Loaded, load
from gitspec.yaml.fmt_order import ordered
from gitspec.yaml.lexical import lex
from gitspec.yaml.lines import Lines
from gitspec.yaml.nodes import Mapping, Scalar, walk
from gitspec.yaml.reader import Builder
from gitspec.yaml.repair import repair, structural_lines
from gitspec.yaml.scalars import is_plain, literal_block, quoted, scalar
from gitspec.yaml.shape import Shape
from gitspec.yaml.swallowed import raw_text
from gitspec.yaml.typed import Typed, typed_scalars

_PASSES = 4
_MARKS_AROUND = re.compile(rb"\A((?:[ \t]*(?:#[^\n]*)?\r?\n)*)---[ \t]*\r?\n|\n(?:---|\.\.\.)[ \t]*\r?\n?\s*\Z")
_NEEDED_ESCAPES = re.compile(r'(?:[^\\]|\\["\\])*')


class Formatted(NamedTuple):
    """The file as it should be, and what is still wrong with it."""

    data: bytes
    findings: tuple[Finding, ...]


def format_file(model: type[Model], data: bytes, path: str) -> Formatted:
    """Format a file. What cannot be repaired is left alone and reported; a valid file keeps what it says."""
    result = _formatted_once(model, data, path)
    for _ in range(_PASSES):
        again = _formatted_once(model, result.data, path)  # one repair may bring another to light
        if again.data == result.data:
            break
        result = again
    return result


def _formatted_once(model: type[Model], data: bytes, path: str) -> Formatted:
    before = load(model, data, path)
    if lex(data, path).text is None or not data.strip():
        return Formatted(data, before.findings)
    done = _MARKS_AROUND.sub(rb"\1", _MARKS_AROUND.sub(rb"\1", data.removeprefix(b"\xef\xbb\xbf")))
    done = _repaired(done, path)
    for _ in range(_PASSES):
        again = _tidied(model, load(model, done, path), done)
        if again == done:
            break
        done = again
    after = load(model, done, path)
    if after.value is not None:
        done = ordered(model, done, path)
        after = load(model, done, path)
    if not done.endswith(b"\n"):
        done += b"\r\n" if b"\r\n" in done else b"\n"
    kept_meaning = after.value == before.value if before.value is not None else True
    if not kept_meaning or (after.value is None and len(after.findings) > len(before.findings)):
        return Formatted(data, before.findings)
    return Formatted(done, load(model, done, path).findings)


def _repaired(data: bytes, path: str) -> bytes:
    """A text that is no YAML with those lines mended of which it is clear how."""
    text, _ = lex(data, path)
    if text is None or Builder(text, path).build():
        return data
    lines = Lines(data)
    for line in structural_lines(lines.rows):
        repaired = repair(line, lines.rows)
        if repaired is not None and repaired.is_certain:
            lines.replace_line(line.number - 1, repaired.line)
    return lines.joined()


def _tidied(model: type[Model], loaded: Loaded[Model], data: bytes) -> bytes:
    """The file with its scalars in the right quotes, as far as one pass comes."""
    document = loaded.document
    if document.root is None or any(f.code in ("Y004", "Y006", "Y007") for f in document.findings):
        return data
    lines = Lines(data)
    suspects = {(s.node.line, s.node.col): (s.code, s.col) for s in document.suspects}
    for typed in typed_scalars(document.root, Shape("model", None, model)):
        _tidy(lines, typed, *suspects.get((typed.node.line, typed.node.col), ("", 0)))
    for node in walk(document.root):
        if isinstance(node, Mapping):
            for key, _ in node.items:
                if key.style in ("'", '"') and key.line == key.end_line and key.line - 1 not in lines.touched:
                    _requote(lines, key)
    return lines.joined()


def _tidy(lines: Lines, typed: Typed, suspect: str, col: int) -> None:
    node = typed.node
    row = lines.rows[node.line - 1]
    if node.line - 1 in lines.touched:
        return
    if suspect == "Y014" and typed.is_prose:
        _unfold(lines, typed)
    elif suspect == "Y013" and typed.is_prose:
        # "#4" is text; "# 4" may well be a comment.
        if node.line == node.end_line and row[col : col + 1].strip():
            lines.replace_line(node.line - 1, row[: node.col - 1] + quoted(row[node.col - 1 :].rstrip()))
    elif node.style in ("'", '"') and node.line == node.end_line:
        if suspect != "Y015" or _NEEDED_ESCAPES.fullmatch(raw_text(node, lines.rows)):
            _requote(lines, node)
    elif node.style == "" and node.line == node.end_line and typed.is_text and node.text and not is_plain(node.text):
        lines.replace_line(node.line - 1, row[: node.col - 1] + quoted(node.text) + row[node.end_col - 1 :])


def _requote(lines: Lines, node: Scalar) -> None:
    row = lines.rows[node.line - 1]
    lines.replace_line(node.line - 1, row[: node.col - 1] + quoted(node.text) + row[node.end_col - 1 :])


def _unfold(lines: Lines, typed: Typed) -> None:
    """A plain value over several lines as the lines that were typed, or as one where only one may stand."""
    node, key = typed.node, typed.key
    if key is None or node.line - 1 in lines.touched:
        return
    head = lines.rows[key.line - 1]
    lead = head[: key.end_col - 1] + ":"
    rows = [lines.rows[node.line - 1][node.col - 1 :], *lines.rows[node.line : node.end_line]]
    if typed.kind == "line":
        new = [f"{lead} {scalar(node.text)}"]
    else:
        header, *block = literal_block("\n".join(r.strip() for r in rows), key.col + 1)
        new = [f"{lead} {header}", *block]
    if not head[key.end_col - 1 :].lstrip().startswith(":") or any(r.lstrip().startswith("#") for r in rows):
        return
    if node.line == key.line or not head[key.end_col - 1 :].strip(" :"):
        lines.replace(key.line - 1, node.end_line, new)
