"""What the docstrings below the fields of a model say: descriptions for its schema.

pydantic can collect them itself when a model is made, but reads the source of every model for that at each start.
"""

import ast
import inspect
import textwrap

from gitspec.domain.model import Model


def descriptions(model: type[Model]) -> dict[str, str]:
    """The docstring of each field, its own or inherited, by the key that the field has in the file."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, Model):
            found |= _docstrings(base)
    fields = model.model_fields
    return {fields[name].alias or name: text for name, text in found.items() if name in fields}


def _docstrings(model: type[Model]) -> dict[str, str]:
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            found[field.target.id] = inspect.cleandoc(below.value.value)
    return found
