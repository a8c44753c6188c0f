"""The engine: facts of a commit and a policy in, findings out. Pure; every gate asks it, so all give one verdict."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gitspec.domain import ids
from gitspec.domain.bots import bot_of
from gitspec.domain.code_paths import code_matcher
from gitspec.domain.commit import CommitFacts, Touched
from gitspec.domain.finding import Finding
from gitspec.domain.judge_change import judge_changes, judge_mentions
from gitspec.domain.judge_skips import judge_skips
from gitspec.domain.judge_spec import judge_spec_paths
from gitspec.domain.judge_words import SHOWN, known, listed, nameable
from gitspec.domain.message import is_autosquash, title
from gitspec.domain.nearest import nearest
from gitspec.domain.references import KEY, SKIP_KEY, near_misses, references
from gitspec.domain.rules import finding

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy


def needs_policy(facts: CommitFacts) -> bool:
    """Whether the verdict depends on the policy; not so where nothing is touched and no exception asked for."""
    refs = references(facts.message)
    return bool(refs.skips or refs.spec_edits or facts.touched)


def judge(facts: CommitFacts, policy: "Policy | None") -> list[Finding]:
    """All findings about one commit, with the severities that rules have by default.

    ``policy`` is that of the branch the commit lands on, before it landed (locally: of the first parent, or the one that
    the commit brings in). It may be None where ``needs_policy`` says so: reading one costs more than everything else.
    ``domain.severity`` applies the severities that the policy sets.
    """
    refs = references(facts.message)
    code: list[Touched] = []
    if policy is not None:
        is_code = code_matcher(policy, facts.linked)
        code = [t for t in facts.touched if is_code(t)]
    found = [f for change in refs.changes for f in _judge_reference(change, facts)]
    if policy is not None:
        found += judge_skips(refs, code, facts, policy)
        found += judge_changes(refs, code, facts, policy)
        lenient = facts.local and is_autosquash(facts.message)
        if code and not refs.changes and not refs.skips and not lenient and not bot_of(facts, policy):
            found += _missing(code, facts)
    found += judge_mentions(refs, facts)
    if facts.landing and is_autosquash(facts.message):
        found.append(_unsquashed(facts))
    return found + judge_spec_paths(facts, refs, code, policy)


def _judge_reference(change: str, facts: CommitFacts) -> list[Finding]:
    if change in facts.active or change in facts.active_before:
        return []
    if problem := ids.problem_with_change_id(change):
        several = "," in change or " " in change.strip()
        more = f"one '{KEY}:' line for each change" if several else f"write the id of a change, {known(facts)}"
        return [finding("R004", f"'{KEY}:' names no change: the id {problem}", facts.place, help=more)]
    if folder := facts.archived.get(change):
        fresh = change not in facts.archived_before  # this very commit archives it
        if fresh or any(change in named.changes for named in facts.named):
            return []
        return [
            finding(
                "R003",
                f"the change '{change}' is archived: {folder}",
                facts.place,
                help=f"name an active change ({known(facts)}), or propose one: gitspec propose <id>",
            )
        ]
    near = nearest(change, facts.active | facts.active_before)
    if near:
        way_out = f"did you mean {' or '.join(near)}?"
    else:
        way_out = f"{known(facts)}; a new one: gitspec propose {change}, and commit it first or along"
    return [finding("R002", f"there is no change '{change}'", facts.place, help=way_out)]


def _missing(code: Sequence[Touched], facts: CommitFacts) -> list[Finding]:
    misses = near_misses(facts.message)
    if misses:
        return [
            finding(
                "R008",
                f"'{miss.text}' is no reference: {miss.why}",
                facts.place,
                miss.line,
                help=f"write '{miss.value}' at the start of a line of the last paragraph, after an empty line",
            )
            for miss in misses[:SHOWN]
        ]
    paths = listed(t.path for t in code)
    # Of a merge: a conflict resolved, an edit made along, or what came in with commits that no policy has judged.
    merge = f"the merge brings code that no judged commit has brought ({paths})"
    what = merge if facts.parents > 1 else f"the commit touches code ({paths})"
    return [
        finding(
            "R001",
            f"{what} and names no change",
            facts.place,
            help=f"end the message with '{KEY}: <id>' ({nameable(facts)}) or '{SKIP_KEY}: <reason>'",
        )
    ]


def _unsquashed(facts: CommitFacts) -> Finding:
    message = f"'{title(facts.message).split(' ', 1)[0]}' is a commit to be squashed, and this branch keeps its history"
    return finding("R015", message, facts.place, help="git rebase -i --autosquash origin/HEAD, then push again")
