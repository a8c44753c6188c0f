"""The tree that the strict reader gives: scalars, mappings and sequences, each with its place in the file.

Lines and columns count from 1, columns in characters; ends are exclusive columns. The end of a collection is the end of
its last node, so that comments and blank lines behind it are outside.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

Style = str
"""How a scalar is written: "" plain, "'" or '"' quoted, "|" literal, ">" folded."""


class Scalar(NamedTuple):
    """A text. Which type it has is for the schema to say."""

    text: str
    style: Style
    line: int
    col: int
    end_line: int
    end_col: int


class Mapping(NamedTuple):
    """Keys and values in the order of the file; keys are unique."""

    items: "tuple[tuple[Scalar, Node], ...]"
    is_flow: bool
    line: int
    col: int
    end_line: int
    end_col: int

    def get(self, key: str) -> "Node | None":
        """The value of ``key``."""
        return next((value for k, value in self.items if k.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """The node of the key itself."""
        return next((k for k, _ in self.items if k.text == key), None)


class Sequence(NamedTuple):
    """Nodes in the order of the file."""

    items: "tuple[Node, ...]"
    is_flow: bool
    line: int
    col: int
    end_line: int
    end_col: int


Node: TypeAlias = Scalar | Mapping | Sequence


def data_of(node: Node | None) -> Any:
    """The plain dicts, lists and texts of a tree; an empty dict for no tree."""
    if node is None:
        return {}
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {key[0]: value[0] if type(value) is Scalar else data_of(value) for key, value in node.items}
    return [value[0] if type(value) is Scalar else data_of(value) for value in node.items]


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, keys included, in the order of the file."""
    stack: list[Node] = [node]
    while stack:
        at = stack.pop()
        yield at
        if isinstance(at, Mapping):
            for key, value in reversed(at.items):
                stack += (value, key)
        elif isinstance(at, Sequence):
            stack.extend(reversed(at.items))
