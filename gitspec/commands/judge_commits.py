"""Judge the commits of a range: facts from Git, the engine for what they say and touch, the proof for what they fold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.further_facts import Scene, linked_paths, with_further_facts
from gitspec.domain.bots import bot_of
from gitspec.domain.branches import branch_matcher
from gitspec.domain.code_paths import code_matcher
from gitspec.domain.commit import CommitFacts, Named, Touched
from gitspec.domain.finding import Finding
from gitspec.domain.gc_paused import gc_paused
from gitspec.domain.judge import judge
from gitspec.domain.places import ARCHIVE, CAPABILITIES, POLICY, SPEC
from gitspec.domain.references import References, references
from gitspec.domain.report import CommitReport, Report
from gitspec.domain.rules import finding
from gitspec.domain.severity import with_severities
from gitspec.errors import CannotJudge
from gitspec.git.commit_log import LoggedCommit, read_log
from gitspec.git.named_commits import named_commits
from gitspec.git.objects import MODE_SYMLINK
from gitspec.git.repository import Repository
from gitspec.git.snapshot import at_commit
from gitspec.git.spec_history import line_counts, was_ever
from gitspec.store.change_ids import ChangeIds, ChangesByCommit
from gitspec.store.merges import Merges, as_touched
from gitspec.store.policies import Policies

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy
    from gitspec.store.cache import Cache
    from gitspec.store.proving import Verdict

MOST_COMMITS = 50_000
BEFORE_THE_POLICY = "before the policy"
PROVEN = ("R010", "R011", "R012", "R013")
"""What the engine can only guess and the proof knows."""
_GUARDED = (f"{CAPABILITIES}/", f"{ARCHIVE}/")


class _Range(NamedTuple):
    """What is being judged. ``base`` is the commit whose policy judges; None: each commit's first parent."""

    repo: Repository
    commits: Sequence[LoggedCommit]
    ids: ChangesByCommit
    policies: Policies
    base: str | None
    landing: bool
    governed: Mapping[str, bool]
    """Whether a commit or one before it has a policy."""
    cache: "Cache | None"


def judge_commits(
    repo: Repository,
    tips: Sequence[str],
    without: Sequence[str] = (),
    *,
    policy_at: str | None = None,
    landing: bool = False,
    cache: "Cache | None" = None,
    proofs: "dict[str, Verdict] | None" = None,
) -> Report:
    """Judge what ``tips`` reach and ``without`` do not; all are full ids of commits.

    ``policy_at`` is the commit whose policy judges: the tip of the branch that they land on. Without it each commit is
    judged by the policy of its first parent, as its author's hooks did. ``landing`` is for a protected branch. What is
    proven of commits is added to ``proofs``.

    Raises CannotJudge: G016 a shallow clone hides some of them, G019 there are too many, L010 no policy anywhere.
    """
    commits = read_log(repo, tips, without)
    if len(commits) > MOST_COMMITS:
        raise CannotJudge("G019", f"{len(commits)} commits at once", help="push or check fewer at a time")
    ids = ChangesByCommit(repo, commits)
    policies = Policies(repo, cache)
    governed = _governed(repo, commits, ids)
    if policy_at is not None and not ids.at(policy_at).has_policy:
        policy_at = _adopting(commits, ids)
    here = _Range(repo, commits, ids, policies, policy_at, landing, governed, cache)
    if commits and not any(governed.values()) and policy_at is None:
        raise CannotJudge("L010", f"no commit up to {tips[0][:12]} has {POLICY}", help="run 'gitspec init'")
    proven = _proofs(here, cache)
    if proofs is not None:
        proofs |= proven
    with gc_paused():
        reports = _judged(here, proven)
    return Report(tuple(reports), policy=policy_at or "")


def _governed(repo: Repository, commits: Sequence[LoggedCommit], ids: ChangesByCommit) -> dict[str, bool]:
    governed: dict[str, bool] = {}
    for commit in commits:
        for parent in commit.parents:
            if parent not in governed:
                governed[parent] = ids.at(parent).has_policy or was_ever(repo, parent, POLICY)
        governed[commit.oid] = any(governed[p] for p in commit.parents) or ids.at(commit.oid).has_policy
    return governed


def _adopting(commits: Sequence[LoggedCommit], ids: ChangesByCommit) -> str | None:
    """The first commit of the range that brings a policy: it judges where the branch had none."""
    return next((c.oid for c in commits if ids.at(c.oid).has_policy), None)


def _judged(here: _Range, proofs: Mapping[str, "Verdict"]) -> list[CommitReport]:
    is_code = _matcher(here)
    merges: Merges | None = None
    if any(len(c.parents) > 1 for c in here.commits):
        merges = Merges(here.repo, here.commits, is_code)
    linked = _Linked(here)
    reports = []
    for commit in here.commits:
        author = f"{commit.author.name} <{commit.author.email}>"
        if not here.governed[commit.oid]:
            reports.append(CommitReport(commit.oid, commit.subject, author, (), BEFORE_THE_POLICY))
            continue
        if len(commit.parents) > 1:
            assert merges is not None
            touched = merges.to_judge(commit)
        else:
            touched = tuple(map(as_touched, commit.changes))
        policy = _policy_for(here, commit)
        refs = references(commit.message)
        facts = _facts(here, commit, refs, touched)
        facts = with_further_facts(facts._replace(linked=linked(policy)), policy, _scene(here, commit))
        found = with_proof(judge(facts, policy), proofs.get(commit.oid))
        if _adopts_again(here, commit):
            message = "the commit brings a policy of its own, and this repository has one already"
            found.append(finding("R012", message, POLICY, help="rebase onto the branch that it is for"))
        if merges is not None:
            merges.note(commit)
        exempt = bot_of(facts, policy) if policy.bots else ""
        found = with_severities(found, policy)
        reports.append(CommitReport(commit.oid, commit.subject, author, tuple(found), exempt, refs.changes))
    return reports


