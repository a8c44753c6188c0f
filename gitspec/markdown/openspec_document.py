"""An OpenSpec document, living spec or delta, as a sequence of requirement blocks and the prose around them.

Headings are told by their words, not by their level: projects write ``## Requirement:``, ``#### Requirement:``,
``### ADDED Requirement:`` and ``##### Scenario:`` too, and what they say is as binding. ``level`` keeps what was
written, so that counts can tell what OpenSpec itself sees (requirements at level 3, scenarios at level 4).
"""

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from gitspec.markdown.openspec_lines import BOLD_LEVEL, Line, Section, read_lines, read_sections, trimmed

Operation = Literal["ADDED", "MODIFIED", "REMOVED", "RENAMED"]
Odd = Literal["promoted", "level", "prefix", "section", "list"]

_REQUIREMENT = re.compile(
    r"(?:\*\*)?(?:(?P<op>ADDED|MODIFIED|REMOVED|RENAMED)[ \t]+)?(?:Requirement|需求|要求|要件|요구사항|Anforderung|Exigence|Requisito)"
    r"(?:[ \t]*[:：][ \t]*(?P<name>.*)|(?P<numbered>[ \t]{1,9}(?=[\w.-]{0,40}\d)[\w.-]{1,41}[ \t]{0,9}[:：].*)|)$",
    re.IGNORECASE,
)
_SCENARIO = re.compile(
    r"(?:\*\*)?(?:Scenario|场景|情景|シナリオ|시나리오|Szenario|Scénario|Escenario|Cenário)"
    r"(?:[ \t]*[:：][ \t]*(?P<name>.*)|(?P<numbered>[ \t]{1,9}(?=[\w.-]{0,40}\d)[\w.-]{1,41}[ \t]{0,9}[:：].*)|)$",
    re.IGNORECASE,
)
_OPERATION = re.compile(r"(ADDED|MODIFIED|REMOVED|RENAMED)(?:[ \t]+Requirements?\b|[ \t]*$)", re.IGNORECASE)
_PURPOSE = re.compile(r"(?:Purpose|目的|用途)$", re.IGNORECASE)
_REQUIREMENTS = re.compile(r"(?:Requirements|需求|要求|要件)$", re.IGNORECASE)
_NAMED = re.compile(r"#{1,6}[ \t]*Requirement:[ \t]*(?P<name>[^`]+)", re.IGNORECASE)


class RawScenario(NamedTuple):
    """A scenario as it stands: its title, level (7: a bold line), heading and body."""

    title: str
    level: int
    heading: Line
    body: tuple[Line, ...]


class RawRequirement(NamedTuple):
    """A requirement as it stands.

    ``operation`` is that of the section around it, or of its own heading (then ``odd`` is "prefix"); ``tail`` is what comes behind its scenarios.
    ``odd`` says why OpenSpec overlooks it: "promoted" (the heading does not say that it is a requirement, but scenarios
    stand below it), "level", "prefix" (``### ADDED Requirement:``), "section" (``## MODIFIED Requirements (continued)``)
    or "list" (an item of a list in a REMOVED section).
    """

    title: str
    level: int
    heading: Line
    operation: Operation | None
    text: tuple[Line, ...]
    scenarios: tuple[RawScenario, ...]
    tail: tuple[Line, ...]
    odd: Odd | None = None


class Renaming(NamedTuple):
    """``FROM``/``TO`` of a RENAMED section."""

    before: str
    after: str
    line: int


class Document(NamedTuple):
    """What a spec or delta file holds. ``bare_removals`` are titles that a REMOVED section lists without headings."""

    title: str | None
    purpose: str | None
    notes: str | None
    requirements: tuple[RawRequirement, ...]
    renamings: tuple[Renaming, ...]
    bare_removals: tuple[tuple[str, Line], ...]
    operations: tuple[Operation, ...]
    rules: int


@dataclass
class _Scenario:
    """A scenario under construction."""

    title: str
    level: int
    heading: Line
    body: list[Line]


@dataclass
class _Block:
    """A requirement under construction."""

    title: str
    level: int
    heading: Line
    operation: Operation | None
    odd: Odd | None = None
    text: list[Line] = field(default_factory=list)
    scenarios: list[_Scenario] = field(default_factory=list)
    tail: list[Line] = field(default_factory=list)
    only_bold: bool = True

    def append(self, section: Section) -> None:
        """A heading inside the requirement that is no scenario: text before the first scenario, else its own part."""
        if not self.scenarios:
            self.text.extend(section.lines())
        elif not self.tail and self.scenarios[-1].level < section.level:
            self.scenarios[-1].body.extend(section.lines())
        else:
            self.tail.extend(section.lines())

    def begin(self, section: Section, title: str) -> None:
        """A scenario; what stood between it and the one before stays behind that one."""
        if self.tail:
            self.scenarios[-1].body.extend(self.tail)
            self.tail.clear()
        self.only_bold = self.only_bold and section.level == BOLD_LEVEL
        self.scenarios.append(_Scenario(title, section.level, section.heading, list(section.body)))

    def done(self) -> RawRequirement:
        return RawRequirement(
            self.title,
            self.level,
            self.heading,
            self.operation,
            tuple(self.text),
            tuple(RawScenario(s.title, s.level, s.heading, tuple(s.body)) for s in self.scenarios),
            tuple(self.tail),
            self.odd or (None if self.level == 3 else "level"),
        )


