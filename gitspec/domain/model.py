"""What every model shares: frozen, no unknown keys, and the field types that carry ids and texts.

The models are the one definition of the file formats: the strict reader binds files to them, ``schemas/`` is generated
from them, and the fold works on them. Every text is canonical: without the line breaks around it, LF inside.

A model is a plain class, so that nobody pays for pydantic who reads what is fine: ``model_binder`` takes that by the
rules below. What it does not take, pydantic judges by the same rules (``model_twin``), which also knows JSON Schema.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, NoReturn, Self, dataclass_transform

from gitspec.domain import ids


class Problem(ValueError):
    """What a rule has against a value: a code of ours, and the message with its parts."""

    def __init__(self, code: str, message: str, **parts: Any) -> None:
        super().__init__(message.format(**parts))
        self.code = code
        self.message = message
        self.parts = parts


class Before(NamedTuple):
    """A rule: convert a value before its type is looked at. Raises Problem."""

    convert: Callable[[Any], Any]


class After(NamedTuple):
    """A rule: look at a text once it is one. Raises Problem."""

    check: Callable[[str], None]


class Limit(NamedTuple):
    """A rule: how long a text may be, what it looks like, how large a number is at least."""

    least: int | None = None
    most: int | None = None
    pattern: str | None = None
    ge: int | None = None


class Schema:
    """No rule, but what a JSON Schema says beyond the type; ``whole``: instead of it."""

    def __init__(self, keys: dict[str, Any], *, whole: bool = False) -> None:
        self.keys = keys
        self.whole = whole


class AsText(NamedTuple):
    """How a value is written as one text."""

    write: Callable[[Any], str]


class FieldInfo(NamedTuple):
    """A field of a model. ``key`` is how the file spells it; ``default`` is ``REQUIRED`` when there is none."""

    key: str
    hint: Any
    default: Any
    factory: Callable[[], Any] | None = None

    def is_required(self) -> bool:
        """Whether a file must have it."""
        return self.default is REQUIRED and self.factory is None

    def get_default(self) -> Any:
        """The default, a new one where it can be changed."""
        return self.factory() if self.factory else self.default


REQUIRED: Any = object()


class _Given(NamedTuple):
    default: Any
    factory: Callable[[], Any] | None
    key: str


def field(*, default: Any = REQUIRED, default_factory: Callable[[], Any] | None = None, key: str = "") -> Any:
    """A field whose default is made anew for each instance, or that a file spells otherwise (``key``)."""
    return _Given(default, default_factory, key)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Model(metaclass=type):  # noqa: UP050 (or mypy takes no class of models for hashable)
    """Base of all models. The methods are called as pydantic's are."""

    model_fields: ClassVar[dict[str, FieldInfo]] = {}
    """The fields by name, inherited ones first."""

    def __init_subclass__(cls) -> None:
        fields = dict(cls.model_fields)
        for name, hint in cls.__annotations__.items() if "__annotations__" in cls.__dict__ else ():
            given = cls.__dict__.get(name, REQUIRED)
            if type(given).__module__.startswith("pydantic"):
                raise TypeError(f"{cls.__name__}.{name}: fields are made by gitspec.domain.model.field")
            if isinstance(given, _Given):
                fields[name] = FieldInfo(given.key or name, hint, given.default, given.factory)
            else:
                fields[name] = FieldInfo(name, hint, given)
            if name in cls.__dict__:
                delattr(cls, name)
        cls.model_fields = fields

    def __init__(self, **values: Any) -> None:
        """Raises ValueError (pydantic's ValidationError) for what the rules do not allow."""
        self.__dict__.update(type(self).model_validate(values).__dict__)

    @classmethod
    def model_construct(cls, **values: Any) -> Self:
        """Make one of what is known to be valid."""
        made = cls.__new__(cls)
        held = made.__dict__
        for name, info in cls.model_fields.items():
            if name in values:
                held[name] = values[name]
            elif not info.is_required():
                held[name] = info.get_default()
        return made

    @classmethod
    def model_validate(cls, data: Any, *, by_alias: bool = True, by_name: bool = True) -> Self:
        """Make one of plain data, with keys as in files, as in code, or both.

        Raises ValueError (pydantic's ValidationError) with all that is wrong.
        """
        from gitspec.domain.model_binder import Unsure, binder

        try:
            made: Self = binder(cls, by_key=by_alias, by_name=by_name)(data)
            return made
        except Unsure:
            from gitspec.domain.model_twin import validated

            return validated(cls, data, by_alias=by_alias, by_name=by_name)

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """The same with other values, which must be valid."""
        made = self.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__.update(update or {})
        return made

    def model_dump(
        self,
        *,
        mode: Literal["json"] = "json",  # noqa: ARG002 (as pydantic has it)
        by_alias: bool = False,
        exclude_defaults: bool = False,
    ) -> dict[str, Any]:
        """Plain data, as JSON has it."""
        from gitspec.domain.model_binder import dumped

        return dumped(self, by_key=by_alias, without_defaults=exclude_defaults)

    @classmethod
    def model_json_schema(cls, *, by_alias: bool = True) -> dict[str, Any]:
        """The JSON Schema."""
        from gitspec.domain.model_twin import json_schema

        return json_schema(cls, by_alias=by_alias)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model):
            return NotImplemented
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.__dict__.items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self)})"


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _id_checker(problem_with: Callable[[str], str | None]) -> After:
    def check(value: str) -> None:
        if problem := problem_with(value):
            raise Problem("I001", "{problem}", problem=problem)

    return After(check)


