"""What release notes need to know of archived changes: remembered by the tree of the folder, read on all cores."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.version_bump import Level
from gitspec.store.memo import remembered
from gitspec.store.records import finding_of, plain
from gitspec.store.spec import Archived, Spec

if TYPE_CHECKING:
    from gitspec.domain.delta import Delta

_KIND = "release-notes"


class Effect(NamedTuple):
    """What a change did to one capability or requirement. ``name`` is after it, ``was`` before, if another one.

    ``parts`` are those that differ: fields, and `#<scenario>` for a scenario. ``reason`` and ``migration`` are those of a
    removal.
    """

    kind: str
    name: str
    was: str
    level: Level
    parts: tuple[str, ...] = ()
    reason: str = ""
    migration: str = ""


class ReleaseFacts(NamedTuple):
    """An archived change. ``closed`` is why it was given up, ``superseded_by`` the change in its place."""

    id: str
    folder: str
    day: str
    title: str
    kind: str
    closed: str
    superseded_by: str
    imported: bool
    effects: tuple[Effect, ...]
    findings: tuple[Finding, ...]

    @property
    def is_folded(self) -> bool:
        """Whether archiving it changed the living specs."""
        return not self.closed and not self.imported


def release_facts(spec: Spec, archived: Sequence[Archived]) -> list[ReleaseFacts]:
    """The facts of archived changes, in order; files with errors say nothing, and are findings."""
    from gitspec.store.bulk import map_many

    folders = [spec.archived_change(one) for one in archived]
    keys = [f"{folder.path} {tree}" for folder, tree in zip(folders, spec.trees(folders), strict=True)]

    def work(missing: Sequence[int]) -> list[Any]:
        wanted = [folders[i] for i in missing]
        paths = [[e.path for e in folder.entries if _is_needed(e.path)] for folder in wanted]
        every = [path for some in paths for path in some]
        held = dict(zip(every, spec.snapshot.read_many(every), strict=True))
        return map_many(lambda i: _row(wanted[i].path, held, paths[i]), len(wanted))

    rows = remembered(spec.cache, _KIND, keys, work)
    return [_facts(one, row) for one, row in zip(archived, rows, strict=True)]


def _is_needed(path: str) -> bool:
    return path.endswith("/change.yaml") or "/deltas/" in path


def _row(folder: str, held: dict[str, bytes], paths: Sequence[str]) -> list[Any]:
    from gitspec.domain.change import Change
    from gitspec.domain.delta import Delta
    from gitspec.yaml.binding import load

    findings: list[Finding] = []
    head: list[Any] = ["", "", "", "", False]
    effects: list[Any] = []
    for path in sorted(paths):
        if path == f"{folder}/change.yaml":
            loaded = load(Change, held[path], path)
            findings += loaded.findings
            if value := loaded.value:
                closed = value.closed
                head = [
                    value.title,
                    value.kind,
                    closed.reason if closed else "",
                    (closed.superseded_by or "") if closed else "",
                    value.imported is not None,
                ]
        else:
            delta = load(Delta, held[path], path)
            findings += delta.findings
            effects += _effects(delta.value) if delta.value else []
    return [*head, effects, [plain(f) for f in findings if f.severity == "error"]]


def _effects(delta: "Delta") -> list[Any]:
    from gitspec.domain.delta_diff import difference_of
    from gitspec.domain.diff import CapabilityDiff
    from gitspec.domain.version_bump import level_of

    whole = difference_of(delta)
    gone = {entry.id: entry for entry in delta.removed}
    found: list[Any] = []
    own = whole._replace(requirements=())
    if own.parts or own.was or own.kind != "modified":
        found.append([own.kind, own.capability, own.was, level_of(own), [part.part for part in own.parts], "", ""])
    for requirement in whole.requirements:
        alone = CapabilityDiff(whole.capability, "modified", (), (requirement,))
        entry = gone.get(requirement.id) if requirement.kind == "removed" else None
        parts = dict.fromkeys(f"#{part.scenario}" if part.scenario else part.part for part in requirement.parts)
        found.append(
            [
                requirement.kind,
                requirement.now or f"{whole.capability}/{requirement.id}",
                requirement.was,
                level_of(alone),
                [] if requirement.kind == "added" else list(parts),
                (entry.reason or "") if entry else "",
                (entry.migration or "") if entry else "",
            ]
        )
    return found


def _facts(archived: Archived, row: Sequence[Any]) -> ReleaseFacts:
    title, kind, closed, superseded_by, imported, effects, findings = row
    return ReleaseFacts(
        archived.id,
        archived.folder,
        archived.day,
        title,
        kind,
        closed,
        superseded_by,
        imported,
        tuple(Effect(k, n, w, level, tuple(parts), r, m) for k, n, w, level, parts, r, m in effects),
        tuple(finding_of(f) for f in findings),
    )
