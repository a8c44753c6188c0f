"""The commit-msg hook's accepted path for a commit that skips: few lines, for a reason that has no other limit."""

from gitspec.domain.places import POLICY, SPEC
from gitspec.git.light import answer, indexed, is_harmless, is_special, policy_facts, start

_DIFF = (
    "diff-index",
    "--cached",
    "--raw",
    "--numstat",
    "-z",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "HEAD",
    "--",
)


def may_skip(reasons: list[str]) -> bool:
    """Whether the policy surely lists the reasons, and all that the commit touches is within the limit of one of them.

    To be called as ``accepted.accepts``. All lines outside of spec/ are counted: no fewer than those of code.
    """
    if is_special():
        return False
    child = start([*_DIFF])
    policy = indexed([POLICY]).get(POLICY)
    touched = answer(child)
    known = policy_facts(policy) if policy else None
    if touched is None or known is None or any(reason not in known[1] for reason in reasons):
        return False
    fields = touched.decode("latin-1").split("\0")[:-1]
    lines = at = 0
    while at < len(fields) and fields[at].startswith(":"):
        if not is_harmless(fields[at], fields[at + 1]):
            return False
        at += 2
    for row in fields[at:]:
        added, removed, path = row.split("\t", 2)
        if not path.startswith(f"{SPEC}/"):
            if added == "-":  # binary
                return False
            lines += int(added) + int(removed)
    return lines <= max(known[1][reason] for reason in reasons)
