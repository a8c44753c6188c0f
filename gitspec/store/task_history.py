"""What history says of the tasks of active changes: gathered for ``gitspec.domain.task_truth``, and remembered.

History is read only where the policy asks for commits, or a done task serves a requirement.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gitspec.domain.task_status import Item
from gitspec.git.ref_tips import commit_of
from gitspec.git.spec_history import shallow_boundary
from gitspec.store import layout
from gitspec.store.memo import remembered
from gitspec.store.records import ChangeRecord, policy_oid

if TYPE_CHECKING:
    from gitspec.domain.finding import Finding
    from gitspec.domain.task_truth import Doubt, Past
    from gitspec.store.spec import Spec
    from gitspec.store.task_namings import Said
    from gitspec.store.task_ticks import ChangeThen

_KIND = "task-doubts"
_UNREADABLE = "unreadable"
_IDS = frozenset((40, 64))


def need_commit(spec: "Spec") -> bool:
    """Whether the policy asks for commits that name tasks. One that does not speak of tasks costs a look at its text."""
    return _need(spec) == "commit"


def require_need(spec: "Spec") -> bool:
    """As ``need_commit``. Raises CannotJudge for a policy that speaks of tasks and cannot be read."""
    need = _need(spec)
    if need == _UNREADABLE:
        spec.require_policy()
    return need == "commit"


def _need(spec: "Spec") -> str:
    if not spec.has_policy or b"tasks" not in spec.snapshot.read(layout.POLICY):
        return "none"

    def work(_: Sequence[int]) -> list[str]:
        policy = spec.policy().value
        return [policy.tasks.need if policy else _UNREADABLE]

    return str(remembered(spec.cache, "task-need", [policy_oid(spec)], work)[0])


def doubts_of(spec: "Spec", records: Sequence[ChangeRecord], tip: str = "") -> "dict[str, tuple[Doubt, ...]]":
    """For active changes of ``spec`` the tasks of which tasks.md and history disagree; changes without any are left out.

    ``tip``: the commit whose history counts, instead of the one that ``spec`` is of (HEAD for the work tree).
    """
    need = need_commit(spec)
    asked = [record for record in records if _is_asked(record, need)]
    if not asked or not (tip := tip or _tip_of(spec)):
        return {}
    from gitspec.domain.task_truth import Doubt

    hidden = sorted(shallow_boundary(spec.snapshot.repo))
    keys = [" ".join((record.key, tip, str(need), *hidden)) for record in asked]
    rows = remembered(
        spec.cache, _KIND, keys, lambda missing: _worked_out(spec, [asked[i] for i in missing], tip, need)
    )
    found = {}
    for record, row in zip(asked, rows, strict=True):
        items = record.tasks or ()
        if row:
            found[record.id] = tuple(Doubt(items[at], *rest) for at, *rest in row)
    return found


def task_findings(spec: "Spec", records: Sequence[ChangeRecord], tip: str = "") -> "list[Finding]":
    """The findings about tasks in doubt, none of them an error; as ``doubts_of``."""
    found = doubts_of(spec, records, tip)
    if not found:
        return []
    from gitspec.domain.task_truth import findings_about

    need = need_commit(spec)
    return [
        one
        for change, doubted in found.items()
        for one in findings_about(doubted, layout.change_path(change, "tasks.md"), change, need_commit=need)
    ]


def _is_asked(record: ChangeRecord, need: bool) -> bool:
    tasks = record.tasks or ()
    return any(_serves(task) or (need and task.status in ("done", "pending")) for task in tasks)


def _serves(item: Item) -> bool:
    return item.status == "done" and item.requirement is not None


def _tip_of(spec: "Spec") -> str:
    name = spec.snapshot.name
    if len(name) in _IDS:
        return name
    return commit_of(spec.snapshot.repo, "HEAD")


def _worked_out(spec: "Spec", records: Sequence[ChangeRecord], tip: str, need: bool) -> list[list[list[Any]]]:
    from gitspec.domain.task_truth import doubts
    from gitspec.store.task_namings import Said

    said = Said(spec, tip)
    try:
        rows = []
        for record in records:
            items = record.tasks or ()
            found = doubts(items, _past(spec, record, said, need), need_commit=need)
            rows.append([[items.index(one.item), one.verdict, one.commit, one.revert] for one in found])
        return rows
    finally:
        said.close()


def _past(spec: "Spec", record: ChangeRecord, said: "Said", need: bool) -> "Past":
    from gitspec.domain.task_truth import Past
    from gitspec.store.task_ticks import ChangeThen

    items = record.tasks or ()
    then = ChangeThen(said.repo, record.path, items, spec.cache)
    try:
        past = said.of(record.id, then) if need else Past()
        return _with_requirements(spec, record, said, then, past)
    finally:
        then.close()


def _with_requirements(spec: "Spec", record: ChangeRecord, said: "Said", then: "ChangeThen", past: "Past") -> "Past":
    """What was wanted of the requirements of done tasks when they were ticked, and when commits named them."""
    served = [item for item in record.tasks or () if _serves(item)]
    paths = {delta.capability: delta.path for delta in record.deltas}
    now = dict(zip(paths, spec.oids(list(paths.values())), strict=True))

    def is_as_now(item: Item, commit: str) -> bool:
        return then.is_same(str(item.requirement), then.deltas_at(commit), now, lambda c: spec.snapshot.read(paths[c]))

    ticks = then.ticks(said.tip, served) if served else {}
    as_now: dict[str, list[bool]] = {}
    unseen = []
    for item in served:
        tick = ticks.get(item.id)
        same = not tick or is_as_now(item, tick)
        if same and tick and tick in said.cut_off:
            unseen.append(item.id)
        as_now[item.id] = [same and item.id not in unseen]
    if not all(map(any, as_now.values())) and not past.namings:
        past = said.of(record.id, then)
    for item in served:
        if not any(as_now[item.id]):
            as_now[item.id] += [is_as_now(item, n.commit) for n in past.namings if n.task == item.id]
    return past._replace(as_now=as_now, unseen=tuple(unseen))
