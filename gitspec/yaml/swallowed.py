"""Prose that YAML reads otherwise than its author meant, without a word: comments, folded lines, escapes."""

from gitspec.domain.finding import Finding
from gitspec.domain.model import Model
from gitspec.domain.rules import finding
from gitspec.yaml.nodes import Scalar
from gitspec.yaml.reader import Document, Suspect
from gitspec.yaml.scalars import has_only_needed_escapes, quoted
from gitspec.yaml.shape import Shape
from gitspec.yaml.typed import typed_scalars


def swallowed(document: Document, model: type[Model]) -> list[Finding]:
    """A finding for each suspect that stands in a field of prose."""
    if document.root is None:
        return []
    scalars = typed_scalars(document.root, Shape("model", None, model))
    prose = {(t.node.line, t.node.col): t.key.text if t.key else "" for t in scalars if t.is_prose}
    found = []
    for suspect in document.suspects:
        key = prose.get((suspect.node.line, suspect.node.col))
        if key is not None and (finding_ := _judge(suspect, key, document)) is not None:
            found.append(finding_)
    return found


def _judge(suspect: Suspect, key: str, document: Document) -> Finding | None:
    node, lines = suspect.node, document.text.split("\n")
    row = lines[node.line - 1]
    lead, place = row[: node.col - 1], (document.path, suspect.line, suspect.col)
    if suspect.code == "Y013":
        if node.line != node.end_line:  # reported as a value over several lines
            return None
        whole = row[node.col - 1 :].rstrip()
        help_ = f"write: {lead}{quoted(whole)}"
        return finding("Y013", "' #' starts a comment: the rest of the text is lost", *place, help_)
    if suspect.code == "Y014":
        help_ = f"write '{key}: |' and the text below it, indented" if key else "write it on one line"
        return finding("Y014", "plain text over several lines is joined to one", *place, help_)
    raw = raw_text(node, lines)
    if has_only_needed_escapes(raw):
        return None
    if node.line != node.end_line:
        help_ = f"write '{key}: |' and the text below it, indented, without quotes"
    else:
        help_ = f"write: {lead}{quoted(literally(raw))}{row[node.end_col - 1 :]}"
    return finding("Y015", "a backslash between double quotes does not stand for itself", *place, help_)


def raw_text(node: Scalar, lines: list[str]) -> str:
    """What stands between the quotes of a scalar, as it is written."""
    if node.line == node.end_line:
        return lines[node.line - 1][node.col : node.end_col - 2]
    first = lines[node.line - 1][node.col :]
    last = lines[node.end_line - 1][: max(node.end_col - 2, 0)]
    return "\n".join([first, *lines[node.line : node.end_line - 1], last])


def literally(raw: str) -> str:
    """The text that was meant by a double-quoted one: backslashes for themselves, but for escaped quotes."""
    return raw.replace('\\"', '"').replace("\\\\", "\\")
