"""What differs between the living specs of two revisions, requirement by requirement."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from gitspec.domain.capability import Capability
from gitspec.domain.diff import CapabilityDiff, diff
from gitspec.domain.finding import Finding
from gitspec.domain.gc_paused import gc_paused
from gitspec.domain.names_between import Step
from gitspec.domain.names_since import Archive
from gitspec.domain.renames import renames
from gitspec.domain.rev_range import RevRange
from gitspec.errors import CannotJudge
from gitspec.git.objects import Objects
from gitspec.git.path_history import first_added
from gitspec.git.repository import Repository
from gitspec.git.shallow import shallow_boundary
from gitspec.git.snapshot import at_commit, open_snapshot
from gitspec.git.spec_history import merge_bases
from gitspec.store import layout
from gitspec.store.archive_names import archives_with_names
from gitspec.store.cache import Cache
from gitspec.store.spec import Archived, Spec, read_capability

WORK_TREE = "work tree"


class Sides(NamedTuple):
    """The specs to compare, each with how it was called."""

    before: Spec
    after: Spec
    from_name: str
    to_name: str


class Comparison(NamedTuple):
    """``findings`` are errors in files of one of the sides; what they are about is not in the difference.

    ``came`` are the archived folders that only the later side has, ``gone`` those that only the earlier one has, and
    ``step`` is what they did to names. ``cut_off``: the commits at which a shallow clone ends, where that hides in which order.
    """

    sides: Sides
    capabilities: tuple[CapabilityDiff, ...]
    findings: tuple[Finding, ...]
    came: tuple[Archived, ...]
    gone: tuple[Archived, ...]
    step: Step
    cut_off: tuple[str, ...]


class Landed(NamedTuple):
    """The commit that brought each archived folder, in the order of landing; first those of which a shallow clone hides it.

    ``cut_off`` are the commits at which the clone ends then.
    """

    commits: Mapping[str, str]
    cut_off: tuple[str, ...] = ()


def open_sides(repo: Repository, wanted: RevRange, cache: Cache | None) -> Sides:
    """The specs at both ends of a range. Raises CannotJudge: G005 for what names no commit, G016 without a common ancestor."""
    objects = Objects(repo)
    try:
        before, after = objects.resolve(wanted.before), objects.resolve(wanted.after)
    finally:
        objects.close()
    from_name = wanted.before
    if wanted.from_base:
        bases = merge_bases(repo, before, after)
        if not bases:
            message = f"'{wanted.before}' and '{wanted.after}' have no common ancestor here"
            raise CannotJudge(
                "G016", message, help=f"git fetch --unshallow, or gitspec diff {wanted.before}..{wanted.after}"
            )
        if before != bases[0]:
            before, from_name = bases[0], bases[0][:12]
    return Sides(Spec(at_commit(repo, before), cache), Spec(at_commit(repo, after), cache), from_name, wanted.after)


def open_with_work_tree(repo: Repository, rev: str, cache: Cache | None) -> Sides:
    """A revision and the work tree; in a bare repository HEAD. Raises CannotJudge G005 for what names no commit."""
    after = Spec(open_snapshot(repo), cache)
    return Sides(Spec(at_commit(repo, rev), cache), after, rev, "HEAD" if repo.is_bare else WORK_TREE)


def compare(sides: Sides, landed: Callable[[], Landed] | None = None) -> Comparison:
    """The difference; only files that differ are parsed. Order, comments and form are no difference.

    ``landed`` tells the archived folders that came, as ``landed_between`` does.
    """
    paths = [sides.before.capability_paths(), sides.after.capability_paths()]
    oids = [dict(zip(p, spec.oids(list(p.values())), strict=True)) for p, spec in zip(paths, sides[:2], strict=True)]
    differing = [c for c in sorted(paths[0].keys() | paths[1].keys()) if oids[0].get(c) != oids[1].get(c)]
    findings: list[Finding] = []
    broken: set[str] = set()
    loaded: list[dict[str, Capability]] = []
    for spec, known, name in zip(sides[:2], paths, sides[2:], strict=True):
        wanted = [c for c in differing if c in known]
        loaded.append(_loaded(spec, wanted, name, findings))
        broken |= set(wanted) - loaded[-1].keys()
    before, after = ({c: model for c, model in side.items() if c not in broken} for side in loaded)
    archived = set(sides.before.archived()), set(sides.after.archived())
    came, gone = tuple(sorted(archived[1] - archived[0])), tuple(sorted(archived[0] - archived[1]))
    cut_off: list[str] = []
    step = Step(
        _names(sides.after, came, landed or partial(landed_between, sides.after, sides.before), cut_off),
        _names(sides.before, gone, partial(landed_between, sides.before, None), cut_off),
    )
    names = renames(before, after, step) if before and after else {}
    return Comparison(sides, diff(before, after, names), tuple(findings), came, gone, step, tuple(cut_off))


def landed_between(after: Spec, before: Spec | None) -> Landed:
    """What brought the archived folders that ``after`` has and ``before`` has not."""
    tip = "HEAD" if after.snapshot.name == WORK_TREE else after.snapshot.name
    without = [before.snapshot.name] if before else []
    found = first_added(after.snapshot.repo, [tip], without, layout.ARCHIVE, "change.yaml")
    commits = {path.rpartition("/")[0]: commit for path, commit in found.items()}
    ends = shallow_boundary(after.snapshot.repo)
    cut_off = {folder: commit for folder, commit in commits.items() if commit in ends}
    unknown = dict.fromkeys(sorted(cut_off), "")
    return Landed(unknown | {f: c for f, c in commits.items() if f not in unknown}, tuple(sorted({*cut_off.values()})))


def _names(
    spec: Spec, folders: Sequence[Archived], landed: Callable[[], Landed], cut_off: list[str]
) -> tuple[Archive, ...]:
    """Those that gave names up, in the order of landing. Where a shallow clone hides that, its ends go to ``cut_off``."""

    def order() -> Sequence[str]:
        found = landed()
        cut_off.extend(found.cut_off)
        return list(found.commits)

    files = {e.path: e.path for one in folders for e in spec.archived_change(one).entries}
    return archives_with_names(files, spec.snapshot.read_many, order)


def _loaded(spec: Spec, capabilities: Sequence[str], name: str, findings: list[Finding]) -> dict[str, Capability]:
    paths = [layout.capability_path(capability) for capability in capabilities]
    found = {}
    with gc_paused():
        for capability, path, data in zip(capabilities, paths, spec.snapshot.read_many(paths), strict=True):
            loaded = read_capability(capability, data, path)
            if loaded.value is not None:
                found[capability] = loaded.value
            else:
                error = next(f for f in loaded.findings if f.severity == "error")
                findings.append(error._replace(message=f"in {name}: {error.message}"))
    return found
