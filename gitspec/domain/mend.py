"""What a refused message most likely lacks: one trailer that its author can be offered."""

from collections.abc import Collection

from gitspec.domain.choice import Choice
from gitspec.domain.commit import CommitFacts
from gitspec.domain.finding import Finding
from gitspec.domain.nearest import nearest
from gitspec.domain.references import KEY, SKIP_KEY, near_misses, references

_ABOUT_REFERENCES = ("R001", "R002", "R003", "R004", "R005", "R008")


def missing_trailer(
    findings: Collection[Finding], facts: CommitFacts, reasons: Collection[str], choice: Choice | None
) -> str:
    """The trailer that mends the message, such as ``Change: add-2fa``; empty when that is anybody's guess.

    ``reasons`` are those that the policy lists for skipping, ``choice`` the change that the commit is for as far as
    anything but its message says.
    """
    refs = references(facts.message)
    if not all(f.code in _ABOUT_REFERENCES for f in findings) or len(refs.changes) + len(refs.skips) > 1:
        return ""
    misses = [] if refs.changes or refs.skips else [miss.value.split(": ", 1) for miss in near_misses(facts.message)]
    active = facts.active | facts.active_before
    for reason in [*refs.skips, *(value for key, value in misses if key == SKIP_KEY)]:
        near = [reason] if reason in reasons else nearest(reason, reasons)
        return f"{SKIP_KEY}: {near[0]}" if near else ""
    for change in [*refs.changes, *(value for key, value in misses if key == KEY)]:
        near = [change] if change in active else nearest(change, active)
        if near:
            return f"{KEY}: {near[0]}"
    return f"{KEY}: {choice.change}" if choice and choice.change in active else ""
