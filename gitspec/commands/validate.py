"""Check specs and changes: everything at once, each file for itself, and what only shows when they are seen together."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.names import Named
from gitspec.domain.finding import Finding, has_errors, is_unjudged
from gitspec.errors import CannotJudge
from gitspec.store import layout
from gitspec.store.check import CheckedChange, check_changes, sort_key
from gitspec.store.cited import still_cited
from gitspec.store.facts import CapabilityFacts, Check, facts_of_capabilities
from gitspec.store.memo import remembered
from gitspec.store.records import DeltaOutline, finding_of, plain, policy_oid, records_of
from gitspec.store.severities import in_force, policy_findings
from gitspec.store.spec import Spec
from gitspec.store.task_history import task_findings

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.yaml.reader import Document


class Validation(NamedTuple):
    """What was checked, and all findings, sorted by place."""

    capabilities: tuple[str, ...]
    changes: tuple[CheckedChange, ...]
    findings: tuple[Finding, ...]
    strict: bool

    @property
    def is_valid(self) -> bool:
        """Whether the check passes; with ``strict`` warnings fail it too."""
        return not has_errors(self.findings, strict=self.strict)

    @property
    def is_unjudged(self) -> bool:
        """Whether there are errors, and all of them say that data is missing."""
        return is_unjudged(self.findings)


def validate_all(spec: Spec, *, strict: bool = False) -> Validation:
    """Check the policy, the layout of spec/, all capabilities and all active changes.

    Raises CannotJudge L010 when the project has no policy.
    """
    _require_policy(spec)
    rest = _Rest(spec)
    capabilities, findings = _capabilities(spec, None, rest.work_out)
    rest.work_out_links()
    findings += in_force(spec, task_findings(spec, [change.record for change in rest.changes]))
    findings += still_cited(spec, [change.id for change in rest.changes])
    return _validation(capabilities, rest.changes, [*findings, *rest.findings], strict)


def validate_some(spec: Spec, names: Sequence[Named], *, strict: bool = False) -> Validation:
    """Check capabilities and active changes by name, and the policy that judges them."""
    _require_policy(spec)
    wanted = [named.id for named in names if named.kind == "capability"]
    capabilities, findings = _capabilities(spec, wanted)
    changes = _changes(spec, [named.id for named in names if named.kind == "change"])
    inside = tuple(change.record.path for change in changes)
    findings += [*_policy(spec), *(f for f in spec.layout_findings() if _within(f.path, inside))]
    findings += in_force(spec, task_findings(spec, [change.record for change in changes]))
    findings += still_cited(spec, [change.id for change in changes])
    return _validation(capabilities, changes, findings, strict)


def _validation(
    capabilities: Iterable[str], changes: Sequence[CheckedChange], findings: Iterable[Finding], strict: bool
) -> Validation:
    every = [*findings, *(finding for change in changes for finding in change.findings)]
    # The same may be found from two sides, once with less help.
    best = {f[:6]: f for f in sorted(every, key=lambda f: len(f.help))}
    return Validation(tuple(capabilities), tuple(changes), tuple(sorted(best.values(), key=sort_key)), strict)


class _Rest:
    """All that is checked beside capabilities. It goes on while other processes parse these, unless it needs them."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self.changes: list[CheckedChange] = []
        self.findings: list[Finding] = []
        self._waiting = False

    def work_out(self) -> None:
        """Check the policy, the layout, and the changes, if these do not ask who links to what."""
        spec = self._spec
        self.findings = [*_policy(spec), *spec.layout_findings()]
        records = records_of(spec, [spec.change(change) for change in spec.change_ids()])
        self._waiting = any(_asks_for_links(delta) for record in records for delta in record.deltas)
        if not self._waiting:
            self.changes = _changes(spec, spec.change_ids())

    def work_out_links(self) -> None:
        """Check the changes that had to wait for the links."""
        if self._waiting:
            self.changes = _changes(self._spec, self._spec.change_ids())


def _asks_for_links(delta: DeltaOutline) -> bool:
    return bool(delta.removed or delta.renamed or delta.moved or delta.rename_to or delta.retire)


def _within(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _require_policy(spec: Spec) -> None:
    if not spec.has_policy:
        message = "the project has no spec/gitspec.yaml, so nothing can be judged"
        raise CannotJudge("L010", message, help="gitspec init")


def _policy(spec: Spec) -> list[Finding]:
    key = policy_oid(spec)
    rows = remembered(spec.cache, "policy", [key], lambda _: [[plain(f) for f in spec.policy().findings]])
    return [*(finding_of(row) for row in rows[0]), *policy_findings(spec)]


def _changes(spec: Spec, ids: Sequence[str]) -> list[CheckedChange]:
    checked = check_changes(spec, ids)
    for change in checked:
        if spec.cache and change.is_new and not change.has_errors:
            from gitspec.store.prepared import prepare

            prepare(spec, change.id)  # remembered for the archive that comes next
    return checked


def _capabilities(
    spec: Spec, ids: Sequence[str] | None, meanwhile: Callable[[], None] | None = None
) -> tuple[list[str], list[Finding]]:
    if ids is not None and not ids:
        return [], []
    facts = facts_of_capabilities(spec, ids, check=Check(policy_oid(spec), _Judge(spec)), meanwhile=meanwhile)
    findings = [finding for one in facts.values() for finding in one.findings]
    for capability in _with_dead_links(spec, facts):
        findings += _link_findings(spec, capability)
    return list(facts), in_force(spec, findings)


class _Judge:
    """The rules on one capability alone; the policy is read when the first one is judged."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def __call__(self, capability: "Capability", document: "Document", path: str) -> list[Finding]:
        from gitspec.domain.validate_capability import capability_problems
        from gitspec.yaml.binding import locate

        problems = capability_problems(capability, policy=self._spec.policy().value)
        return [problem.finding(path, *locate(document, problem.loc)) for problem in problems]


def _with_dead_links(spec: Spec, facts: dict[str, CapabilityFacts]) -> list[str]:
    """The capabilities of ``facts`` that link to requirements that do not exist."""
    wanted = {link.target.rpartition("/")[0] for one in facts.values() for link in one.links}
    others = facts_of_capabilities(spec, sorted(wanted - facts.keys())) if wanted - facts.keys() else {}
    known = {**others, **facts}
    ids = {capability: set(known[capability].requirement_ids) for capability in wanted if capability in known}
    return [
        capability for capability, one in facts.items() if any(_is_dead(link.target, known, ids) for link in one.links)
    ]


def _is_dead(target: str, known: dict[str, CapabilityFacts], ids: dict[str, set[str]]) -> bool:
    capability, _, requirement = target.rpartition("/")
    if capability in known and known[capability].is_broken:
        return False  # nothing can be told, and its own findings are enough
    return requirement not in ids.get(capability, ())


def _link_findings(spec: Spec, capability: str) -> list[Finding]:
    """The findings about dead links of a capability, at their places."""
    from gitspec.domain.validate_capability import capability_problems
    from gitspec.store.check import exists_in
    from gitspec.yaml.binding import locate

    loaded = spec.capability(capability)
    if loaded.value is None:
        return []
    problems = capability_problems(loaded.value, exists=exists_in(spec.living))
    path = layout.capability_path(capability)
    return [p.finding(path, *locate(loaded.document, p.loc)) for p in problems if p.code == "S103"]
