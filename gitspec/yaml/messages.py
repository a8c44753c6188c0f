"""pydantic's errors as findings: our codes, our words, the place in the file, and the line as it should be."""

import re
from typing import Any, NamedTuple

from pydantic import ValidationError

from gitspec.domain.finding import Finding
from gitspec.domain.model import Model
from gitspec.domain.rules import RULES, finding
from gitspec.yaml.lexical import MAX_FINDINGS
from gitspec.yaml.nodes import Mapping, Node, Scalar, Sequence
from gitspec.yaml.reader import Document, shown
from gitspec.yaml.scalars import scalar
from gitspec.yaml.shape import Shape, field_map

_KINDS = {
    "prose": "text",
    "line": "text",
    "word": "text",
    "steps": "one block of steps",
    "list": "a list",
    "map": "a mapping",
}


class _Spot(NamedTuple):
    """Where an error is: the key (None for a list item), its node and shape, and the mapping around it."""

    key: Scalar | None
    name: str
    node: Node | None
    shape: Shape | None
    around: Node | None
    around_shape: Shape | None
    is_key: bool = False


def findings_of(error: ValidationError, model: type[Model], document: Document) -> list[Finding]:
    """A finding for each error of a document that is bound to ``model``."""
    taken = {(f.line, f.col) for f in document.findings}
    found: list[Finding] = []
    for row in error.errors(include_url=False, include_input=False):
        spot = _spot(row["loc"], row["type"], Shape("model", None, model), document.root)
        if spot is None:
            continue
        if spot.node is not None and (spot.node.line, spot.node.col) in taken:
            continue
        result = _finding(row["type"], row["msg"], row.get("ctx") or {}, spot, document)
        if result is None or (result.line, result.col) in taken:
            continue
        taken.add((result.line, result.col)) if result.code != "S002" else None
        found.append(result)
        if len(found) >= MAX_FINDINGS:
            break
    return found


def _spot(loc: tuple[Any, ...], kind: str, shape: Shape | None, root: Node | None) -> _Spot | None:
    """Follow pydantic's path; None when it is about a branch of a union that the file did not take."""
    spot = _Spot(None, "", root, shape, None, None)
    for i, part in enumerate(loc):
        at, shape = spot.node, spot.shape
        if shape is not None and shape.kind == "either" and isinstance(part, str):
            is_model = shape.model is not None and part == shape.model.__name__
            if is_model != isinstance(at, Mapping):
                return None
            spot = spot._replace(shape=Shape("model", None, shape.model) if is_model else shape.item)
            continue
        if part == "[key]":
            return spot._replace(is_key=True)
        if isinstance(at, Sequence) and isinstance(part, int) and part < len(at.items):
            spot = _Spot(None, spot.name, at.items[part], shape.item if shape else None, at, shape)
        elif isinstance(at, Mapping) and isinstance(part, str):
            key, value = at.key(part), at.get(part)
            if key is None and not (kind == "missing" and i == len(loc) - 1):
                return spot
            spot = _Spot(key, part, value, _below(shape, part), at, shape)
        elif kind == "missing" and isinstance(part, str):
            spot = _Spot(None, part, None, _below(shape, part), at, shape)
    return spot


def _below(shape: Shape | None, key: str) -> Shape | None:
    if shape is None:
        return None
    if shape.kind == "model" and shape.model is not None:
        field = field_map(shape.model).get(key)
        return field.shape if field else None
    return shape.item


def _finding(kind: str, message: str, ctx: dict[str, Any], spot: _Spot, document: Document) -> Finding | None:
    path, node, key = document.path, spot.node, spot.key
    if kind == "missing":
        return _missing(spot, document)
    if kind == "extra_forbidden" and key is not None:
        return finding("S001", f"unknown key '{shown(key.text)}'", path, key.line, key.col, _known_keys(spot))
    here = key if spot.is_key or node is None else node
    line, col = (here.line, here.col) if here is not None else (1, 1)
    if key is not None and node is not None and not isinstance(node, Scalar) and node.line != key.line:
        line, col = key.line, key.col
    subject = f"'{shown(spot.name)}'" if spot.name else "the file"
    if isinstance(node, Scalar) and node.text == "" and kind not in RULES and not spot.is_key:
        if line + 1 in document.damaged:
            return None
        where = (key.line, key.col) if key is not None and node.style == "" else (line, col)
        return finding("S006", f"{subject} has no value", path, *where, _value_help(spot))
    if kind == "S005":
        return _step(spot, int(ctx["line"]), str(ctx["problem"]), document)
    if kind in RULES:
        text = message if message.startswith("'") else f"{subject} {message}"
        return finding(kind, text, path, line, col, _rule_help(kind, spot))
    code, said, help_ = _words(kind, message, ctx, spot)
    return finding(code, f"{subject} {said}", path, line, col, help_)