class _Linked:
    """What links of code lead to, asked of Git once and only if a policy excludes something that is touched."""

    def __init__(self, here: _Range) -> None:
        self._here = here
        self._known: dict[int, frozenset[str]] = {}

    def __call__(self, policy: "Policy") -> frozenset[str]:
        if id(policy) not in self._known:
            self._known[id(policy)] = self._read(policy)
        return self._known[id(policy)]

    def _read(self, policy: "Policy") -> frozenset[str]:
        here = self._here
        is_code = code_matcher(policy)
        changes = [change for commit in here.commits for change in commit.changes]
        if all(c.path.startswith(f"{SPEC}/") or is_code(as_touched(c)) for c in changes):
            return frozenset()
        added = [(c.path, c.new.oid) for c in changes if c.new and c.new.mode == MODE_SYMLINK]
        inside = {commit.oid for commit in here.commits}
        edge = here.base or next((p for c in here.commits for p in c.parents if p not in inside), None)
        return frozenset(linked_paths(here.repo, edge, added, policy))


def _scene(here: _Range, commit: LoggedCommit) -> Scene:
    return Scene(
        here.repo,
        commit.oid,
        lambda: at_commit(here.repo, commit.oid),
        _first(commit),
        here.base if here.base not in (None, commit.oid) else _first(commit),
        here.cache,
    )


def _matcher(here: _Range) -> Callable[[Touched], bool]:
    """Tells what is code for merges: by the policy that judges the range, else by the last one."""
    at = here.base or here.commits[-1].oid
    if not here.ids.at(at).has_policy:
        return lambda _: True
    return code_matcher(here.policies.at(here.ids.at(at)))


def _policy_for(here: _Range, commit: LoggedCommit) -> "Policy":
    if here.base is not None:
        return here.policies.at(here.ids.at(here.base))
    before = here.ids.at(_first(commit))
    return here.policies.at(before if before.has_policy else here.ids.at(commit.oid))


def _facts(
    here: _Range,
    commit: LoggedCommit,
    said: References,
    touched: tuple[Touched, ...],
) -> CommitFacts:
    before, after = here.ids.at(_first(commit)), here.ids.at(commit.oid)
    return CommitFacts(
        message=commit.message,
        touched=touched,
        active=after.active,
        active_before=before.active,
        archived=after.archived,
        archived_before=before.archived,
        governed=any(here.governed[p] for p in commit.parents),
        parents=len(commit.parents),
        named=_named(here, commit, said, after),
        lines=line_counts(here.repo, commit.oid, _first(commit)) if said.skips else {},
        place=commit.oid[:12],
        landing=here.landing,
        author=commit.author,
        committer=commit.committer,
    )


def _named(here: _Range, commit: LoggedCommit, said: References, after: ChangeIds) -> tuple[Named, ...]:
    """The commits that it reverts or was picked from, where that matters: it refers to an archived change."""
    if not any(change in after.archived for change in said.changes):
        return ()
    bases = [here.base] if here.base else list(commit.parents[:1])
    protected = branch_matcher(_policy_for(here, commit).protected.branches)
    named = named_commits(here.repo, commit.oid, commit.message, bases, protected)
    return tuple(Named(oid, references(message).changes) for oid, message in named)


def with_proof(found: list[Finding], proof: "Verdict | None") -> list[Finding]:
    """The findings of the engine with those of the proof: where it knows, what the engine guesses has no place."""
    if proof is None:
        return found
    known = {(f.code, f.path) for f in proof.findings}
    return [f for f in found if f.code not in PROVEN and (f.code, f.path) not in known] + list(proof.findings)


def _adopts_again(here: _Range, commit: LoggedCommit) -> bool:
    """Whether it is the first with a policy in its line of history, in a repository that has one already."""
    if here.base is None or here.base == commit.oid or not here.ids.at(commit.oid).has_policy:
        return False
    return not any(here.governed[p] for p in commit.parents)


def _proofs(here: _Range, cache: "Cache | None") -> dict[str, "Verdict"]:
    """The proof of each commit that does more below spec/ than edit active changes; nothing is loaded if there is none."""
    wanted = [c.oid for c in here.commits if here.governed[c.oid] and _needs_proof(here, c)]
    if not wanted:
        return {}
    from gitspec.store.verdicts import verdicts_on

    return verdicts_on(here.repo, [(c.oid, c.parents) for c in here.commits], wanted, cache)


def _needs_proof(here: _Range, commit: LoggedCommit) -> bool:
    others = (here.ids.at(parent).archived for parent in commit.parents[1:])
    return is_to_prove((c.path for c in commit.changes), commit.message, here.ids.at(commit.oid).archived, others)


def is_to_prove(
    paths: Iterable[str], message: str, archived: Mapping[str, str], others: Iterable[Mapping[str, str]]
) -> bool:
    """Whether a commit does, or says that it does, more below spec/ than edit active changes.

    ``paths`` differ from its first parent; ``archived`` are its archived folders, and ``others`` those of its other
    parents, which a merge may have dropped.
    """
    if any(path.startswith(_GUARDED) or path in (POLICY, SPEC) for path in paths) or "Archived: " in message:
        return True
    folders = set(archived.values())
    return any(not folders.issuperset(other.values()) for other in others)


def _first(commit: LoggedCommit) -> str | None:
    return commit.parents[0] if commit.parents else None
