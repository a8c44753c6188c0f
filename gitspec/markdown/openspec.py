"""OpenSpec Markdown as gitspec's models: requirements, living specs and deltas."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gitspec.domain.capability import Capability, Requirement, Scenario
from gitspec.errors import Refused
from gitspec.markdown.openspec_document import (
    Odd,
    Operation,
    RawRequirement,
    RawScenario,
    Renaming,
    read_document,
)
from gitspec.markdown.openspec_ids import Ids, requirement_ids, same_title, scenario_ids, slug
from gitspec.markdown.openspec_lines import Line, trimmed
from gitspec.markdown.openspec_steps import read_body

MAX_TITLE = 500
_BOILERPLATE = re.compile(r"[ \t]+Specification$")
_PART = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?(?:\*\*)?(?P<word>Reason|Migration|原因|理由|迁移|移行)(?:\*\*)?[ \t]*[:：](?:\*\*)?[ \t]*(?P<rest>.*)$",
    re.IGNORECASE,
)
_MIGRATION = {"migration", "迁移", "移行"}


class Remark(NamedTuple):
    """Something about a file that a report must say: a kind, the line, and what it is about."""

    kind: str
    line: int
    about: str


class Known(NamedTuple):
    """Ids that titles already have elsewhere (in the living spec): requirements, and scenarios by requirement id."""

    requirements: Mapping[str, str]
    scenarios: Mapping[str, Mapping[str, str]]


NOTHING_KNOWN = Known({}, {})


class Entry(NamedTuple):
    """A requirement of a file: the model, and how and where it stood there.

    ``textless``: the title stands in for a text that is not there. Of a removal the model has id and title only, and
    ``reason``, ``migration`` and ``notes`` hold what the block says.
    """

    operation: Operation | None
    requirement: Requirement
    level: int
    line: int
    scenario_levels: tuple[int, ...] = ()
    odd: Odd | None = None
    textless: bool = False
    reason: str | None = None
    migration: str | None = None
    notes: str | None = None


class SpecFile(NamedTuple):
    """A living spec or delta file as read."""

    title: str | None
    purpose: str | None
    notes: str | None
    entries: tuple[Entry, ...]
    renamings: tuple[Renaming, ...]
    operations: tuple[Operation, ...]
    remarks: tuple[Remark, ...]


def parse_requirement_block(text: str) -> Requirement:
    """One requirement written as OpenSpec does: a heading ``### Requirement: title``, text, scenarios.

    Ids are made from the titles. A text without such a heading, or with more than one, is ``Refused``.
    """
    spec = read_spec_file(text)
    if len(spec.entries) != 1:
        what = "no requirement" if not spec.entries else f"{len(spec.entries)} requirements"
        raise Refused(
            "M001",
            f"the Markdown holds {what}, not one",
            help="write one block that starts with '### Requirement: <title>'",
        )
    return spec.entries[0].requirement


def read_spec_file(text: str, known: Known = NOTHING_KNOWN) -> SpecFile:
    """A living spec or a delta file; never raises on any text. ``known`` binds titles to ids that exist elsewhere."""
    document = read_document(text)
    remarks: list[Remark] = []
    taken = requirement_ids(known.requirements.values())
    entries = [_entry(raw, taken, known, remarks) for raw in document.requirements]
    for name, line in document.bare_removals:
        entries.append(_bare_removal(name, line, taken, known, remarks))
    if document.rules:
        remarks.append(Remark("rule", 0, str(document.rules)))
    title = document.title
    if title and _BOILERPLATE.search(title):
        title = _BOILERPLATE.sub("", title)
        remarks.append(Remark("boilerplate", 1, "Specification"))
    title, more = _title(title or "")
    notes = "\n\n".join(part for part in (more, document.notes) if part) or None
    return SpecFile(
        title, document.purpose, notes, tuple(entries), document.renamings, document.operations, tuple(remarks)
    )


def capability_of(spec: SpecFile, capability: str) -> Capability:
    """The living spec that the file describes; requirements under REMOVED are left to the notes."""
    gone = [e for e in spec.entries if e.operation == "REMOVED"]
    notes = [spec.notes, *(_removal_text(e) for e in gone)]
    title = None if spec.title is None or same_title(spec.title) == same_title(capability) else spec.title
    return Capability(
        capability=capability,
        title=title,
        purpose=spec.purpose,
        notes="\n\n".join(n for n in notes if n) or None,
        requirements=tuple(e.requirement for e in spec.entries if e.operation != "REMOVED"),
    )


def _entry(raw: RawRequirement, taken: Ids, known: Known, remarks: list[Remark]) -> Entry:
    line = raw.heading.number
    title, more = _title(raw.title)
    wanted = _bound(raw.title, known.requirements, by_slug=raw.operation != "ADDED")
    requirement_id = taken.take(raw.title, wanted)
    if raw.operation == "REMOVED":
        return _removal(raw, requirement_id, title, remarks)
    text, tail = trimmed(raw.text), trimmed(raw.tail)
    scenarios = _scenarios(raw.scenarios, known.scenarios.get(requirement_id, {}), remarks)
    rules = text.rules + tail.rules
    if rules:
        remarks.append(Remark("rule", line, str(rules)))
    if text.text is None:
        remarks.append(Remark("no-text", line, raw.title))
    notes = "\n\n".join(part for part in (more, tail.text) if part) or None
    requirement = Requirement(
        id=requirement_id,
        title=title,
        text=text.text or title or requirement_id,
        notes=notes,
        scenarios=scenarios,
    )
    levels = tuple(s.level for s in raw.scenarios)
    return Entry(raw.operation, requirement, raw.level, line, levels, raw.odd, text.text is None)


def _scenarios(raws: Sequence[RawScenario], known: Mapping[str, str], remarks: list[Remark]) -> tuple[Scenario, ...]:
    taken = scenario_ids(known.values())
    found: list[Scenario] = []
    for raw in raws:
        title, more = _title(raw.title)
        body = read_body(raw.body)
        if body.rules:
            remarks.append(Remark("rule", raw.heading.number, str(body.rules)))
        for word, times in Counter(body.translated).items():
            remarks.extend([Remark("keyword", raw.heading.number, word)] * times)
        if not body.steps:
            remarks.append(Remark("no-steps", raw.heading.number, raw.title))
        notes = "\n\n".join(part for part in (more, body.notes) if part) or None
        scenario_id = taken.take(raw.title, _bound(raw.title, known, by_slug=True))
        found.append(Scenario(id=scenario_id, title=title, steps=body.steps, notes=notes))
    return tuple(found)


def _bound(title: str, known: Mapping[str, str], *, by_slug: bool) -> str | None:
    """The id that the title has elsewhere; ``by_slug`` forgives other punctuation."""
    if not known:
        return None
    found = known.get(same_title(title))
    if found is None and by_slug and (stem := slug(title)) in known.values():
        return stem
    return found


def _removal(raw: RawRequirement, requirement_id: str, title: str | None, remarks: list[Remark]) -> Entry:
    """``**Reason**:`` and ``**Migration**:`` with what follows them; all else that the block says is notes."""
    parts: dict[str, list[Line]] = {"notes": [], "reason": [], "migration": []}
    part = "notes"
    for line in raw.text:
        match = None if line.masked else _PART.match(line.text)
        if match is None:
            parts[part].append(line)
            continue
        part = "migration" if match["word"].lower() in _MIGRATION else "reason"
        parts[part].append(line._replace(text=match["rest"]))
    for scenario in raw.scenarios:
        parts["notes"].extend([Line("", 0), scenario.heading, *scenario.body])
    parts["notes"].extend(raw.tail)
    texts = {name: trimmed(lines) for name, lines in parts.items()}
    if rules := sum(t.rules for t in texts.values()):
        remarks.append(Remark("rule", raw.heading.number, str(rules)))
    bare = Requirement(id=requirement_id, title=title, text=title or requirement_id)
    reason, migration, notes = (texts[name].text for name in ("reason", "migration", "notes"))
    levels = tuple(s.level for s in raw.scenarios)
    entry = Entry("REMOVED", bare, raw.level, raw.heading.number, levels, raw.odd)
    return entry._replace(reason=reason, migration=migration, notes=notes)


def _bare_removal(name: str, line: Line, taken: Ids, known: Known, remarks: list[Remark]) -> Entry:
    raw = RawRequirement(name, 0, line, "REMOVED", text=(line,), scenarios=(), tail=(), odd="list")
    return _entry(raw, taken, known, remarks)


def _removal_text(entry: Entry) -> str:
    parts = [f"## REMOVED Requirement: {entry.requirement.title or entry.requirement.id}"]
    parts.extend(part for part in (entry.reason, entry.migration, entry.notes) if part)
    return "\n\n".join(parts)


def _title(title: str) -> tuple[str | None, str | None]:
    """The title as a line that the model takes, and the whole of it for the notes when it is too long for that."""
    title = " ".join(title.split()) if "\t" in title else title.strip()
    if len(title) <= MAX_TITLE:
        return title or None, None
    return f"{title[: MAX_TITLE - 1]}…", title


def known_of(capability: Capability | None) -> Known:
    """The titles of a living capability, bound to their ids."""
    if capability is None:
        return NOTHING_KNOWN
    requirements = _by_title((r.title, r.id) for r in capability.requirements)
    scenarios = {r.id: _by_title((s.title, s.id) for s in r.scenarios) for r in capability.requirements}
    return Known(requirements, scenarios)


def _by_title(pairs: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for title, value in pairs:
        found.setdefault(same_title(title or value), value)
    return found


__all__ = [
    "Entry",
    "Known",
    "Remark",
    "SpecFile",
    "capability_of",
    "known_of",
    "parse_requirement_block",
    "read_spec_file",
]
