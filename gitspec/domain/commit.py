"""Facts of a commit, made or about to be made: what the engine judges. Plain data, gathered at the edges."""

from collections.abc import Mapping
from typing import NamedTuple

from gitspec.domain.finding import Finding

MODE_FILE = 0o100644


class Touched(NamedTuple):
    """A path that the commit adds, changes or removes; a mode of 0 means that there is nothing."""

    path: str
    old_mode: int
    new_mode: int


class Identity(NamedTuple):
    """Who made or recorded a commit, as its object says: anybody can write anything there."""

    name: str = ""
    email: str = ""


class Named(NamedTuple):
    """A commit that the message says it reverts or was picked from, and that exists: what it references."""

    oid: str
    changes: tuple[str, ...]


class CommitFacts(NamedTuple):
    """One commit as the engine sees it.

    ``touched`` is its difference to its first parent; for a merge only what the automatic merge of its parents does not
    give. ``active`` and ``archived`` hold ids of changes in its tree, the ``_before`` ones in its first parent's.
    ``archived`` maps the id to the folder. ``lines`` counts added and removed lines by path, None for a binary file; it
    may be empty when the message asks for no skip.
    """

    message: str
    """As it is recorded, after clean-up."""
    touched: tuple[Touched, ...]
    active: frozenset[str]
    active_before: frozenset[str]
    archived: Mapping[str, str]
    archived_before: Mapping[str, str]
    governed: bool = True
    """Whether the first parent already had a policy: False for the commit that brings it in."""
    parents: int = 1
    named: tuple[Named, ...] = ()
    lines: Mapping[str, int | None] = {}
    local: bool = False
    """Judged by a local hook: commits for autosquash may still go without a reference."""
    place: str = ""
    """What to call the message in findings: a path, or a commit."""
    landing: bool = False
    """Judged for a protected branch, where commits for autosquash have no place."""
    author: Identity = Identity()
    committer: Identity = Identity()
    scopes: Mapping[str, tuple[str, ...]] = {}
    """The scope of each referenced change: of the branch it lands on if that knows it, else of the commit's tree; also
    of an archived one that a revert names. One that is missing here is not held to a scope."""
    unapproved: Mapping[str, str] = {}
    """Referenced changes that are not approved as the policy asks, with the reason; empty when it asks for nothing."""
    linked: frozenset[str] = frozenset()
    """Paths that symbolic links of code lead to, in the commit's tree (``code_paths.link_target``): they are code too.

    Local hooks may leave it empty.
    """
    layout: tuple[Finding, ...] = ()
    """What the layout has against paths below spec/ that the commit adds or changes (``store.closed``): spec/ is closed."""
    attributes: str = ""
    """The lines of the top .gitattributes that the commit has and its first parent has not, when it touches that file."""
    tasks: Mapping[str, frozenset[str]] = {}
    """When the message has ``Task:``: for each referenced change the numbers of its tasks, here and in the first parent."""
    specs: Mapping[str, bool] = {}
    """For each value of ``Spec:`` whether it names a requirement that lives here or in the first parent, or that a
    referenced change adds."""
    settles: Mapping[str, bool] = {}
    """For each value of ``Settles:`` whether it names an ancestor that skips for a reason to settle
    (``commands.emergencies.settles``)."""
