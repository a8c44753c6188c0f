"""Use case of `gitspec approve`: a signed approval in the change.yaml of the work tree, for its author to commit."""

import os
from datetime import date
from typing import NamedTuple

from gitspec.commands.approvals import authors_of, digest_of
from gitspec.commands.clock import today
from gitspec.domain.approvals import DIGITS, NAMESPACE, email_of, payload
from gitspec.domain.bots import canonical_email
from gitspec.domain.change import Approval
from gitspec.errors import Refused
from gitspec.git.identity import committer
from gitspec.git.repository import Repository
from gitspec.git.run import run
from gitspec.git.snapshot import at_work_tree
from gitspec.git.ssh_signatures import public_key, sign
from gitspec.store import layout
from gitspec.store.spec import BrokenSpec, Spec
from gitspec.store.writing import write_file


class Approved(NamedTuple):
    """An approval that was written. ``path`` is the file to commit."""

    change: str
    by: str
    day: str
    digest: str
    path: str
    replaced: bool


def approve(repo: Repository, change: str) -> Approved:
    """Sign what a change proposes and what results from it, and write that into its change.yaml.

    An earlier approval by the same address is replaced. Raises Refused R014 when it would not count: by the author, or
    by somebody or with a key that the policy does not list; Refused for what is wrong with the change; CannotJudge G010
    without an identity, G014 and G056 when it cannot be signed.
    """
    from gitspec.yaml.splice import rewrite

    spec = Spec(at_work_tree(repo))
    policy = spec.require_policy()
    folder = spec.change(change)
    loaded = folder.change
    path = layout.change_path(change, "change.yaml")
    if loaded.value is None:
        raise BrokenSpec(path, loaded.findings)
    digest = digest_of(spec, folder)
    by = committer(repo).line.rsplit(" ", 2)[0]
    email = email_of(by)
    _refuse_author(repo, change, path, by)
    keys = [" ".join(who.key.split()[:2]) for who in policy.approvals.by if who.key and _is(who.email, email)]
    mine = public_key(repo)
    if policy.approvals.need == "recorded" and (not keys or (mine and mine not in keys)):
        what = "no key" if not keys else "another key"
        shown = mine or "ssh-ed25519 …"
        raise Refused(
            "R014",
            f"the approval would not count: the policy lists {what} of {by}",
            place=layout.POLICY,
            help=f"have this put under approvals.by: email: {email}, key: {shown}",
        )
    day = today(repo)
    signature = sign(repo, payload(change, by, day, digest), NAMESPACE)
    approval = Approval(by=by, day=date.fromisoformat(day), digest=digest[:DIGITS], signature=signature)
    others = tuple(one for one in loaded.value.approvals if email_of(one.by) != email)
    wanted = loaded.value.model_copy(update={"approvals": (*others, approval)})
    write_file(repo, path, rewrite(folder.read("change.yaml"), wanted, path))
    return Approved(change, by, day, digest[:DIGITS], path, len(others) < len(loaded.value.approvals))


def _refuse_author(repo: Repository, change: str, path: str, by: str) -> None:
    head = os.fsdecode(run(repo, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").out).strip()
    if head and email_of(by) in map(canonical_email, authors_of(repo, head, path)):
        message = f"{by} is the author of '{change}', and an author's own approval does not count"
        raise Refused("R014", message, place=path, help="ask somebody whom the policy lists under approvals.by")


def _is(email: str, canonical: str) -> bool:
    return canonical_email(email) == canonical
