"""Use case of `gitspec rebase`: bring the deltas of active changes up to the living specs.

Reads and writes the work tree; committing is the author's, who has to look at what was joined and to decide what was
not. What history must tell (names that archived changes gave, what the author saw) comes from the commits of HEAD.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.errors import GitspecError, Refused
from gitspec.git.repository import Repository
from gitspec.git.snapshot import at_work_tree
from gitspec.store import layout
from gitspec.store.cache import Cache
from gitspec.store.spec import BrokenSpec, ChangeFolder, Spec
from gitspec.store.writing import remove_file, write_file

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.domain.delta import Delta, RecordedConflict
    from gitspec.domain.fold_changes import Overlay
    from gitspec.domain.rebase import Rebased
    from gitspec.domain.rebase_notes import Lineage, Merged, NewName


class Undecided(NamedTuple):
    """A conflict that stands in a delta; ``against``: the archived change that touched the part last, if known."""

    name: str
    part: str
    seen: str | None
    living: str | None
    yours: str | None
    message: str
    path: str
    against: str = ""


class RebasedChange(NamedTuple):
    """What a rebase did to a change; with a dry run, what it would do."""

    change: str
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    names: "tuple[NewName, ...]" = ()
    merged: "tuple[Merged, ...]" = ()
    settled: tuple[str, ...] = ()
    conflicts: tuple[Undecided, ...] = ()
    """The new ones, and those of earlier rebases that are still not decided."""
    error: GitspecError | None = None
    """Why it was left alone (only of one of several)."""

    @property
    def was_stale(self) -> bool:
        """Whether anything had to be brought up to date."""
        return bool(self.written or self.removed)


def rebase_change(repo: Repository, change: str, *, dry_run: bool = False) -> RebasedChange:
    """Rebase one active change.

    Raises UsageError L011 for no such change; Refused: D001 an entry is not stamped, D035, D036, D037 what an entry
    says its author saw is not true, BrokenSpec for files with errors; CannotJudge G016 in a shallow clone that hides
    what is needed.
    """
    from gitspec.commands.rebase_tasks import with_new_names
    from gitspec.store.folding import Watched, living_before
    from gitspec.store.lineage import Origins
    from gitspec.store.lived import Lived

    spec = Spec(at_work_tree(repo), Cache(repo))
    spec.require_policy()
    folder = spec.change(change)
    if folder.change.value is None:
        raise BrokenSpec(f"{folder.path}/change.yaml", folder.change.findings)
    deltas = {delta.capability: delta for delta in folder.require_deltas()}
    _refuse_unstamped(folder, deltas.values())
    living = living_before(spec, folder.id, Watched(spec))
    lineage = Origins(Lived(spec), folder, living).lineage()
    result = _rebased(spec, folder, deltas, living, lineage)
    written, removed = _files(spec, folder, deltas, result.deltas)
    names = dict.fromkeys(result.names)
    if folder.has("tasks.md"):
        path, data = f"{folder.path}/tasks.md", folder.read("tasks.md")
        followed, renamed = with_new_names(data, path, _new_names(result.deltas, living, lineage))
        names |= dict.fromkeys(renamed)
        written |= {path: followed} if followed != data else {}
    if not dry_run:
        for path, data in written.items():
            write_file(repo, path, data)
        for path in removed:
            remove_file(repo, path)
    return RebasedChange(
        change,
        tuple(written),
        tuple(removed),
        tuple(names),
        result.merged,
        result.settled,
        tuple(_undecided(spec, folder, result)),
    )


def rebase_all(repo: Repository, *, dry_run: bool = False) -> tuple[RebasedChange, ...]:
    """Rebase every active change, those that others depend on first; one that cannot be is left, with its error."""
    spec = Spec(at_work_tree(repo), Cache(repo))
    spec.require_policy()
    done = []
    for change in _in_order(spec):
        try:
            done.append(rebase_change(repo, change, dry_run=dry_run))
        except GitspecError as error:
            done.append(RebasedChange(change, error=error))
    return tuple(done)


def _in_order(spec: Spec) -> list[str]:
    from gitspec.domain.fold_changes import order_changes

    models = {change: spec.change(change).change.value for change in spec.change_ids()}
    order = order_changes(model for model in models.values() if model is not None).ids
    return [*order, *(change for change in models if change not in order)]


def _refuse_unstamped(folder: ChangeFolder, deltas: "Iterable[Delta]") -> None:
    from gitspec.domain.stamp_delta import is_stamped

    for delta in deltas:
        if not is_stamped(delta):
            message = "has entries that do not say what their author saw, so nobody can tell what has changed since"
            path = layout.delta_path(folder.path, delta.capability)
            raise Refused("D001", message, place=path, help=f"gitspec delta stamp {folder.id}")


def _new_names(
    deltas: "Mapping[str, Delta]", living: "Mapping[str, Capability]", lineage: "Lineage"
) -> Callable[[str], str | None]:
    """Gives the name now of a requirement that is neither there nor brought by the change."""
    brought = {f"{d.capability}/{e.id}" for d in deltas.values() for e in d.added}
    brought |= {f"{d.capability}/{e.to}" for d in deltas.values() for e in d.renamed}
    brought |= {e.to for d in deltas.values() for e in d.moved}

    def new_name(name: str) -> str | None:
        capability, _, requirement = name.rpartition("/")
        found = living.get(capability)
        if name in brought or (found is not None and found.requirement(requirement)):
            return None
        new = lineage.name(name)
        return new if new != name else None

    return new_name


def _rebased(
    spec: Spec,
    folder: ChangeFolder,
    deltas: "dict[str, Delta]",
    living: "Overlay",
    lineage: "Lineage",
) -> "Rebased":
    from gitspec.domain.rebase import rebase
    from gitspec.store.folding import added_by
    from gitspec.store.lineage import Unfounded

    try:
        return rebase(deltas, living, lineage, links_to=living.links_to, added_by=added_by(spec), change=folder.id)
    except Unfounded as error:
        error.place = _place(folder, deltas, error.name)
        raise


def _place(folder: ChangeFolder, deltas: "dict[str, Delta]", name: str) -> str:
    """Where the entry for a living name is."""
    from gitspec.domain.edit_delta import name_before
    from gitspec.yaml.binding import locate

    for capability, delta in deltas.items():
        for group in ("modified", "removed"):
            for index, entry in enumerate(getattr(delta, group)):
                own = f"{capability}/{entry.id}"
                called = name_before(capability, entry.id, deltas.values())[0] if group == "modified" else own
                if called == name:
                    line, _ = locate(folder.deltas[capability].document, (group, index, "id"))
                    return f"{layout.delta_path(folder.path, capability)}:{line}"
    return folder.path


def _files(
    spec: Spec, folder: ChangeFolder, before: "dict[str, Delta]", after: "dict[str, Delta]"
) -> tuple[dict[str, bytes], list[str]]:
    """What must be written (path and content), and the paths that must go."""
    from gitspec.yaml.emit import emit
    from gitspec.yaml.splice import rewrite

    gone = [name for name in before if name not in after]
    written: dict[str, bytes] = {}
    for name, delta in after.items():
        if delta == before.get(name):
            continue
        path = layout.delta_path(folder.path, name)
        source = name if name in before else _moved_from(gone, before, delta)
        if source is None:
            written[path] = emit(delta)
        else:
            old = layout.delta_path(folder.path, source)
            written[path] = rewrite(spec.snapshot.read(old), delta, old)
    return written, [layout.delta_path(folder.path, name) for name in gone]


def _moved_from(gone: Sequence[str], before: "dict[str, Delta]", delta: "Delta") -> str | None:
    """The delta that went, and whose comments and layout a new one takes over: of a capability that got a new id."""
    ids = {e.id for group in ("renamed", "moved", "removed", "modified", "added") for e in getattr(delta, group)}

    def shared(name: str) -> int:
        groups = ("renamed", "moved", "removed", "modified", "added")
        return len(ids & {e.id for group in groups for e in getattr(before[name], group)})

    source = max(gone, key=shared, default=None)
    return source if source is not None and shared(source) else None


def _undecided(spec: Spec, folder: ChangeFolder, result: "Rebased") -> Iterable[Undecided]:
    from gitspec.store.stale import last_touched

    messages = {(c.capability, c.requirement or None, c.part): c.message for c in result.conflicts}
    for capability, delta in result.deltas.items():
        path = layout.delta_path(folder.path, capability)
        for recorded in delta.conflicts:
            name = f"{capability}/{recorded.requirement}" if recorded.requirement else capability
            message = messages.get((capability, recorded.requirement, recorded.part)) or _old(recorded, name)
            texts = (recorded.seen, recorded.living, recorded.yours)
            against = last_touched(spec, name, recorded.part)
            yield Undecided(name, recorded.part, *texts, message, path, against)


def _old(recorded: "RecordedConflict", name: str) -> str:
    return f"{recorded.part} of {name} is not decided since an earlier rebase"
