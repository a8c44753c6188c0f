"""Which change a commit is for, by what it says itself. Pure; who follows it further is gitspec.commands.why_commits."""

import re
from collections.abc import Callable, Collection
from typing import Literal, NamedTuple

from gitspec.domain.origins import ORIGIN
from gitspec.domain.reference_patterns import LOOKED_AT, MOST, PLACE, PatternReference
from gitspec.domain.references import references

How = Literal[
    "trailer",  # `Change: <id>`
    "pattern",  # a pattern of the policy
    "skip",  # `Change-Skip: <reason>`
    "revert",  # the commit that it says it reverts is for the change
    "pick",  # the commit that it says it was picked from is
    "text",  # a line `Change: <id>` that is no trailer, as in the message of a squash
    "folder",  # it touches the folder of this change, and of no other
    "merge",  # a merge that brought it in names the change
    "ticket",  # a pattern of the policy found a ticket, and nothing names a change
    "before",  # the commit is older than the policy
    "none",  # nothing says why
    "shallow",  # the clone is shallow: whose line it is cannot be told
    "uncommitted",  # the line is not committed yet
]
NAMED: frozenset[How] = frozenset(["trailer", "pattern", "revert", "pick", "text", "folder", "merge"])
"""The answers that name changes."""

_LOOSE = re.compile(r"^[ \t>*-]{0,8}Change: ([a-z0-9-]{1,80})[ \t\r]*$", re.MULTILINE)
Found = Callable[[str], tuple[PatternReference, ...]]
Origin = tuple[Literal["revert", "pick"], str]


class Said(NamedTuple):
    """What the message of a commit says. ``loose`` are ids of lines that look like references and are no trailers,
    ``origins`` the commits that it says it reverts or was picked from, by what it calls them.
    """

    changes: tuple[str, ...]
    skips: tuple[str, ...]
    tasks: tuple[str, ...]
    specs: tuple[str, ...]
    patterns: tuple[PatternReference, ...]
    loose: tuple[str, ...]
    origins: tuple[Origin, ...]


class Because(NamedTuple):
    """How a commit came to its changes. ``via`` is the id of another commit that names them, ``said`` the text that does;
    ``tickets`` are those that the commit names, or else a merge that brought it in.
    """

    how: How
    changes: tuple[str, ...] = ()
    via: str = ""
    said: str = ""
    tickets: tuple[str, ...] = ()


def said_by(message: str, find: Found) -> Said:
    """What a message says; ``find`` as gitspec.domain.reference_patterns.pattern_finder makes it."""
    refs = references(message)
    head = message[:LOOKED_AT]
    loose = dict.fromkeys(match[1] for match, _ in zip(_LOOSE.finditer(head), range(MOST), strict=False))
    origins: dict[Origin, None] = {}
    for match, _ in zip(ORIGIN.finditer(head), range(MOST), strict=False):
        origins["revert" if match[1].startswith("This") else "pick", match[2]] = None
    return Said(refs.changes, refs.skips, refs.tasks, refs.specs, find(message), tuple(loose), tuple(origins))


def named_by(said: Said, known: Collection[str]) -> Because | None:
    """The changes that a message names by trailers or patterns; ``known`` are the ids of the changes that there are.

    What a pattern takes for a change is believed when there is one of that id, or when the pattern has text of its own
    and finds none that there is: a pattern that is nothing but {id} finds any word with a hyphen.
    """
    if said.changes:
        return Because("trailer", said.changes, said=f"Change: {said.changes[0]}")
    found = [one for one in said.patterns if one.kind == "change"]
    found = [one for one in found if one.value in known] or [one for one in found if one.pattern.strip() != PLACE]
    return Because("pattern", tuple(one.value for one in found), said=found[0].pattern) if found else None


def in_text(said: Said, known: Collection[str]) -> Because | None:
    """The changes that lines of the text name where Git reads no trailers, as squash merges leave them."""
    found = tuple(one for one in said.loose if one in known)
    return Because("text", found, said=f"Change: {found[0]}") if found else None


def without_change(said: Said, *, has_policy: bool) -> Because:
    """What is left to say of a commit that names no change and that nothing else does. ``has_policy``: at that commit."""
    return by_ticket(said) or Because("none" if has_policy else "before")


def by_ticket(said: Said, via: str = "") -> Because | None:
    """The tickets that a message names; of a merge ``via``, for what it brought in."""
    found = [one for one in said.patterns if one.kind != "change"]
    return Because("ticket", (), via, found[0].pattern, tickets_of(said)) if found else None


def tickets_of(said: Said) -> tuple[str, ...]:
    """The tickets that a message names."""
    return tuple(one.value for one in said.patterns if one.kind != "change")
