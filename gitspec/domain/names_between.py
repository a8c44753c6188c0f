"""What things were called on the other side of a step of history: archived changes that came, or that were taken back.

A step leads from before to after. Of archived changes that came, their renames and moves are undone on the way back; of
those that were taken back they are done again.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gitspec.domain.names_since import Archive, Naming, follow, follow_capability


class Step(NamedTuple):
    """What happened between two states of the living specs, each in the order in which it was folded."""

    came: tuple[Archive, ...] = ()
    taken_back: tuple[Archive, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether no archived change gave anything another name."""
        return not self.came and not self.taken_back


def name_before(name: str, step: Step) -> str | None:
    """What `<capability>/<requirement>`, as it is called after a step, was called before it; None: it was not there."""
    for archive in reversed(step.came):
        name = _undone(name, archive.namings)
    return follow(name, step.taken_back).name


def name_after(name: str, step: Step) -> str | None:
    """What a requirement, as it is called before a step, is called after it; None: it went."""
    for archive in reversed(step.taken_back):
        name = _undone(name, archive.namings)
    return follow(name, step.came).name


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
