"""Living specs: capabilities, requirements, scenarios, steps."""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from gitspec.domain.ids import derived_title
from gitspec.domain.model import CapabilityId, Key, Line, Model, Prose, RequirementId, RequirementName, ScenarioId

Keyword = Literal["GIVEN", "WHEN", "THEN", "AND", "BUT"]
KEYWORDS: tuple[Keyword, ...] = ("GIVEN", "WHEN", "THEN", "AND", "BUT")
STEPS_PATTERN = r"^(GIVEN|WHEN|THEN|AND|BUT) .*(\n((GIVEN|WHEN|THEN|AND|BUT) .*|[ \t].*)?)*$"


class Step(NamedTuple):
    """One step. ``text`` starts behind the keyword and keeps the indented lines that belong to the step as they are."""

    keyword: Keyword
    text: str


def parse_steps(text: str) -> tuple[Step, ...] | tuple[int, str]:
    """The steps of a literal block, or (line within the block from 1, what is wrong there).

    A line at the block's own indent starts a step with its keyword and one space; blank and indented lines belong to
    the step above them.
    """
    steps: list[Step] = []
    for number, line in enumerate(text.strip("\n").split("\n"), 1):
        if not line or line[0] in " \t":
            if not steps:
                return number, "must start with GIVEN, WHEN, THEN, AND or BUT"
            keyword, before = steps[-1]
            steps[-1] = Step(keyword, f"{before}\n{line}")
            continue
        word, space, rest = line.partition(" ")
        if word not in KEYWORDS or not space or not rest.strip():
            return (
                number,
                "must start with GIVEN, WHEN, THEN, AND or BUT and say something; indent what continues a step",
            )
        steps.append(Step(word, rest))
    return tuple(steps)


def steps_text(steps: tuple[Step, ...]) -> str:
    """The literal block that ``parse_steps`` reads back to the same steps."""
    return "\n".join(f"{step.keyword} {step.text}" for step in steps)


def _steps(value: Any) -> Any:
    if isinstance(value, list) and value:  # as files could spell it; code hands over tuples
        raise PydanticCustomError("S003", "must be one literal block of steps")
    if not isinstance(value, str):
        return value
    parsed = parse_steps(value)
    if parsed and isinstance(parsed[0], int):
        line, problem = parsed
        raise PydanticCustomError("S005", "step line {line} {problem}", {"line": line, "problem": problem})
    return parsed


Steps = Annotated[
    tuple[Step, ...],
    BeforeValidator(_steps),
    PlainSerializer(steps_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": STEPS_PATTERN}),
]

LinkType = Literal["depends-on", "refines", "conflicts-with", "relates-to"]


class Scenario(Model):
    """An example of a requirement in action."""

    id: ScenarioId
    """Unique in its requirement; `text` is reserved."""
    title: Line | None = None
    """Derived from the id when absent."""
    steps: Steps = ()
    """One literal block; each line at its own indent starts with GIVEN, WHEN, THEN, AND or BUT, and indented lines belong to the step above them."""
    notes: Prose | None = None
    """Prose that fits no other field."""


class Requirement(Model):
    """One thing the system SHALL or MUST do."""

    id: RequirementId
    """Unique in its capability; survives a change of title."""
    title: Line | None = None
    """Derived from the id when absent."""
    text: Prose
    """What the system MUST or SHALL do, in Markdown."""
    rationale: Prose | None = None
    """Why the requirement exists."""
    tags: tuple[Line, ...] = ()
    """Free labels."""
    links: dict[LinkType, tuple[RequirementName, ...]] = Field(default_factory=dict)
    """Other requirements, by the kind of the link."""
    attributes: dict[Key, Line] = Field(default_factory=dict)
    """Values of the attributes that the policy declares."""
    deferred: Prose | None = None
    """Why an accepted requirement is not built yet."""
    notes: Prose | None = None
    """Prose that fits no other field."""
    scenarios: tuple[Scenario, ...] = ()
    """Examples of the requirement in action."""

    def scenario(self, scenario_id: str) -> Scenario | None:
        """The scenario with that id."""
        return next((s for s in self.scenarios if s.id == scenario_id), None)


class Capability(Model):
    """A named area of behaviour: one file of the living specs."""

    capability: CapabilityId
    """The id; the file's path below spec/capabilities/ without `.yaml`."""
    title: Line | None = None
    """Derived from the id when absent."""
    purpose: Prose | None = None
    """What the capability is for."""
    notes: Prose | None = None
    """Prose that fits no other field."""
    requirements: tuple[Requirement, ...] = ()
    """The requirements, in reading order."""

    def requirement(self, requirement_id: str) -> Requirement | None:
        """The requirement with that id."""
        return next((r for r in self.requirements if r.id == requirement_id), None)


def title_of(item: Scenario | Requirement | Capability) -> str:
    """The title, or one derived from the id (`session-expiry` reads `Session expiry`)."""
    if item.title:
        return item.title
    return derived_title(item.capability if isinstance(item, Capability) else item.id)
