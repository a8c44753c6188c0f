"""What archived changes have made of a name: the renames and moves that a delta from before them must follow."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Naming(NamedTuple):
    """What one delta of an archived change does to names; pairs are (old, new), requirements by their bare ids."""

    capability: str
    renamed: tuple[tuple[str, str], ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    """(id, `<capability>/<requirement>`)"""
    removed: tuple[str, ...] = ()
    rename_to: str | None = None
    retire: bool = False


class Archive(NamedTuple):
    """An archived change, as far as names go."""

    change: str
    namings: tuple[Naming, ...]


class Followed(NamedTuple):
    """Where a name leads now; ``name`` None: it went. ``change``: the last archived change on the way, if any."""

    name: str | None
    change: str = ""


def follow(name: str, archives: Iterable[Archive]) -> Followed:
    """Follow `<capability>/<requirement>` through archived changes, the oldest first."""
    followed = Followed(name)
    for archive in archives:
        if followed.name is None:
            break
        now = _after(followed.name, archive.namings)
        if now != followed.name:
            followed = Followed(now, archive.change)
    return followed


def follow_latest(name: str, archives: Sequence[Archive]) -> Followed:
    """Follow a name of unknown age: from the last archived change that gave it up; as it is when none did."""
    for at in range(len(archives) - 1, -1, -1):
        if _after(name, archives[at].namings) != name:
            return follow(name, archives[at:])
    return Followed(name)


def follow_capability(capability: str, archives: Iterable[Archive]) -> Followed:
    """Follow the id of a capability; None: retired."""
    followed = Followed(capability)
    for archive in archives:
        for naming in archive.namings:
            if naming.capability != followed.name:
                continue
            if naming.retire:
                return Followed(None, archive.change)
            if naming.rename_to:
                followed = Followed(naming.rename_to, archive.change)
                break
    return followed


def _after(name: str, namings: Sequence[Naming]) -> str | None:
    capability, _, requirement = name.rpartition("/")
    new_ids = {n.capability: n.rename_to for n in namings if n.rename_to}
    for naming in namings:
        if naming.capability != capability:
            continue
        if requirement in naming.removed:
            return None
        if to := dict(naming.moved).get(requirement):
            capability, _, requirement = to.rpartition("/")
        else:
            requirement = dict(naming.renamed).get(requirement, requirement)
        break
    return f"{new_ids.get(capability, capability)}/{requirement}"