def _words(kind: str, message: str, ctx: dict[str, Any], spot: _Spot) -> tuple[str, str, str]:
    """Code, message and help of one of pydantic's own errors."""
    if kind in ("tuple_type", "list_type"):
        return "S003", "must be a list", f"write '{spot.name}:' and one '- …' on each line below it"
    if kind in ("model_type", "dict_type", "model_attributes_type", "mapping_type"):
        keys = ", ".join(field_map(spot.shape.model)) if spot.shape and spot.shape.model else ""
        return "S003", "must be a mapping", f"write 'key: value' lines; keys here: {keys}" if keys else ""
    if kind == "string_type":
        what = "a list" if isinstance(spot.node, Sequence) else "a mapping"
        return "S003", f"must be text, not {what}", f"put text with ': ' between quotes: {spot.name}: \"…\""
    if kind == "literal_error":
        expected = str(ctx.get("expected", "")).replace("'", "")
        return "S007", f"must be {expected}", _near(_text(spot), expected.replace(" or ", ", ").split(", "))
    if kind.startswith("date"):
        return "S003", "must be a date", "write the day as 2026-11-21"
    if kind.startswith("int") or kind in ("greater_than_equal", "greater_than"):
        least = ctx.get("ge")
        return "S003", f"must be a whole number{f' of at least {least}' if least is not None else ''}", ""
    if kind in ("string_too_long", "too_long"):
        return "S007", f"is longer than {ctx.get('max_length')} characters", ""
    if kind == "string_pattern_mismatch":
        return "S007", f"must look like {ctx.get('pattern')}", ""
    return "S003", message[:1].lower() + message[1:], ""


def _missing(spot: _Spot, document: Document) -> Finding | None:
    around = spot.around
    line, col = (around.line, around.col) if around is not None else (1, 1)
    end = around.end_line if around is not None else 1
    if any(line <= damaged <= end + 3 for damaged in document.damaged):
        return None
    return finding("S002", f"'{spot.name}' is missing", document.path, line, col, f"add: {_sample(spot)}")


def _sample(spot: _Spot) -> str:
    kind = spot.shape.kind if spot.shape else "word"
    tail = {"prose": " |", "steps": " |", "list": "", "map": "", "model": "", "day": " 2026-11-21"}.get(kind, " …")
    return f"{spot.name}:{tail}"


def _value_help(spot: _Spot) -> str:
    kind = spot.shape.kind if spot.shape else "word"
    what = _KINDS.get(kind)
    if kind == "list":
        return "write '- …' lines below it, or delete the line"
    return f"write {what} behind it, or delete the line" if what else "write its value, or delete the line"


def _known_keys(spot: _Spot) -> str:
    shape = spot.around_shape
    if shape is None or shape.model is None or spot.key is None:
        return "delete it"
    known = list(field_map(shape.model))
    return _near(spot.key.text, known) or f"keys here: {', '.join(known)}"


def _near(text: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(text.lower(), known, 1, 0.6) if len(text) <= 60 else []
    return f"did you mean '{near[0]}'?" if near else ""


def _text(spot: _Spot) -> str:
    if spot.is_key and spot.key is not None:
        return spot.key.text
    return spot.node.text if isinstance(spot.node, Scalar) else ""


def _rule_help(kind: str, spot: _Spot) -> str:
    text = _text(spot)
    if kind == "I001" and len(text) <= 200:
        slash = "/" if spot.name in ("capability", "to", "rename_to") else ""
        word = re.sub(rf"[^\w{slash}]+|_+", "-", text.lower()).strip("-")[:80]
        return f"write: {spot.name}: {word}" if word and word != text and spot.key is not None else ""
    if kind == "S004" and len(text) <= 400:
        return f"write: {spot.name}: {scalar(' '.join(text.split()))}"
    return ""


_LIKE_STEP = re.compile(r"[-*+ ]*[*_`]*(given|when|then|and|but)\b[*_`:]*\s*(.*)", re.IGNORECASE | re.DOTALL)


def _step(spot: _Spot, number: int, problem: str, document: Document) -> Finding:
    """A finding on the very line of the block that is no step. ``number`` counts within the text, from 1."""
    node = spot.node
    assert isinstance(node, Scalar)
    line, col, row = node.line, node.col, ""
    if node.style == "|":
        lines = document.text.split("\n")
        first = node.line
        while first < node.end_line and not lines[first].strip(" "):
            first += 1
        line = min(first + number, len(lines))
        row = lines[line - 1]
        col = len(row) - len(row.lstrip(" ")) + 1
    if (match := _LIKE_STEP.fullmatch(row.strip())) and match[2]:
        help_ = f"write: {' ' * (col - 1)}{match[1].upper()} {match[2].lstrip('*_ ')}"
    elif number > 1 and row:
        help_ = f"to continue the step above, indent it: {' ' * (col + 1)}{shown(row)}"
    else:
        help_ = "write 'steps: |' and below it, indented, lines like 'GIVEN an open session'"
    return finding("S005", problem, document.path, line, col, help_)
