"""What a model says about a file: its keys in order, and what stands behind each of them.

The reader asks where prose stands, the emitter how to write a value, messages which keys there are.
"""

import types
import typing
from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple

from gitspec.domain.capability import Steps
from gitspec.domain.model import Flag, Line, Model, Pattern, Prose

Kind = Literal["prose", "line", "word", "steps", "flag", "number", "day", "list", "map", "model", "either"]


class Shape(NamedTuple):
    """``item`` is what a list or map holds, or the text of an ``either``; ``model`` that of a model or an ``either``."""

    kind: Kind
    item: "Shape | None" = None
    model: type[Model] | None = None


class Field(NamedTuple):
    """A field of a model. ``key`` is how the file spells it, ``default`` what it has when the file does not."""

    name: str
    key: str
    shape: Shape
    required: bool
    default: Any


@cache
def fields_of(model: type[Model]) -> tuple[Field, ...]:
    """The fields of a model in its order."""
    hints = typing.get_type_hints(model, include_extras=True)
    found = []
    # What a subclass adds (`after`) goes behind the id, where a reader looks for it.
    for name, info in model.model_fields.items():
        required = info.is_required()
        default = None if required else info.get_default(call_default_factory=True)
        found.append(Field(name, info.alias or name, _shape(hints[name]), required, default))
    names = [f.name for f in found]
    if "id" in names and "after" in names:
        after = found.pop(names.index("after"))
        found.insert(names.index("id") + 1, after)
    return tuple(found)


@cache
def field_map(model: type[Model]) -> dict[str, Field]:
    """The fields of a model by key."""
    return {field.key: field for field in fields_of(model)}


_KNOWN: tuple[tuple[Any, Kind], ...] = (
    (Prose, "prose"),
    (Line, "line"),
    (Pattern, "line"),
    (Steps, "steps"),
    (Flag, "flag"),
)


def _shape(hint: Any) -> Shape:
    for known, kind in _KNOWN:
        if hint is known:
            return Shape(kind)
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return _shape(typing.get_args(hint)[0])
    if origin in (typing.Union, types.UnionType):
        shapes = [_shape(arg) for arg in typing.get_args(hint) if arg is not type(None)]
        text = next((s for s in shapes if s.kind != "model"), None)
        model = next((s for s in shapes if s.kind == "model"), None)
        if text and model:
            return Shape("either", text, model.model)
        return shapes[0]
    if origin is tuple:
        return Shape("list", _shape(typing.get_args(hint)[0]))
    if origin is dict:
        return Shape("map", _shape(typing.get_args(hint)[1]))
    if hint is date:
        return Shape("day")
    if hint is int:
        return Shape("number")
    if isinstance(hint, type) and issubclass(hint, Model):
        return Shape("model", None, hint)
    return Shape("word")
