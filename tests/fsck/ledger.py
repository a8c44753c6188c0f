"""An oracle for whole histories that knows nothing of deltas, folding or Git: who wanted what, and who has landed.

Specs are taken apart into flat facts, each under the mark of the thing it is about, which no edit touches (see
``tests.domain.histories``). A change is the difference between what its author saw and wanted, as facts. What must live
on a branch is what its changes give, one after the other in the order in which they landed there; those that were taken
back do not count. Two changes that disagree must have been reported before the second one lands.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gitspec.domain.capability import steps_text
from tests.domain.histories import MARK
from tests.domain.specs import Living

Fact = tuple[str, ...]
Facts = dict[Fact, str]
_FIELDS = ("title", "text", "rationale", "notes", "deferred")


class Wish(NamedTuple):
    """What a change sets and what it removes, and what its author saw there."""

    saw: Facts
    sets: Facts
    drops: frozenset[Fact]


def flat(specs: Living) -> Facts:
    """Everything that the specs say; a requirement's home and the target of a link are named by their marks."""
    found: Facts = {}
    marks = {f"{name}/{r.id}": r.attributes[MARK] for name, spec in specs.items() for r in spec.requirements}
    for name, spec in specs.items():
        home = spec.notes or name
        found[home, "name"], found[home, "purpose"] = name, spec.purpose or ""
        for r in spec.requirements:
            mark = r.attributes[MARK]
            assert (mark, "id") not in found, f"{mark} is there twice"
            found[mark, "home"], found[mark, "id"] = home, r.id
            found.update({(mark, field): getattr(r, field) or "" for field in _FIELDS})
            found.update({(mark, "tag", tag): "yes" for tag in r.tags})
            links = ((kind, target) for kind, targets in r.links.items() for target in targets)
            found.update(
                {(mark, "link", kind, marks.get(target, f"nothing: {target}")): "yes" for kind, target in links}
            )
            for s in r.scenarios:
                key = (mark, "scenario", s.steps[0].text)
                assert (*key, "id") not in found, f"{key} is there twice"
                found[(*key, "id")], found[(*key, "steps")] = s.id, steps_text(s.steps)
                found[(*key, "title")], found[(*key, "notes")] = s.title or "", s.notes or ""
    return found


def wish(seen: Living, wanted: Living) -> Wish:
    """What an author wants who saw ``seen`` and would have ``wanted``."""
    before, after = flat(seen), flat(wanted)
    sets = {key: value for key, value in after.items() if before.get(key) != value}
    drops = frozenset(before.keys() - after.keys())
    return Wish({key: value for key, value in before.items() if key in sets or key in drops}, sets, drops)


def expected(landed: Iterable[str], wishes: Mapping[str, Wish]) -> Facts:
    """What must live when these changes have landed in this order.

    Fails when one overwrites what its author did not see: that must have been reported, and it has landed. The removal of
    something under a new name follows the name.
    """
    found: Facts = {}
    for change in landed:
        saw, sets, drops = wishes[change]
        for key in sets.keys() | drops:
            is_seen = found.get(key) in (saw.get(key), sets.get(key))
            assert is_seen or (key in drops and key[-1] in ("id", "home")), (
                f"{change} overwrites {' '.join(key)}: {found.get(key)!r}, its author saw {saw.get(key)!r}"
            )
        for key in drops:
            found.pop(key, None)
        found.update(sets)
    return found


def merged(base: Iterable[str], ours: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    """The changes that have landed after a merge: what either side has landed or taken back since ``base``."""
    old, here, there = set(base), tuple(ours), tuple(theirs)
    kept = [change for change in here if change not in old or change in there]
    return (*kept, *(change for change in there if change not in here and change not in old))


def scenarios(found: Facts) -> set[Fact]:
    """The scenarios among facts, by their marks."""
    return {key[:3] for key in found if key[-1] == "steps" and key[1] == "scenario"}


def differences(found: Facts, wanted: Facts) -> list[str]:
    """Where living facts are not the expected ones, in words.

    A capability that was taken back and comes again with another change is a home as before: what counts is its id. When
    that change only adds to it, it comes without a mark.
    """
    keys = sorted(key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key))
    return [
        f"{' '.join(key)}: {found.get(key)!r} instead of {wanted.get(key)!r}"
        for key in keys
        if not (key[-1] == "home" and key in found and (wanted.get(key, ""), "name") not in wanted)
        and not (key[-1] in ("name", "purpose") and key[0] == found.get((key[0], "name")))
    ]
