"""pydantic's twin of each model: it says what is wrong with data, and what the JSON Schema is.

Made of the same rules, on first use: pydantic costs more than all else that reading a file costs.
"""

import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, TypeVar, Union

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic import create_model as _create_model
from pydantic_core import PydanticCustomError

from gitspec.domain.model import After, AsText, Before, FieldInfo, Limit, Model, Problem, Schema

M = TypeVar("M", bound=Model)


class _Base(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_alias=True, validate_by_name=True)


_MODELS: dict[type[BaseModel], type[Model]] = {}


@cache
def twin(model: type[Model]) -> type[BaseModel]:
    """The pydantic model of the same name, fields and rules."""
    fields: dict[str, Any] = {name: (_hint(info.hint), _field(name, info)) for name, info in model.model_fields.items()}
    made: type[BaseModel] = _create_model(model.__name__, __base__=_Base, __doc__=model.__doc__, **fields)
    _MODELS[made] = model
    return made


def validated(model: type[M], data: Any, *, by_alias: bool, by_name: bool) -> M:
    """``data`` as ``model``. Raises pydantic's ValidationError."""
    found = _models(twin(model).model_validate(_data(data, by_alias), by_alias=by_alias, by_name=by_name))
    assert isinstance(found, model)
    return found


def json_schema(model: type[Model], *, by_alias: bool) -> dict[str, Any]:
    """The JSON Schema of a model."""
    return twin(model).model_json_schema(by_alias=by_alias)


def _field(name: str, info: FieldInfo) -> Any:
    alias = info.key if info.key != name else None
    if info.is_required():
        return Field(alias=alias)
    return (
        Field(default_factory=info.factory, alias=alias) if info.factory else Field(_twins(info.default), alias=alias)
    )


def _hint(hint: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return Annotated[(_hint(args[0]), *(part for rule in args[1:] for part in _rule(rule)))]
    if origin in (Union, types.UnionType):
        return Union[tuple(_hint(arg) for arg in args)]  # noqa: UP007 (they are known at run time only)
    if origin is tuple:
        return tuple[_hint(args[0]), ...]  # type: ignore[misc]
    if origin is dict:
        return dict[_hint(args[0]), _hint(args[1])]  # type: ignore[misc]
    return twin(hint) if isinstance(hint, type) and issubclass(hint, Model) else hint


def _rule(rule: Any) -> list[Any]:
    if isinstance(rule, Before):
        return [BeforeValidator(_told(rule.convert))]
    if isinstance(rule, After):
        return [AfterValidator(_told(_kept(rule.check)))]
    if isinstance(rule, Limit):
        return [Field(min_length=rule.least, max_length=rule.most, pattern=rule.pattern, ge=rule.ge)]
    if isinstance(rule, Schema):
        return [WithJsonSchema(rule.keys) if rule.whole else Field(json_schema_extra=rule.keys)]
    return [PlainSerializer(rule.write, return_type=str)] if isinstance(rule, AsText) else []


def _kept(check: Callable[[str], None]) -> Callable[[Any], Any]:
    def kept(value: Any) -> Any:
        check(value)
        return value

    return kept


def _told(rule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The rule with its problems as pydantic's errors."""

    def told(value: Any) -> Any:
        try:
            return rule(value)
        except Problem as problem:
            raise PydanticCustomError(problem.code, problem.message, problem.parts) from None

    return told


_DEEPEST = 20
"""No model nests so many others; what strangers nest deeper is for pydantic to judge."""


def _data(value: Any, by_alias: bool, depth: int = 0) -> Any:
    """Models among plain data as data too."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, Model):
        fields = type(value).model_fields
        return {fields[name].key if by_alias else name: _data(item, by_alias, depth + 1) for name, item in value}
    if type(value) in (list, tuple):
        return type(value)(_data(item, by_alias, depth + 1) for item in value)
    return {k: _data(item, by_alias, depth + 1) for k, item in value.items()} if type(value) is dict else value


def _twins(value: Any) -> Any:
    if isinstance(value, Model):
        return twin(type(value)).model_construct(**{name: _twins(item) for name, item in value})
    return tuple(_twins(item) for item in value) if type(value) is tuple else value


def _models(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _MODELS[type(value)].model_construct(**{name: _models(item) for name, item in value})
    if type(value) is tuple:
        return tuple(_models(item) for item in value)
    return {key: _models(item) for key, item in value.items()} if type(value) is dict else value
