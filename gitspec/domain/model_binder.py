"""Plain data to models without pydantic: takes what surely is valid, by the rules of the models' own fields.

What it takes, pydantic takes too and makes the same of it; where it is unsure, pydantic is asked, which also says what
is wrong. Compiled once a model, into a closure for each field.
"""

import types
import typing
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Literal

from gitspec.domain.model import REQUIRED, After, AsText, Before, Limit, Model, Problem, Schema

Bind = Callable[[Any], Any]


class Unsure(Exception):
    """Not surely valid."""


@cache
def binder(model: type[Model], *, by_key: bool = True, by_name: bool = True) -> Bind:
    """A function that gives the model of a mapping, or of an instance itself. It raises Unsure."""
    fields = {}
    for name, info in model.model_fields.items():
        bound = name, _bind(info.hint, by_key=by_key, by_name=by_name)
        fields.update(dict.fromkeys([*[info.key] * by_key, *[name] * by_name], bound))
    required = sum(1 for info in model.model_fields.values() if info.is_required())
    needed = frozenset(name for name, info in model.model_fields.items() if info.is_required())
    template = {name: REQUIRED if info.factory else info.default for name, info in model.model_fields.items()}
    made_anew = [(name, info.factory) for name, info in model.model_fields.items() if info.factory]
    ambiguous = len(fields) > len(model.model_fields)
    new = model.__new__

    def bind(data: Any) -> Any:
        if type(data) is not dict:
            if isinstance(data, model):
                return data
            raise Unsure
        made = new(model)
        values = made.__dict__
        values.update(template)
        found = 0
        for key, value in data.items():
            field = fields.get(key)
            if field is None:
                raise Unsure
            name, of = field
            values[name] = of(value)
            found += name in needed
        if found != required or (ambiguous and len({fields[key][0] for key in data}) < len(data)):
            raise Unsure
        for name, factory in made_anew:
            if values[name] is REQUIRED:
                values[name] = factory()
        return made

    return bind


def _bind(hint: Any, by_key: bool, by_name: bool) -> Bind:
    origin = typing.get_origin(hint)
    args = typing.get_args(hint)
    if origin is typing.Annotated:
        of = _bind(args[0], by_key, by_name)
        for rule in args[1:]:
            of = _ruled(of, rule)
        return of
    if origin in (typing.Union, types.UnionType):
        return _union([arg for arg in args if arg is not type(None)], len(args), by_key, by_name)
    if origin is tuple:
        return _tuple(_bind(args[0], by_key, by_name))
    if origin is dict:
        return _dict(_bind(args[0], by_key, by_name), _bind(args[1], by_key, by_name))
    if origin is Literal:
        return _literal(frozenset(args))
    if hint is date:
        return _date
    if hint is int:
        return _int
    if isinstance(hint, type) and issubclass(hint, Model):
        return binder(hint, by_key=by_key, by_name=by_name)
    if isinstance(hint, type) and issubclass(hint, tuple):
        return _named_tuple(hint)
    return _exactly(hint)


def _ruled(of: Bind, rule: Any) -> Bind:
    if isinstance(rule, Before):
        convert = rule.convert

        def before(value: Any) -> Any:
            try:
                return of(convert(value))
            except Problem:
                raise Unsure from None

        return before
    if isinstance(rule, After):
        check = rule.check

        def after(value: Any) -> Any:
            bound = of(value)
            try:
                check(bound)
            except Problem:
                raise Unsure from None
            return bound

        return after
    if isinstance(rule, Limit):
        return _limited(of, rule)
    if isinstance(rule, AsText | Schema):
        return of
    raise TypeError(f"{rule!r} is no rule of gitspec.domain.model")  # one that is overlooked would let all pass


def _limited(of: Bind, limit: Limit) -> Bind:
    import re

    least, most, ge = limit.least or 0, limit.most, limit.ge
    matches = re.compile(limit.pattern).search if limit.pattern is not None else None

    def within(value: Any) -> Any:
        bound = of(value)
        if ge is not None:
            fits = bound >= ge
        else:
            fits = least <= len(bound) and (most is None or len(bound) <= most)
            if fits and matches:
                fits = matches(bound) is not None and bound[-1:] != "\n"  # before which `$` fits, too
        if not fits:
            raise Unsure
        return bound

    return within


def _union(kinds: list[Any], count: int, by_key: bool, by_name: bool) -> Bind:
    """Of a text, a model and None: which of them a value is, its type says."""
    model = next((_bind(k, by_key, by_name) for k in kinds if isinstance(k, type) and issubclass(k, Model)), None)
    other = next((_bind(k, by_key, by_name) for k in kinds if not (isinstance(k, type) and issubclass(k, Model))), None)
    optional = count > len(kinds)

    def bind(value: Any) -> Any:
        if value is None and optional:
            return None
        of = other if other is not None and (model is None or type(value) is str) else model
        if of is None:
            raise Unsure
        return of(value)

    return bind


def _tuple(of: Bind) -> Bind:
    def bind(value: Any) -> Any:
        if type(value) is not list and type(value) is not tuple:
            raise Unsure
        return tuple([of(item) for item in value])

    return bind


def _dict(key_of: Bind, of: Bind) -> Bind:
    def bind(value: Any) -> Any:
        if type(value) is not dict:
            raise Unsure
        return {key_of(key): of(item) for key, item in value.items()}

    return bind


def _literal(values: frozenset[Any]) -> Bind:
    def bind(value: Any) -> Any:
        if type(value) is not str or value not in values:
            raise Unsure
        return value

    return bind


def _exactly(kind: type) -> Bind:
    def bind(value: Any) -> Any:
        if type(value) is not kind:
            raise Unsure
        return value

    return bind


def _date(value: Any) -> Any:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unsure from None


def _int(value: Any) -> Any:
    if type(value) is int:
        return value
    if type(value) is str and value.isascii() and value.isdigit():
        return int(value)
    raise Unsure


def _named_tuple(kind: type[tuple[Any, ...]]) -> Bind:
    parts = [_bind(hint, by_key=True, by_name=True) for hint in kind.__annotations__.values()]

    def bind(value: Any) -> Any:
        if type(value) is not kind:
            raise Unsure
        for of, part in zip(parts, value, strict=True):
            of(part)
        return value

    return bind


def dumped(model: Model, *, by_key: bool, without_defaults: bool) -> dict[str, Any]:
    """The plain data of a model, as JSON has it."""
    found = {}
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if without_defaults and not info.is_required() and value == info.get_default():
            continue
        writer = _writer(info.hint) if isinstance(value, tuple) else None
        plain = writer(value) if writer else _plain(value, by_key, without_defaults)
        found[info.key if by_key else name] = plain
    return found


def _plain(value: Any, by_key: bool, without_defaults: bool) -> Any:
    if isinstance(value, Model):
        return dumped(value, by_key=by_key, without_defaults=without_defaults)
    if isinstance(value, tuple | list):
        return [_plain(item, by_key, without_defaults) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, by_key, without_defaults) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def _writer(hint: Any) -> Callable[[Any], str] | None:
    """How a field writes its value as one text, if it does."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return next((rule.write for rule in hint.__metadata__ if isinstance(rule, AsText)), None)
    if origin in (typing.Union, types.UnionType):
        return next((found for arg in typing.get_args(hint) if (found := _writer(arg))), None)
    return None
