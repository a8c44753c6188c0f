"""What helps with names that tests and code cite and that nothing has: what became of them, else what is near."""

from functools import cached_property
from typing import TYPE_CHECKING

from gitspec.domain.citable import Citable, DeltaNames, name_now
from gitspec.store.citable import folded_names
from gitspec.store.lived import Lived

if TYPE_CHECKING:
    from gitspec.store.spec import Spec

_NEAR = 200
"""To so many names the nearest ones are looked for: that takes time for each."""


class WaysOut:
    """Knows a way out for each name; history is read when the first one is asked for."""

    def __init__(self, spec: "Spec", known: Citable) -> None:
        self._spec = spec
        self._known = known
        self._looked = 0

    def of(self, name: str) -> str:
        """Who renamed or removed what ``name`` was, else which names are like it. Raises what reading history raises."""
        now, change = name_now(name, self._folded, self._known.exists)
        if not now:
            return f"change {change} removed it; delete what is no longer wanted"
        if change:
            return f"change {change} renamed it: write {now}"
        self._looked += 1
        if self._looked <= _NEAR and (near := self._known.near(name)):
            return f"did you mean {' or '.join(near)}?"
        requirement, mark, _ = name.partition("#")
        if mark and self._known.exists(requirement):
            return f"its scenarios: gitspec show {requirement}"
        return "write <capability>/<requirement> or <capability>/<requirement>#<scenario>"

    @cached_property
    def _folded(self) -> list[tuple[str, tuple[DeltaNames, ...]]]:
        order = [archive.change for archive in Lived(self._spec).archives()] if self._spec.archived() else []
        return folded_names(self._spec, order)
