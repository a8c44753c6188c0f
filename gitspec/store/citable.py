"""The names that tests and code may cite in a snapshot, and where each stands; remembered by the ids of the files."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.citable import Citable, DeltaNames, Effect, ScenarioEdits, effect, with_changes
from gitspec.store.memo import remembered

if TYPE_CHECKING:
    from gitspec.domain.delta import Delta
    from gitspec.store.spec import ChangeFolder, Spec


class Outline(NamedTuple):
    """A living requirement: where it stands, whether it is deferred, and the (id, line) of its scenarios."""

    name: str
    path: str
    line: int
    is_deferred: bool
    scenarios: tuple[tuple[str, int], ...]


def outlines(spec: "Spec", capabilities: Sequence[str] | None = None) -> dict[str, tuple[Outline, ...] | None]:
    """The requirements of all living capabilities (or of those given), in reading order; None for a file with errors."""
    from gitspec.store.bulk import map_many

    paths = spec.capability_paths(capabilities)
    oids = spec.oids(list(paths.values()))
    names = list(paths)

    def work(missing: Sequence[int]) -> list[Any]:
        contents = spec.snapshot.read_many([paths[names[i]] for i in missing])
        return map_many(lambda n: _row(paths[names[missing[n]]], contents[n]), len(missing))

    rows = remembered(spec.cache, "outlines", oids, work)
    return {
        capability: _outlines(capability, paths[capability], row) for capability, row in zip(names, rows, strict=True)
    }


def citable(spec: "Spec", known: Mapping[str, tuple[Outline, ...] | None] | None = None) -> Citable:
    """What tests and code may cite: what lives, and what active changes bring. ``known``: the outlines, if at hand."""
    known = outlines(spec) if known is None else known
    changes = _names_of(spec, [spec.change(change) for change in spec.change_ids()])
    broken = [capability for capability, found in known.items() if found is None]
    broken += [delta.capability for deltas in changes.values() for delta in deltas if delta.is_broken]
    return with_changes(_living(known), broken, changes.values())


def effects(spec: "Spec", changes: Sequence[str]) -> dict[str, Effect]:
    """What active changes make of names, as far as their deltas can be read; only of those that take any away."""
    names = _names_of(spec, [spec.change(change) for change in changes])
    taking = {change: deltas for change, deltas in names.items() if any(delta.takes_names for delta in deltas)}
    touched = sorted({delta.capability for deltas in taking.values() for delta in deltas})
    living = _living(outlines(spec, touched)) if touched else {}
    return {change: effect(living, deltas) for change, deltas in taking.items()}


def folded_names(spec: "Spec", order: Sequence[str]) -> list[tuple[str, tuple[DeltaNames, ...]]]:
    """What archived changes, given by their ids, have done to names, in the order given; only those that took any away."""
    folders = {one.id: one for one in map(spec.archived_change, spec.archived())}
    names = _names_of(spec, [folders[change] for change in order])
    return [(change, names[change]) for change in order if any(delta.takes_names for delta in names[change])]


def _living(known: Mapping[str, tuple[Outline, ...] | None]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        capability: {one.name.rpartition("/")[2]: tuple(scenario for scenario, _ in one.scenarios) for one in found}
        for capability, found in known.items()
        if found is not None
    }


def _row(path: str, data: bytes) -> list[Any]:
    from gitspec.domain.capability import Capability
    from gitspec.yaml.binding import load, locate

    loaded = load(Capability, data, path)
    if loaded.value is None:
        return ["", []]
    rows = []
    for i, requirement in enumerate(loaded.value.requirements):
        line = locate(loaded.document, ("requirements", i))[0]
        scenarios = [
            [scenario.id, locate(loaded.document, ("requirements", i, "scenarios", j))[0]]
            for j, scenario in enumerate(requirement.scenarios)
        ]
        rows.append([requirement.id, line, requirement.deferred is not None, scenarios])
    return [loaded.value.capability, rows]


def _outlines(capability: str, path: str, row: list[Any]) -> tuple[Outline, ...] | None:
    if row[0] != capability:
        return None
    return tuple(
        Outline(f"{capability}/{name}", path, line, is_deferred, tuple((s, at) for s, at in scenarios))
        for name, line, is_deferred, scenarios in row[1]
    )


def _names_of(spec: "Spec", folders: "Sequence[ChangeFolder]") -> dict[str, tuple[DeltaNames, ...]]:
    """What the deltas of each change do to names, by its id. Of one that cannot be read only the capability is known."""
    trees = spec.trees(folders, "deltas/")  # of the deltas alone: ticking a task changes no name
    keys = [f"{folder.path} {tree}" for folder, tree in zip(folders, trees, strict=True)]
    rows = remembered(spec.cache, "names", keys, lambda missing: [_rows_of(folders[i]) for i in missing])
    return {folder.id: tuple(map(_delta, row)) for folder, row in zip(folders, rows, strict=True)}


def _rows_of(folder: "ChangeFolder") -> list[Any]:
    return [
        _plain(loaded.value) if loaded.value is not None else [capability]
        for capability, loaded in folder.deltas.items()
    ]


def _plain(delta: "Delta") -> list[Any]:
    modified = [
        [
            entry.id,
            [s.id for s in entry.scenarios.added],
            [[s.id, s.to] for s in entry.scenarios.renamed],
            [s.id for s in entry.scenarios.removed],
        ]
        for entry in delta.modified
        if entry.scenarios
    ]
    return [
        delta.capability,
        delta.rename_to or "",
        [[entry.id, [s.id for s in entry.scenarios]] for entry in delta.added],
        modified,
        [entry.id for entry in delta.removed],
        [[entry.id, entry.to] for entry in delta.renamed],
        [[entry.id, entry.to] for entry in delta.moved],
    ]


def _delta(row: list[Any]) -> DeltaNames:
    if len(row) == 1:
        return DeltaNames(row[0], is_broken=True)
    capability, rename_to, added, modified, removed, renamed, moved = row
    return DeltaNames(
        capability,
        rename_to,
        tuple((name, tuple(scenarios)) for name, scenarios in added),
        tuple(
            (name, ScenarioEdits(tuple(new), tuple((old, to) for old, to in pairs), tuple(gone)))
            for name, new, pairs, gone in modified
        ),
        tuple(removed),
        tuple((old, new) for old, new in renamed),
        tuple((old, to) for old, to in moved),
    )
