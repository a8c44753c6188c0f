"""The order of a list that two sides have edited: what both have, with the additions of each where it made them."""

TYPE_CHECKING = False  # a merge driver starts for every file: typing would double its time
if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence
    from typing import TypeVar

    H = TypeVar("H", bound=Hashable)


def merged_order(base: "Sequence[H]", ours: "Sequence[H]", theirs: "Sequence[H]", kept: "Collection[H]") -> "list[H]":
    """The names in ``kept``, each once, in the order that follows from the three; names are unique in each.

    The order is that of the side that has moved something, ours when both have. What only the other side has goes
    behind what it stood behind there; at one place ours come first.
    """
    common = set(base) & set(ours) & set(theirs)
    was = [name for name in base if name in common]
    ours_moved = [name for name in ours if name in common] != was
    by_theirs = not ours_moved and [name for name in theirs if name in common] != was
    frame, other = (theirs, ours) if by_theirs else (ours, theirs)
    order = [name for name in frame if name in kept]
    there = set(order)
    new_here = {name for name in frame if name not in other and name not in base}
    at = 0
    places = {name: index for index, name in enumerate(order)}
    behind: dict[int, list[H]] = {}  # what goes before that index of the frame's order
    for name in other:
        if name in there:
            at = places[name] + 1
        elif name in kept:
            behind.setdefault(_past(order, at, new_here, skip=not by_theirs), []).append(name)
            there.add(name)
    result: list[H] = []
    for index in range(len(order) + 1):
        result += behind.get(index, ())
        result += order[index : index + 1]
    return result


def _past(order: "list[H]", at: int, new_here: "set[H]", *, skip: bool) -> int:
    """Behind what the frame has added at that place, when that comes first."""
    while skip and at < len(order) and order[at] in new_here:
        at += 1
    return at
