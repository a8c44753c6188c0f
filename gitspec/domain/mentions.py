"""What a commit message names, as history answers it: trailers, reverted commits, references by the policy's patterns. Pure."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gitspec.domain import trailers
from gitspec.domain.references import KEY, SETTLES_KEY, SKIP_KEY, SPEC_KEY, TASK_KEY

if TYPE_CHECKING:
    from gitspec.domain.policy import ReferencePattern

ARCHIVED_KEY = "Archived"
REVERTS_KEY = "Reverts"
TICKET_KEY = "ticket"
LONGEST = 500
"""Characters of a value beyond which it names nothing."""
_KEYS = {
    key.lower(): key for key in (KEY, TASK_KEY, SPEC_KEY, SKIP_KEY, SETTLES_KEY, ARCHIVED_KEY)
}  # fmt: skip
_MOST_SEEN = 10_000
"""Last paragraphs that are remembered: most commits of a change end alike."""
_REVERTS = "This reverts commit "
_HEX = frozenset("0123456789abcdef")

Named = tuple[str, str]
"""What is named: its key (``Change``, ``Task``, ``Spec``, ``Change-Skip``, ``Settles``, ``Archived``, ``Reverts``, ``ticket``) and value."""


def mention_finder(patterns: "Sequence[ReferencePattern]") -> Callable[[str], tuple[Named, ...]]:
    """What finds all that a commit message names, each once: the trailers in their order first.

    ``Reverts`` gives the commits after `This reverts commit`, as `git revert` writes them. What a pattern finds is a
    ``Change`` or a ``ticket``.
    """
    import re

    find = None
    if patterns:
        from gitspec.domain.reference_patterns import pattern_finder

        find = pattern_finder(patterns)
    may_name = re.compile(f"\n(?:{'|'.join(_KEYS)})[ \t]*:", re.ASCII | re.IGNORECASE).search  # never the first line
    seen: dict[str | None, tuple[Named, ...]] = {}

    def trailers_of(message: str, closing: str | None) -> tuple[Named, ...]:
        found = None if closing is None else trailers.read_paragraph(closing)
        if found is None:
            return _named(trailers.read(message)) if may_name(message) else ()
        if len(seen) >= _MOST_SEEN:
            seen.clear()
        seen[closing] = said = _named(found)
        return said

    def mentions(message: str) -> tuple[Named, ...]:
        closing = trailers.last_paragraph(message)
        said = seen.get(closing)
        if said is None:
            said = trailers_of(message, closing)
        if _REVERTS in message:
            said += tuple((REVERTS_KEY, oid) for oid in _reverted(message))
        if find is not None:
            found = ((KEY if kind == "change" else TICKET_KEY, value) for kind, value, _ in find(message))
            said += tuple(one for one in found if 0 < len(one[1]) <= LONGEST)
        return said if len(said) < 2 else tuple(dict.fromkeys(said))

    return mentions


def _named(found: Sequence[tuple[str, str]]) -> tuple[Named, ...]:
    pairs = ((_KEYS[key], value) for name, value in found if (key := name.lower()) in _KEYS)
    return tuple(dict.fromkeys(one for one in pairs if 0 < len(one[1]) <= LONGEST))


def _reverted(message: str) -> list[str]:
    found = []
    for piece in message.split(_REVERTS)[1:]:
        end = next((at for at, char in enumerate(piece[:65]) if char not in _HEX), len(piece))
        if 7 <= end <= 64:
            found.append(piece[:end])
    return found
