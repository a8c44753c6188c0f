"""The one check of a change, that validate, status and archive share: what its files get wrong, and the fold.

A change that passes can be archived, because archiving folds in the same way. Verdicts are remembered with all that
they looked at (capabilities, links, other changes), so that an edit elsewhere costs nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.store import layout
from gitspec.store.folding import MISSING, Watched, added_by, dependencies, living_before, still_holds
from gitspec.store.records import ChangeRecord, finding_of, plain, records_of
from gitspec.store.severities import in_force
from gitspec.store.stale import Stale

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.domain.change import Change
    from gitspec.domain.validate import Problem
    from gitspec.store.spec import BrokenSpec, ChangeFolder, Spec


class CheckedChange(NamedTuple):
    """A change and all findings about it, sorted by place."""

    record: ChangeRecord
    findings: tuple[Finding, ...]
    is_new: bool = False
    """Whether it was judged now, and not remembered."""
    stale: tuple[Stale, ...] = ()
    """Parts of its deltas that are older than the living specs."""

    @property
    def id(self) -> str:
        """The change's id."""
        return self.record.id

    @property
    def has_errors(self) -> bool:
        """Whether something keeps it from being archived (open tasks aside)."""
        return any(f.severity == "error" for f in self.findings)

    def has(self, codes: Sequence[str]) -> bool:
        """Whether there is a finding with one of ``codes``."""
        return any(f.code in codes for f in self.findings)


def check_change(spec: "Spec", change: str) -> CheckedChange:
    """Check one active change. Raises UsageError L011 when there is none of that id."""
    return check_changes(spec, [change])[0]


def check_changes(spec: "Spec", changes: Sequence[str]) -> list[CheckedChange]:
    """Check active changes, in order; a broken one disturbs no other."""
    records = records_of(spec, [spec.change(change) for change in changes])
    known = spec.cache.load("verdicts") if spec.cache else {}
    fresh = {r.id: _judge(spec, r) for r in records if not _holds(spec, r, known.get(r.id))}
    if fresh and spec.cache:
        active = set(spec.change_ids())
        spec.cache.save("verdicts", {c: v for c, v in known.items() if c in active} | fresh)
    return [_checked(spec, record, (known | fresh)[record.id], is_new=record.id in fresh) for record in records]


def sort_key(found: Finding) -> tuple[str, int, int, str, str]:
    """Findings are shown by path, line, column, code and message."""
    return found.path, found.line, found.col, found.code, found.message


def _holds(spec: "Spec", record: ChangeRecord, verdict: Any) -> bool:
    if not isinstance(verdict, dict) or verdict["key"] != record.key or not still_holds(spec, verdict["needs"]):
        return False
    return not verdict["horizon"] or verdict["horizon"] == _horizon(spec)


def _horizon(spec: "Spec") -> list[str]:
    from gitspec.store.lived import Lived

    return list(Lived(spec).horizon)


def _checked(spec: "Spec", record: ChangeRecord, verdict: dict[str, Any], *, is_new: bool) -> CheckedChange:
    findings = in_force(spec, {*record.findings, *(finding_of(row) for row in verdict["findings"])})
    stale = tuple(Stale(*row) for row in verdict["stale"])
    return CheckedChange(record, tuple(sorted(findings, key=sort_key)), is_new, stale)


def _judge(spec: "Spec", record: ChangeRecord) -> dict[str, Any]:
    """What only shows beside the living specs and other changes, and what it depends on, as the cache holds it."""
    watched = Watched(spec)
    judged = _judged(spec, spec.change(record.id), record, watched)
    return {
        "key": record.key,
        "needs": watched.needs(),
        "findings": [plain(f) for f in judged.findings],
        "stale": [list(stale) for stale in judged.stale],
        "horizon": list(judged.horizon),
    }


class _Judged(NamedTuple):
    """``horizon``: how far back was looked, when another history would give other findings."""

    findings: list[Finding]
    stale: Sequence[Stale] = ()
    horizon: Sequence[str] = ()


