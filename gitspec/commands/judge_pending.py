"""Judge the commit that Git is about to make, by the same engine and the same proof as one that is made."""

from typing import TYPE_CHECKING

from gitspec.commands.further_facts import Scene, with_further_facts
from gitspec.commands.judge_commits import GUARDED, with_proof
from gitspec.commands.pending_commit import Pending, facts_of, pending_commit, read_message
from gitspec.domain.commit import CommitFacts
from gitspec.domain.finding import Finding
from gitspec.domain.judge import judge
from gitspec.domain.places import POLICY
from gitspec.domain.report import Report, of_one
from gitspec.domain.severity import with_severities
from gitspec.errors import CannotJudge
from gitspec.git.pending_object import pending_commit_object
from gitspec.git.repository import Repository

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy
    from gitspec.store.proving import Verdict


def judge_pending(pending: Pending, facts: CommitFacts, policy: "Policy") -> list[Finding]:
    """The findings about a commit whose message is known, with the policy's severities. Raises CannotJudge."""
    facts = with_further_facts(facts, policy, _scene(pending))
    found = with_proof(judge(facts, policy), _proof(pending, facts))
    return with_severities([_not_made_yet(f) for f in found], policy)


def _not_made_yet(found: Finding) -> Finding:
    """The way out of a commit that is not made yet is not to revert it."""
    if found.code != "H001" or not found.path:
        return found
    way_out = (
        f"git restore --staged --worktree {found.path}; say it as a delta: gitspec delta modify <change> <requirement>"
    )
    return found._replace(help=way_out)


def _scene(pending: Pending) -> Scene:
    parent = pending.parents[0] if pending.parents else None
    return Scene(pending.repo, "", lambda: pending.staged.snapshot, parent, parent)


def judge_message(repo: Repository, path: str) -> Report:
    """Judge the message in a file with what is staged. Raises CannotJudge: L010 no policy; UsageError U004."""
    pending = pending_commit(repo)
    if not pending.has_policy:
        raise CannotJudge("L010", f"there is no {POLICY}", help="run 'gitspec init'")
    message = read_message(path, pending)
    facts = facts_of(pending, message.text, path)
    found = judge_pending(pending, facts, pending.policy())
    return of_one(found, range=f"--message {path}", policy="index", subject=message.text.split("\n", 1)[0])


def _proof(pending: Pending, facts: CommitFacts) -> "Verdict | None":
    """The proof, where living specs, the archive or the policy are touched and the parent has a policy already."""
    if not pending.governed or not any(t.path.startswith(GUARDED) or t.path == POLICY for t in facts.touched):
        return None
    from gitspec.store.verdicts import verdicts_on

    with pending_commit_object(pending.repo, pending.parents, facts.message) as (repo, oid):
        return verdicts_on(repo, [(oid, pending.parents)], [oid], None).get(oid)
