"""Use case of `gitspec import openspec`: an OpenSpec tree becomes spec/, and the report says what became of what.

Planning reads the tree and decides; nothing is written before all of it is known and nothing stands in its way.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.import_openspec_report import Report
from gitspec.errors import CannotJudge, Refused
from gitspec.git.repository import Repository

if TYPE_CHECKING:
    from gitspec.commands.import_openspec_plan import Plan
    from gitspec.domain.finding import Finding

TRAILER = "Spec-Edit: import"
_LISTED = 10


class Imported(NamedTuple):
    """What an import read and wrote. ``validation`` are the findings on what it wrote (None on a dry run).

    ``changes`` says of each change, by id, in which folder it is and in which it was.
    """

    report: Report
    roots: tuple[str, ...]
    changes: Mapping[str, tuple[str, str]]
    written: tuple[str, ...]
    dry_run: bool
    validation: "tuple[Finding, ...] | None"

    @property
    def commit_line(self) -> str:
        """The commands that commit the import."""
        return f"git add spec && git commit -m 'Import specs from OpenSpec' -m '{TRAILER}'"


def import_openspec(repo: Repository, path: str, *, dry_run: bool = False, day: str | None = None) -> Imported:
    """Bring the OpenSpec tree(s) at ``path`` into spec/ of the work tree.

    ``day`` is for changes whose date nothing tells (today otherwise). Raises UsageError M002 when there is no tree,
    Refused M003 when a file or id is there already, CannotJudge G007 in a bare repository, L010 without a policy; what a failed write
    leaves is taken away again.
    """
    from gitspec.commands.clock import today
    from gitspec.commands.import_openspec_plan import plan_import
    from gitspec.commands.import_openspec_source import find_roots
    from gitspec.domain.gc_paused import gc_paused
    from gitspec.git.snapshot import at_work_tree
    from gitspec.store.spec import Spec

    if repo.top is None:
        raise CannotJudge("G007", "a bare repository has no work tree to import into", help="import in a clone")
    roots = find_roots(path)
    Spec(at_work_tree(repo)).require_policy()
    names = tuple(root.name for root in roots)
    with gc_paused():
        plan = plan_import(roots, day or today(repo))
        _refuse_existing(repo, plan)
        written = tuple(sorted(plan.files))
        if dry_run:
            return Imported(plan.report, names, plan.changes, written, dry_run=True, validation=None)
        _write_all(repo, plan.files)
        validation = tuple(_validated(repo))
    return Imported(plan.report, names, plan.changes, written, dry_run=False, validation=validation)


def _refuse_existing(repo: Repository, plan: "Plan") -> None:
    """Refuse to overwrite files, and to use the id of a change a second time."""
    from gitspec.git.snapshot import at_work_tree
    from gitspec.store.spec import Spec

    spec = Spec(at_work_tree(repo))
    there = {entry.path for entry in spec.snapshot.entries()}
    clashes = [path for path in sorted(plan.files) if path in there]
    used = set(spec.change_ids()) | spec.archived_ids
    clashes += [f"the change '{change}'" for change in sorted(plan.changes) if change in used]
    if clashes:
        listed = ", ".join(clashes[:_LISTED]) + (
            f" and {len(clashes) - _LISTED} more" if len(clashes) > _LISTED else ""
        )
        help_ = "an import adds files and changes none: move them away, or import into another branch"
        raise Refused("M003", f"exists already: {listed}", help=help_)


def _write_all(repo: Repository, files: Mapping[str, bytes]) -> None:
    from gitspec.store.writing import remove_file, write_file

    done: list[str] = []
    try:
        for path, data in sorted(files.items()):
            write_file(repo, path, data, exclusive=True)
            done.append(path)
    except BaseException:  # also Ctrl-C: half an import helps nobody
        for path in done:
            remove_file(repo, path)
        raise


def _validated(repo: Repository) -> "list[Finding]":
    """Findings on all of spec/ as it is now, archived folders by their schema included."""
    from gitspec.commands.validate import validate_all
    from gitspec.git.snapshot import at_work_tree
    from gitspec.store.cache import Cache
    from gitspec.store.spec import Spec

    spec = Spec(at_work_tree(repo), Cache(repo))
    findings = list(validate_all(spec).findings)
    for archived in spec.archived():
        folder = spec.archived_change(archived)
        findings += folder.change.findings
        for loaded in folder.deltas.values():
            findings += loaded.findings
    return findings
