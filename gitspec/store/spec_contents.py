"""What single files of spec/ at the tip of a history say: each is parsed when it is asked for, and once."""

from typing import Any, NamedTuple

from gitspec.store import layout
from gitspec.store.spec_files import SpecFiles


class Outline(NamedTuple):
    """A living requirement; ``scenarios`` are their ids."""

    title: str
    scenarios: list[str]


class ChangeHead(NamedTuple):
    """What change.yaml says; no title where it cannot be read."""

    title: str | None
    is_closed: bool


class SpecContents:
    """The living capabilities and the changes of ``files``."""

    def __init__(self, files: SpecFiles) -> None:
        self._files = files
        self._outlines: dict[str, dict[str, Outline] | None] = {}

    def requirements(self, capability: str) -> dict[str, Outline]:
        """The requirements of a living capability by id; nothing when there is none, or it cannot be read."""
        return self._outline(capability) or {}

    def is_readable(self, capability: str) -> bool:
        """False for a living capability that has errors."""
        return self._outline(capability) is not None

    def head(self, change: str) -> ChangeHead:
        """What change.yaml of a change says."""
        from gitspec.domain.change import Change
        from gitspec.yaml.binding import load

        blob = self._blob(change, "change.yaml")
        found = load(Change, self._files.read(blob), "change.yaml").value if blob else None
        return ChangeHead(found.title, found.closed is not None) if found else ChangeHead(None, is_closed=False)

    def tasks(self, change: str) -> list[dict[str, Any]]:
        """The tasks of a change: id, text, status, requirement (or None)."""
        from gitspec.markdown.checklist import read_checklist

        blob = self._blob(change, "tasks.md")
        items = read_checklist(self._files.read(blob), "tasks.md").items if blob else ()
        return [{"id": i.id, "text": i.text, "status": i.status, "requirement": i.requirement} for i in items]

    def _blob(self, change: str, name: str) -> str | None:
        return self._files.change(change)[1].get(name)

    def _outline(self, capability: str) -> dict[str, Outline] | None:
        if capability not in self._outlines:
            from gitspec.domain.capability import Capability
            from gitspec.domain.ids import derived_title
            from gitspec.yaml.binding import load

            oid = self._files.living(capability)
            if not oid:
                return {}
            model = load(Capability, self._files.read(oid), layout.capability_path(capability)).value
            self._outlines[capability] = None
            if model is not None:
                self._outlines[capability] = {
                    r.id: Outline(r.title or derived_title(r.id), [scenario.id for scenario in r.scenarios])
                    for r in model.requirements
                }
        return self._outlines[capability]
