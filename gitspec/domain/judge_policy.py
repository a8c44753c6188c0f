"""What is wrong with a policy that its schema lets pass. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from gitspec.domain.branches import branch_matcher
from gitspec.domain.code_paths import covers_everything
from gitspec.domain.policy import Policy
from gitspec.domain.reference_patterns import pattern_problem


class PolicyProblem(NamedTuple):
    """``loc`` are the keys and indices that lead to it; it is a warning: the policy holds as it is written."""

    loc: tuple[str | int, ...]
    message: str
    help: str


def policy_problems(policy: Policy) -> Iterator[PolicyProblem]:
    """Rules that cannot do what they were written for."""
    seen: set[str] = set()
    for index, skip in enumerate(policy.skip):
        if skip.reason in seen:
            yield PolicyProblem(
                ("skip", index), f"the reason '{skip.reason}' stands twice, and the last one holds", "delete one"
            )
        seen.add(skip.reason)
    if policy.approvals.need == "recorded" and not any(who.key for who in policy.approvals.by):
        yield PolicyProblem(
            ("approvals", "need"),
            "nobody can approve: no address under approvals.by has a key",
            "list under `by` an email and a key such as ssh-ed25519 AAAA…",
        )
    if policy.approvals.need != "recorded" and policy.approvals.by:
        yield PolicyProblem(
            ("approvals", "by"), f"counts for nothing with `need: {policy.approvals.need}`", "say `need: recorded`"
        )
    for index, bot in enumerate(policy.bots):
        if covers_everything(bot.paths):
            yield PolicyProblem(
                ("bots", index),
                f"whoever writes an address of '{bot.name}' into a commit may touch all code without a reference",
                "list the paths that it writes, such as **/package.json",
            )
    if policy.archive.on_merge == "auto" and not branch_matcher(policy.protected.branches)(policy.archive.branch):
        yield PolicyProblem(
            ("archive", "branch"), f"'{policy.archive.branch}' is not protected", "list it under protected.branches"
        )
    for index, pattern in enumerate(policy.references.patterns):
        if wrong := pattern_problem(pattern):
            yield PolicyProblem(("references", "patterns", index), wrong.message, wrong.help)