def _judged(spec: "Spec", folder: "ChangeFolder", record: ChangeRecord, watched: Watched) -> _Judged:
    from gitspec.domain.validate import change_problems, change_verdict
    from gitspec.store.age import aged
    from gitspec.store.spec import BrokenSpec

    change = folder.change.value
    if change is None:
        return _Judged([])
    in_order = {*dependencies(spec, folder.id, watched), folder.id}
    active = set(spec.change_ids())
    problems = [_ring(change, other) for other in change.depends_on if other in active - in_order]
    deltas = {name: loaded.value for name, loaded in folder.deltas.items() if loaded.value is not None}
    if len(deltas) < len(folder.deltas):  # a broken one would make others look wrong
        problems += change_problems(change, has_deltas=True, is_change=_is_change(watched))
        return _Judged([_placed(folder, problem) for problem in problems])
    try:
        living = living_before(spec, folder.id, watched)
        verdict = change_verdict(
            change,
            deltas,
            living,
            links_to=living.links_to,
            exists=exists_in(living),
            policy=spec.policy().value,
            is_change=_is_change(watched),
            added_by=added_by(spec),
        )
        age = aged(spec, folder, deltas, living, verdict.problems)
    except BrokenSpec as error:
        return _Judged([*(_placed(folder, problem) for problem in problems), _cannot_fold(folder, error)])
    placed = [_placed(folder, problem) for problem in (*problems, *age.problems)]
    placed += _served_in_vain(record, living, verdict.result.capabilities)
    return _Judged(placed, age.stale, age.horizon)


def _served_in_vain(
    record: ChangeRecord, living: "Mapping[str, Capability]", results: "Mapping[str, Capability | None]"
) -> list[Finding]:
    """Tasks for requirements that there are neither before nor after the change."""
    from gitspec.domain.rules import finding

    before, after = exists_in(living), exists_in({name: one for name, one in results.items() if one is not None})
    return [
        finding(
            "T023",
            f"task {task.id} serves {task.requirement}, which does not exist",
            f"{record.path}/tasks.md",
            task.line,
            help=f"correct it; `gitspec show {record.id}` names what the change adds",
        )
        for task in record.tasks or ()
        if task.requirement and not before(task.requirement) and not after(task.requirement)
    ]


def requirements_around(spec: "Spec", change: str) -> frozenset[str]:
    """The names of all requirements that live, or that an active change (or one it depends on) brings."""
    from gitspec.store.facts import facts_of_capabilities

    names = {f"{c}/{r}" for c, facts in facts_of_capabilities(spec).items() for r in facts.requirement_ids}
    for other in (*dependencies(spec, change), change):
        for delta in records_of(spec, [spec.change(other)])[0].deltas:
            names |= {f"{delta.rename_to or delta.capability}/{r}" for r in delta.added}
            names |= {f"{delta.rename_to or delta.capability}/{new}" for _, new in delta.renamed}
            names |= {new for _, new in delta.moved}
            if delta.rename_to:
                old = f"{delta.capability}/"
                names |= {f"{delta.rename_to}/{n.removeprefix(old)}" for n in names if n.startswith(old)}
    return frozenset(names)


def _is_change(watched: Watched) -> "Callable[[str], bool]":
    return lambda other: watched.changes[other] != MISSING


def exists_in(living: "Mapping[str, Capability]") -> "Callable[[str], bool]":
    """Whether a requirement lives; of a broken file nothing can be told, and its own findings are enough."""
    from gitspec.store.spec import BrokenSpec

    def exists(name: str) -> bool:
        capability, _, requirement = name.rpartition("/")
        try:
            found = living.get(capability)
        except BrokenSpec:
            return True
        return found is not None and found.requirement(requirement) is not None

    return exists


def _ring(change: "Change", other: str) -> "Problem":
    from gitspec.domain.validate import Problem

    loc = ("depends_on", change.depends_on.index(other))
    return Problem("D029", f"{other} depends on {change.change} in turn", "delete one of the two dependencies", loc)


def _cannot_fold(folder: "ChangeFolder", error: "BrokenSpec") -> Finding:
    """The finding about a file elsewhere that keeps the change from being folded."""
    from gitspec.domain.rules import finding

    message = f"cannot be folded while {error.place.partition(':')[0]} has errors"
    return finding("D031", message, folder.path, help=f"mend {error.place}: {error.code} {error.message}")


def _placed(folder: "ChangeFolder", problem: "Problem") -> Finding:
    """A problem as a finding at its place in the delta, or in change.yaml."""
    from gitspec.yaml.binding import locate

    loaded = folder.deltas[problem.capability] if problem.capability else folder.change
    path = layout.delta_path(folder.path, problem.capability) if problem.capability else f"{folder.path}/change.yaml"
    return problem.finding(path, *locate(loaded.document, problem.loc))
