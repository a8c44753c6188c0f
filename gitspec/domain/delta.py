"""Deltas: what one change does to one capability, from what, to what.

`before` and `after` of an edit are spelled `from` and `to` in the file. For an optional field an absent `from` means
that the field was absent, an absent `to` that it goes.
"""

from pydantic import Field

from gitspec.domain.capability import LinkType, Requirement, Scenario, Steps
from gitspec.domain.model import (
    CapabilityId,
    Digest,
    Flag,
    Key,
    Line,
    Model,
    Prose,
    RequirementId,
    RequirementName,
    ScenarioId,
)

Seen = dict[Key, Digest]
"""Digest of each part of a requirement as the author saw it: `text`, and each scenario by its id."""


class TextEdit(Model):
    """An edit of prose."""

    before: Prose | None = Field(default=None, alias="from")
    """The text as the author saw it."""
    after: Prose | None = Field(default=None, alias="to")
    """The text as it shall be."""


class LineEdit(Model):
    """An edit of a text of one line."""

    before: Line | None = Field(default=None, alias="from")
    """The line as the author saw it."""
    after: Line | None = Field(default=None, alias="to")
    """The line as it shall be."""


class StepsEdit(Model):
    """An edit of the steps of a scenario."""

    before: Steps | None = Field(default=None, alias="from")
    """The steps as the author saw them."""
    after: Steps | None = Field(default=None, alias="to")
    """The steps as they shall be."""


class TagsEdit(Model):
    """Tags that come and go."""

    added: tuple[Line, ...] = ()
    """Tags to add."""
    removed: tuple[Line, ...] = ()
    """Tags to remove."""


class LinksEdit(Model):
    """Links that come and go."""

    added: dict[LinkType, tuple[RequirementName, ...]] = Field(default_factory=dict)
    """Links to add, by kind."""
    removed: dict[LinkType, tuple[RequirementName, ...]] = Field(default_factory=dict)
    """Links to remove, by kind."""


class AddedScenario(Scenario):
    """A whole new scenario."""

    after: ScenarioId | None = None
    """The scenario to put it behind; at the end when absent."""


class ModifiedScenario(Model):
    """The parts of a scenario that change."""

    id: ScenarioId
    """The scenario as it is called now."""
    title: LineEdit | None = None
    """Edit of the title."""
    steps: StepsEdit | None = None
    """Edit of the steps."""
    notes: TextEdit | None = None
    """Edit of the notes."""


class RenamedScenario(Model):
    """A scenario that gets a new id."""

    id: ScenarioId
    """The id it has now."""
    to: ScenarioId
    """The id it shall have."""
    title: LineEdit | None = None
    """Edit of the title that goes with it."""


class RemovedScenario(Model):
    """A scenario that goes."""

    id: ScenarioId
    """The scenario."""
    reason: Prose | None = None
    """Why it goes."""


class ScenarioEdits(Model):
    """What happens to the scenarios of a modified requirement; all others stay."""

    added: tuple[AddedScenario, ...] = ()
    """New scenarios."""
    modified: tuple[ModifiedScenario, ...] = ()
    """Edited scenarios, under their present ids."""
    renamed: tuple[RenamedScenario, ...] = ()
    """Scenarios that get a new id."""
    removed: tuple[RemovedScenario, ...] = ()
    """Scenarios that go."""


class AddedRequirement(Requirement):
    """A whole new requirement."""

    after: RequirementId | None = None
    """The requirement to put it behind; at the end when absent."""


class ModifiedRequirement(Model):
    """Only the parts of a requirement that change, each from what to what."""

    id: RequirementId
    """The requirement, under the id it has once `renamed` is applied."""
    seen: Seen | None = None
    """Written by the tool; fill with `gitspec delta stamp`."""
    title: LineEdit | None = None
    """Edit of the title."""
    text: TextEdit | None = None
    """Edit of the text."""
    rationale: TextEdit | None = None
    """Edit of the rationale."""
    tags: TagsEdit | None = None
    """Tags that come and go."""
    links: LinksEdit | None = None
    """Links that come and go."""
    attributes: dict[Key, LineEdit] = Field(default_factory=dict)
    """Edits of attributes, by name."""
    deferred: TextEdit | None = None
    """Edit of the reason for which the requirement is deferred."""
    notes: TextEdit | None = None
    """Edit of the notes."""
    scenarios: ScenarioEdits | None = None
    """What happens to scenarios."""


class RemovedRequirement(Model):
    """A requirement that goes."""

    id: RequirementId
    """The requirement."""
    seen: Seen | None = None
    """Written by the tool; fill with `gitspec delta stamp`."""
    reason: Prose | None = None
    """Why it goes."""
    migration: Prose | None = None
    """What its users do instead."""
    notes: Prose | None = None
    """Prose that fits no other field."""


class RenamedRequirement(Model):
    """A requirement that gets a new id."""

    id: RequirementId
    """The id it has now."""
    to: RequirementId
    """The id it shall have."""
    title: LineEdit | None = None
    """Edit of the title that goes with it."""


class MovedRequirement(Model):
    """A requirement that goes to another capability."""

    id: RequirementId
    """The id it has here."""
    to: RequirementName
    """The capability and id that it shall have."""


class RecordedConflict(Model):
    """A conflict that `gitspec rebase` could not merge; delete the entry once it is decided."""

    requirement: RequirementId | None = None
    """The requirement; absent when it is about the capability itself."""
    part: str
    """`text`, a field, or the id of a scenario."""
    seen: Prose | None = None
    """The part as the author saw it."""
    living: Prose | None = None
    """The part as it is now."""
    yours: Prose | None = None
    """The part as the author wants it."""


class Delta(Model):
    """What one change does to one capability."""

    capability: CapabilityId
    """The capability; the file's path below deltas/ without `.yaml`."""
    title: Line | LineEdit | None = None
    """The title of a new capability, or the edit of a living one's."""
    purpose: Prose | TextEdit | None = None
    """The purpose of a new capability, or the edit of a living one's."""
    capability_notes: Prose | TextEdit | None = None
    """The notes of a new capability, or the edit of a living one's."""
    rename_to: CapabilityId | None = None
    """The id that the capability shall have."""
    retire: Flag = False
    """True: the capability goes when its last requirement goes."""
    renamed: tuple[RenamedRequirement, ...] = ()
    """Requirements that get a new id."""
    moved: tuple[MovedRequirement, ...] = ()
    """Requirements that go to another capability."""
    removed: tuple[RemovedRequirement, ...] = ()
    """Requirements that go."""
    modified: tuple[ModifiedRequirement, ...] = ()
    """Requirements that change."""
    added: tuple[AddedRequirement, ...] = ()
    """New requirements."""
    conflicts: tuple[RecordedConflict, ...] = ()
    """Conflicts that `gitspec rebase` left to be decided."""
    notes: Prose | None = None
    """Prose about this delta that fits no other field."""
