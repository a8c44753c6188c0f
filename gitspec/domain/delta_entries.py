"""What a delta wants of each requirement, apart from what its author saw: two versions of a delta compared by that."""

from typing import Any

from gitspec.domain.delta import Delta

_ASIDE = ("seen", "from", "after")
"""What was there before, and the place: neither says what shall be."""
_NAMED = ("attributes", "links")
"""Fields whose keys are names and no fields."""


def wanted_of(delta: Delta) -> dict[str, list[Any]]:
    """The entries about each requirement, as plain data, by all names that the delta knows it by."""
    groups = _groups(delta)
    found: dict[str, list[Any]] = {}
    for kind in ("renamed", "moved", "removed", "modified", "added"):
        for entry in getattr(delta, kind):
            name = f"{delta.capability}/{entry.id}"
            plain = _wanted(entry.model_dump(mode="json", by_alias=True, exclude_defaults=True))
            for other in sorted(groups.get(name, {name})):
                found.setdefault(other, []).append([kind, plain])
                if delta.rename_to and other.startswith(f"{delta.capability}/"):
                    renamed = delta.rename_to + other.removeprefix(delta.capability)
                    found.setdefault(renamed, []).append([kind, plain])
    return found


def _groups(delta: Delta) -> dict[str, set[str]]:
    """Names that stand for one requirement."""
    pairs = [(e.id, f"{delta.capability}/{e.to}") for e in delta.renamed] + [(e.id, e.to) for e in delta.moved]
    groups: dict[str, set[str]] = {}
    for old, new in pairs:
        name = f"{delta.capability}/{old}"
        group = groups.get(name, {name}) | groups.get(new, {new})
        groups.update(dict.fromkeys(group, group))
    return groups


def _wanted(value: Any, *, names: bool = False) -> Any:
    if isinstance(value, list):
        return [_wanted(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _wanted(one, names=key in _NAMED and not names) for key, one in value.items() if names or key not in _ASIDE
    }
