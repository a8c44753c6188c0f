"""What a change does to the living specs, requirement by requirement."""

from typing import NamedTuple

from gitspec.domain.diff import CapabilityDiff, diff_of_fold
from gitspec.domain.finding import Finding
from gitspec.errors import UsageError
from gitspec.store.check import check_change
from gitspec.store.folding import fold_change
from gitspec.store.records import ChangeRecord
from gitspec.store.spec import Spec


class ChangeDiff(NamedTuple):
    """``findings`` are the errors that keep the change from being archived; what they are about is not in the diff."""

    record: ChangeRecord
    capabilities: tuple[CapabilityDiff, ...]
    findings: tuple[Finding, ...]


def diff_change(spec: Spec, change: str | None) -> ChangeDiff:
    """The difference that archiving an active change would make, against what it depends on being archived.

    Without an id the only active change. Raises BrokenSpec when a file that it needs has errors.
    """
    chosen = change if change is not None else _only(spec)
    checked = check_change(spec, chosen)
    fold = fold_change(spec, chosen)
    errors = tuple(f for f in checked.findings if f.severity == "error")
    return ChangeDiff(checked.record, diff_of_fold(fold.before, fold.result), errors)


def _only(spec: Spec) -> str:
    ids = spec.change_ids()
    if len(ids) == 1:
        return ids[0]
    if not ids:
        raise UsageError("L011", "there is no active change", help="gitspec propose <id> --title '<title>'")
    shown = ", ".join(ids[:10]) + (", …" if len(ids) > 10 else "")
    raise UsageError("L013", f"there are {len(ids)} active changes", help=f"name one of {shown}")
