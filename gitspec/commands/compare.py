"""What differs between the living specs of two revisions, requirement by requirement."""

from collections.abc import Sequence
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
from gitspec.git.snapshot import at_commit, open_snapshot
from gitspec.git.spec_history import merge_bases
from gitspec.store import layout
from gitspec.store.archive_names import archives_with_names
from gitspec.store.cache import Cache
from gitspec.store.spec import Archived, Spec


class Sides(NamedTuple):
    """The specs to compare, each with how it was called."""

    before: Spec
    after: Spec
    from_name: str
    to_name: str


class Comparison(NamedTuple):
    """``findings`` are errors in files of one of the sides; what they are about is not in the difference."""

    sides: Sides
    capabilities: tuple[CapabilityDiff, ...]
    findings: tuple[Finding, ...]


def open_sides(repo: Repository, wanted: RevRange, cache: Cache | None) -> Sides:
    """The specs at both ends of a range. Raises CannotJudge: G005 for what names no commit, G016 without a common ancestor."""
    objects = Objects(repo)
    try:
        before, after = objects.resolve(wanted.before), objects.resolve(wanted.after)
    finally:
        objects.close()
    if wanted.from_base:
        bases = merge_bases(repo, before, after)
        if not bases:
            message = f"'{wanted.before}' and '{wanted.after}' have no common ancestor here"
            raise CannotJudge(
                "G016", message, help=f"git fetch --unshallow, or gitspec diff {wanted.before}..{wanted.after}"
            )
        before = bases[0]
    from_name = before[:12] if wanted.from_base else wanted.before
    return Sides(Spec(at_commit(repo, before), cache), Spec(at_commit(repo, after), cache), from_name, wanted.after)


def open_with_work_tree(repo: Repository, rev: str, cache: Cache | None) -> Sides:
    """A revision and the work tree; in a bare repository HEAD. Raises CannotJudge G005 for what names no commit."""
    after = Spec(open_snapshot(repo), cache)
    return Sides(Spec(at_commit(repo, rev), cache), after, rev, "HEAD" if repo.is_bare else "work tree")


def compare(sides: Sides) -> Comparison:
    """The difference; only files that differ are parsed. Order, comments and form are no difference."""
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
    names = renames(before, after, step_between(sides)) if before and after else {}
    return Comparison(sides, diff(before, after, names), tuple(findings))


def archives_apart(sides: Sides) -> tuple[tuple[Archived, ...], tuple[Archived, ...]]:
    """The archived folders that only the later side has, and those that only the earlier one has."""
    before, after = sides.before.archived(), sides.after.archived()
    return tuple(sorted(set(after) - set(before))), tuple(sorted(set(before) - set(after)))


def step_between(sides: Sides) -> Step:
    """The renames and moves of the archived changes that came, or were taken back, in between."""
    came, gone = archives_apart(sides)
    return Step(
        _names(sides.after, came, sides.before if sides.before.archived() else None),
        _names(sides.before, gone, None),
    )


def _names(spec: Spec, folders: Sequence[Archived], without: Spec | None) -> tuple[Archive, ...]:
    files = {e.path: e.path for one in folders for e in spec.archived_change(one).entries}

    def order() -> list[str]:
        tip = spec.snapshot.name if is_commit(spec) else "HEAD"
        landed = first_added(
            spec.snapshot.repo, [tip], [without.snapshot.name] if without else [], layout.ARCHIVE, "change.yaml"
        )
        return [path.rpartition("/")[0] for path in landed]

    return archives_with_names(files, spec.snapshot.read_many, order)


def is_commit(spec: Spec) -> bool:
    """Whether a snapshot is that of a commit."""
    return spec.snapshot.name not in ("work tree", "index")


def _loaded(spec: Spec, capabilities: Sequence[str], name: str, findings: list[Finding]) -> dict[str, Capability]:
    found = {}
    with gc_paused():
        for capability in capabilities:
            loaded = spec.capability(capability)
            if loaded.value is not None:
                found[capability] = loaded.value
            else:
                error = next(f for f in loaded.findings if f.severity == "error")
                findings.append(error._replace(message=f"in {name}: {error.message}"))
    return found
