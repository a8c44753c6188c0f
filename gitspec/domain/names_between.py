"""What things were called on the other side of a step of history: archived changes that came, or that were taken back.

A step leads from before to after. Of archived changes that came, their renames and moves are undone on the way back; of
those that were taken back they are done again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from gitspec.domain.names_since import Archive, Naming, follow, follow_capability


class Step(NamedTuple):
    """What happened between two states of the living specs, each in the order in which it was folded."""

    came: tuple[Archive, ...] = ()
    taken_back: tuple[Archive, ...] = ()


def names_before(names: Iterable[str], step: Step) -> dict[str, str | None]:
    """What each `<capability>/<requirement>`, as it is called after a step, was called before it; None: it was not there."""
    trail = _Trail(names)
    for archive in reversed(step.came):
        trail.go(_arrivals(archive.namings), _new_ids(archive.namings), partial(_undone, namings=archive.namings))
    for archive in step.taken_back:
        trail.go(
            _departures(archive.namings), set(_old_ids(archive.namings).values()), partial(_followed, archive=archive)
        )
    return trail.names


def names_after(names: Iterable[str], step: Step) -> dict[str, str | None]:
    """What each requirement, as it is called before a step, is called after it; None: it went."""
    return names_before(names, Step(came=step.taken_back, taken_back=step.came))


class _Trail:
    """Many names on their way through archived changes: each change looks only at those that it may touch."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: dict[str, str | None] = {name: name for name in names}
        self._here: dict[str, list[str]] = {name: [name] for name in self.names}

    def go(self, names: Iterable[str], capabilities: Collection[str], way: Callable[[str], str | None]) -> None:
        """Lead ``names``, and all of ``capabilities``, one change further."""
        touched = dict.fromkeys(name for name in names if name in self._here)
        if capabilities:
            touched |= dict.fromkeys(name for name in self._here if name.rpartition("/")[0] in capabilities)
        led = [(way(name), self._here.pop(name)) for name in touched]
        for there, travellers in led:
            if there is not None:
                self._here.setdefault(there, []).extend(travellers)
            self.names.update(dict.fromkeys(travellers, there))


def capability_before(capability: str, step: Step) -> str | None:
    """As ``name_before``, of a capability."""
    for archive in reversed(step.came):
        capability = _old_ids(archive.namings).get(capability, capability)
    return follow_capability(capability, step.taken_back).name


def capability_after(capability: str, step: Step) -> str | None:
    """As ``name_after``, of a capability."""
    for archive in reversed(step.taken_back):
        capability = _old_ids(archive.namings).get(capability, capability)
    return follow_capability(capability, step.came).name


def _followed(name: str, archive: Archive) -> str | None:
    return follow(name, (archive,)).name


def _arrivals(namings: Sequence[Naming]) -> Iterator[str]:
    """The names that requirements may have got from a change."""
    for naming in namings:
        yield from (to for _, to in naming.moved)
        yield from (f"{naming.capability}/{new}" for _, new in naming.renamed)


def _departures(namings: Sequence[Naming]) -> Iterator[str]:
    """The names that requirements may have given up."""
    for naming in namings:
        old = [*(old for old, _ in naming.moved), *(old for old, _ in naming.renamed), *naming.removed]
        yield from (f"{naming.capability}/{requirement}" for requirement in old)


def _new_ids(namings: Iterable[Naming]) -> set[str]:
    return {n.rename_to for n in namings if n.rename_to}


def _old_ids(namings: Iterable[Naming]) -> dict[str, str]:
    return {n.rename_to: n.capability for n in namings if n.rename_to}


def _undone(name: str, namings: Sequence[Naming]) -> str:
    """The name before one archived change. Order of a fold: renamed, moved."""
    capability, _, requirement = name.rpartition("/")
    home = _old_ids(namings).get(capability, capability)
    arrived = {name, f"{home}/{requirement}"}
    for naming in namings:
        for old, to in naming.moved:
            if to in arrived:
                return _unrenamed(naming.capability, old, namings)
    return _unrenamed(home, requirement, namings)


def _unrenamed(capability: str, requirement: str, namings: Sequence[Naming]) -> str:
    for naming in namings:
        if naming.capability == capability:
            for old, new in reversed(naming.renamed):
                if new == requirement:
                    requirement = old
    return f"{capability}/{requirement}"
