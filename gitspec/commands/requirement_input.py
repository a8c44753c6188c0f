"""A requirement as somebody gives it: YAML, JSON or OpenSpec Markdown."""

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from gitspec.commands.text_input import name_of
from gitspec.domain.finding import Finding
from gitspec.errors import Refused

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability, Requirement
    from gitspec.domain.delta import AddedRequirement

Format = Literal["yaml", "json", "openspec"]
FORMATS: tuple[Format, ...] = get_args(Format)
_KEY = re.compile(r" *(?:- )?[a-z_]+ *:(?: |$)")
_HEADING = re.compile(r"^ {0,3}#{2,6}[ \t]+\S", re.MULTILINE)


class BadInput(Refused):
    """What was given is no requirement; all that is wrong with it."""

    def __init__(self, source: str, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        super().__init__(first.code, first.message, place=first.place or source, help=first.help)
        self.findings = findings


class Given(NamedTuple):
    """``requirement``, and in which format it came."""

    requirement: "AddedRequirement"
    format: Format


def read_requirement(
    data: bytes,
    source: str,
    *,
    form: Format | None = None,
    requirement_id: str | None = None,
    current: "Requirement | None" = None,
    capability: "Capability | None" = None,
) -> Given:
    """The requirement that ``data`` spells; the format is found out when ``form`` does not say it.

    ``requirement_id`` is the id when the data has none (Markdown has none ever). ``current`` is the requirement that is
    being modified, in ``capability``: what Markdown cannot say, it keeps, and scenarios of the same title keep their
    ids. Raises BadInput with all findings, M001 for Markdown that is not one requirement, D028 for another id.
    """
    place = name_of(source)
    text = _decoded(data, place)
    form = form or detected(text)
    if form == "json":
        found = _from_json(text, place, requirement_id)
    elif form == "openspec":
        found = _from_markdown(text, requirement_id, current, capability)
    else:
        found = _from_yaml(text, place, requirement_id)
    if requirement_id is not None and found.id != requirement_id:
        message = f"the content says id '{found.id}', not '{requirement_id}'"
        raise Refused("D028", message, place=place, help="gitspec delta rename gives a requirement a new id")
    return Given(found, form)


def detected(text: str) -> Format:
    """The format that a text looks like: the first line that is no heading (or comment) tells YAML from Markdown."""
    if text.lstrip().startswith(("{", "[")):
        return "json"
    lines = (line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#"))
    if _KEY.match(next(lines, "")):
        return "yaml"
    return "openspec" if _HEADING.search(text) else "yaml"


def _decoded(data: bytes, place: str) -> str:
    from gitspec.domain.rules import finding

    try:
        return data.decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(place, (finding("Y001", "not valid UTF-8", place, line),)) from None


def _from_yaml(text: str, place: str, requirement_id: str | None) -> "AddedRequirement":
    from gitspec.domain.delta import AddedRequirement
    from gitspec.yaml.binding import load

    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)
    lines[first] = re.sub(r"^([ ]*)- (?=\S)", r"\1  ", lines[first])  # copied with the dash of its list
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip(" "))]
    shift = 0
    if requirement_id is not None and not any(re.match(rf"{indent}id[ ]*:", line) for line in lines):
        lines.insert(first, f"{indent}id: {requirement_id}")
        shift = first + 1
    loaded = load(AddedRequirement, "\n".join(lines).encode(), place)
    if loaded.value is None:
        moved = tuple(f._replace(line=f.line - 1) if shift and f.line > shift else f for f in loaded.findings)
        raise BadInput(place, moved)
    return loaded.value


def _from_json(text: str, place: str, requirement_id: str | None) -> "AddedRequirement":
    import json

    from pydantic import ValidationError

    from gitspec.domain.capability import parse_steps, steps_text
    from gitspec.domain.delta import AddedRequirement
    from gitspec.domain.rules import finding

    try:
        data = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise BadInput(place, (finding("U008", f"not JSON: {error.msg}", place, error.lineno, error.colno),)) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(place, (finding("U008", f"not usable JSON: {error}", place),)) from None
    if isinstance(data, dict) and "gitspec" in data and isinstance(data.get("requirement"), dict):
        data = data["requirement"]  # what `gitspec show --json` prints
    if isinstance(data, dict) and requirement_id is not None:
        data.setdefault("id", requirement_id)
    try:
        found = AddedRequirement.model_validate(data)
    except ValidationError as error:
        raise BadInput(place, tuple(_json_findings(error.errors(include_url=False), place))) from None
    for scenario in found.scenarios:
        if parse_steps(steps_text(scenario.steps)) != scenario.steps and scenario.steps:
            message = f"scenario {scenario.id}: indent the further lines of a step"
            raise BadInput(place, (finding("S005", message, place),))
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key '{twice[:80]}' stands twice")
    return found


_JSON_PROBLEMS = {
    "missing": ("S002", "is missing"),
    "extra_forbidden": ("S001", "unknown key"),
    "string_type": ("S003", "must be text"),
    "tuple_type": ("S003", "must be a list"),
    "dict_type": ("S003", "must be an object"),
    "model_type": ("S003", "must be an object"),
    "string_too_short": ("S003", "must not be empty"),
}


def _json_findings(problems: list[Any], place: str) -> list[Finding]:
    from gitspec.domain.rules import RULES, finding

    found = []
    for problem in problems:
        where = ".".join(str(part) for part in problem["loc"])
        code, said = _JSON_PROBLEMS.get(problem["type"], ("", problem["msg"]))
        if not code:
            code = problem["type"] if problem["type"] in RULES else "S003"
        found.append(finding(code, f"{where}: {said}" if where else said, place))
    return found


def _from_markdown(
    text: str, requirement_id: str | None, current: "Requirement | None", capability: "Capability | None"
) -> "AddedRequirement":
    from gitspec.domain.difference import added_requirement
    from gitspec.markdown.openspec import Known, known_of, parse_requirement_block, read_spec_file
    from gitspec.markdown.openspec_ids import same_title

    parsed = parse_requirement_block(text)
    wanted_id = requirement_id or parsed.id
    if capability is not None and current is not None:
        title = same_title(parsed.title or parsed.id)
        known = Known({title: wanted_id}, {wanted_id: known_of(capability).scenarios.get(wanted_id, {})})
        parsed = read_spec_file(text, known).entries[0].requirement
        parsed = _completed(parsed, current)
    return added_requirement(parsed.model_copy(update={"id": wanted_id}))


def _completed(parsed: "Requirement", current: "Requirement") -> "Requirement":
    """What Markdown says, and what it cannot say as it is now; a title that only spells the id stays unwritten."""
    from gitspec.domain.capability import title_of

    scenarios = []
    for scenario in parsed.scenarios:
        now = current.scenario(scenario.id)
        if now is not None:
            title = now.title if scenario.title == title_of(now) else scenario.title
            scenario = scenario.model_copy(update={"title": title, "notes": scenario.notes or now.notes})
        scenarios.append(scenario)
    kept = {name: getattr(current, name) for name in ("rationale", "tags", "links", "attributes", "deferred")}
    title = current.title if parsed.title == title_of(current) else parsed.title
    update = {**kept, "title": title, "notes": parsed.notes or current.notes, "scenarios": tuple(scenarios)}
    return parsed.model_copy(update=update)
