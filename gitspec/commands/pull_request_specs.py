"""What landing a pull request does to specs: for each of its changes the difference that archiving makes, tried out
after all other complete changes of the merged tree."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from gitspec.commands.archive_merged import in_order
from gitspec.commands.archive_plan import Tip, active_changes, open_spec, open_tip, plan_archive, refuse_unfinished
from gitspec.domain.diff import CapabilityDiff, diff, diff_of_fold
from gitspec.domain.finding import Finding
from gitspec.domain.ids import problem_with_change_id
from gitspec.errors import CannotJudge, GitspecError, Refused
from gitspec.git.repository import Repository
from gitspec.git.snapshot import at_commit
from gitspec.git.spec_history import brought_in, tree_changes
from gitspec.git.target import Target
from gitspec.store import layout
from gitspec.store.check import check_change
from gitspec.store.cited import still_cited
from gitspec.store.folding import fold_change
from gitspec.store.spec import Spec
from gitspec.store.stale import last_touched
from gitspec.store.task_history import task_findings

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.domain.delta import Delta

State = Literal["complete", "unfinished", "waiting", "refused"]
_SHOWN = 3


class NewerEdit(NamedTuple):
    """A living requirement that a delta is about and that has changed since the delta was first committed."""

    name: str
    kind: str
    parts: tuple[str, ...]
    by: str
    """The archived change that did it last; empty when none is known."""


class ChangeTrial(NamedTuple):
    """One change of the pull request, as if everything else that is complete were archived first.

    ``complete``: archiving it then works; ``unfinished``: tasks are open, and it folds so far; ``waiting``: what it
    depends on is not complete; ``refused``: ``findings`` say what keeps it from being archived.
    """

    change: str
    title: str
    state: State
    capabilities: tuple[CapabilityDiff, ...]
    newer: tuple[NewerEdit, ...]
    findings: tuple[Finding, ...]


class SpecsTrial(NamedTuple):
    """``first``: the other complete changes, in the order they were folded; ``left``: those that do not fold, and why."""

    changes: tuple[ChangeTrial, ...] = ()
    first: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    """About paths and the policy that the pull request touches."""


def try_specs(repo: Repository, base: str, head: str, landed: str, branch: str, history: str = "") -> SpecsTrial:
    """Try out what the commit ``landed`` brings to the branch at ``base``. ``repo`` is one to write into and forget.

    ``head`` has the history of the pull request; ``history`` is the commit whose history will tell of tasks, if that is
    not ``landed``. Raises CannotJudge when history or objects are missing.
    """
    touched = [change.path for change in tree_changes(repo, base, landed) if _is_spec(change.path)]
    if not touched:
        return SpecsTrial()
    tip = open_tip(repo, Target(f"refs/heads/{branch}", landed, checked_out=False))._replace(history=history)
    try:
        return _tried(tip, head, touched)
    finally:
        tip.objects.close()


def _tried(tip: Tip, head: str, touched: Sequence[str]) -> SpecsTrial:
    merged = Spec(at_commit(tip.repo, tip.target.tip))
    findings = _general(merged, set(touched))
    if not merged.has_policy:
        return SpecsTrial(findings=findings)
    active = [change for change in active_changes(tip) if problem_with_change_id(change) is None]
    mine = {path.split("/")[2] for path in touched if path.startswith(f"{layout.CHANGES}/")} & set(merged.change_ids())
    ordered = in_order(tip, active, None)
    left: list[tuple[str, str]] = []
    first: list[str] = []
    for change in ordered:
        if change in mine or not _is_complete(tip, change):
            continue
        planned = _archived(tip, change)
        if isinstance(planned, Tip):
            first.append(change)
            tip = planned
        else:
            left.append((change, planned.message))
    trials = []
    for change in (c for c in ordered if c in mine):
        trial, tip = _tried_one(tip, merged, change, head, first)
        trials.append(trial)
    return SpecsTrial(tuple(trials), tuple(first), tuple(left), findings)


def _general(merged: Spec, touched: set[str]) -> tuple[Finding, ...]:
    found = [f for f in merged.layout_findings() if f.path in touched]
    if layout.POLICY in touched and merged.has_policy:
        found += merged.policy().findings
    return tuple(found)


def _tried_one(tip: Tip, merged: Spec, change: str, head: str, first: Sequence[str]) -> tuple[ChangeTrial, Tip]:
    alone = check_change(merged, change)
    spec = open_spec(tip, None)
    known = {_same(f) for f in alone.findings}
    later = [f for f in check_change(spec, change).findings if f.severity == "error" and _same(f) not in known]
    findings = [
        *alone.findings,
        *(_after(f, first) for f in later),
        *task_findings(merged, [alone.record], tip.history),
        *still_cited(merged, [change]),
    ]
    capabilities, newer = _shown(spec, merged, change, head)
    state: State = "refused" if any(f.severity == "error" for f in findings) else "complete"
    if state == "complete":
        planned = _archived(tip, change) if _is_complete(tip, change) else None
        if isinstance(planned, Tip):
            tip = planned
        elif planned is None:
            state = "unfinished"
        elif planned.code == "A005":
            state = "waiting"
        else:
            state = "refused"
            findings += _findings_of(planned)
    title = alone.record.change.title if alone.record.change and alone.record.change.title else change
    return ChangeTrial(change, title, state, capabilities, newer, tuple(findings)), tip


def _shown(
    spec: Spec, merged: Spec, change: str, head: str
) -> tuple[tuple[CapabilityDiff, ...], tuple[NewerEdit, ...]]:
    """What archiving makes of the living specs, and what has changed under the deltas; nothing of a broken change."""
    try:
        fold = fold_change(spec, change)
        return diff_of_fold(fold.before, fold.result), tuple(_newer(merged, change, head))
    except Refused:
        return (), ()


def _newer(merged: Spec, change: str, head: str) -> list[NewerEdit]:
    found = []
    folder = merged.change(change)
    for delta in folder.require_deltas():
        path = layout.delta_path(folder.path, delta.capability)
        first = brought_in(merged.snapshot.repo, head, path)
        if first is None or not first.parents:
            continue
        then = Spec(at_commit(merged.snapshot.repo, first.parents[0]))
        found += _edits_since(then, merged, delta)
    return found


def _edits_since(then: Spec, now: Spec, delta: "Delta") -> list[NewerEdit]:
    about = {entry.id for group in (delta.modified, delta.removed, delta.renamed, delta.moved) for entry in group}
    old, new = _one(then, delta.capability), _one(now, delta.capability)
    found = []
    for capability in diff(old, new):
        for requirement in capability.requirements:
            if requirement.id not in about:
                continue
            name = f"{delta.capability}/{requirement.id}"
            parts = tuple(dict.fromkeys(p.scenario or p.part for p in requirement.parts))
            by = last_touched(now, name, parts[0]) if parts else ""
            found.append(NewerEdit(name, requirement.kind, parts, by))
    return found


def _one(spec: Spec, capability: str) -> "Mapping[str, Capability]":
    if capability not in spec.capability_ids():
        return {}
    loaded = spec.capability(capability)
    return {capability: loaded.value} if loaded.value is not None else {}


def _is_complete(tip: Tip, change: str) -> bool:
    try:
        refuse_unfinished(tip, change)
    except CannotJudge:
        raise
    except GitspecError:
        return False
    return True


def _archived(tip: Tip, change: str) -> Tip | GitspecError:
    """The tip with the change archived, in memory, or what is against it."""
    try:
        operation = plan_archive(tip, change, with_tag=False, cache=None).operation
    except CannotJudge:
        raise
    except GitspecError as error:
        return error
    return tip._replace(root=operation.tree)


def _findings_of(error: GitspecError) -> list[Finding]:
    held = getattr(error, "findings", ())
    if held:
        return list(held)
    path, line, col = error.place, 0, 0
    parts = path.rsplit(":", 2)
    numbers = [int(part) for part in parts[1:] if part.isdecimal() and part.isascii()]
    if numbers and len(numbers) == len(parts) - 1:
        path, line, col = parts[0], numbers[0], numbers[1] if len(numbers) > 1 else 0
    return [Finding(error.code, "error", error.message, path, line, col, error.help)]


def _after(found: Finding, first: Sequence[str]) -> Finding:
    """The finding with what it is that came between."""
    more = f" and {len(first) - _SHOWN} more" if len(first) > _SHOWN else ""
    return found._replace(
        message=f"{found.message} (once {', '.join(first[:_SHOWN])}{more} is archived, which is complete)",
        help=f"land after it is archived, then: {found.help}" if found.help else "land after it is archived",
    )


def _same(found: Finding) -> tuple[str, str, int, int]:
    return found.code, found.path, found.line, found.col


def _is_spec(path: str) -> bool:
    return path == layout.SPEC or path.startswith(f"{layout.SPEC}/")
