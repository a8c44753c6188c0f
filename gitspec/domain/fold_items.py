"""Requirements or scenarios in reading order, found by id: each operation in constant time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar


class HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=HasId)


class Items(Generic[T]):
    """An ordered collection that is edited by id. An id that is used twice finds the first."""

    def __init__(self, items: Iterable[T]) -> None:
        self._slots: list[T | None] = []
        self._at: dict[str, int] = {}
        self._fill(items)

    def _fill(self, items: Iterable[T]) -> None:
        self._slots = list(items)
        self._at = {}
        for index, item in enumerate(self):
            self._at.setdefault(item.id, index)

    def __iter__(self) -> Iterator[T]:
        return (item for item in self._slots if item is not None)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._at

    def get(self, item_id: str) -> T | None:
        """The item with that id."""
        index = self._at.get(item_id)
        return None if index is None else self._slots[index]

    def replace(self, item_id: str, item: T) -> None:
        """Put ``item`` where ``item_id`` is; its id may be another one that is free."""
        index = self._at.pop(item_id)
        self._slots[index] = item
        self._at[item.id] = index

    def remove(self, item_id: str) -> None:
        """Take the item out."""
        self._slots[self._at.pop(item_id)] = None

    def append(self, item: T) -> None:
        """Put a new item at the end."""
        self._at[item.id] = len(self._slots)
        self._slots.append(item)

    def place(self, additions: Sequence[tuple[T, str | None]]) -> None:
        """Put each new item behind the one it names, in the order given; else at the end.

        An item may name one that comes later in ``additions``. One that names nothing that is there goes to the end:
        its place is a wish, and no reason to hold up a change. So does a ring of items that name one another.
        """
        if not additions:
            return
        there = self._at.keys() | {item.id for item, _ in additions}
        behind: dict[str, list[T]] = {}
        last: list[T] = []
        for item, anchor in additions:
            if anchor is not None and anchor in there and anchor != item.id:
                behind.setdefault(anchor, []).append(item)
            else:
                last.append(item)
        result: list[T] = []

        def emit(item: T) -> None:
            stack = [item]
            while stack:
                top = stack.pop()
                result.append(top)
                stack.extend(reversed(behind.pop(top.id, [])))

        for item in [*self, *last]:
            emit(item)
        for _, anchor in additions:
            if anchor in behind:  # what is left hangs on a ring
                for ringed in behind.pop(anchor):
                    emit(ringed)
        self._fill(result)
