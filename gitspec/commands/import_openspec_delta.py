"""OpenSpec deltas as ours: whole requirements become edits against the living spec, and nothing goes by being left out.

OpenSpec replaces a requirement by name. So a MODIFIED block holds what its author copied, which may be less than there
is now, or older: scenarios that the block lacks stay, and parts that it has in an older form stay as they are now. What
archiving the block as written would have dropped is told.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitspec.domain.capability import Capability, Requirement, Scenario, title_of
from gitspec.domain.delta import (
    Delta,
    LineEdit,
    ModifiedRequirement,
    ModifiedScenario,
    RemovedRequirement,
    RenamedRequirement,
    ScenarioEdits,
    StepsEdit,
    TextEdit,
)
from gitspec.domain.difference import added_requirement, difference
from gitspec.domain.digest import seen_of_whole
from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.markdown.openspec import Entry, Known, SpecFile, known_of
from gitspec.markdown.openspec_ids import same_title, slug

_WORD_FOR_WORD = {True: "word for word", False: "with another content"}


class Version(NamedTuple):
    """A requirement as an archived change wrote it."""

    change: str
    requirement: Requirement


History = Mapping[str, Sequence[Version]]
"""By title in ``same_title`` form: the versions that archived changes wrote, oldest first."""


class Surroundings(NamedTuple):
    """What an active delta stands against: the living capability, its past, and what other active changes add."""

    living: Capability | None
    history: History
    added_by_others: Mapping[str, tuple[str, Requirement]]


class Written(NamedTuple):
    """The delta (None when it says nothing), its notes in that case, the active changes it builds on, what to tell."""

    delta: Delta | None
    notes: str | None
    depends_on: tuple[str, ...]
    findings: tuple[Finding, ...]


def known_to(around: Surroundings) -> Known:
    """The ids to read an active delta with: those of the living spec, then those that other active changes add."""
    known = known_of(around.living)
    requirements = dict(known.requirements)
    scenarios = dict(known.scenarios)
    for title, (_, requirement) in around.added_by_others.items():
        if title not in requirements and requirement.id not in scenarios:
            requirements[title] = requirement.id
            scenarios[requirement.id] = {same_title(title_of(s)): s.id for s in requirement.scenarios}
    return Known(requirements, scenarios)


def active_delta(spec: SpecFile, capability: str, around: Surroundings, path: str) -> Written:
    """The delta of an active change, stamped against the living spec; ``path`` is the source for findings."""
    writer = _Active(capability, around, path)
    writer.rename(spec)
    for entry in spec.entries:
        writer.take(entry)
    return writer.written(spec)


def archived_delta(spec: SpecFile, capability: str) -> Delta:
    """The delta of an archived change: history, without ``from`` and ``seen``."""
    fields: dict[str, list[Any]] = {"renamed": [], "removed": [], "modified": [], "added": []}
    notes: list[str] = []
    ids = {same_title(title_of(e.requirement)): e.requirement.id for e in spec.entries}
    for before, after, _ in spec.renamings:
        old, new = slug(before) or "requirement", ids.get(same_title(after)) or slug(after) or "requirement"
        title = LineEdit.model_construct(before=before, after=after)
        if old == new:
            notes.append(f"FROM: {before}\nTO: {after}")
        else:
            fields["renamed"].append(RenamedRequirement.model_construct(id=old, to=new, title=title))
    for entry in spec.entries:
        if entry.operation == "REMOVED":
            fields["removed"].append(_removed(entry, seen=None))
        elif entry.operation == "MODIFIED":
            fields["modified"].append(_whole(entry))
        else:
            fields["added"].append(added_requirement(entry.requirement))
    heading, purpose = _head(spec, capability, None, notes)
    return _delta(capability, heading, purpose, fields, [*notes, *([spec.notes] if spec.notes else [])])


class _Active:
    def __init__(self, capability: str, around: Surroundings, path: str) -> None:
        self.capability = capability
        self.around = around
        self.path = path
        self.now = {r.id: r for r in around.living.requirements} if around.living else {}
        self.fields: dict[str, list[Any]] = {"renamed": [], "removed": [], "modified": [], "added": []}
        self.retitled: dict[str, Requirement] = {}
        self.notes: list[str] = []
        self.depends_on: list[str] = []
        self.findings: list[Finding] = []

    def tell(self, code: str, message: str, line: int, help_: str = "") -> None:
        self.findings.append(finding(code, message, self.path, line, 1 if line else 0, help_))

    def rename(self, spec: SpecFile) -> None:
        ids = {same_title(title_of(e.requirement)): e.requirement.id for e in spec.entries}
        titles = {same_title(title_of(r)): r for r in self.now.values()}
        for before, after, line in spec.renamings:
            old = titles.get(same_title(before))
            if old is None or old.id not in self.now:
                self.notes.append(f"RENAMED\n\n- FROM: `### Requirement: {before}`\n- TO: `### Requirement: {after}`")
                self.tell("M020", f"renames '{before}', which the living spec does not have: put into notes", line)
                continue
            new = ids.get(same_title(after)) or slug(after) or old.id
            title = LineEdit.model_construct(before=old.title, after=after)
            renamed = old.model_copy(update={"id": new, "title": after})
            if new == old.id:
                self.retitled[new] = old
            elif new in self.now:
                self.notes.append(f"RENAMED\n\n- FROM: `### Requirement: {before}`\n- TO: `### Requirement: {after}`")
                self.tell("M020", f"renames '{before}' to '{after}', which is there already: put into notes", line)
                continue
            else:
                self.fields["renamed"].append(RenamedRequirement.model_construct(id=old.id, to=new, title=title))
            del self.now[old.id]
            self.now[new] = renamed

    def take(self, entry: Entry) -> None:
        requirement = entry.requirement
        living = self.now.get(requirement.id)
        name = title_of(requirement)
        if entry.operation == "REMOVED":
            if living is None:
                self.notes.append(f"REMOVED: {name}\n\n{_removal_text(entry)}".strip())
                self.tell("M020", f"removes '{name}', which the living spec does not have: put into notes", entry.line)
            else:
                self.fields["removed"].append(_removed(entry, seen_of_whole(living)))
            return
        other = self.around.added_by_others.get(same_title(name))
        if entry.operation == "ADDED" or (living is None and other is None):
            if entry.operation == "MODIFIED":
                message = f"modifies '{name}', which the living spec does not have: written as added"
                self.tell("M020", message, entry.line)
            elif living is not None:
                same = living == requirement
                message = f"adds '{name}', which the living spec has already, {_WORD_FOR_WORD[same]}"
                self.tell("M020", message, entry.line, "" if same else f"compare: {self.capability}/{living.id}")
            self.fields["added"].append(added_requirement(requirement))
            return
        if living is None and other is not None:
            self.depends_on.append(other[0])
            living = other[1]
        assert living is not None
        wanted = self._kept(living, entry)
        if not self._modified(self.retitled.pop(living.id, living), wanted):
            self.tell("M020", f"'{name}' is already as the block says: no edit is left", entry.line)

    def _modified(self, before: Requirement, after: Requirement) -> bool:
        edit = difference(before.model_copy(update={"id": after.id}), after)
        if edit is not None:
            self.fields["modified"].append(edit)
        return edit is not None

    def _kept(self, living: Requirement, entry: Entry) -> Requirement:
        """The living requirement with the edits of the block; tells what replacing it would have dropped."""
        block, line = entry.requirement, entry.line
        name = f"'{title_of(block)}'"
        history = self.around.history.get(same_title(title_of(living)), ())
        text = block.text
        if entry.textless and living.text != block.text:
            text = living.text
            self.tell("M021", f"{name}: the block has no text; the one there is stays", line)
        elif (by := _outdated([v.requirement.text for v in history], text, living.text)) is not None:
            text = living.text
            self.tell("M021", f"{name}: the block would undo the text that '{history[by].change}' wrote; kept", line)
        notes = block.notes
        if living.notes and notes != living.notes:
            notes = f"{notes}\n\n{living.notes}" if notes and living.notes not in notes else notes or living.notes
            if not block.notes:
                self.tell("M021", f"{name}: the block lacks the notes that stand behind its scenarios; kept", line)
        scenarios = self._scenarios(living, entry, history)
        update = {"text": text, "notes": notes, "scenarios": scenarios, "title": block.title or living.title}
        return living.model_copy(update=update)

    def _scenarios(self, living: Requirement, entry: Entry, history: Sequence[Version]) -> tuple[Scenario, ...]:
        block = entry.requirement
        wanted = {s.id: s for s in block.scenarios}
        moved = {s.steps for s in block.scenarios if living.scenario(s.id) is None and s.steps}
        found: list[Scenario] = []
        for scenario in living.scenarios:
            edited = wanted.pop(scenario.id, None)
            what = f"'{title_of(block)}': scenario '{title_of(scenario)}'"
            if edited is None and scenario.steps in moved:
                continue  # it has another title: a rename
            if edited is None:
                by = _writer(history, scenario)
                origin = f", which '{by}' added," if by else ""
                self.tell("M021", f"{what}{origin} is not in the block; kept", entry.line, self._drop_help(living))
                found.append(scenario)
                continue
            past = [_same(v.requirement, scenario) for v in history]
            at = _outdated([_content(s) for s in past], _content(edited), _content(scenario))
            if at is not None:
                self.tell("M021", f"{what}: the block would undo what '{history[at].change}' wrote; kept", entry.line)
                found.append(scenario)
            else:
                found.append(edited)
        return _placed(found, block.scenarios, wanted)

    def _drop_help(self, living: Requirement) -> str:
        return f"if it shall go: gitspec delta modify <change> {self.capability}/{living.id}"

    def written(self, spec: SpecFile) -> Written:
        for requirement_id, before in self.retitled.items():
            self._modified(before, self.now[requirement_id])
        title, purpose = _head(spec, self.capability, self.around.living, self.notes)
        notes = [*self.notes, *([spec.notes] if spec.notes else [])]
        delta = _delta(self.capability, title, purpose, self.fields, notes)
        says_nothing = title is None and purpose is None and not any(self.fields.values())
        left = delta.notes if says_nothing else None
        depends_on = tuple(dict.fromkeys(self.depends_on))
        return Written(None if says_nothing else delta, left, depends_on, tuple(self.findings))


def _placed(kept: Sequence[Scenario], block: Sequence[Scenario], new: Mapping[str, Scenario]) -> tuple[Scenario, ...]:
    """The scenarios that stay, with each new one behind what it follows in the block; else at the end."""
    behind: dict[str, list[Scenario]] = {}
    last = ""
    for scenario in block:
        if scenario.id in new:
            behind.setdefault(last, []).append(scenario)
        else:
            last = scenario.id
    found: list[Scenario] = []
    for scenario in kept:
        found += [scenario, *behind.pop(scenario.id, ())]
    return (*found, *(scenario for group in behind.values() for scenario in group))


def _outdated(past: Sequence[Any], block: Any, living: Any) -> int | None:
    """The version that brought what lives now, when the block repeats one from before it."""
    if block == living or block not in past or living not in past:
        return None
    newest = max(i for i, value in enumerate(past) if value == block)
    since = [i for i, value in enumerate(past) if value == living and i > newest]
    return since[0] if since else None


def _same(requirement: Requirement, scenario: Scenario) -> Scenario | None:
    title = same_title(title_of(scenario))
    return next((s for s in requirement.scenarios if same_title(title_of(s)) == title), None)


def _content(scenario: Scenario | None) -> Any:
    return None if scenario is None else (scenario.steps, scenario.notes)


def _writer(history: Sequence[Version], scenario: Scenario) -> str | None:
    """The archived change that first wrote the scenario."""
    return next((v.change for v in history if _same(v.requirement, scenario)), None)


def _whole(entry: Entry) -> ModifiedRequirement:
    """All parts of a block as edits that say only ``to``."""
    block = entry.requirement
    scenarios = tuple(_whole_scenario(s) for s in block.scenarios)
    fields: dict[str, Any] = {"text": None if entry.textless else TextEdit.model_construct(after=block.text)}
    fields["title"] = LineEdit.model_construct(after=block.title) if block.title else None
    fields["notes"] = TextEdit.model_construct(after=block.notes) if block.notes else None
    fields["scenarios"] = ScenarioEdits.model_construct(modified=scenarios) if scenarios else None
    return ModifiedRequirement.model_construct(id=block.id, **{k: v for k, v in fields.items() if v is not None})


def _whole_scenario(scenario: Scenario) -> ModifiedScenario:
    fields: dict[str, Any] = {}
    if scenario.title:
        fields["title"] = LineEdit.model_construct(after=scenario.title)
    if scenario.steps:
        fields["steps"] = StepsEdit.model_construct(after=scenario.steps)
    if scenario.notes:
        fields["notes"] = TextEdit.model_construct(after=scenario.notes)
    return ModifiedScenario.model_construct(id=scenario.id, **fields)


def _removed(entry: Entry, seen: dict[str, str] | None) -> RemovedRequirement:
    fields: dict[str, Any] = {"seen": seen, "reason": entry.reason, "migration": entry.migration}
    notes = [entry.notes] if entry.notes else []
    title = entry.requirement.title
    if seen is None and title and title != title_of(entry.requirement.model_copy(update={"title": None})):
        notes.insert(0, f"### Requirement: {title}")
    fields["notes"] = "\n\n".join(notes) or None
    present = {name: value for name, value in fields.items() if value}
    return RemovedRequirement.model_construct(id=entry.requirement.id, **present)


def _removal_text(entry: Entry) -> str:
    parts = (("Reason: ", entry.reason), ("Migration: ", entry.migration), ("", entry.notes))
    return "\n\n".join(f"{word}{text}" for word, text in parts if text)


def _head(
    spec: SpecFile, capability: str, living: Capability | None, notes: list[str]
) -> tuple[str | None, str | None]:
    """Title and purpose for a new capability; of a living one's delta they are notes."""
    title, purpose = spec.title, spec.purpose
    named = title is not None and same_title(title) == same_title(capability.rpartition("/")[2])
    if title is not None and not named and (living is not None or not _is_capability_title(spec)):
        notes.append(f"# {title}")
        title = None
    if purpose is not None and living is not None and purpose != living.purpose:
        notes.append(f"## Purpose\n\n{purpose}")
    return None if named else title, None if living is not None else purpose


def _is_capability_title(spec: SpecFile) -> bool:
    return any(r.kind == "boilerplate" for r in spec.remarks)


def _delta(
    capability: str, title: str | None, purpose: str | None, fields: Mapping[str, list[Any]], notes: Sequence[str]
) -> Delta:
    parts: dict[str, Any] = {name: tuple(entries) for name, entries in fields.items() if entries}
    for name, value in (("title", title), ("purpose", purpose), ("notes", "\n\n".join(notes) or None)):
        if value is not None:
            parts[name] = value
    return Delta.model_construct(capability=capability, **parts)
