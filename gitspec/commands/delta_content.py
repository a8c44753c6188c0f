"""Where the content of `gitspec delta add` and `modify` comes from: a file, standard input, or an editor."""

from typing import TYPE_CHECKING

from gitspec.commands.requirement_input import BadInput, Format, read_requirement
from gitspec.commands.text_input import read_input
from gitspec.domain.ids import RequirementRef
from gitspec.errors import Refused

if TYPE_CHECKING:
    from gitspec.commands.delta import Workshop
    from gitspec.domain.capability import Capability, Requirement
    from gitspec.domain.delta import AddedRequirement

_NEW = """\
# The new requirement of {capability}, as YAML. Lines that start with # are comments; a file left as it is writes nothing.
id:{id}
title:
text: |
  The system MUST
scenarios:
  - id:
    steps: |
      GIVEN
      WHEN
      THEN
"""
_NOW = """\
# {name} as it is now, with the edits of change {change}. Write it as it shall be: the delta will hold the difference.
# Lines that start with # are comments; a file left as it is writes nothing.
"""
_CONFLICT = """\
# {name} as it lives. What change {change} edits is in conflict with it, and not in it:
{conflicts}
# The entry of the change, which what you write here replaces:
{entry}
# Write it as it shall be. Lines that start with # are comments; a file left as it is writes nothing.
"""


class Content:
    """How the content is given. ``source`` is a file's name, ``-``, or None for the editor."""

    def __init__(self, source: str | None, form: Format | None, requirement_id: str | None = None) -> None:
        self._source = source
        self._form = form
        self._id = requirement_id

    def new(self, shop: "Workshop", capability: str) -> "AddedRequirement":
        """The requirement to add to ``capability``."""
        living = shop.living_capability(capability)
        if self._source is not None:
            return self._read(self._source, self._id, None, living)
        template = _NEW.format(capability=capability, id=f" {self._id}" if self._id else "")
        return self._from_editor(shop, f"{capability}.new", template, self._id, None, living)

    def edit(self, shop: "Workshop", capability: str, current: "Requirement") -> "Requirement":
        """What shall become of ``current``, which is a requirement of ``capability``."""
        living = shop.folded.result.capabilities.get(capability) or shop.living_capability(capability)
        if self._source is not None:
            given = self._read(self._source, current.id, current, living)
        else:
            name = f"{capability}/{current.id}"
            text = _conflict(shop, capability, current.id) or _NOW.format(name=name, change=shop.change)
            text += shown(current)
            given = self._from_editor(shop, name, text, current.id, current, living)
        if given.after is not None:
            raise Refused("D028", "`after` places an added requirement", help="delete the line `after:`")
        return plain(given)

    def _read(
        self,
        source: str,
        requirement_id: str | None,
        current: "Requirement | None",
        living: "Capability | None",
    ) -> "AddedRequirement":
        data = read_input(source)
        return read_requirement(
            data, source, form=self._form, requirement_id=requirement_id, current=current, capability=living
        ).requirement

    def _from_editor(
        self,
        shop: "Workshop",
        name: str,
        text: str,
        requirement_id: str | None,
        current: "Requirement | None",
        living: "Capability | None",
    ) -> "AddedRequirement":
        from gitspec.commands.editor import edited, forget

        written, path = edited(shop.repo, f"{shop.change}-{name.replace('/', '-')}.yaml", text)
        if written == text or not written.strip():
            raise Refused(
                "U006",
                "the requirement was left as it was, so nothing was written",
                help="give the content with --from FILE",
            )
        data = written.encode("utf-8", "surrogateescape")
        try:
            given = read_requirement(
                data, path, form=self._form, requirement_id=requirement_id, current=current, capability=living
            )
        except BadInput as error:
            error.help = f"{error.help}\nwhat you typed is kept; mend it and give it with --from '{path}'".strip()
            raise
        forget(path)
        return given.requirement


def _conflict(shop: "Workshop", capability: str, requirement: str) -> str:
    """What to say above a requirement whose entry in the change is in conflict; empty when it is not."""
    from gitspec.yaml.emit import mapping_lines

    conflicts = shop.conflicts(RequirementRef(capability, requirement))
    delta = shop.deltas.get(capability)
    entry = next((e for e in delta.modified if e.id == requirement), None) if delta else None
    if not conflicts or entry is None:
        return ""
    edits = "\n".join(f"#   {line}".rstrip() for line in mapping_lines(entry, 0))
    listed = "\n".join(f"#   {message}" for message in conflicts)
    return _CONFLICT.format(name=f"{capability}/{requirement}", change=shop.change, conflicts=listed, entry=edits)


def shown(requirement: "Requirement") -> str:
    """The YAML of one requirement, without the modeline that a file has."""
    from gitspec.yaml.emit import emit

    lines = emit(requirement).decode().split("\n")
    return "\n".join(lines[1:] if lines[0].startswith("# yaml-language-server:") else lines)


def plain(given: "AddedRequirement") -> "Requirement":
    """The requirement without its place."""
    from gitspec.domain.capability import Requirement

    return Requirement.model_construct(**{name: getattr(given, name) for name in Requirement.model_fields})
