"""What an import tells: counts of what it read, what OpenSpec overlooks of it, and every loss and liberty as a finding."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.markdown.openspec import Entry, SpecFile
from gitspec.markdown.openspec_tasks import Converted

OPERATIONS = ("ADDED", "MODIFIED", "REMOVED", "RENAMED")
_ODD = {
    "promoted": "has scenarios, but its heading does not say 'Requirement': read as a requirement",
    "level": "is a requirement at another heading level than ###",
    "prefix": "carries its operation in its own heading",
    "section": "stands in a section whose heading says more than the operation",
    "list": "is removed by an item of a list, not by a heading",
}
_CHANGED_TASKS = {
    "number": "numbered, or put into the grammar's form",
    "mark": "marked in the grammar's way",
    "reason": "given a reason, which a dropped or blocked task needs",
    "cut": "cut to the length of a task; the rest follows on the next line",
    "escape": "escaped with a backslash where it only looked like mark-up",
}


@dataclass
class Counts:
    """How many of each there are. Deltas by operation and tasks by mark, active and archived."""

    capabilities: int = 0
    requirements: int = 0
    scenarios: int = 0
    changes_active: int = 0
    changes_archived: int = 0
    deltas: dict[str, Counter[str]] = field(default_factory=lambda: {"active": Counter(), "archived": Counter()})
    tasks: dict[str, Counter[str]] = field(default_factory=lambda: {"active": Counter(), "archived": Counter()})

    def data(self) -> dict[str, Any]:
        """The counts as plain data, with every operation and mark present."""
        return {
            "capabilities": self.capabilities,
            "requirements": self.requirements,
            "scenarios": self.scenarios,
            "changes_active": self.changes_active,
            "changes_archived": self.changes_archived,
            "deltas": {when: {name: found[name] for name in OPERATIONS} for when, found in self.deltas.items()},
            "tasks": {
                when: {name: found[name] for name in ("done", "undone", "other")} for when, found in self.tasks.items()
            },
        }


class Report:
    """Collects counts and findings while an import is planned. ``overlooked`` is the part that OpenSpec does not see."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.overlooked = Counts()
        self.findings: list[Finding] = []

    def tell(self, code: str, message: str, path: str, line: int = 0, help_: str = "") -> None:
        """Add a finding about a source file."""
        self.findings.append(finding(code, message, path, line, 1 if line else 0, help_))

    def take_spec(self, spec: SpecFile, path: str) -> None:
        """Count a living spec, and tell what had to be read with care."""
        self.counts.capabilities += 1
        for entry in spec.entries:
            self.counts.requirements += 1
            self.overlooked.requirements += entry.odd is not None
            self.counts.scenarios += len(entry.scenario_levels)
            self._tell_entry(entry, path)
            for level in entry.scenario_levels:
                if level != 4:
                    self.overlooked.scenarios += 1
        self._tell_remarks(spec, path)

    def take_delta(self, spec: SpecFile, path: str, when: str) -> None:
        """Count a delta file of an active or archived change."""
        for entry in spec.entries:
            operation = entry.operation or "ADDED"
            self.counts.deltas[when][operation] += 1
            if entry.odd is not None or entry.operation is None:
                self.overlooked.deltas[when][operation] += 1
            self._tell_entry(entry, path)
            if entry.operation is None and entry.odd is None:
                name = entry.requirement.title or entry.requirement.id
                self.tell("M010", f"'{name}' stands under no operation: read as added or modified", path, entry.line)
        self.counts.deltas[when]["RENAMED"] += len(spec.renamings)
        self._tell_remarks(spec, path)

    def take_tasks(self, converted: Converted, path: str, when: str) -> None:
        """Count a checklist, and tell what was changed in it."""
        found = self.counts.tasks[when]
        found.update({"done": converted.done, "undone": converted.undone, "other": converted.other})
        for what, lines in _grouped((what, line) for line, what in converted.changes).items():
            some = ", ".join(map(str, lines[:8])) + (", …" if len(lines) > 8 else "")
            self.tell("M018", f"{_plural(len(lines), 'task')} {_CHANGED_TASKS[what]}: line {some}", path, lines[0])

    def _tell_entry(self, entry: Entry, path: str) -> None:
        name = entry.requirement.title or entry.requirement.id
        if entry.odd:
            self.tell("M010", f"'{name}' {_ODD[entry.odd]}", path, entry.line)
        odd = sorted({level for level in entry.scenario_levels if level != 4})
        if odd:
            count = sum(level != 4 for level in entry.scenario_levels)
            where = "bold lines" if odd == [7] else "headings that are not ####"
            self.tell("M010", f"{_plural(count, 'scenario')} of '{name}' under {where}", path, entry.line)

    def _tell_remarks(self, spec: SpecFile, path: str) -> None:
        keywords: Counter[str] = Counter()
        rules = 0
        for remark in spec.remarks:
            if remark.kind == "no-text":
                self.tell("M011", f"'{remark.about}' has no text: its title stands in", path, remark.line)
            elif remark.kind == "no-steps":
                self.tell("M012", f"scenario '{remark.about}' has no steps: its text is in notes", path, remark.line)
            elif remark.kind == "keyword":
                keywords[remark.about] += 1
            elif remark.kind == "rule":
                rules += int(remark.about)
            elif remark.kind == "boilerplate":
                self.tell("M013", f"title without its last word, '{remark.about}'", path, remark.line)
        for word, times in sorted(keywords.items()):
            self.tell("M013", f"keyword '{word}' written as its English one, {times} ×", path)
        if rules:
            self.tell("M014", f"{_plural(rules, 'thematic break')} (---) between sections left out", path)


def _grouped(pairs: Iterable[tuple[str, Any]]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