class _Reader:
    def __init__(self) -> None:
        self.title: Section | None = None
        self.purpose: list[Line] | None = None
        self.prose: list[Section] = []
        self.blocks: list[_Block] = []
        self.block: _Block | None = None
        self.operation: Operation | None = None
        self.operations: list[Operation] = []
        self.renamings: list[Renaming] = []
        self.bare: list[tuple[str, Line]] = []
        self.in_purpose = False
        self.loose: Odd | None = None

    def take(self, section: Section) -> None:
        title, level = section.title, section.level
        if level and (match := _SCENARIO.match(title)) and self._scenario(section, _name(match)):
            return
        if 1 < level < BOLD_LEVEL and (match := _REQUIREMENT.match(title)) and (_name(match) or title.isascii()):
            own = match["op"]
            self._open(section, _name(match), "prefix" if own else self.loose)
            if own and self.block is not None:
                self.block.operation = _operation(own)
        elif self.block is not None and level > self.block.level:
            self.block.append(section)
        elif self.in_purpose and level > 2 and self.purpose is not None:
            self.purpose.extend(section.lines())
        else:
            self._outside(section)

    def _outside(self, section: Section) -> None:
        self.block, self.in_purpose = None, False
        if 0 < section.level <= 2 and (match := _OPERATION.match(section.title)):
            self.operation = _operation(match[1])
            self.operations.append(self.operation)
            self.loose = "section" if section.title[match.end() :].strip() else None
            self._operation_body(section, keep_heading=self.loose is not None)
        elif section.level == 1 and self.title is None:
            self.title = section
            self._prose(section._replace(level=0))
        elif section.level == 2 and _PURPOSE.match(section.title) and self.purpose is None:
            self._end_operation()
            self.in_purpose, self.purpose = True, list(section.body)
        elif section.level == 2 and _REQUIREMENTS.match(section.title):
            self._end_operation()
            self._prose(section._replace(level=0))
        else:
            if section.level <= 2:
                self._end_operation()
            self._prose(section)

    def _end_operation(self) -> None:
        self.operation = self.loose = None

    def _prose(self, section: Section) -> None:
        if section.level or any(not line.blank for line in section.body):
            self.prose.append(section)

    def _operation_body(self, section: Section, *, keep_heading: bool) -> None:
        """Lines right below ``## REMOVED Requirements`` or ``## RENAMED Requirements`` may be the entries."""
        rest: list[Line] = []
        before: tuple[str, Line] | None = None
        for line in section.body:
            named = None if line.masked else _NAMED.search(line.text)
            name = named["name"].strip() if named else ""
            lead = line.text[: named.start()].upper() if named else ""
            if name and self.operation == "RENAMED" and "FROM" in lead and before is None:
                before = (name, line)
            elif name and self.operation == "RENAMED" and "TO" in lead and before is not None:
                self.renamings.append(Renaming(before[0], name, before[1].number))
                before = None
            elif name and self.operation == "REMOVED":
                self.bare.append((name, line))
            else:
                rest.append(line)
        if before is not None:
            rest.append(before[1])
        self._prose(section._replace(level=section.level if keep_heading else 0, body=tuple(rest)))

    def _open(self, section: Section, title: str, odd: Odd | None) -> None:
        self.in_purpose = False
        self.block = _Block(title, section.level, section.heading, self.operation, odd, list(section.body))
        self.blocks.append(self.block)

    def _scenario(self, section: Section, title: str) -> bool:
        """Takes a scenario into the requirement around it; a heading that was taken for prose becomes one."""
        above = self.prose[-1] if self.prose else None
        if self.block is None:
            if above is None or not 1 < above.level < section.level:
                return False
            self.prose.pop()
            self._open(above, above.title, "promoted")
            self.block = self.blocks[-1]
        elif section.level == BOLD_LEVEL and not self.block.only_bold:
            return False  # a bold line inside a scenario with a real heading
        assert self.block is not None
        self.block.begin(section, title)
        return True


def read_document(text: str) -> Document:
    """The spec or delta file, every line in exactly one place; never raises."""
    reader = _Reader()
    for section in read_sections(read_lines(text)):
        reader.take(section)
    parts = [trimmed(section.lines()) for section in reader.prose]
    purpose = trimmed(reader.purpose or ())
    return Document(
        reader.title.title if reader.title else None,
        purpose.text,
        "\n\n".join(part.text for part in parts if part.text) or None,
        tuple(block.done() for block in reader.blocks),
        tuple(reader.renamings),
        tuple(reader.bare),
        tuple(reader.operations),
        purpose.rules + sum(part.rules for part in parts),
    )


def _name(match: re.Match[str]) -> str:
    name = match["name"] if match["name"] is not None else match["numbered"] or ""
    return name.strip().removesuffix("**").strip() if match[0].startswith("**") else name.strip()


def _operation(word: str) -> Operation:
    found: dict[str, Operation] = {"ADDED": "ADDED", "MODIFIED": "MODIFIED", "REMOVED": "REMOVED", "RENAMED": "RENAMED"}
    return found[word.upper()]
