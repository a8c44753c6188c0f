"""The three-way merge of one part, and of the fields that are sets."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from gitspec.domain.capability import LinkType
from gitspec.domain.delta import LinksEdit, TagsEdit

V = TypeVar("V")


def merges(living: V, before: V, after: V) -> bool:
    """Whether an edit of a part from ``before`` to ``after`` gives ``after``: it can be applied, or it has been.

    There is no merge inside a part: two edits of one text are for a person to join.
    """
    return living in (before, after)


def merged_tags(living: Sequence[str], edit: TagsEdit) -> tuple[str, ...]:
    """The tags that are there afterwards: a set, in the order of what lives, then of the edit."""
    return _merged_set(living, edit.removed, edit.added)


def merged_links(living: Mapping[LinkType, Sequence[str]], edit: LinksEdit) -> dict[LinkType, tuple[str, ...]]:
    """The links that are there afterwards, by kind; each kind is a set."""
    result: dict[LinkType, tuple[str, ...]] = {}
    for kind in [*living, *(k for k in edit.added if k not in living)]:
        names = _merged_set(living.get(kind, ()), edit.removed.get(kind, ()), edit.added.get(kind, ()))
        if names:
            result[kind] = names
    return result


def _merged_set(living: Sequence[str], removed: Sequence[str], added: Sequence[str]) -> tuple[str, ...]:
    gone = set(removed) - set(added)
    return tuple(dict.fromkeys([*(v for v in living if v not in gone), *added]))
