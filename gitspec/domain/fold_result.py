"""What a fold gives back: the capabilities that changed, the conflicts, and what happened, all as data."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability

Loc = tuple[str | int, ...]
"""A place in a delta file: keys as they are spelled there, and indices from 0, as in ("modified", 0, "text", "from")."""

ANY_CHANGE = "<change>"
"""Stands for the id of the change in helps while the caller has not given it."""


class Conflict(NamedTuple):
    """Why an entry of a delta cannot be folded as it is.

    ``capability`` is that of the delta, ``loc`` the place in it. ``part`` is `text`, a field, or the id of a scenario;
    ``seen``, ``living`` and ``yours`` hold the part as the author saw it, as it is now and as the author wants it,
    where they are known (of a part that only `seen` mentions the author's text is not).
    """

    code: str
    capability: str
    requirement: str
    part: str
    seen: str | None
    living: str | None
    yours: str | None
    message: str
    help: str
    loc: Loc = ()


class Touched(NamedTuple):
    """What a fold did to one capability, with ids as they are afterwards and in the order of the delta.

    ``unchanged`` names requirements whose entries were applied already.
    """

    capability: str
    was: str = ""
    """The id before, when the capability was renamed."""
    created: bool = False
    retired: bool = False
    fields: tuple[str, ...] = ()
    """Of `title`, `purpose` and `notes` those that changed."""
    renamed: tuple[tuple[str, str], ...] = ()
    """(old id, new id)"""
    moved_in: tuple[tuple[str, str], ...] = ()
    """(name before, id here)"""
    moved_out: tuple[tuple[str, str], ...] = ()
    """(id here, name after)"""
    removed: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


class FoldResult(NamedTuple):
    """``capabilities`` holds only those that changed; None: the capability is gone.

    With conflicts, the entries that conflict are left out as a whole (but for links, which are judged at the end) and
    the rest is there to be looked at, not to be written. A renamed capability is there twice: None under its old id, and under the new one (see ``Touched.was``).
    """

    capabilities: "dict[str, Capability | None]"
    conflicts: tuple[Conflict, ...]
    touched: tuple[Touched, ...]


class Entry(NamedTuple):
    """The entry of a delta that is being folded: it makes its conflicts."""

    change: str
    capability: str
    requirement: str
    loc: Loc

    @property
    def name(self) -> str:
        return f"{self.capability}/{self.requirement}"

    def conflict(
        self,
        code: str,
        message: str,
        help: str,  # noqa: A002
        *,
        at: Loc = (),
        part: str = "",
        seen: str | None = None,
        living: str | None = None,
        yours: str | None = None,
    ) -> Conflict:
        """A conflict of this entry, ``at`` a place inside it."""
        return Conflict(
            code, self.capability, self.requirement, part, seen, living, yours, message, help, self.loc + at
        )
