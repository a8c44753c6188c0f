"""What a commit message says about changes: references, skips, and lines that were meant as such and are none."""

from functools import lru_cache
from typing import NamedTuple

from gitspec.domain import trailers

KEY = "Change"
SKIP_KEY = "Change-Skip"
SPEC_EDIT_KEY = "Spec-Edit"
TASK_KEY = "Task"
SPEC_KEY = "Spec"
SETTLES_KEY = "Settles"
_KEYS = (KEY, SKIP_KEY, SPEC_EDIT_KEY, TASK_KEY, SPEC_KEY, SETTLES_KEY)


class References(NamedTuple):
    """The values of the trailers that count, each once, in their order."""

    changes: tuple[str, ...]
    skips: tuple[str, ...]
    spec_edits: tuple[str, ...]
    tasks: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()


class NearMiss(NamedTuple):
    """A line that looks like a reference and is no trailer."""

    line: int
    text: str
    why: str
    value: str


@lru_cache(maxsize=8)  # a gatherer asks first, and the engine again
def references(message: str) -> References:
    """The references of a cleaned message."""
    found = trailers.read(message)
    return References(*(tuple(trailers.values(found, key)) for key in _KEYS))


def near_misses(message: str) -> list[NearMiss]:
    """The lines of a cleaned message that were probably meant as a reference, with what keeps Git from reading them."""
    import re

    looks = re.compile(
        r"(?P<lead>[\s>*•-]*)(?P<key>changes?|change[-_ ]skip)(?P<sep>\s*[:=：]\s*|\s*#\s*)(?P<value>[a-z0-9][\w-]*)[\s.]*",
        re.IGNORECASE,
    )
    lines = message.split("\n")
    start, end, there = trailers.block(message)
    found = []
    for at, line in enumerate(lines):
        match = looks.fullmatch(line)
        if match is None:
            continue
        key = SKIP_KEY if "skip" in match["key"].lower() else KEY
        why = _why_not(match["lead"], match["key"], match["sep"].strip(), key)
        if not why and there and start <= at < end:
            continue  # it is one
        found.append(NearMiss(at + 1, line.strip(), why or _where_not(at, lines), f"{key}: {match['value'].lower()}"))
    return found


def _why_not(lead: str, key: str, separator: str, wanted: str) -> str:
    if lead.strip():
        return "it stands in a list or quotation"
    if lead:
        return "it is indented"
    if key.lower() != wanted.lower():
        return f"the key is '{wanted}'"
    return "" if separator == ":" else "a plain colon must follow the key"


def _where_not(at: int, lines: list[str]) -> str:
    if at == 0:
        return "it is the subject"
    if not any(trailers.is_blank(line) for line in lines[:at]):
        return "no empty line stands before it"
    below = lines[at:]
    while below and trailers.is_blank(below[-1]):
        below.pop()
    if any(trailers.is_blank(line) for line in below):
        return "text follows it, and trailers are the last paragraph"
    return "its paragraph holds lines that are no trailers"
