"""Where tasks.md and history disagree, said where somebody acts on it: archiving refuses, a check of commits tells."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from gitspec.domain.task_truth import held_open, way_out
from gitspec.errors import CannotJudge, Refused
from gitspec.git.snapshot import at_commit
from gitspec.store.layout import change_path
from gitspec.store.records import records_of
from gitspec.store.severities import in_force
from gitspec.store.spec import Spec
from gitspec.store.task_history import doubts_of, require_need, task_findings

if TYPE_CHECKING:
    from gitspec.domain.finding import Finding
    from gitspec.git.repository import Repository
    from gitspec.store.cache import Cache

_LISTED = 20


def refuse_held_open(spec: Spec, change: str, tip: str = "") -> "tuple[Finding, ...]":
    """The findings about the tasks of an active change that has no open ones by its file.

    Raises Refused A033 when the policy holds some of them for open, CannotJudge G016 where only a shallow clone is to
    blame for that, and where the policy cannot be read. ``tip`` as ``doubts_of`` has it.
    """
    need = require_need(spec)
    records = records_of(spec, [spec.change(change)])
    held = held_open(doubts_of(spec, records, tip).get(change, ()), need_commit=need)
    if not held:
        return tuple(in_force(spec, task_findings(spec, records, tip)))
    first = next((doubt for doubt in held if doubt.verdict != "unknown"), held[0])
    place = f"{change_path(change, 'tasks.md')}:{first.item.line}"
    if first.verdict == "unknown":
        raise CannotJudge("G016", first.why, place=place, help=way_out(first, change))
    others = [doubt.item.id for doubt in held if doubt is not first]
    more = f" (the policy also holds {', '.join(others[:_LISTED])} for open)" if others else ""
    raise Refused("A033", f"{first.why}{more}", place=place, help=way_out(first, change))


def findings_at(repo: "Repository", tip: str, changes: Collection[str], cache: "Cache | None") -> "list[Finding]":
    """What history says of the tasks of those of ``changes`` that are active at a commit: notes of a report."""
    if not changes:
        return []
    spec = Spec(at_commit(repo, tip), cache)
    active = [spec.change(change) for change in spec.change_ids() if change in changes]
    return in_force(spec, task_findings(spec, records_of(spec, active))) if active and spec.has_policy else []
