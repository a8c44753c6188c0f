"""What a report holds: living specs with all that history knows of them. Plain data, in the order it is shown in."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gitspec.commands.progress import Counts, NextStep
from gitspec.domain.task_status import ENDED, Item


class Place(NamedTuple):
    """A line that names a requirement or a scenario."""

    path: str
    line: int
    scenario: str
    """Empty when it names the requirement as a whole."""


class Stray(NamedTuple):
    """A test that names what does not exist."""

    name: str
    path: str
    line: int


class NamedCommit(NamedTuple):
    """A commit that a change or a requirement is named by. ``time``: seconds since 1970, UTC."""

    oid: str
    subject: str
    time: int
    is_reverted: bool


class Touch(NamedTuple):
    """What one change does to one requirement."""

    change: str
    kind: str
    """added, modified, removed, renamed or moved."""
    day: str
    """When the change was archived; empty while it is active."""
    was: str
    """The name that the requirement had before, when it had another."""
    commit: str
    """The commit that archived the change; empty when it is not known."""
    release: str
    """The first release that holds it; empty when none does."""


class ReportedRequirement(NamedTuple):
    """A living requirement; ``data`` is shaped as in its file."""

    name: str
    title: str
    data: Mapping[str, Any]
    touches: tuple[Touch, ...]
    """Oldest first; those of active changes last."""
    tests: tuple[Place, ...]
    """Those that name it or one of its scenarios; not those that name a scenario which it has not."""
    cited: tuple[Place, ...]
    """Where other files name it."""
    commits: tuple[NamedCommit, ...]
    """Those that name it or one of its scenarios (`Spec:`), by this or a former name, newest first."""
    untested: tuple[str, ...]
    """Its scenarios that no test names; none when it is deferred, for then no test is asked for."""

    @property
    def lacks_tests(self) -> bool:
        """Whether no test names it or one of its scenarios, though one should."""
        return not self.tests and not self.data.get("deferred")

    @property
    def release(self) -> str:
        """The first release that holds it as it is now; empty when none does."""
        landed = [touch for touch in self.touches if touch.day]
        return landed[-1].release if landed else ""


class ReportedCapability(NamedTuple):
    """A living capability; ``problem`` says why it cannot be read, and nothing else of it is known then."""

    id: str
    path: str
    title: str
    data: Mapping[str, Any]
    requirements: tuple[ReportedRequirement, ...]
    problem: str = ""


class ReportedChange(NamedTuple):
    """A change: active when ``day`` is empty, else archived (or closed) on that day."""

    id: str
    path: str
    title: str
    kind: str
    created: str
    day: str
    why: str
    """The section `## Why` of its proposal."""
    state: str
    """Of an active change, as `gitspec status` says; else archived or closed."""
    closed: str
    """The reason for which it was closed."""
    is_imported: bool
    next: NextStep | None
    counts: Counts
    tasks: tuple[Item, ...]
    capabilities: tuple[str, ...]
    touched: tuple[tuple[str, str], ...]
    """(what it does, name of the requirement that it does it to, as it is called today)."""
    commits: tuple[NamedCommit, ...]
    """The commits that name it, newest first, without those that archive."""
    commit: str
    """The commit that archived it."""
    release: str
    doubts: tuple[str, ...] = ()
    """Where its tasks and history disagree."""
    held: frozenset[str] = frozenset()
    """Tasks that are ticked, and that the policy holds for open."""

    @property
    def open_tasks(self) -> tuple[Item, ...]:
        """The tasks with something left to do."""
        return tuple(task for task in self.tasks if task.status not in ENDED or task.id in self.held)


class Report(NamedTuple):
    """Everything that a report shows, as of one commit (``commit``, empty when there is none yet)."""

    at: str
    """What was read: a commit's id, or `work tree`."""
    commit: str
    time: int
    """When ``commit`` was made: seconds since 1970, UTC."""
    capabilities: tuple[ReportedCapability, ...]
    changes: tuple[ReportedChange, ...]
    archived: tuple[ReportedChange, ...]
    """Newest first."""
    strays: tuple[Stray, ...]

    @property
    def requirements(self) -> tuple[ReportedRequirement, ...]:
        """All living requirements."""
        return tuple(r for capability in self.capabilities for r in capability.requirements)


class Gaps(NamedTuple):
    """What is missing between specs, commits and tests."""

    broken: tuple[ReportedCapability, ...]
    strays: tuple[Stray, ...]
    """Tests that name what does not exist."""
    untested: tuple[ReportedRequirement, ...]
    """Requirements that no test names, and none of their scenarios."""
    scenarios: tuple[tuple[ReportedRequirement, str], ...]
    """Scenarios that no test names."""
    without_commits: tuple[ReportedChange, ...]
    """Changes that no commit names, active ones first; not what was imported or closed."""
    open_tasks: tuple[ReportedChange, ...]
    """Changes with tasks that have not ended; not what was archived before it was imported."""


def gaps_of(report: Report) -> Gaps:
    """What is missing."""
    requirements = report.requirements
    everything = (*report.changes, *report.archived)
    return Gaps(
        tuple(c for c in report.capabilities if c.problem),
        report.strays,
        tuple(r for r in requirements if r.lacks_tests),
        tuple((r, scenario) for r in requirements for scenario in r.untested),
        tuple(c for c in everything if not c.commits and not c.closed and not c.is_imported),
        tuple(c for c in everything if c.open_tasks and not c.closed and not (c.day and c.is_imported)),
    )
