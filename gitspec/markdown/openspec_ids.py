"""Ids for what OpenSpec only names: made from the title, unique in their file, the same on every run."""

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from gitspec.domain import ids
from gitspec.domain.lookalike import skeleton

if TYPE_CHECKING:
    import regex

_DENSE = ("Han", "Hiragana", "Katakana", "Hangul", "Bopomofo")
_ENOUGH = 400  # characters of a title; an id has room for 80
_APOSTROPHES = str.maketrans("", "", "'’`*\"“”")


def slug(title: str) -> str:
    """The title as words of lower-case letters and digits with hyphens between them; empty when none are left.

    An id holds letters of one script (UTS #39). Of a title in several, the script that says most of it stays: a letter
    of a dense script (Chinese, Japanese, Korean) counts three times. Nothing is transliterated.
    """
    start = title[:_ENOUGH]
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", start).translate(_APOSTROPHES).lower())
    plain = unicodedata.normalize("NFC", plain.lower())
    if plain.isascii():
        return _cut(re.sub(r"[^a-z0-9]+", "-", plain).strip("-"))
    import regex

    words = regex.sub(r"[^\p{L}\p{M}\p{N}]+", "-", plain)
    words = regex.sub(r"\p{Default_Ignorable_Code_Point}", "", words)
    whole = _cut(_joined(words))
    if whole and ids.problem_with_requirement_id(whole) is None:
        return whole
    latin = regex.findall(r"\p{Script=Latin}", words)
    dense = [c for c in words if _is_dense(c)]
    if 3 * len(dense) > len(latin):
        kept = "".join(c if _is_dense(c) or c in "0123456789" else "-" for c in words)
    elif latin:
        kept = "".join(c if c in "abcdefghijklmnopqrstuvwxyz0123456789" else "-" for c in words)
    else:
        kept = ""
    return _cut(_joined(kept))


class Ids:
    """Hands out ids that are unique, by title.

    ``reserved`` are ids that something else has (the living spec): only a title that is known to be that gets them.
    """

    def __init__(self, kind: str, problem: Callable[[str], str | None], reserved: Iterable[str] = ()) -> None:
        self._kind = kind
        self._problem = problem
        self._reserved = frozenset(reserved)
        self._reserved_looks = {skeleton(value) for value in self._reserved}
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}  # by stem: the last number given, so that a thousand equal titles stay cheap
        self._looks: set[str] = set()  # no two ids of a list may look alike

    def take(self, title: str, wanted: str | None = None) -> str:
        """An id for the title: ``wanted`` while it is free, else the slug, with a number behind it when needed."""
        if wanted is not None and wanted not in self._taken:
            return self._given(wanted)
        stem = slug(title)
        if not stem or self._problem(stem):
            stem = f"{stem}-{self._kind}" if stem and not self._problem(f"{stem}-{self._kind}") else self._kind
        found, number = stem, self._numbers.get(stem, 1)
        while (look := skeleton(found)) in self._looks or look in self._reserved_looks:
            number += 1
            found = f"{_cut(stem, ids.MAX_LENGTH - len(str(number)) - 1)}-{number}"
        self._numbers[stem] = number
        return self._given(found)

    def _given(self, value: str) -> str:
        self._taken.add(value)
        self._looks.add(skeleton(value))
        return value


def requirement_ids(reserved: Iterable[str] = ()) -> Ids:
    """Ids of the requirements of one capability."""
    return Ids("requirement", ids.problem_with_requirement_id, reserved)


def scenario_ids(reserved: Iterable[str] = ()) -> Ids:
    """Ids of the scenarios of one requirement."""
    return Ids("scenario", ids.problem_with_scenario_id, reserved)


def change_ids(reserved: Iterable[str] = ()) -> Ids:
    """Ids of changes: ASCII only."""
    return Ids("change", ids.problem_with_change_id, reserved)


def capability_id(path: str) -> str:
    """The id for a folder below ``specs/``: each part as lower-case ASCII words, numbered when nothing is left."""
    parts = [
        re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[: ids.MAX_LENGTH].strip("-") for part in path.split("/")
    ]
    parts = [
        part if part and not ids.problem_with_change_id(part) else f"capability-{part}".strip("-") for part in parts
    ]
    return "/".join(parts)


def same_title(title: str) -> str:
    """The form in which two spellings of one title are equal: case, width and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def _is_dense(char: str) -> bool:
    return char > "\u10ff" and _dense().match(char) is not None


@functools.cache
def _dense() -> "regex.Pattern[str]":
    import regex

    scripts = "|".join(rf"\p{{Script_Extensions={name}}}" for name in _DENSE)
    return regex.compile(rf"(?=[\p{{L}}\p{{M}}])(?:{scripts})")


def _joined(words: str) -> str:
    return re.sub(r"-+", "-", words).strip("-")


def _cut(value: str, length: int = ids.MAX_LENGTH) -> str:
    """At most ``length`` characters, cut between words where that leaves at least half of it."""
    if len(value) <= length:
        return value
    head = value[: length + 1]
    at = head.rfind("-")
    return unicodedata.normalize("NFC", value[: at if at > length // 2 else length]).strip("-")
