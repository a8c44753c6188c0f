"""Edits of links whose target is no link any more."""

from collections.abc import Mapping

from gitspec.domain.capability import LinkType
from gitspec.domain.delta import LinksEdit

Links = Mapping[LinkType, tuple[str, ...]]


def without_gone(edit: LinksEdit, living: Links, new_names: Mapping[str, str]) -> LinksEdit | None:
    """The edit without the removal of links that others have removed; None when nothing is left.

    A link that is removed under the name that this change takes from its target, and added under the new one, only
    follows: what others have removed does not come back. ``new_names`` are those that the change itself gives.
    """
    gone = {(kind, t) for kind, targets in edit.removed.items() for t in targets if t not in living.get(kind, ())}
    back = {(kind, new_names[target]) for kind, target in gone if target in new_names}
    removed = _without(edit.removed, gone)
    added = _without(edit.added, back)
    return edit.model_copy(update={"removed": removed, "added": added}) if removed or added else None


def _without(links: Links, pairs: set[tuple[LinkType, str]]) -> dict[LinkType, tuple[str, ...]]:
    left = {kind: tuple(t for t in targets if (kind, t) not in pairs) for kind, targets in links.items()}
    return {kind: targets for kind, targets in left.items() if targets}
