"""pre-commit and pre-merge-commit: what is staged below spec/ is valid and folds, and breaks no change that was fine.

The message is not known yet: whether living specs and archived folders may change is commit-msg's question.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from gitspec.commands.names import Named
from gitspec.commands.validate import validate_some
from gitspec.domain.finding import Finding
from gitspec.errors import CannotJudge
from gitspec.git import commit_facts
from gitspec.git.journal import is_pending
from gitspec.git.repository import Repository, discover
from gitspec.git.snapshot import at_commit, at_index
from gitspec.store import layout
from gitspec.store.cache import Cache
from gitspec.store.check import sort_key
from gitspec.store.records import ChangeRecord, records_of
from gitspec.store.spec import Spec

UNFINISHED = ("D027", "P010", "P011")
"""What a change lacks that is not written yet: no reason to keep the work so far out of a commit."""


class Staged(NamedTuple):
    """What keeps the commit from being made; ``merging``: the result of a merge is left staged when it is."""

    findings: tuple[Finding, ...] = ()
    merging: bool = False


class _Units(NamedTuple):
    """Capabilities and active changes by id."""

    capabilities: frozenset[str]
    changes: frozenset[str]


def judge_staged(*, merge: bool = False) -> Staged:
    """Judge what the index has below spec/ and HEAD has not. Raises CannotJudge.

    What the commit touches must be without errors, and what it affects must not get worse: changes with deltas for a
    capability that it touches, changes that depend on one that it touches, and all of them when it touches the policy.
    In a merge nothing counts that one of the parents has as well. ``merge``: pre-merge-commit asks.
    """
    repo = discover(recover=False)
    if is_pending(repo):  # commit-msg finishes or undoes it, or stops the commit
        return Staged()
    parents = commit_facts.parents_of_pending(repo, amend=False)
    touched = [t.path for t in commit_facts.touched_by_pending(repo, parents[:1]) if _below_spec(t.path)]
    spec = Spec(at_index(repo), Cache(repo))
    if not touched or not spec.has_policy:
        return Staged()
    others = (*parents[1:], *(_heads_of_merge() if merge else ()))
    found = _findings(spec, _affected(spec, touched))
    errors = [f for f in found if f.severity == "error" and f.code not in UNFINISHED]
    mine = {_unit(path) for path in touched}
    doubtful = errors if others else [f for f in errors if _unit(f.path) not in mine]
    if doubtful:
        known = _known(repo, (*parents[:1], *others), doubtful)
        errors = [f for f in errors if f not in doubtful or _key(f) not in known]
    return Staged(tuple(sorted(errors, key=sort_key)), bool(others))


def _below_spec(path: str) -> bool:
    return path == layout.SPEC or path.startswith(f"{layout.SPEC}/")


def _heads_of_merge() -> list[str]:
    """What is merged, while MERGE_HEAD is not written yet: Git names it to pre-merge-commit in variables only."""
    names = (name.removeprefix("GITHEAD_") for name in sorted(os.environ) if name.startswith("GITHEAD_"))
    return [oid for oid in names if len(oid) in (40, 64) and set(oid) <= set("0123456789abcdef")]


def _affected(spec: Spec, touched: Sequence[str]) -> _Units:
    """What has to be looked at: what is touched itself, and what it may break."""
    if layout.POLICY in touched:
        return _Units(frozenset(spec.capability_ids()), frozenset(spec.change_ids()))
    places = [layout.classify(path) for path in touched]
    capabilities = {p.capability for p in places if p.kind == "capability"}
    changes = {p.change for p in places if p.change}  # also those that are archived now
    records = records_of(spec, [spec.change(change) for change in spec.change_ids()])
    wider = changes | {r.id for r in records if capabilities & _capabilities_of(r)}
    while more := {r.id for r in records if r.change and wider & set(r.change.depends_on)} - wider:
        wider |= more
    return _Units(frozenset(capabilities & set(spec.capability_ids())), frozenset(wider & set(spec.change_ids())))


def _capabilities_of(record: ChangeRecord) -> set[str]:
    found = set()
    for delta in record.deltas:
        found |= {delta.capability, *(to.rpartition("/")[0] for _, to in delta.moved)}
        if delta.rename_to:
            found.add(delta.rename_to)
    return found


def _findings(spec: Spec, units: _Units) -> list[Finding]:
    """All findings about the policy, the layout, and those units of ``units`` that there are."""
    names = [
        Named("capability", c, layout.capability_path(c)) for c in spec.capability_paths(sorted(units.capabilities))
    ]
    active = set(spec.change_ids())
    names += [Named("change", c, layout.change_folder(c)) for c in sorted(units.changes) if c in active]
    return list(dict.fromkeys([*validate_some(spec, names).findings, *spec.layout_findings()]))


def _known(repo: Repository, parents: Sequence[str], doubtful: Sequence[Finding]) -> set[tuple[str, str, str]]:
    """Which of the findings one of the parents has already."""
    places = [layout.classify(f.path if f.path.count("/") > 2 else f"{f.path}/change.yaml") for f in doubtful]
    capabilities = frozenset(layout.classify(f.path).capability for f in doubtful) - {""}
    units = _Units(capabilities, frozenset(p.change for p in places if p.change and not p.day))
    known: set[tuple[str, str, str]] = set()
    for parent in parents:
        spec = Spec(at_commit(repo, parent))
        try:
            known.update(_key(f) for f in _findings(spec, units))
        except CannotJudge:  # it has no policy
            continue
    return known


def _key(found: Finding) -> tuple[str, str, str]:
    """What makes two findings the same wherever in the file they are."""
    return found.code, found.path, found.message


def _unit(path: str) -> str:
    """The folder of a change, or the path itself."""
    parts = path.split("/")
    return "/".join(parts[:3]) if parts[1:2] in (["changes"], ["archive"]) else path
