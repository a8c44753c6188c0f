"""Values from the command line as models: what pydantic has against them becomes an error in our words."""

from typing import TYPE_CHECKING, Any, TypeVar

from gitspec.errors import UsageError

if TYPE_CHECKING:
    from gitspec.domain.model import Model

M = TypeVar("M", bound="Model")


def built(model: type[M], **fields: Any) -> M:
    """``model(**fields)``. Raises UsageError C002 that names the field."""
    from pydantic import ValidationError

    try:
        return model(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"] if isinstance(part, str))
        raise UsageError("C002", f"{where}: {first['msg']}", help="give another value") from None
