"""What an approval covers, and why one does not count. Pure: signatures are verified elsewhere, by ``Verify``.

An approval is a signature over a short text that names the change, who approves, the day, and a SHA-256 over the
proposal and the requirements that result. Text in change.yaml alone proves nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from gitspec.domain.bots import canonical_email
from gitspec.domain.capability import Capability
from gitspec.domain.change import Approval
from gitspec.domain.fold_result import FoldResult
from gitspec.domain.policy import ApprovalRules

NAMESPACE = "gitspec-approval"
"""What signatures are made for, as `ssh-keygen -Y sign -n` has it: none made for something else counts."""
DIGITS = 12

Verify = Callable[[bytes, str, str, str], bool]
"""(payload, signature, address, public key) -> whether the key made the signature."""


def content_digest(proposal: bytes, before: Mapping[str, Capability], result: FoldResult) -> str:
    """SHA-256, as 64 hex digits, over proposal.md and what the fold makes of the requirements that it touches.

    White space at the ends of lines and of the file does not count.
    """
    lines = proposal.decode("utf-8", "surrogateescape").replace("\r\n", "\n").rstrip().split("\n")
    text = "\n".join(line.rstrip() for line in lines)
    resulting = {name: _resulting(before.get(name), after) for name, after in sorted(result.capabilities.items())}
    data = json.dumps({"proposal": text, "result": resulting}, sort_keys=True, separators=(",", ":"))
    return sha256(data.encode()).hexdigest()


def _resulting(before: Capability | None, after: Capability | None) -> dict[str, Any] | None:
    """What of a capability differs afterwards: its own fields, and requirements by id; None: it is gone."""
    if after is None:
        return None
    old = {r.id: r for r in before.requirements} if before else {}
    new = {r.id: r for r in after.requirements}
    found: dict[str, Any] = {
        name: _plain(requirement) for name, requirement in new.items() if old.get(name) != requirement
    }
    found |= {name: None for name in old if name not in new}
    own = {key: getattr(after, key) for key in ("title", "purpose", "notes")}
    if before is None or any(getattr(before, key) != value for key, value in own.items()):
        found[""] = own
    return found


def _plain(model: Any) -> Any:
    return model.model_dump(mode="json", exclude_defaults=True)


def payload(change: str, by: str, day: str, digest: str) -> bytes:
    """What is signed; ``digest`` as ``content_digest`` gives it. Names hold no line break."""
    return f"gitspec approval 1\nchange {change}\nby {by}\nday {day}\nsha256 {digest}\n".encode()


def why_not_recorded(
    change: str,
    approvals: Sequence[Approval],
    digest: str,
    authors: Sequence[str],
    rules: ApprovalRules,
    verify: Verify,
) -> str:
    """Why no recorded approval counts; empty when one does. ``authors`` are the addresses of the change's authors."""
    if not approvals:
        return "nobody has approved it"
    reasons = [_problem(change, approval, digest, authors, rules, verify) for approval in reversed(approvals)]
    return "" if "" in reasons else reasons[0]


def _problem(
    change: str, approval: Approval, digest: str, authors: Sequence[str], rules: ApprovalRules, verify: Verify
) -> str:
    email = email_of(approval.by)
    keys = [who.key for who in rules.by if who.key and canonical_email(who.email) == email]
    if not keys:
        return f"the policy lists no key of {approval.by} under approvals.by"
    if email in {canonical_email(author) for author in authors}:
        return f"{approval.by} is its author, and another one has to approve it"
    if approval.digest != digest[:DIGITS]:
        return f"its proposal or requirements were edited since {approval.by} approved it"
    if not approval.signature:
        return f"the approval by {approval.by} is not signed"
    signed = payload(change, approval.by, approval.day.isoformat(), digest)
    if not any(verify(signed, approval.signature, email, key) for key in keys):
        return f"the signature of {approval.by} does not fit the approval"
    return ""


def email_of(who: str) -> str:
    """The address in ``Name <address>``, as addresses are compared; the whole text when there is none."""
    _, less, rest = who.rpartition("<")
    return canonical_email(rest.rstrip(">") if less else who)
