"""What stands behind a change, each with the place to look: requirements, scenarios, design note, approvals, archive.

Cached by the tree of the change's folder: warm, no file of it is read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.store import layout
from gitspec.store.memo import remembered

if TYPE_CHECKING:
    from gitspec.commands.why_approvals import Judged
    from gitspec.domain.delta import Delta, ScenarioEdits
    from gitspec.store.part_spec import SpecParts
    from gitspec.store.spec import ChangeFolder, Spec
    from gitspec.yaml.reader import Document


class TouchedScenario(NamedTuple):
    """A scenario of a delta; ``kind`` is added, modified, renamed or removed. ``name`` after a rename.

    ``now`` is the id that later changes gave it; empty when it is the same or nothing has it.
    """

    name: str
    kind: str
    line: int
    now: str = ""


class TouchedRequirement(NamedTuple):
    """What the deltas of a change do to a requirement. ``name`` is `<capability>/<requirement>` as it is called
    afterwards, ``was`` what it was called if that differs; ``path`` and ``line`` are where the delta says so.

    ``now`` is what later changes have made of the name, empty when it is the same or nothing has it; ``living`` is where it
    stands in the living specs, `path:line`, empty when it does not.
    """

    name: str
    kind: str
    was: str
    path: str
    line: int
    scenarios: tuple[TouchedScenario, ...]
    now: str = ""
    living: str = ""


class RecordedApproval(NamedTuple):
    """An approval in change.yaml; ``is_signed``: with a signature, which ``ChangeAnswer.judged`` is about."""

    by: str
    day: str
    is_signed: bool


class NamedTask(NamedTuple):
    """A task of tasks.md that may be named by a commit."""

    id: str
    text: str
    requirement: str
    line: int


class ChangeAnswer(NamedTuple):
    """A change. ``state`` is active, archived, closed, or unknown: then spec/ here has none of that id, and the rest is
    empty. ``tag`` is the archive tag's name where there is one, ``archived_in`` the commit that put it into the archive, and
    ``imported`` where an imported change came from: no commit here archived it. ``merged_in`` is the commit that brought the
    proposal to the branch, where the policy takes that for the approval; ``judged`` whether recorded approvals count.
    """

    id: str
    state: str
    title: str = ""
    kind: str = ""
    folder: str = ""
    day: str = ""
    has_proposal: bool = False
    has_design: bool = False
    requirements: tuple[TouchedRequirement, ...] = ()
    approvals: tuple[RecordedApproval, ...] = ()
    tasks: tuple[NamedTask, ...] = ()
    imported: str = ""
    merged_in: str = ""
    tag: str = ""
    archived_in: str = ""
    judged: "Judged | None" = None


def change_answers(parts: "SpecParts", changes: Iterable[str]) -> dict[str, ChangeAnswer]:
    """The changes by their ids, active or archived, with the names that they gave. Files with errors are passed over: `validate` is who reports them."""
    wanted = dict.fromkeys(changes)
    folders = parts.folders()
    spec = parts.of([folders[change] for change in wanted if change in folders])
    there = [folder for folder in _changes_in(spec) if folder.id in wanted]
    keys = [f"{folder.path} {tree}" for folder, tree in zip(there, spec.trees(there), strict=True)]
    rows = remembered(spec.cache, "why", keys, lambda missing: [_row_of(there[i]) for i in missing])
    found = {folder.id: _answer(folder, row) for folder, row in zip(there, rows, strict=True)}
    return {change: found.get(change) or ChangeAnswer(change, "unknown") for change in wanted}


def _changes_in(spec: "Spec") -> "list[ChangeFolder]":
    """All changes, those that are active last."""
    return [spec.archived_change(one) for one in spec.archived()] + [spec.change(c) for c in spec.change_ids()]


def _row_of(folder: "ChangeFolder") -> dict[str, Any]:
    change = folder.change.value
    tasks = []
    if folder.has("tasks.md"):
        from gitspec.markdown.checklist import read_checklist

        items = read_checklist(folder.read("tasks.md"), f"{folder.path}/tasks.md").items
        tasks = [[item.id, item.text, item.requirement or "", item.line] for item in items]
    requirements = [
        list(one)
        for capability, loaded in folder.deltas.items()
        if loaded.value is not None
        for one in _touched(loaded.value, loaded.document, layout.delta_path(folder.path, capability))
    ]
    return {
        "title": change.title if change else "",
        "kind": change.kind if change else "",
        "closed": bool(change and change.closed),
        "imported": (change.imported or "") if change else "",
        "proposal": folder.has("proposal.md"),
        "design": folder.has("design.md"),
        "requirements": requirements,
        "approvals": [[a.by, a.day.isoformat(), bool(a.signature)] for a in change.approvals] if change else [],
        "tasks": tasks,
    }


def _touched(delta: "Delta", document: "Document", path: str) -> Iterator[TouchedRequirement]:
    from gitspec.yaml.binding import locate

    capability = delta.rename_to or delta.capability

    def entry(kind: str, index: int, name: str, was: str, scenarios: Iterable[TouchedScenario]) -> TouchedRequirement:
        line = locate(document, (kind, index))[0]
        was = f"{delta.capability}/{was}" if was else ""
        return TouchedRequirement(name, kind, "" if was == name else was, path, line, tuple(scenarios))

    for at, added in enumerate(delta.added):
        lines = (locate(document, ("added", at, "scenarios", n))[0] for n in range(len(added.scenarios)))
        scenarios = [TouchedScenario(s.id, "added", line) for s, line in zip(added.scenarios, lines, strict=True)]
        yield entry("added", at, f"{capability}/{added.id}", "", scenarios)
    for at, modified in enumerate(delta.modified):
        scenarios = list(_edited(modified.scenarios, document, at)) if modified.scenarios else []
        yield entry("modified", at, f"{capability}/{modified.id}", modified.id, scenarios)
    for at, renamed in enumerate(delta.renamed):
        yield entry("renamed", at, f"{capability}/{renamed.to}", renamed.id, ())
    for at, moved in enumerate(delta.moved):
        yield entry("moved", at, moved.to, moved.id, ())
    for at, removed in enumerate(delta.removed):
        yield entry("removed", at, f"{capability}/{removed.id}", removed.id, ())


def _edited(edits: "ScenarioEdits", document: "Document", at: int) -> Iterator[TouchedScenario]:
    from gitspec.yaml.binding import locate

    kinds: Sequence[tuple[str, Sequence[Any]]] = (
        ("added", edits.added), ("modified", edits.modified), ("renamed", edits.renamed), ("removed", edits.removed),
    )  # fmt: skip
    for kind, entries in kinds:
        for index, one in enumerate(entries):
            line = locate(document, ("modified", at, "scenarios", kind, index))[0]
            yield TouchedScenario(one.to if kind == "renamed" else one.id, kind, line)


def _answer(folder: "ChangeFolder", row: Mapping[str, Any]) -> ChangeAnswer:
    state = "active" if not folder.day else "closed" if row["closed"] else "archived"
    return ChangeAnswer(
        folder.id,
        state,
        row["title"],
        row["kind"],
        folder.path,
        folder.day,
        row["proposal"],
        row["design"],
        tuple(
            TouchedRequirement(name, kind, was, path, line, tuple(TouchedScenario(*s) for s in scenarios))
            for name, kind, was, path, line, scenarios, *_ in row["requirements"]
        ),
        tuple(RecordedApproval(*one) for one in row["approvals"]),
        tuple(NamedTask(*one) for one in row["tasks"]),
        row["imported"],
    )
