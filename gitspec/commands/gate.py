"""Judge refs that shall move: what pre-push, pre-receive and update ask. Nothing passes because something is missing."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.gate_tags import ARCHIVE_TAGS, judge_new_tags, kept_tag
from gitspec.commands.judge_commits import judge_commits
from gitspec.domain.branches import branch_matcher
from gitspec.domain.finding import Finding
from gitspec.domain.places import POLICY
from gitspec.domain.report import CommitReport, RefReport, Report
from gitspec.domain.rules import finding
from gitspec.errors import CannotJudge
from gitspec.git.ref_tips import (
    HEADS,
    REMOTES,
    blobs_at,
    commit_of,
    commits_of,
    default_branch,
    is_ancestor,
    known_tips,
    type_of,
)
from gitspec.git.repository import Repository
from gitspec.git.spec_history import was_ever
from gitspec.store.change_ids import ChangeIds
from gitspec.store.policies import Policies

if TYPE_CHECKING:
    from gitspec.store.cache import Cache
    from gitspec.store.proving import Verdict

MOST_REFS = 20_000
_TAGS = "refs/tags/"


class RefUpdate(NamedTuple):
    """A ref that shall move from one object to another; an empty id stands for nothing."""

    ref: str
    old: str
    new: str


class _Gate(NamedTuple):
    """What all updates of a push are judged with. ``default`` is the tip of the default branch, empty if there is none.

    ``commits`` gives the commit of every id in the push, ``policies_at`` the blob of the policy of every old commit.
    """

    repo: Repository
    known: Sequence[str]
    default: str
    commits: Mapping[str, str]
    policies_at: Mapping[str, str]
    is_protected: Callable[[str], bool]
    cache: "Cache | None"
    proofs: "dict[str, Verdict]"
    """What has been proven of commits so far."""


def judge_updates(
    repo: Repository,
    updates: Sequence[RefUpdate],
    known: Sequence[str],
    *,
    remote: str = "",
    cache: "Cache | None" = None,
) -> Report:
    """Judge the updates of one push.

    ``known`` says which refs hold commits that were judged before: ``--all`` on a server, ``--remotes=<name>`` before a
    push. For a protected branch only its own old value counts: what lies on other branches was not judged for it.
    ``remote`` is the name of the remote whose default branch counts; empty: the repository's own.

    Raises CannotJudge: G006, G016, G018 for missing objects or history, G019 too much at once, L010 no policy anywhere.
    """
    if len(updates) > MOST_REFS:
        raise CannotJudge("G019", f"{len(updates)} refs at once", help="push fewer at a time")
    gate = _gate(repo, updates, known, remote, cache)
    refs: list[RefReport] = []
    reports: list[Report] = []
    together: dict[str | None, list[RefUpdate]] = {}
    for update in updates:
        found: list[Finding] = []
        if update.ref.startswith(ARCHIVE_TAGS) or not update.ref.startswith((HEADS, _TAGS)):
            pass
        elif gate.is_protected(update.ref.removeprefix(HEADS)) and update.ref.startswith(HEADS):
            found = _judge_protected(gate, update)
            if not found and update.new:
                base = update.old or gate.default
                without = [base] if base else []
                reports.append(_judged(gate, [gate.commits[update.new]], without, _policy_at(gate, base), landing=True))
        elif update.new and gate.commits[update.new]:
            together.setdefault(_policy_at(gate, update.old), []).append(update)
        elif update.new and not type_of(repo, update.new):
            raise CannotJudge("G006", f"the object {update.new[:12]} of {update.ref} is missing")
        refs.append(RefReport(update.ref, update.old, update.new, tuple(found)))
    for policy_at, group in together.items():
        olds = [u.old for u in group if u.old and gate.commits[u.old]]
        tips = list(dict.fromkeys(gate.commits[u.new] for u in group))
        reports.append(_judged(gate, tips, [*gate.known, *olds], policy_at, landing=False))
    return _merged(reports, _with_archive_tags(gate, updates, refs))


def _merged(reports: Sequence[Report], refs: Sequence[RefReport]) -> Report:
    """One report; a commit that was judged for several refs stands there once, with all that was found."""
    commits: dict[str, CommitReport] = {}
    for report in reports:
        for commit in report.commits:
            same = commits.get(commit.commit)
            findings = tuple(dict.fromkeys((*same.findings, *commit.findings))) if same else commit.findings
            commits[commit.commit] = commit._replace(findings=findings, exempt=commit.exempt if not findings else "")
    notes = dict.fromkeys(note for report in reports for note in report.notes)
    policies = dict.fromkeys(report.policy for report in reports if report.policy)
    return Report(tuple(commits.values()), tuple(refs), tuple(notes), next(iter(policies), ""))


def _gate(
    repo: Repository, updates: Sequence[RefUpdate], known: Sequence[str], remote: str, cache: "Cache | None"
) -> _Gate:
    ref = default_branch(repo, remote)
    default = commit_of(repo, ref) if ref else ""
    ids = [oid for update in updates for oid in (update.old, update.new) if oid]
    commits = commits_of(repo, list(dict.fromkeys(ids)))
    tips = [commits[oid] for u in updates if u.ref.startswith(HEADS) for oid in (u.old, u.new) if oid and commits[oid]]
    policies_at = blobs_at(repo, list(dict.fromkeys([*([default] if default else []), *tips])), POLICY)
    # Without a default branch the push may be the one that brings the policy, or move a branch that has it; after a push
    # the default branch has moved already, and which branches are protected is for its old tip to say.
    branch = ref.removeprefix(f"{REMOTES}{remote}/").removeprefix(HEADS)
    before = [commits[u.old] for u in updates if u.old and u.ref == f"{HEADS}{branch}"]
    at = next((oid for oid in [*before, *policies_at] if policies_at.get(oid)), "")
    if not at:
        raise CannotJudge("L010", f"no branch has {POLICY}, so nothing can be judged", help="run 'gitspec init'")
    policy = Policies(repo, cache).at(ChangeIds(has_policy=True, policy=policies_at[at]))
    is_protected = branch_matcher(policy.protected.branches)
    return _Gate(repo, known_tips(repo, known), default, commits, policies_at, is_protected, cache, {})


def _judge_protected(gate: _Gate, update: RefUpdate) -> list[Finding]:
    """What is wrong with the move itself; the commits that it brings are judged when nothing is."""
    old, new = update.old, update.new
    if not new:
        return [finding("R020", f"{update.ref} is protected", update.ref, help="leave it: its history counts")]
    if old and not gate.commits[old]:
        raise CannotJudge(
            "G018", f"{update.ref} is at {old[:12]}, which is not here", help="git fetch, then push again"
        )
    if not gate.commits[new]:
        raise CannotJudge("G006", f"{update.ref} shall become {new[:12]}, which is no commit that is here")
    if old and not is_ancestor(gate.repo, old, gate.commits[new]):
        message = f"{update.ref} is protected, and {new[:12]} does not build on {old[:12]}"
        return [finding("R021", message, update.ref, help="git pull --rebase, and push without --force")]
    return []


def _judged(
    gate: _Gate, tips: Sequence[str], without: Sequence[str], policy_at: str | None, *, landing: bool
) -> Report:
    return judge_commits(
        gate.repo, tips, without, policy_at=policy_at, landing=landing, cache=gate.cache, proofs=gate.proofs
    )


def _policy_at(gate: _Gate, old: str) -> str | None:
    """The commit whose policy judges what is added to ``old``: itself, or the default branch where it has none.

    None when nothing here has a policy yet: then the first commit that brings one judges. A branch that once had a policy
    cannot get rid of it, so it is asked for even where it is missing.
    """
    old = gate.commits.get(old, "") or (old if old == gate.default else "")
    for oid in (old, gate.default):
        if oid and gate.policies_at.get(oid):
            return oid
    if old and was_ever(gate.repo, old, POLICY):
        raise CannotJudge("R012", f"{old[:12]} has no {POLICY} any more", help="bring the policy back first")
    return old or gate.default or None


def _with_archive_tags(gate: _Gate, updates: Sequence[RefUpdate], refs: Sequence[RefReport]) -> list[RefReport]:
    """Archive tags are judged last and together: by then the commits that they name are proven."""
    tags = [u for u in updates if u.ref.startswith(ARCHIVE_TAGS) and (u.old or u.new)]
    if not tags:
        return list(refs)
    found = {u.ref: kept_tag(u.ref, moves=bool(u.new)) for u in tags if u.old}
    fresh = {u.ref: (u.new, gate.commits[u.new]) for u in tags if not u.old}
    found |= judge_new_tags(gate.repo, fresh, _protected_tips(gate, updates), gate.proofs, gate.cache)
    return [ref._replace(findings=(found[ref.ref],)) if ref.ref in found else ref for ref in refs]


def _protected_tips(gate: _Gate, updates: Sequence[RefUpdate]) -> list[str]:
    """The tips of protected branches as they will be: where a push moves one, its new value."""
    moved = {u.ref: u.new for u in updates if u.ref.startswith(HEADS)}
    tips = [oid for ref, oid in moved.items() if oid and gate.is_protected(ref.removeprefix(HEADS))]
    return [*tips, *([gate.default] if gate.default else [])]
