"""Judge the commit that Git is about to make, by the same engine and the same proof as one that is made."""

from typing import TYPE_CHECKING

from gitspec.commands.further_facts import Scene, with_further_facts
from gitspec.commands.judge_commits import is_to_prove, with_proof
from gitspec.commands.pending_commit import Pending, archived_folders, facts_of, pending_commit, read_message
from gitspec.domain.branches import branch_matcher
from gitspec.domain.commit import CommitFacts, Named
from gitspec.domain.finding import Finding
from gitspec.domain.judge import judge
from gitspec.domain.places import POLICY
from gitspec.domain.references import references
from gitspec.domain.report import Report, of_one
from gitspec.domain.severity import with_severities
from gitspec.errors import CannotJudge
from gitspec.git import commit_facts
from gitspec.git.named_commits import named_commits
from gitspec.git.pending_object import identities, pending_commit_object
from gitspec.git.repository import Repository
from gitspec.git.snapshot import at_commit

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy
    from gitspec.store.proving import Verdict


def judge_pending(pending: Pending, facts: CommitFacts, policy: "Policy") -> list[Finding]:
    """The findings about a commit whose message is known, with the policy's severities. Raises CannotJudge."""
    if policy.bots or policy.approvals.need == "recorded":
        author, committer = identities(pending.repo)
        facts = facts._replace(author=author, committer=committer)
    facts = with_further_facts(facts, policy, _scene(pending))
    facts, proof = _as_it_will_be(pending, facts, policy)
    found = with_proof(judge(facts, policy), proof)
    return with_severities([_not_made_yet(f) for f in found], policy)


def needs_proof(pending: Pending, facts: CommitFacts) -> bool:
    """Whether it does more below spec/ than edit active changes, seen from its first parent that has a policy already."""
    if not pending.governed:
        return False
    touched = facts.touched
    if facts.parents > 1:  # what Git merges by itself is proven, too
        touched = commit_facts.touched_by_pending(pending.repo, pending.parents[:1])
    others = (archived_folders(at_commit(pending.repo, parent)) for parent in pending.parents[1:])
    return is_to_prove((t.path for t in touched), facts.message, facts.archived, others)


def _not_made_yet(found: Finding) -> Finding:
    """The way out of a commit that is not made yet is not to revert it."""
    ways = {
        "H001": "say it as a delta: gitspec delta modify <change> <requirement>",
        "H005": "put it into a new change",
    }
    if found.code not in ways or not found.path:
        return found
    return found._replace(help=f"git restore --staged --worktree {found.path}; {ways[found.code]}")


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


def _as_it_will_be(pending: Pending, facts: CommitFacts, policy: "Policy") -> "tuple[CommitFacts, Verdict | None]":
    """The commits that it reverts or copies, and the proof, where they matter: both need the commit as an object."""
    naming = any(change in facts.archived for change in references(facts.message).changes)
    proving = needs_proof(pending, facts)
    if not naming and not proving:
        return facts, None
    with pending_commit_object(pending.repo, pending.parents, facts.message) as (repo, oid):
        if naming:
            protected = branch_matcher(policy.protected.branches)
            named = named_commits(repo, oid, facts.message, pending.parents[:1], protected)
            facts = facts._replace(named=tuple(Named(one, references(text).changes) for one, text in named))
        if not proving:
            return facts, None
        from gitspec.store.verdicts import verdicts_on

        return facts, verdicts_on(repo, [(oid, pending.parents)], [oid], None).get(oid)
