"""Which changes have touched which requirement, followed through renames, moves and new names of capabilities. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Names(NamedTuple):
    """What one delta does, by the bare ids of requirements; pairs are (old, new), of a move the new one is whole."""

    capability: str
    added: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    rename_to: str | None = None


class Step(NamedTuple):
    """What one change does; ``folder`` is where it lies. ``is_active``: it is not folded yet, so nothing has its names."""

    change: str
    folder: str
    deltas: Sequence[Names]
    is_active: bool = False


class RequirementChange(NamedTuple):
    """A change touches a requirement. ``kind``: added, modified, removed, renamed or moved.

    ``name`` is what the requirement is called after it (empty when it is gone), ``was`` before it (empty when it is
    new); both are whole.
    """

    change: str
    folder: str
    kind: str
    name: str
    was: str


class Chains:
    """The changes of each requirement, under the name that it has, or had last; oldest first."""

    def __init__(self, steps: Iterable[Step]) -> None:
        """``steps``: the folded changes in the order in which they landed, and behind them the active ones."""
        self._chains: dict[str, list[RequirementChange]] = {}
        self._of_capability: dict[str, list[tuple[Step, str, str]]] = {}
        for step in steps:
            if step.is_active:
                self._propose(step)
            else:
                self._fold(step)

    def of(self, name: str) -> list[RequirementChange]:
        """The changes of a requirement; of one that nothing but new names of its capability has touched, these."""
        return self._chains.get(name) or self._begun(name)

    def all(self, living: Iterable[str] = ()) -> dict[str, list[RequirementChange]]:
        """The changes of all requirements that a change has touched, and of those of ``living``."""
        found = {name: chain for name, chain in self._chains.items() if chain}
        return found | {name: chain for name in living if name not in found and (chain := self._begun(name))}

    def _begun(self, name: str) -> list[RequirementChange]:
        """What became of a requirement that no change had touched itself, by new names of its capability."""
        capability, _, requirement = name.rpartition("/")
        return [
            RequirementChange(step.change, step.folder, "moved", f"{new}/{requirement}", f"{old}/{requirement}")
            for step, old, new in self._of_capability.get(capability, ())
        ]

    def _at(self, name: str) -> list[RequirementChange]:
        if name not in self._chains:
            self._chains[name] = self._begun(name)
        return self._chains[name]

    def _rename(self, step: Step, kind: str, old: str, new: str) -> None:
        chain = self._at(old)
        del self._chains[old]
        chain.append(RequirementChange(step.change, step.folder, kind, new, old))
        self._chains[new] = self._chains.get(new, []) + chain  # another one may have had the name before

    def _fold(self, step: Step) -> None:
        # the order of a fold: gitspec.domain.fold_phases
        for d in step.deltas:
            for old, new in d.renamed:
                self._rename(step, "renamed", f"{d.capability}/{old}", f"{d.capability}/{new}")
        for d in step.deltas:
            for old, to in d.moved:
                self._rename(step, "moved", f"{d.capability}/{old}", to)
        for d in step.deltas:
            for kind, ids in (("removed", d.removed), ("modified", d.modified), ("added", d.added)):
                for id_ in ids:
                    name = f"{d.capability}/{id_}"
                    chain = self._chains.setdefault(name, []) if kind == "added" else self._at(name)
                    chain.append(_entry(step, kind, name, name))
        new_names = {d.capability: d.rename_to for d in step.deltas if d.rename_to}
        for old, new in new_names.items():
            for name in [n for n in self._chains if n.rpartition("/")[0] == old and self._lives(n)]:
                self._rename(step, "moved", name, f"{new}/{name.rpartition('/')[2]}")
            self._of_capability[new] = [*self._of_capability.pop(old, ()), (step, old, new)]

    def _lives(self, name: str) -> bool:
        chain = self._chains[name]
        return bool(chain) and chain[-1].name == name

    def _propose(self, step: Step) -> None:
        now: dict[str, str] = {}  # what this change would call it: what it is called
        entries: list[tuple[str, RequirementChange]] = []
        for d in step.deltas:
            for old, new in d.renamed:
                name = f"{d.capability}/{old}"
                now[f"{d.capability}/{new}"] = name
                entries.append((name, _entry(step, "renamed", f"{d.capability}/{new}", name)))
        for d in step.deltas:
            for old, to in d.moved:
                name = now.get(f"{d.capability}/{old}", f"{d.capability}/{old}")
                now[to] = name
                entries.append((name, _entry(step, "moved", to, f"{d.capability}/{old}")))
        for d in step.deltas:
            for kind, ids in (("removed", d.removed), ("modified", d.modified), ("added", d.added)):
                for id_ in ids:
                    name = f"{d.capability}/{id_}"
                    entries.append((now.get(name, name), _entry(step, kind, name, name)))
        for name, entry in entries:
            self._at(name).append(entry)


def _entry(step: Step, kind: str, name: str, was: str) -> RequirementChange:
    return RequirementChange(
        step.change, step.folder, kind, "" if kind == "removed" else name, "" if kind == "added" else was
    )