def _strict_bool(value: Any) -> Any:
    """The reader gives text; of all spellings only YAML 1.2's ``true`` and ``false`` are booleans."""
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise Problem("S003", "must be true or false")
        return value == "true"
    return value


def _strict_day(value: Any) -> Any:
    """pydantic takes times and seconds since 1970 for dates too."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise Problem("S003", "must be a day like 2026-11-21")
    return value


def _strict_count(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise Problem("S003", "must be a whole number")
    return value


def _trimmed(value: Any) -> Any:
    return value.strip("\n") if isinstance(value, str) else value


def _one_line(value: str) -> None:
    if "\n" in value:
        raise Problem("S004", "must be one line")


_SEGMENT = r"[a-z0-9]+(-[a-z0-9]+)*"
_LETTERS = r"[^\x00-/:-`{-\xa9]+"  # in words that every regex engine knows; the reader knows better
_WORD = f"{_LETTERS}(-{_LETTERS})*"


def _schema(pattern: str, max_length: int = ids.MAX_LENGTH) -> Schema:
    return Schema({"pattern": f"^{pattern}$", "minLength": 1, "maxLength": max_length})


ChangeId = Annotated[str, _id_checker(ids.problem_with_change_id), _schema(_SEGMENT)]
CapabilityId = Annotated[
    str, _id_checker(ids.problem_with_capability_id), _schema(f"{_SEGMENT}(/{_SEGMENT})*", 3 * ids.MAX_LENGTH)
]
RequirementId = Annotated[str, _id_checker(ids.problem_with_requirement_id), _schema(_WORD)]
ScenarioId = Annotated[str, _id_checker(ids.problem_with_scenario_id), _schema(_WORD)]


def _check_ref(value: str) -> None:
    parsed = ids.parse_requirement_ref(value)
    if isinstance(parsed, str):
        raise Problem("I001", "{problem}", problem=parsed)
    if parsed.scenario is not None:
        raise Problem("I001", "must name a requirement, not a scenario")


RequirementName = Annotated[str, After(_check_ref), _schema(f"{_SEGMENT}(/{_SEGMENT})*/{_WORD}", 4 * ids.MAX_LENGTH)]
"""``<capability>/<requirement>``."""

Prose = Annotated[str, Before(_trimmed), Limit(least=1)]
"""Markdown that may span lines."""

Line = Annotated[str, After(_one_line), Limit(least=1, most=500)]
"""Text of one line."""


def _check_pattern(value: str) -> None:
    from gitspec.domain.code_paths import problem_with_pattern

    if problem := problem_with_pattern(value):
        raise Problem("S007", "the pattern {problem}", problem=problem)


Pattern = Annotated[Line, After(_check_pattern)]
"""A pattern of paths as in .gitignore, from the top of the repository."""

Flag = Annotated[bool, Before(_strict_bool)]

Day = Annotated[date, Before(_strict_day)]
"""A day as `2026-11-21`."""

Count = Annotated[int, Limit(ge=1), Before(_strict_count)]
"""A whole number from 1."""

Key = Annotated[str, After(_one_line), Limit(least=1, most=100)]
"""A key that is free to choose: a name, short enough for every YAML engine to take it for a key."""

Digest = Annotated[str, Limit(pattern=r"^[0-9a-f]{12}$")]
"""First 12 hex digits of the SHA-256 of a part."""
