"""Minimal edits: a file is made to read back as another model by editing only the lines that say something else.

Comments, blank lines, quoting, the order of keys and line ends stay. What a comment belongs to: those directly above an
item or key, at its indent, go with it.
"""

from collections.abc import Mapping as Dict
from typing import Any

from gitspec.domain.model import Model
from gitspec.errors import CannotJudge, Refused
from gitspec.yaml.binding import Loaded, load
from gitspec.yaml.emit import emit, entry_lines, mapping_lines, written_fields
from gitspec.yaml.lines import Lines
from gitspec.yaml.nodes import Mapping, Node, Scalar, Sequence
from gitspec.yaml.shape import Shape, fields_of
from gitspec.yaml.splice_lists import edit_list
from gitspec.yaml.splice_scalars import edit_scalar

_PASSES = 8  # one for the edits, one more for each level at which items change places


def rewrite(original: bytes, model: Model, path: str, loaded: Loaded[Any] | None = None) -> bytes:
    """``original`` with the fewest lines edited so that it reads back as ``model``; a new file when it is empty.

    ``loaded`` is what reading ``original`` gave, when the caller has it. The result has been read back and compared.
    Raises the first finding as Refused when ``original`` has errors, CannotJudge Y020 when no edit was found that reads
    back (then nothing should be written).
    """
    if not original.strip():
        return emit(model)
    data = original
    loaded = loaded or load(type(model), data, path)
    if loaded.value is None:
        first = loaded.findings[0]
        raise Refused(first.code, first.message, place=first.place, help=first.help)
    for _ in range(_PASSES):
        if loaded.value == model:
            return data
        data = _edited(data, loaded.document.root, loaded.value, model)
        loaded = load(type(model), data, path)
        if loaded.value is None:
            break
    raise CannotJudge(
        "Y020", "the edit would not read back as what was meant; nothing is written", place=path, help="run gitspec fmt"
    )


def _edited(data: bytes, root: Node | None, old: Model, model: Model) -> bytes:
    lines = Lines(data)
    if root is None:
        at = len(lines) - (0 if lines.rows[-1] else 1)
        lines.insert(at, mapping_lines(model, 0))
    elif not isinstance(root, Mapping) or root.is_flow or not edit_mapping(lines, root, old, model):
        start, stop = root.line - 1, root.end_line
        lines.replace(start, stop, mapping_lines(model, 0))
    return lines.joined()


def edit_mapping(lines: Lines, node: Mapping, old: Model, new: Model) -> bool:
    """Edit the entries of a block mapping. False, with nothing edited, when its first key cannot be edited in place."""
    indent = node.col - 1
    fields = fields_of(type(new))
    written = {field.key: value for field, value in written_fields(new)}
    changed = [f for f in fields if getattr(old, f.name) != getattr(new, f.name)]
    gone = [f.key for f in changed if f.key not in written and node.key(f.key)]
    order = [f.key for f in fields]
    fresh = [f for f in changed if f.key in written and not node.key(f.key)]
    if not _has_room(lines, node, gone, [f.key for f in fresh], order):
        return False
    for field in changed:
        key, value = node.key(field.key), node.get(field.key)
        if key is not None and value is not None and field.key in written:
            edit_entry(lines, key, value, getattr(old, field.name), written[field.key], field.shape)
    for name in gone:
        _remove_entry(lines, node, name)
    for field in fresh:
        rows = entry_lines(field.key, written[field.key], field.shape, indent)
        lines.insert(_place_for(field.key, node, order), rows)
    return True


def _has_room(lines: Lines, node: Mapping, gone: list[str], fresh: list[str], order: list[str]) -> bool:
    """Whether no edit needs to move the dash that stands before the first key."""
    first = node.items[0][0]
    if not lines.rows[first.line - 1][: first.col - 1].strip():
        return len(gone) < len(node.items) or bool(fresh)
    return first.text not in gone and all(_place_for(key, node, order) > first.line - 1 for key in fresh)


def _place_for(key: str, node: Mapping, order: list[str]) -> int:
    """The line before which a new entry goes: behind the last of those that come before it in the model's order."""
    before = set(order[: order.index(key)])
    ends = [value.end_line for k, value in node.items if k.text in before]
    return ends[-1] if ends else node.items[0][0].line - 1


def _remove_entry(lines: Lines, node: Mapping, name: str) -> None:
    key, value = node.key(name), node.get(name)
    if key is None or value is None:
        return
    start = key.line - 1
    while start > 0 and lines.is_comment(start - 1, key.col - 1):
        start -= 1
    lines.remove(start, max(value.end_line, key.line))


def edit_entry(lines: Lines, key: Scalar, node: Node, old: Any, new: Any, shape: Shape) -> None:
    """Edit the value of a key that stays."""
    if isinstance(node, Mapping) and not node.is_flow and node.line > key.line:
        if isinstance(new, Model) and type(old) is type(new) and edit_mapping(lines, node, old, new):
            return
        if isinstance(new, Dict) and isinstance(old, Dict) and new and _edit_dict(lines, node, old, new, shape):
            return
    elif isinstance(node, Sequence) and not node.is_flow and isinstance(new, tuple) and new and shape.kind == "list":
        edit_list(lines, node, old, new, shape)
        return
    elif isinstance(node, Scalar) and not isinstance(new, Model | Dict) and edit_scalar(lines, key, node, new, shape):
        return
    indent = key.col - 1
    rows = entry_lines(key.text, new, shape, indent)
    rows[0] = lines.rows[key.line - 1][:indent] + rows[0][indent:]
    lines.replace(key.line - 1, max(node.end_line, key.line), rows)


def _edit_dict(lines: Lines, node: Mapping, old: Dict[str, Any], new: Dict[str, Any], shape: Shape) -> bool:
    """Edit the entries of a mapping with free keys; new ones go to the end."""
    item = shape.item or shape
    for key, value in node.items:
        if key.text not in new:
            _remove_entry(lines, node, key.text)
        elif old.get(key.text) != new[key.text]:
            edit_entry(lines, key, value, old.get(key.text), new[key.text], item)
    for name, value in new.items():
        if node.key(name) is None:
            lines.insert(node.items[-1][1].end_line, entry_lines(name, value, item, node.col - 1))
    return True
