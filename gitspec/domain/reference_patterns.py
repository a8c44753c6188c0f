"""References that a project wrote before gitspec, or writes beside it: `references.patterns` of the policy. Pure.

A pattern is text to be found as it stands, around one ``{id}``; nothing in it is a regular expression. Messages come
from strangers: at most LOOKED_AT characters of one are searched, what stands for ``{id}`` is bounded and matched without
backtracking, and at most MOST references are found, so that no message takes long.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from gitspec.domain import trailers

if TYPE_CHECKING:
    from gitspec.domain.policy import ReferencePattern

PLACE = "{id}"
MOST = 100
"""References that one message may have; further ones are not read."""
LOOKED_AT = 1 << 20
"""Characters of a message that are searched."""

Kind = Literal["change", "key", "number", "hash"]
_WORD = "A-Za-z0-9_"
_IDS: dict[str, str] = {
    "change": r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,90}+",
    "key": r"[A-Z][A-Z0-9_]{1,29}+-[0-9]{1,12}+",
    "number": r"[0-9]{1,20}+",
    "hash": r"I?[0-9a-f]{7,64}+",
}
_BEFORE: dict[str, str] = {"number": rf"(?<![{_WORD}])(?<![0-9]\.)"}
_AFTER: dict[str, str] = {"change": rf"(?![{_WORD}-])", "number": rf"(?![{_WORD}])(?!\.[0-9])"}
_HABITS = (
    (re.compile(r"#$|(?:bug|issue|ticket|fixes|closes|resolves)s?[: #]*$"), "number"),
    (re.compile(r"change-id: *$"), "hash"),
    (re.compile(r"jira[: \[(-]*$"), "key"),
)
"""What mostly follows such a text, in lower case."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-(?=.)")


class PatternReference(NamedTuple):
    """What a message names: ``value`` is what stood for ``{id}``, ``pattern`` the text of the pattern that found it.

    Of a change that was named by its archived folder, `2026-01-31-add-2fa`, the value is its id.
    """

    kind: Kind
    value: str
    pattern: str


class PatternProblem(NamedTuple):
    """Why a pattern finds nothing, too much, or hardly what is meant, and what to write."""

    message: str
    help: str


class _Search(NamedTuple):
    kind: Kind
    pattern: str
    literal: str  # the longer of the texts around {id}: a message without it is not searched
    find: Callable[[str], Iterator[re.Match[str]]]


def pattern_finder(patterns: Sequence["ReferencePattern"]) -> Callable[[str], tuple[PatternReference, ...]]:
    """What finds the references of a cleaned commit message, each once, in the order of the patterns.

    Patterns that ``pattern_problem`` says find nothing are passed over.
    """
    subjects, bodies, anywhere = ([_search(p) for p in _usable(patterns, w)] for w in ("subject", "body", "anywhere"))
    keyed = [(key, _search(p, rest)) for p in _usable(patterns, "trailer") for key, rest in [_split(p.pattern)]]

    def texts(message: str) -> Iterator[tuple[_Search, str]]:
        head = message[:LOOKED_AT]
        subject, _, body = head.partition("\n")
        for searches, text in ((subjects, subject), (bodies, body), (anywhere, head)):
            yield from ((search, text) for search in searches)
        folded = message.lower() if keyed else ""
        wanted = [(key, search) for key, search in keyed if key in folded]
        read = trailers.read(message) if wanted else []
        for key, search in wanted:
            yield from ((search, value[:LOOKED_AT]) for name, value in read if name.lower() == key)

    def find(message: str) -> tuple[PatternReference, ...]:
        found: dict[tuple[str, str], PatternReference] = {}
        for search, text in texts(message):
            if search.literal not in text:
                continue
            for match in search.find(text):
                value = _DAY.sub("", match[1], count=1) if search.kind == "change" else match[1]
                found.setdefault((search.kind, value), PatternReference(search.kind, value, search.pattern))
                if len(found) >= MOST:
                    return tuple(found.values())
        return tuple(found.values())

    return find


def pattern_problem(pattern: "ReferencePattern") -> PatternProblem | None:
    """What is wrong with a pattern; None when nothing is."""
    text = pattern.pattern
    if text.count(PLACE) != 1:
        how = "has no" if PLACE not in text else "has more than one"
        return PatternProblem(
            f"the pattern {how} {PLACE}: it finds nothing", f"write {PLACE} once, where the id stands"
        )
    if pattern.where == "trailer" and not _split(text)[0]:
        return PatternProblem(
            "the pattern of a trailer must be 'Key: {id}': it finds nothing", f"write for example 'Closes-Bug: {PLACE}'"
        )
    if text.strip() == PLACE and pattern.id in ("number", "hash") and pattern.where != "trailer":
        what = "number" if pattern.id == "number" else "word of hexadecimal digits"
        return PatternProblem(
            f"the pattern takes every {what} for a reference", f"write what stands around it: '#{PLACE}'"
        )
    if "id" not in pattern.model_fields_set and (kind := _habit(text.partition(PLACE)[0].lower())):
        return PatternProblem(
            f"the pattern finds ids of changes, and what stands there mostly is a {kind}",
            f"say 'id: {kind}', or 'id: change' if that is meant",
        )
    return None


def _habit(before: str) -> str:
    """What a text like that is mostly followed by, if not by the id of a change; empty when nobody knows."""
    return next((kind for form, kind in _HABITS if form.search(before)), "")


def _usable(patterns: Sequence["ReferencePattern"], where: str) -> Iterator["ReferencePattern"]:
    for pattern in patterns:
        right_place = where != "trailer" or _split(pattern.pattern)[0]
        if pattern.where == where and pattern.pattern.count(PLACE) == 1 and right_place:
            yield pattern


def _split(pattern: str) -> tuple[str, str]:
    """Of a trailer's pattern the key in lower case and what its value looks like; an empty key when it is none."""
    at = trailers.separator(pattern)
    if at < 1 or PLACE not in pattern[at:]:
        return "", pattern
    return pattern[:at].strip(" \t").lower(), pattern[at + 1 :].strip(" \t")


def _search(pattern: "ReferencePattern", text: str | None = None) -> _Search:
    """``text``: the pattern of a trailer's value."""
    before, _, after = (pattern.pattern if text is None else text).partition(PLACE)
    kind: Kind = pattern.id
    wanted = _IDS[kind]
    if kind == "change" and text is None and not (before.strip() or after.strip()):
        wanted = rf"(?=[a-z0-9]{{1,80}}+-){wanted}"  # any word may be an id; alone, one of several words is meant
    left = _edge(before[0], "before") if before else _BEFORE.get(kind, rf"(?<![{_WORD}-])")
    right = _edge(after[-1], "after") if after else _AFTER.get(kind, rf"(?![{_WORD}])")
    compiled = re.compile(f"{left}{re.escape(before)}({wanted}){re.escape(after)}{right}")
    return _Search(kind, pattern.pattern, max(before, after, key=len), compiled.finditer)


def _edge(char: str, side: Literal["before", "after"]) -> str:
    """A text that begins or ends within a word is found at the edge of a word only: `Fixes {id}` not in `Prefixes 1`."""
    if not (char.isascii() and (char.isalnum() or char == "_")):
        return ""
    return rf"(?<![{_WORD}])" if side == "before" else rf"(?![{_WORD}])"
