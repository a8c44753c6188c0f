"""What every model shares: frozen, no unknown keys, and the field types that carry ids and texts.

The models are the one definition of the file formats: the strict reader binds files to them, ``schemas/`` is generated
from them, and the fold works on them. Every text is canonical: without the line breaks around it, LF inside.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from gitspec.domain import ids


class Model(BaseModel):
    """Base of all models."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        validate_by_alias=True,
        validate_by_name=True,
    )


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _id_checker(problem_with: Callable[[str], str | None]) -> AfterValidator:
    def check(value: str) -> str:
        if problem := problem_with(value):
            raise PydanticCustomError("I001", "{problem}", {"problem": problem})
        return value

    return AfterValidator(check)


def _strict_bool(value: Any) -> Any:
    """The reader gives text; of all spellings only YAML 1.2's ``true`` and ``false`` are booleans."""
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise PydanticCustomError("S003", "must be true or false")
        return value == "true"
    return value


def _strict_day(value: Any) -> Any:
    """pydantic takes times and seconds since 1970 for dates too."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("S003", "must be a day like 2026-11-21")
    return value


def _strict_count(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise PydanticCustomError("S003", "must be a whole number")
    return value


def _trimmed(value: Any) -> Any:
    return value.strip("\n") if isinstance(value, str) else value


def _one_line(value: str) -> str:
    if "\n" in value:
        raise PydanticCustomError("S004", "must be one line")
    return value


_SEGMENT = r"[a-z0-9]+(-[a-z0-9]+)*"
_LETTERS = r"[^\x00-/:-`{-\xa9]+"  # in words that every regex engine knows; the reader knows better
_WORD = f"{_LETTERS}(-{_LETTERS})*"


def _schema(pattern: str, max_length: int = ids.MAX_LENGTH) -> dict[str, Any]:
    return {"pattern": f"^{pattern}$", "minLength": 1, "maxLength": max_length}


ChangeId = Annotated[str, _id_checker(ids.problem_with_change_id), Field(json_schema_extra=_schema(_SEGMENT))]
CapabilityId = Annotated[
    str,
    _id_checker(ids.problem_with_capability_id),
    Field(json_schema_extra=_schema(f"{_SEGMENT}(/{_SEGMENT})*", 3 * ids.MAX_LENGTH)),
]
RequirementId = Annotated[str, _id_checker(ids.problem_with_requirement_id), Field(json_schema_extra=_schema(_WORD))]
ScenarioId = Annotated[str, _id_checker(ids.problem_with_scenario_id), Field(json_schema_extra=_schema(_WORD))]


def _check_ref(value: str) -> str:
    parsed = ids.parse_requirement_ref(value)
    if isinstance(parsed, str):
        raise PydanticCustomError("I001", "{problem}", {"problem": parsed})
    if parsed.scenario is not None:
        raise PydanticCustomError("I001", "must name a requirement, not a scenario")
    return value


RequirementName = Annotated[
    str,
    AfterValidator(_check_ref),
    Field(json_schema_extra=_schema(f"{_SEGMENT}(/{_SEGMENT})*/{_WORD}", 4 * ids.MAX_LENGTH)),
]
"""``<capability>/<requirement>``."""

Prose = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1)]
"""Markdown that may span lines."""

Line = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=500)]
"""Text of one line."""


def _check_pattern(value: str) -> str:
    from gitspec.domain.code_paths import problem_with_pattern

    if problem := problem_with_pattern(value):
        raise PydanticCustomError("S007", "the pattern {problem}", {"problem": problem})
    return value


Pattern = Annotated[Line, AfterValidator(_check_pattern)]
"""A pattern of paths as in .gitignore, from the top of the repository."""

Flag = Annotated[bool, BeforeValidator(_strict_bool)]

Day = Annotated[date, BeforeValidator(_strict_day)]
"""A day as `2026-11-21`."""

Count = Annotated[int, Field(ge=1), BeforeValidator(_strict_count)]
"""A whole number from 1."""

Key = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=100)]
"""A key that is free to choose: a name, short enough for every YAML engine to take it for a key."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
"""First 12 hex digits of the SHA-256 of a part."""
