"""Files to models: the tree's texts go to pydantic, and its errors come back as findings with their places."""

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.yaml.nodes import Mapping, Node, Scalar, Sequence
from gitspec.yaml.reader import Document, read

if TYPE_CHECKING:
    from gitspec.domain.model import Model

M = TypeVar("M", bound="Model")
M_co = TypeVar("M_co", covariant=True)

Loc = tuple[str | int, ...]


class Loaded(NamedTuple, Generic[M_co]):
    """``value`` is None exactly when a finding is an error."""

    value: M_co | None
    findings: tuple[Finding, ...]
    document: Document


def load(model: type[M], data: bytes, path: str) -> Loaded[M]:
    """Read a file strictly and bind it to ``model``. Never raises: all that is wrong with the file is findings."""
    return bind(model, read(data, path))


def bind(model: type[M], document: Document) -> Loaded[M]:
    """Bind a document that was read to ``model``."""
    from pydantic import ValidationError

    value: M | None = None
    found = list(document.findings)
    if found and document.root is None:
        return Loaded(None, document.findings, document)
    try:
        value = model.model_validate(document.data, by_alias=True, by_name=False)
    except ValidationError as error:
        from gitspec.yaml.messages import findings_of

        found += findings_of(error, model, document)
        if not found:  # whatever it is, it must not pass
            found.append(finding("S003", "does not fit its schema", document.path, 1, 1))
    if document.suspects:
        from gitspec.yaml.swallowed import swallowed

        found += swallowed(document, model)
    if not found:
        return Loaded(value, (), document)
    found.sort(key=lambda f: (f.line, f.col))
    if any(f.severity == "error" for f in found):
        value = None
    return Loaded(value, tuple(found), document)


def locate(document: Document, loc: Loc) -> tuple[int, int]:
    """Line and column of what a path of keys (as in the file) and indices leads to, or of the deepest part that exists.

    A block that starts below its key is located at the key. The start of the file when there is nothing.
    """
    if loc and isinstance(loc[0], str) and len(loc) < 3:
        index = loc[1] if len(loc) > 1 else None
        if not isinstance(index, str) and (outer := document.outer_place(loc[0], index)):
            return outer
    at: Node | None = document.root
    place = (1, 1) if at is None else (at.line, at.col)
    for part in loc:
        if isinstance(at, Mapping) and isinstance(part, str):
            key, value = at.key(part), at.get(part)
            if key is None or value is None:
                break
            place = (value.line, value.col) if value.line == key.line else (key.line, key.col)
            at = value
        elif isinstance(at, Sequence) and isinstance(part, int) and 0 <= part < len(at.items):
            at = at.items[part]
            place = at.line, at.col
        else:
            break
    return place


def node_at(document: Document, loc: Loc) -> Node | None:
    """The node that a path of keys and indices leads to."""
    at: Node | None = document.root
    for part in loc:
        if isinstance(at, Mapping) and isinstance(part, str):
            at = at.get(part)
        elif isinstance(at, Sequence) and isinstance(part, int) and 0 <= part < len(at.items):
            at = at.items[part]
        else:
            return None
    return at


__all__ = ["Document", "Loaded", "Scalar", "bind", "load", "locate", "node_at"]
