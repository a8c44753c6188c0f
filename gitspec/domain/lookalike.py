"""Ids that a reader cannot tell apart: equal skeletons after UTS #39, section 4."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

# Of the characters that an ASCII id may hold only these have a prototype of their own.
_ASCII = str.maketrans({"1": "l", "m": "rn"})


def skeleton(value: str) -> str:
    """What strings that look the same have in common; for comparing, not for showing. The data are Unicode's."""
    if value.isascii():
        return value.translate(_ASCII)
    from unicodedata import normalize

    mapped = "".join(_prototype(char) for char in normalize("NFD", value))
    return normalize("NFD", mapped)


def look_alikes(ids: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """(index, id, an earlier id that looks like it) for each that has one, in order; equal ids are not meant."""
    first: dict[str, str] = {}
    for index, value in enumerate(ids):
        earlier = first.setdefault(skeleton(value), value)
        if earlier != value:
            yield index, value, earlier


@lru_cache(maxsize=4096)
def _prototype(char: str) -> str:
    """One string for all that looks like ``char``: ASCII where there is any."""
    if char.isascii():
        return char.translate(_ASCII)
    from confusable_homoglyphs.confusables import confusables_data  # loads 900 KB of JSON

    found, queue = {char}, [char]
    while queue:
        for entry in confusables_data.get(queue.pop(), ()):
            if entry["c"] not in found:
                found.add(entry["c"])
                queue.append(entry["c"])
    best = min(found, key=lambda text: (not text.isascii(), not text.islower(), len(text), text))
    return best.casefold().translate(_ASCII) if best.isascii() else best
