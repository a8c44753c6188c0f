"""Changes: `change.yaml`, and what a change is made of."""

from gitspec.domain.kinds import KINDS, Kind
from gitspec.domain.model import ChangeId, Day, Digest, Flag, Line, Model, Pattern, Prose

__all__ = ["KINDS", "Approval", "Change", "Closed", "Kind"]


class Approval(Model):
    """One approval, tied to what was approved."""

    by: Line
    """Who approved: name and e-mail address as Git writes them."""
    day: Day
    """The day, UTC."""
    digest: Digest
    """Digest of the proposal and of the requirements that result."""
    signature: Prose | None = None
    """Signature of the approval with an SSH key, as `ssh-keygen -Y sign` writes it; without one it proves nothing."""


class Closed(Model):
    """How a change ended that was not archived."""

    day: Day
    """The day, UTC."""
    reason: Prose
    """Why the change was given up."""
    superseded_by: ChangeId | None = None
    """The change that takes its place."""


class Change(Model):
    """A unit of work: `change.yaml` in the change's folder."""

    change: ChangeId
    """The id; the name of the folder. Used once, for ever."""
    title: Line
    """What the change is about, in one line."""
    kind: Kind = "feature"
    """What sort of change it is."""
    created: Day
    """The day it was proposed, UTC."""
    scope: tuple[Pattern, ...] = ()
    """Paths that this change may touch, as glob patterns; absent: any."""
    depends_on: tuple[ChangeId, ...] = ()
    """Changes that must be folded before this one."""
    no_deltas: Flag = False
    """True for a change that alters no behaviour: then deltas/ must be empty."""
    approvals: tuple[Approval, ...] = ()
    """Written by `gitspec approve`."""
    closed: Closed | None = None
    """Written by `gitspec close`."""
    imported: Line | None = None
    """Where an imported change came from: such an archived folder is history, not proof."""
    notes: Prose | None = None
    """Prose that fits no other field."""
