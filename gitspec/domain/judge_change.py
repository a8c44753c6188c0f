"""What the changes that a commit names allow: their scopes, their approval, their tasks and requirements."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gitspec.domain.code_paths import covers_everything, path_matcher
from gitspec.domain.commit import CommitFacts, Touched
from gitspec.domain.finding import Finding
from gitspec.domain.judge_words import SHOWN, listed
from gitspec.domain.nearest import nearest
from gitspec.domain.places import CHANGES
from gitspec.domain.references import KEY, SETTLES_KEY, SPEC_KEY, TASK_KEY, References
from gitspec.domain.rules import finding

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy


def judge_changes(refs: References, code: Sequence[Touched], facts: CommitFacts, policy: "Policy") -> Iterator[Finding]:
    """Code outside of the scopes (R009), changes without one (R024) and without approval (R014)."""
    if not code:
        return
    if policy.scope.required:
        for change in refs.changes:
            if change in facts.scopes and covers_everything(facts.scopes[change]):
                yield _without_scope(change, facts)
    if policy.scope.enforce:
        yield from _outside(refs, code, facts)
    if policy.approvals.need != "none":
        for change in refs.changes:
            if why := facts.unapproved.get(change):
                help_ = f"gitspec approve {change}, by somebody whom the policy lists"
                if policy.approvals.need == "merged":
                    help_ = f"have the proposal and deltas of '{change}' merged first, then the code"
                yield finding("R014", f"the change '{change}' is not approved: {why}", facts.place, help=help_)


def _outside(refs: References, code: Sequence[Touched], facts: CommitFacts) -> Iterator[Finding]:
    """The union of the scopes counts; a change without one may touch any path."""
    scopes = [facts.scopes.get(change, ()) for change in refs.changes]
    if not scopes or not all(scopes):
        return
    matchers = [path_matcher(scope) for scope in scopes]
    outside = [t.path for t in code if not any(matches(t.path) for matches in matchers)]
    if outside:
        of = f"'{refs.changes[0]}'" if len(refs.changes) == 1 else "the changes that it names"
        message = f"the scope of {of} does not cover {listed(outside)}"
        help_ = (
            f"split the commit, name the change that this is for, or widen `scope` in "
            f"{CHANGES}/{refs.changes[0]}/change.yaml on the branch that it lands on"
        )
        yield finding("R009", message, facts.place, help=help_)


def _without_scope(change: str, facts: CommitFacts) -> Finding:
    what = "leaves nothing out" if facts.scopes[change] else "is missing"
    help_ = "list under `scope` the paths that the change may touch, such as src/auth/**"
    message = f"the policy wants a scope, and that of '{change}' {what}"
    return finding("R024", message, f"{CHANGES}/{change}/change.yaml", help=help_)


def judge_mentions(refs: References, facts: CommitFacts) -> Iterator[Finding]:
    """Trailers that say which task or requirement a commit is for, or what it settles: each must name something."""
    tasks = {number for change in refs.changes for number in facts.tasks.get(change, ())}
    for number in refs.tasks:
        if number not in tasks:
            yield _no_task(number, tasks, refs, facts)
    for name in refs.specs:
        if not facts.specs.get(name):
            message = f"'{SPEC_KEY}: {name}' names no requirement that lives or that the change adds"
            help_ = "write <capability>/<requirement> as `gitspec list --specs` and `gitspec show` have it, or no line"
            yield finding("R019", message, facts.place, help=help_)
    for name in refs.settles:
        if not facts.settles.get(name):
            message = f"'{SETTLES_KEY}: {name}' names no earlier commit that is to be settled"
            yield finding("R018", message, facts.place, help="gitspec status lists those that are")
        elif not refs.changes:
            message = f"'{SETTLES_KEY}: {name}' stands in a commit that names no change"
            yield finding("R018", message, facts.place, help=f"what settles it is a change: '{KEY}: <id>'")


def _no_task(number: str, tasks: set[str], refs: References, facts: CommitFacts) -> Finding:
    if not refs.changes:
        message, help_ = f"'{TASK_KEY}: {number}' stands in a commit that names no change", f"add '{KEY}: <id>'"
    else:
        message = f"'{TASK_KEY}: {number}' names no task of {', '.join(refs.changes[:SHOWN])}"
        near = nearest(number, tasks)
        help_ = f"did you mean {' or '.join(near)}?" if near else f"its tasks are in {CHANGES}/<id>/tasks.md"
    return finding("R019", message, facts.place, help=help_)
