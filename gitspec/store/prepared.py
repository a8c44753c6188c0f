"""What archiving a change comes to: the new files of the living specs, worked out once and remembered.

``gitspec validate`` works it out already; when nothing that it looked at has changed since, archiving takes it from the
cache and needs neither YAML nor the models.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.finding import Finding, is_unjudged
from gitspec.domain.fold_result import Touched
from gitspec.errors import EXIT_CANNOT, Refused
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.markdown.checklist import Item
    from gitspec.store.cache import Cache
    from gitspec.store.spec import Spec

TASKS = "tasks.md"
_LARGEST = 16_000_000


class Prepared(NamedTuple):
    """A valid change and what its fold makes of the files of the living specs; None: the file goes.

    ``requirements``: those that tasks serve. Tasks themselves are no part of it: they are ticked after the change was
    validated. Whether they are done and dependencies archived is for the archive to judge.
    """

    title: str
    depends_on: tuple[str, ...]
    requirements: tuple[str, ...]
    files: dict[str, bytes | None]
    touched: tuple[Touched, ...]


class Invalid(Refused):
    """A change that cannot be archived as it is; ``findings`` are all its errors (at least one)."""

    def __init__(self, change: str, findings: Sequence[Finding]) -> None:
        errors = tuple(f for f in findings if f.severity == "error")
        first = errors[0]
        super().__init__(first.code, first.message, place=first.place, help=first.help or f"gitspec validate {change}")
        self.findings = errors
        if is_unjudged(errors):
            self.exit_code = EXIT_CANNOT


class Ids(NamedTuple):
    """What a remembered result depends on, as it is where it shall be used.

    ``change``: tree of the change's folder without tasks.md; ``living``: of single capabilities' files; ``all_living``:
    tree of all of them, when links or ids of others were looked at.
    """

    change: str
    policy: str
    living: "Mapping[str, str | None]"
    all_living: str | None


def prepare(spec: "Spec", change: str) -> Prepared:
    """Check the change, fold it and rewrite the files; remembered in the spec's cache.

    Raises Invalid for findings that are errors, BrokenSpec for a living spec that cannot be read, UsageError L011 when
    there is no such change.
    """
    from gitspec.domain.gc_paused import gc_paused

    with gc_paused():
        return _prepare(spec, change)


def _prepare(spec: "Spec", change: str) -> Prepared:
    from gitspec.store.check import check_change
    from gitspec.store.folding import MET, Watched, fold_change
    from gitspec.store.records import policy_oid

    checked = check_change(spec, change)
    outline = checked.record.change
    if checked.has_errors or outline is None:
        raise Invalid(change, checked.findings)
    watched = Watched(spec)
    result = fold_change(spec, change, watched).result
    prepared = Prepared(
        outline.title,
        outline.depends_on,
        served(checked.record.tasks or ()),
        _files(spec, result.capabilities, result.touched),
        result.touched,
    )
    needs = watched.needs()
    if spec.cache and all(standing == MET for standing in needs["changes"].values()):
        whole = bool(needs["links"] or needs["all"] is not None)
        ids = Ids(
            _tree_without_tasks(spec, change),
            policy_oid(spec),
            needs["capabilities"],
            _capabilities_tree(spec) if whole else None,
        )
        remember(spec.cache, change, ids, prepared)
    return prepared


def remember(cache: "Cache", change: str, ids: Ids, prepared: Prepared) -> None:
    """Keep a result for ``recall``."""
    if sum(len(data) for data in prepared.files.values() if data) > _LARGEST:
        return
    files = {path: None if data is None else data.decode() for path, data in prepared.files.items()}
    cache.save(_kind(change), {"ids": list(ids), "prepared": [*prepared[:3], files, prepared.touched]})


def recall(cache: "Cache", change: str) -> tuple[Ids, Prepared] | None:
    """What is remembered of a change, and what it depends on: the caller compares that with what is there now."""
    held = cache.load(_kind(change))
    try:
        title, depends_on, requirements, files, touched = held["prepared"]
        return Ids(*held["ids"]), Prepared(
            title,
            tuple(depends_on),
            tuple(requirements),
            {path: None if text is None else text.encode() for path, text in files.items()},
            tuple(_touched(row) for row in touched),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):  # absent or damaged
        return None


def forget(cache: "Cache", change: str) -> None:
    """Drop what is remembered of a change that is archived."""
    cache.drop(_kind(change))


def served(tasks: "Sequence[Item]") -> tuple[str, ...]:
    """The requirements that tasks serve, each once."""
    return tuple(sorted({task.requirement for task in tasks if task.requirement}))


def _kind(change: str) -> str:
    return f"fold-{change}"


def _touched(row: Sequence[Any]) -> Touched:
    return Touched(*(_frozen(value) for value in row))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _files(
    spec: "Spec", capabilities: "Mapping[str, Capability | None]", touched: Sequence[Touched]
) -> dict[str, bytes | None]:
    """The new content of each file: the old one with only what differs rewritten, also when it gets another name."""
    from gitspec.store.bulk import map_many
    from gitspec.yaml.emit import emit
    from gitspec.yaml.splice import rewrite

    before = {one.capability: one.was for one in touched if one.was}
    paths = spec.capability_paths()
    rows = [
        (layout.capability_path(capability), before.get(capability, capability), model)
        for capability, model in capabilities.items()
    ]

    def content(index: int) -> bytes | None:
        path, was, model = rows[index]
        if model is None:
            return None
        return emit(model) if was not in paths else rewrite(originals[paths[was]], model, path, spec.capability(was))

    sources = [paths[was] for _, was, model in rows if was in paths and model is not None]
    originals = dict(zip(sources, spec.snapshot.read_many(sources), strict=True))
    return dict(zip((path for path, _, _ in rows), map_many(content, len(rows)), strict=True))


def _tree_without_tasks(spec: "Spec", change: str) -> str:
    from gitspec.git.snapshot import folder_trees

    folder = spec.change(change)
    entries = [entry for entry in folder.entries if entry.path != f"{folder.path}/{TASKS}"]
    cut = len(folder.path) + 1
    oids = spec.oids([entry.path for entry in entries])
    rows = [(entry.path[cut:], entry.mode, oid) for entry, oid in zip(entries, oids, strict=True)]
    return folder_trees(rows, spec.snapshot.repo.object_format)[""]


def _capabilities_tree(spec: "Spec") -> str:
    """The tree id of spec/capabilities, as Git computes it."""
    from gitspec.git.snapshot import folder_trees

    paths = list(spec.capability_paths().values())
    cut = len(layout.CAPABILITIES) + 1
    rows = [(path[cut:], 0o100644, oid) for path, oid in zip(paths, spec.oids(paths), strict=True)]
    return folder_trees(rows, spec.snapshot.repo.object_format)[""]
