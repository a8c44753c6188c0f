"""A whole new file from a model, in the order of its fields, as people would write it and every loader reads it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from gitspec.domain.capability import parse_steps, steps_text
from gitspec.domain.model import Model
from gitspec.errors import Refused
from gitspec.yaml.modeline import NAMES, modeline
from gitspec.yaml.scalars import can_be_block, is_plain, literal_block, quoted, scalar
from gitspec.yaml.shape import Field, Shape, fields_of

_ALWAYS_BLOCKS = frozenset(["text", "from", "to"])
_ALWAYS_WRITTEN = frozenset(["version", "kind"])  # what a reader looks for, default or not
_WIDTH = 100
_LONGEST_KEY = 1000  # engines look no further for the colon


def emit(model: Model) -> bytes:
    """The file that reads back as ``model``, with its modeline. Only what differs from the defaults is written, and ``_ALWAYS_WRITTEN``.

    Raises Refused Y020 for a model that no file can say (steps that are none, keys over 1,000 characters).
    """
    lines = mapping_lines(model, 0)
    name = NAMES.get(type(model).__name__)
    head = [modeline(name)] if name else []
    return "".join(f"{line}\n" for line in (*head, *(lines or ["{}"]))).encode()


def written_fields(model: Model) -> Iterator[tuple[Field, Any]]:
    """The fields that a file must hold, with their values."""
    for field in fields_of(type(model)):
        value = getattr(model, field.name)
        if field.required or value != field.default or field.name in _ALWAYS_WRITTEN:
            yield field, value


def mapping_lines(model: Model, indent: int) -> list[str]:
    """The lines of a model's fields."""
    lines: list[str] = []
    for field, value in written_fields(model):
        lines += entry_lines(field.key, value, field.shape, indent)
    return lines


def entry_lines(key: str, value: Any, shape: Shape, indent: int) -> list[str]:
    """The lines of ``key: value``."""
    lead = " " * indent
    head = f"{lead}{_key(key)}:"
    if isinstance(value, Model):
        return [head, *below] if (below := mapping_lines(value, indent + 2)) else [f"{head} {{}}"]
    if isinstance(value, dict):
        item = shape.item or shape
        below = [line for k, v in value.items() for line in entry_lines(k, v, item, indent + 2)]
        return [head, *below] if below else [f"{head} {{}}"]
    if isinstance(value, tuple) and shape.kind != "steps":
        return [head, *list_lines(value, shape, indent + 2)] if value else [f"{head} []"]
    first, *rest = value_lines(key, value, shape, indent)
    return [f"{head} {first}", *rest]


def list_lines(values: tuple[Any, ...], shape: Shape, indent: int) -> list[str]:
    """The lines of a list's items."""
    return [line for value in values for line in item_lines(value, shape.item or shape, indent)]


def item_lines(value: Any, shape: Shape, indent: int) -> list[str]:
    """The lines of one item, with its dash at ``indent``."""
    lead = " " * indent
    if isinstance(value, Model):
        lines = mapping_lines(value, indent + 2)
        return [f"{lead}- {lines[0][indent + 2 :]}", *lines[1:]] if lines else [f"{lead}- {{}}"]
    first, *rest = value_lines("", value, shape, indent)
    return [f"{lead}- {first}", *rest]


def value_lines(key: str, value: Any, shape: Shape, indent: int) -> list[str]:
    """A scalar: what stands behind its key, and the lines below that. ``indent`` is that of the key."""
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, date):
        return [value.isoformat()]
    if isinstance(value, int):
        return [str(value)]
    if isinstance(value, tuple):
        return _steps_lines(value, indent)
    kind = shape.item.kind if shape.kind == "either" and shape.item else shape.kind
    if kind == "prose" and (key in _ALWAYS_BLOCKS or "\n" in value or not _is_short(value, indent + len(key))):
        return literal_block(value, indent + 2) if can_be_block(value) else [quoted(value)]
    return [scalar(value)]


def _is_short(text: str, before: int) -> bool:
    return len(text) + before + 2 <= _WIDTH and is_plain(text)


def _steps_lines(steps: tuple[Any, ...], indent: int) -> list[str]:
    if not steps:
        return ["[]"]
    text = steps_text(steps)
    if parse_steps(text) != steps:
        raise Refused(
            "Y020",
            "the steps of a scenario cannot be written so that they read back",
            help="indent what continues a step",
        )
    return literal_block(text, indent + 2) if can_be_block(text) else [quoted(text)]


def _key(key: str) -> str:
    written = scalar(key)
    if len(written) > _LONGEST_KEY:
        raise Refused("Y020", f"key '{key[:40]}…' is too long to be written")
    return written
