"""What a gate or `gitspec check` has to say, as data: one place renders it for people and machines."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitspec.domain.finding import Finding, has_errors


class CommitReport(NamedTuple):
    """One judged commit. ``commit`` is its full id, empty for one that is not made yet."""

    commit: str
    subject: str
    author: str
    findings: tuple[Finding, ...] = ()
    exempt: str = ""
    """Why nothing was asked of it: `before the policy`, or the name of a bot; empty when it was judged."""
    changes: tuple[str, ...] = ()
    """The changes that it names."""


class RefReport(NamedTuple):
    """One ref that shall move. ``old`` or ``new`` is empty when it is made or deleted."""

    ref: str
    old: str
    new: str
    findings: tuple[Finding, ...] = ()


class Report(NamedTuple):
    """All that was judged at once. ``commits`` come parents first."""

    commits: tuple[CommitReport, ...] = ()
    refs: tuple[RefReport, ...] = ()
    notes: tuple[Finding, ...] = ()
    """About the whole: a policy that changes, what stays to be settled."""
    policy: str = ""
    """Where the policy that judged was read: a commit id, `index`, or empty when there is none."""
    range: str = ""
    """What was asked for, in the words of whoever asked."""

    def findings(self) -> Iterator[tuple[CommitReport | RefReport | None, Finding]]:
        """Every finding with what it is about; None: the whole."""
        for note in self.notes:
            yield None, note
        for ref in self.refs:
            yield from ((ref, f) for f in ref.findings)
        for commit in self.commits:
            yield from ((commit, f) for f in commit.findings)

    def is_refused(self, *, strict: bool = False) -> bool:
        """Whether the check fails; ``strict`` counts warnings too."""
        return has_errors([f for _, f in self.findings()], strict=strict)


def of_one(findings: Sequence[Finding], *, range: str = "", policy: str = "", subject: str = "") -> Report:  # noqa: A002
    """The report on one commit that is not made yet."""
    return Report((CommitReport("", subject, "", tuple(findings)),), policy=policy, range=range)
