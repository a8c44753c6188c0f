"""The engine: facts of a commit and a policy in, findings out. Pure; every gate asks it, so all give one verdict."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gitspec.domain import ids
from gitspec.domain.code_paths import code_matcher, path_matcher
from gitspec.domain.commit import CommitFacts, Touched
from gitspec.domain.finding import Finding
from gitspec.domain.message import is_autosquash
from gitspec.domain.nearest import nearest
from gitspec.domain.places import ARCHIVE, CAPABILITIES, POLICY
from gitspec.domain.references import KEY, SKIP_KEY, SPEC_EDIT_KEY, References, near_misses, references
from gitspec.domain.rules import finding

_LIVING = f"{CAPABILITIES}/"
_ARCHIVE = f"{ARCHIVE}/"
if TYPE_CHECKING:
    from gitspec.domain.policy import Policy, SkipReason

SPEC_EDIT_REASONS = ("import",)
"""Reasons with which living specs may be added outside of an archive commit."""
_SHOWN = 3


def needs_policy(facts: CommitFacts) -> bool:
    """Whether the verdict depends on the policy; not so where a reference stands for all that is touched."""
    refs = references(facts.message)
    return bool(refs.skips or refs.spec_edits or (facts.touched and not refs.changes))


def judge(facts: CommitFacts, policy: "Policy | None") -> list[Finding]:
    """All findings about one commit, judged by ``policy``: that of the first parent, or the one it brings in.

    ``policy`` may be None where ``needs_policy`` says so: reading one costs more than everything else.
    """
    refs = references(facts.message)
    code: list[Touched] = []
    if policy is not None:
        is_code = code_matcher(policy)
        code = [t for t in facts.touched if is_code(t)]
    found = [f for change in refs.changes for f in _judge_reference(change, facts)]
    if policy is not None:
        found += _judge_skips(refs, code, facts, policy)
    if code and not refs.changes and not refs.skips and not (facts.local and is_autosquash(facts.message)):
        found += _missing(code, facts)
    return found + judge_spec_paths(facts, refs, code)


def _judge_reference(change: str, facts: CommitFacts) -> list[Finding]:
    if change in facts.active or change in facts.active_before:
        return []
    if problem := ids.problem_with_change_id(change):
        several = "," in change or " " in change.strip()
        more = f"one '{KEY}:' line for each change" if several else f"write the id of a change, {_known(facts)}"
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
                help=f"name an active change ({_known(facts)}), or propose one: gitspec propose <id>",
            )
        ]
    near = nearest(change, facts.active | facts.active_before)
    if near:
        way_out = f"did you mean {' or '.join(near)}?"
    else:
        way_out = f"{_known(facts)}; a new one: gitspec propose {change}, and commit it first or along"
    return [finding("R002", f"there is no change '{change}'", facts.place, help=way_out)]


def _known(facts: CommitFacts) -> str:
    active = sorted(facts.active)
    if not active:
        return "no change is active"
    more = f" and {len(active) - _SHOWN} more" if len(active) > _SHOWN else ""
    return f"active: {', '.join(active[:_SHOWN])}{more}"


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
            for miss in misses[:_SHOWN]
        ]
    what = "resolves conflicts in" if facts.parents > 1 else "touches"
    return [
        finding(
            "R001",
            f"the commit {what} code ({_listed(t.path for t in code)}) and names no change",
            facts.place,
            help=f"end the message with '{KEY}: <id>' ({_known(facts)}) or '{SKIP_KEY}: <reason>'",
        )
    ]


def _judge_skips(refs: References, code: Sequence[Touched], facts: CommitFacts, policy: "Policy") -> list[Finding]:
    """Reasons that the policy does not list are always wrong; the limits of one that it lists must hold."""
    allowed = {skip.reason: skip for skip in policy.skip}
    unknown = [reason for reason in refs.skips if reason not in allowed]
    if unknown:
        listed = ", ".join(allowed) or "none"
        near = [n for reason in unknown for n in nearest(reason, allowed)]
        meant = f"did you mean {near[0]}? " if near else ""
        return [
            finding(
                "R005", f"the policy lists no reason '{reason}' to skip", facts.place, help=f"{meant}listed: {listed}"
            )
            for reason in unknown
        ]
    if refs.changes or not code:
        return []
    first: list[Finding] = []
    for reason in refs.skips:
        found = _beyond(allowed[reason], code, facts)
        if not found:
            return []
        first = first or found
    return first


def _beyond(skip: "SkipReason", code: Sequence[Touched], facts: CommitFacts) -> list[Finding]:
    help_ = f"split the commit, or name a change: '{KEY}: <id>' ({_known(facts)})"
    if skip.paths:
        matches = path_matcher(skip.paths)
        outside = [t.path for t in code if not matches(t.path)]
        if outside:
            message = f"'{SKIP_KEY}: {skip.reason}' does not cover {_listed(outside)}"
            return [finding("R006", message, facts.place, help=help_)]
    if skip.max_lines is not None:
        binary = [t.path for t in code if facts.lines.get(t.path, 0) is None]
        if binary:
            message = f"'{SKIP_KEY}: {skip.reason}' has a limit of lines, and {_listed(binary)} is binary"
            return [finding("R007", message, facts.place, help=help_)]
        total = sum(facts.lines.get(t.path) or 0 for t in code)
        if total > skip.max_lines:
            message = f"'{SKIP_KEY}: {skip.reason}' covers {skip.max_lines} changed lines, and these are {total}"
            return [finding("R007", message, facts.place, help=help_)]
    return []


def judge_spec_paths(facts: CommitFacts, refs: References, code: Sequence[Touched]) -> list[Finding]:
    """Living specs change by archiving only, archived folders never, and the policy stays.

    Whether what an archive commit writes is what folding gives is proven elsewhere; here it counts that the commit
    archives a change that was active.
    """
    found = []
    if any(t.path == POLICY and not t.new_mode for t in facts.touched) and facts.governed:
        found.append(finding("R012", "the commit removes the policy", POLICY, help=f"git checkout HEAD -- {POLICY}"))
    archives = {c for c in facts.archived if c not in facts.archived_before and c in facts.active_before}
    folders_before = set(facts.archived_before.values())
    living = [t for t in facts.touched if t.path.startswith(_LIVING)]
    old = [t for t in facts.touched if t.path.startswith(_ARCHIVE) and _folder(t.path) in folders_before]
    fresh = [
        t
        for t in facts.touched
        if t.path.startswith(_ARCHIVE)
        and _folder(t.path) not in folders_before
        and not any(facts.archived[c] == _folder(t.path) for c in archives)
    ]
    if old:
        found.append(
            finding(
                "R011",
                f"the commit changes what is archived: {_listed(t.path for t in old)}",
                old[0].path,
                help=f"git restore --staged --worktree {_folder(old[0].path)}; put the edit into a new change",
            )
        )
    if not facts.governed:
        return found
    if refs.spec_edits:
        found += _judge_spec_edit(refs, living, code, facts)
    elif (living and not archives) or fresh:
        touched = living if living and not archives else fresh
        found.append(
            finding(
                "R010",
                f"living specs change by archiving a change, not by hand: {_listed(t.path for t in touched)}",
                touched[0].path,
                help="say it as a delta: gitspec delta modify <change> <capability>/<requirement>; "
                f"specs that an import adds need '{SPEC_EDIT_KEY}: {SPEC_EDIT_REASONS[0]}' in the message",
            )
        )
    return found


def _judge_spec_edit(
    refs: References, living: Sequence[Touched], code: Sequence[Touched], facts: CommitFacts
) -> list[Finding]:
    unlisted = [reason for reason in refs.spec_edits if reason not in SPEC_EDIT_REASONS]
    if unlisted:
        listed = ", ".join(SPEC_EDIT_REASONS)
        return [
            finding("R013", f"'{SPEC_EDIT_KEY}: {unlisted[0]}' is not allowed", facts.place, help=f"allowed: {listed}")
        ]
    edited = [t.path for t in living if t.old_mode]
    if edited:
        message = f"'{SPEC_EDIT_KEY}: {refs.spec_edits[0]}' may only add files, and {_listed(edited)} existed"
        return [finding("R013", message, facts.place, help="change what exists by a delta: gitspec delta modify")]
    if code:
        message = f"'{SPEC_EDIT_KEY}: {refs.spec_edits[0]}' may touch no code, and {_listed(t.path for t in code)} is"
        return [finding("R013", message, facts.place, help="commit the code for itself")]
    return []


def _folder(path: str) -> str:
    return "/".join(path.split("/", 3)[:3])


def _listed(paths: Iterable[str]) -> str:
    """A few paths, on one line whatever their names hold."""
    names = [repr(p)[1:-1] if not p.isprintable() else p for p in paths]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
