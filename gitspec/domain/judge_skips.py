"""Whether a commit that names no change may do without: the reasons that the policy lists, within their limits."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gitspec.domain.code_paths import path_matcher
from gitspec.domain.commit import CommitFacts, Touched
from gitspec.domain.finding import Finding
from gitspec.domain.judge_words import listed, nameable
from gitspec.domain.nearest import nearest
from gitspec.domain.references import KEY, SETTLES_KEY, SKIP_KEY, References
from gitspec.domain.rules import finding

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy, SkipReason


def judge_skips(refs: References, code: Sequence[Touched], facts: CommitFacts, policy: "Policy") -> list[Finding]:
    """Reasons that the policy does not list are always wrong (R005); of those that it lists the limits of one must hold
    (R006, R007). One that is to be settled is told of (R017)."""
    allowed = {skip.reason: skip for skip in policy.skip}
    unknown = [reason for reason in refs.skips if reason not in allowed]
    if unknown:
        known_reasons = ", ".join(allowed) or "none"
        near = [n for reason in unknown for n in nearest(reason, allowed)]
        meant = f"did you mean {near[0]}? " if near else ""
        return [
            finding(
                "R005",
                f"the policy lists no reason '{reason}' to skip",
                facts.place,
                help=f"{meant}listed: {known_reasons}",
            )
            for reason in unknown
        ]
    if refs.changes:
        return []
    found = _beyond_all([allowed[reason] for reason in refs.skips], code, facts)
    reason = to_settle(refs, policy)
    if reason and not found:
        message = f"skipped for '{reason}': it stays listed until a later commit for a change settles it"
        help_ = f"end that commit's message with '{SETTLES_KEY}: <this commit>'; gitspec status lists what is open"
        found.append(finding("R017", message, facts.place, help=help_))
    return found


def to_settle(refs: References, policy: "Policy") -> str:
    """The reason for which a commit skips and that a later one has to settle; empty when there is none."""
    wanted = {skip.reason for skip in policy.skip if skip.settle}
    return "" if refs.changes else next((reason for reason in refs.skips if reason in wanted), "")


def _beyond_all(skips: "Sequence[SkipReason]", code: Sequence[Touched], facts: CommitFacts) -> list[Finding]:
    """What is wrong with the first of the reasons, if none covers the commit."""
    first: list[Finding] = []
    for skip in skips if code else ():
        found = _beyond(skip, code, facts)
        if not found:
            return []
        first = first or found
    return first


def _beyond(skip: "SkipReason", code: Sequence[Touched], facts: CommitFacts) -> list[Finding]:
    help_ = f"split the commit, or name a change: '{KEY}: <id>' ({nameable(facts)})"
    if skip.paths:
        matches = path_matcher(skip.paths)
        outside = [t.path for t in code if not matches(t.path)]
        if outside:
            message = f"'{SKIP_KEY}: {skip.reason}' does not cover {listed(outside)}"
            return [finding("R006", message, facts.place, help=help_)]
    if skip.max_lines is not None:
        binary = [t.path for t in code if facts.lines.get(t.path, 0) is None]
        if binary:
            message = f"'{SKIP_KEY}: {skip.reason}' has a limit of lines, and {listed(binary)} is binary"
            return [finding("R007", message, facts.place, help=help_)]
        total = sum(facts.lines.get(t.path) or 0 for t in code)
        if total > skip.max_lines:
            message = f"'{SKIP_KEY}: {skip.reason}' covers {skip.max_lines} changed lines, and these are {total}"
            return [finding("R007", message, facts.place, help=help_)]
    return []
