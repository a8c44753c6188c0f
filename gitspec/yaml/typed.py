"""A tree side by side with the model that it is bound to: what each scalar is meant to be."""

from collections.abc import Iterator
from typing import NamedTuple

from gitspec.domain.model import Model
from gitspec.yaml.nodes import Mapping, Node, Scalar, Sequence
from gitspec.yaml.shape import Kind, Shape, field_map

_PROSE = frozenset(["prose", "line", "steps"])
_TEXT = _PROSE | {"word"}


class Typed(NamedTuple):
    """A scalar value. ``kind`` is None where the model knows no such key; ``key`` is None for an item of a list."""

    node: Scalar
    kind: Kind | None
    key: Scalar | None

    @property
    def is_text(self) -> bool:
        return self.kind in _TEXT

    @property
    def is_prose(self) -> bool:
        """Whether a comment or an escape cannot have been meant. Lists of lines are patterns and words, no prose."""
        return self.kind in _PROSE and (self.key is not None or self.kind != "line")


def typed_scalars(node: Node, shape: Shape | None, key: Scalar | None = None) -> Iterator[Typed]:
    """All scalar values of a tree, in the order of the file."""
    if isinstance(node, Scalar):
        meant = shape.item if shape is not None and shape.kind == "either" else shape
        yield Typed(node, meant.kind if meant is not None else None, key)
    elif isinstance(node, Mapping):
        for name, value in node.items:
            yield from typed_scalars(value, _below(shape, name.text), name)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from typed_scalars(item, shape.item if shape is not None and shape.kind == "list" else None)


def typed_mappings(node: Node, shape: Shape | None) -> Iterator[tuple[Mapping, type[Model]]]:
    """All mappings that the model knows, outer ones first."""
    if isinstance(node, Mapping):
        if shape is not None and shape.model is not None:
            yield node, shape.model
        for name, value in node.items:
            yield from typed_mappings(value, _below(shape, name.text))
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from typed_mappings(item, shape.item if shape is not None and shape.kind == "list" else None)


def _below(shape: Shape | None, key: str) -> Shape | None:
    if shape is None:
        return None
    if shape.model is not None:
        field = field_map(shape.model).get(key)
        return field.shape if field else None
    return shape.item if shape.kind == "map" else None
