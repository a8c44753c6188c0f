"""What an import of OpenSpec trees will write: decided as a whole before the first byte is."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from gitspec.commands.import_openspec_dates import Days, day_of
from gitspec.commands.import_openspec_delta import (
    History,
    Surroundings,
    Version,
    active_delta,
    archived_delta,
    known_to,
)
from gitspec.commands.import_openspec_report import Report
from gitspec.commands.import_openspec_source import MAX_FILE, Root, SourceChange, created_in, prefixes
from gitspec.domain.capability import Capability, Requirement, title_of
from gitspec.domain.change import Change
from gitspec.domain.delta import ModifiedRequirement
from gitspec.domain.kinds import Kind
from gitspec.markdown.openspec import capability_of, known_of, read_spec_file
from gitspec.markdown.openspec_ids import capability_id, change_ids, same_title
from gitspec.markdown.openspec_lines import read_lines, read_sections
from gitspec.markdown.openspec_tasks import convert_tasks
from gitspec.store import layout
from gitspec.yaml.emit import emit

_KIND_WORDS: dict[str, Kind] = {"fix": "fix", "bugfix": "fix", "refactor": "refactor"}
_TITLE_PREFIX = re.compile(
    r"(?:(?:OpenSpec |Change )?Proposal|Change|提案|变更提案|变更)[ \t]*[:：][ \t]*", re.IGNORECASE
)
_GUIDANCE = {"project.md", "AGENTS.md", "CLAUDE.md", "README.md", "config.yaml"}


class Plan(NamedTuple):
    """Files by path, the folder (as it is written) and source of each change by its id, and the report."""

    files: dict[str, bytes]
    changes: dict[str, tuple[str, str]]
    report: Report


class _Source(NamedTuple):
    """A change with its root, its id here, its day, and its delta files as read (capability, path, text)."""

    root: Root
    change: SourceChange
    id: str
    day: str
    deltas: tuple[tuple[str, str, str], ...]

    def shown(self, path: str) -> str:
        return _shown(self.root, path)


class _About(NamedTuple):
    """What change.yaml says of the deltas; ``notes`` of those that say nothing else."""

    no_deltas: bool
    depends_on: tuple[str, ...] = ()
    notes: str | None = None


def plan_import(roots: Sequence[Root], today: str) -> Plan:
    """The files that the trees become; ``today`` is the day for changes whose date nothing tells."""
    planner = _Planner(roots, today)
    planner.living()
    planner.changes()
    for root in roots:
        for path in root.other:
            planner.leave(root, path)
    planner.report.findings.sort(key=lambda f: (f.path, f.line))
    return Plan(planner.files, planner.written, planner.report)


class _Planner:
    def __init__(self, roots: Sequence[Root], today: str) -> None:
        self.roots = roots
        self.today = today
        self.prefixes = prefixes(roots)
        self.report = Report()
        self.files: dict[str, bytes] = {}
        self.capabilities: dict[str, Capability] = {}
        self.history: dict[str, dict[str, list[Version]]] = {}
        self.added: dict[str, dict[str, tuple[str, Requirement]]] = {}
        self.edited: dict[tuple[str, str], list[tuple[str, ModifiedRequirement]]] = {}
        self.depends_on: dict[str, set[str]] = {}
        self.written: dict[str, tuple[str, str]] = {}

    # -- living specs

    def living(self) -> None:
        for root in self.roots:
            for folder, path in root.specs:
                text = self._text(root, path)
                if text is None:
                    continue
                capability = self._capability_id(root, folder)
                if capability in self.capabilities:
                    number = next(n for n in range(2, 1 << 20) if f"{capability}-{n}" not in self.capabilities)
                    capability = f"{capability}-{number}"
                    self.report.tell("M017", f"capability '{folder}' becomes '{capability}'", _shown(root, path))
                spec = read_spec_file(text)
                self.report.take_spec(spec, _shown(root, path))
                self.capabilities[capability] = capability_of(spec, capability)
                self.files[layout.capability_path(capability)] = emit(self.capabilities[capability])

    def _capability_id(self, root: Root, folder: str) -> str:
        prefix = capability_id(self.prefixes[root.name].rstrip("/")) if self.prefixes[root.name] else ""
        return f"{prefix}/{capability_id(folder)}" if prefix else capability_id(folder)

    # -- changes

    def changes(self) -> None:
        sources = self._sources()
        for source in sources:
            if source.change.archived:
                self._archived(source)
        active = [s for s in sources if not s.change.archived]
        for source in active:
            self._note_added(source)
        for source in active:
            self._active(source)
        self._tell_overlaps()

    def _sources(self) -> list[_Source]:
        """All changes, archived ones by day, with ids that are unique; active ones choose their id first."""
        taken = change_ids()
        found: list[_Source] = []
        for root in self.roots:
            days = Days(root)
            for change in sorted(root.changes, key=lambda c: (c.archived, c.day or "9", c.folder)):
                day = day_of(root, change, days, self.today, self.report)
                found.append(_Source(root, change, "", day, tuple(self._deltas(root, change))))
        found.sort(key=lambda s: (s.change.archived, s.day, s.change.folder))
        for at, source in enumerate(found):
            found[at] = source._replace(id=taken.take(_ascii(source.change.stem)))
            if found[at].id != source.change.stem:
                message = f"the change '{source.change.stem}' becomes '{found[at].id}'"
                self.report.tell("M017", message, source.shown(source.change.folder))
        return found

    def _deltas(self, root: Root, change: SourceChange) -> Iterable[tuple[str, str, str]]:
        """The delta files of a change as (capability, path, text); Markdown that is none is left."""
        seen: set[str] = set()
        for inner, path in sorted(change.deltas, key=lambda d: (not d[0].endswith("spec.md"), d[0])):
            text = self._text(root, path)
            if text is None:
                continue
            where, _, name = inner.rpartition("/")
            if name != "spec.md":
                spec = read_spec_file(text)
                if not spec.entries and not spec.renamings:
                    self.leave(root, path)
                    continue
            folder = (where or "spec") if name == "spec.md" else f"{where}/{name[:-3]}".strip("/")
            if name != "spec.md" and where and self._capability_id(root, where) not in seen:
                folder = where
            capability = self._capability_id(root, folder)
            while capability in seen:
                capability += "-2"
            seen.add(capability)
            yield capability, path, text

    def _archived(self, source: _Source) -> None:
        folder = layout.archive_folder(source.day, source.id)
        written = 0
        for capability, path, text in source.deltas:
            spec = read_spec_file(text, known_of(self.capabilities.get(capability)))
            self.report.take_delta(spec, source.shown(path), "archived")
            self.files[layout.delta_path(folder, capability)] = emit(archived_delta(spec, capability))
            written += 1
            past = self.history.setdefault(capability, {})
            for entry in spec.entries:
                if entry.operation != "REMOVED":
                    title = same_title(title_of(entry.requirement))
                    past.setdefault(title, []).append(Version(source.id, entry.requirement))
        self.report.counts.changes_archived += 1
        self._documents(source, folder, "archived", _About(not written))

    def _note_added(self, source: _Source) -> None:
        """Remember what an active change adds: others may build on it."""
        for capability, _, text in source.deltas:
            known = known_of(self.capabilities.get(capability))
            there = self.added.setdefault(capability, {})
            for entry in read_spec_file(text, known).entries:
                title = same_title(title_of(entry.requirement))
                if entry.operation == "ADDED" and title not in known.requirements:
                    there.setdefault(title, (source.id, entry.requirement))

    def _active(self, source: _Source) -> None:
        folder = layout.change_folder(source.id)
        depends_on: dict[str, None] = {}
        notes: list[str] = []
        written = 0
        for capability, path, text in source.deltas:
            others = {t: a for t, a in self.added.get(capability, {}).items() if not self._builds_on(a[0], source.id)}
            history: History = self.history.get(capability, {})
            around = Surroundings(self.capabilities.get(capability), history, others)
            spec = read_spec_file(text, known_to(around))
            self.report.take_delta(spec, source.shown(path), "active")
            done = active_delta(spec, capability, around, source.shown(path))
            self.report.findings.extend(done.findings)
            depends_on.update(dict.fromkeys(done.depends_on))
            self.depends_on.setdefault(source.id, set()).update(done.depends_on)
            if done.delta is None:
                if done.notes:
                    notes.append(f"## {capability}\n\n{done.notes}")
                continue
            self.files[layout.delta_path(folder, capability)] = emit(done.delta)
            written += 1
            for edit in done.delta.modified:
                self.edited.setdefault((capability, edit.id), []).append((source.id, edit))
        self.report.counts.changes_active += 1
        about = _About(not written, tuple(depends_on), "\n\n".join(notes) or None)
        self._documents(source, folder, "active", about)

    def _builds_on(self, change: str, other: str) -> bool:
        """Whether ``change`` is ``other`` or depends on it, so that the other way round would be a circle."""
        if change == other:
            return True
        return any(self._builds_on(below, other) for below in self.depends_on.get(change, ()))

    def _tell_overlaps(self) -> None:
        for (capability, requirement), edits in self.edited.items():
            if len({change for change, _ in edits}) > 1:
                parts = "; ".join(f"'{change}' {_parts(edit)}" for change, edit in edits)
                message = f"{capability}/{requirement} is edited by {len(edits)} active changes: {parts}"
                help_ = (
                    "archived by OpenSpec, the last one would have replaced the others' text; here each keeps its own"
                )
                self.report.tell("M022", message, layout.capability_path(capability), help_=help_)

    # -- the other files of a change

    def _documents(self, source: _Source, folder: str, when: str, about: "_About") -> None:
        change, root = source.change, source.root
        self.written[source.id] = (folder, source.shown(change.folder))
        title = None
        if "proposal.md" in change.files:
            data = self._lf(root, f"{change.folder}/proposal.md")
            title = _title(data)
            self.files[f"{folder}/proposal.md"] = data
        if "design.md" in change.files:
            self.files[f"{folder}/design.md"] = self._lf(root, f"{change.folder}/design.md")
        if "tasks.md" in change.files:
            path = f"{change.folder}/tasks.md"
            converted = convert_tasks(root.read(path))
            self.report.take_tasks(converted, source.shown(path), when)
            self.files[f"{folder}/tasks.md"] = converted.data
        created = source.day
        if ".openspec.yaml" in change.files:
            path = f"{change.folder}/.openspec.yaml"
            created = created_in(root.read(path)) or created
            self.leave(root, path)
        for path in change.other:
            self.leave(root, path)
        model = Change(
            change=source.id,
            title=title or _from_id(source.id),
            kind=_KIND_WORDS.get(source.id.split("-")[0], "feature"),
            created=date.fromisoformat(created),
            depends_on=about.depends_on,
            no_deltas=about.no_deltas,
            notes=about.notes,
            # an active change will be proved when it is archived; one that was archived elsewhere is history
            imported=f"openspec {source.shown(change.folder)}"[:500] if change.archived else None,
        )
        self.files[f"{folder}/change.yaml"] = emit(model)

    def leave(self, root: Root, path: str) -> None:
        """Tell that a file stays where it is."""
        name = path.rpartition("/")[2]
        if name == ".openspec.yaml":
            why = "its date of creation is in change.yaml, the rest is for OpenSpec alone"
        elif "/" not in path and name in _GUIDANCE:
            why = "guidance for people and agents, no spec"
        else:
            why = "spec/ has no place for such a file: keep it in docs/, or link to it from design.md"
        self.report.tell("M015", f"not imported: {why}", _shown(root, path))

    def _text(self, root: Root, path: str) -> str | None:
        data = root.read(path)
        if len(data) > MAX_FILE:
            self.report.tell("M004", f"not imported: larger than {MAX_FILE >> 20} MiB", _shown(root, path))
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.report.tell("M004", "not imported: not valid UTF-8", _shown(root, path), line, "save it as UTF-8")
            return None

    def _lf(self, root: Root, path: str) -> bytes:
        return root.read(path).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _shown(root: Root, path: str) -> str:
    return f"{root.name}/{path}" if root.name else path


def _ascii(name: str) -> str:
    """What of a folder's name an id of a change can hold."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _title(proposal: bytes) -> str | None:
    """The first heading of level one, without "Change:" or "Proposal:" in front."""
    sections = read_sections(read_lines(proposal.decode("utf-8", "replace")))
    title = next((s.title for s in sections if s.level == 1), "")
    title = _TITLE_PREFIX.sub("", title, count=1).strip()
    return title[:500] or None


def _from_id(change: str) -> str:
    words = change.replace("-", " ")
    return words[:1].upper() + words[1:]


def _parts(edit: ModifiedRequirement) -> str:
    parts = [name for name in ("title", "text", "notes") if getattr(edit, name) is not None]
    if edit.scenarios:
        for what in ("added", "modified", "renamed", "removed"):
            found: Any = getattr(edit.scenarios, what)
            if found:
                parts.append(f"{what} {', '.join(s.id for s in found)}")
    return " and ".join(parts)
