"""Models of any content that the formats allow, the awkward kind first."""

from datetime import date

from hypothesis import strategies as st

from gitspec.domain.capability import KEYWORDS, Capability, Requirement, Scenario, Step, parse_steps, steps_text
from gitspec.domain.change import KINDS, Approval, Change, Closed
from gitspec.domain.code_paths import problem_with_pattern
from gitspec.domain.delta import (
    AddedRequirement,
    AddedScenario,
    Delta,
    LineEdit,
    LinksEdit,
    ModifiedRequirement,
    ModifiedScenario,
    MovedRequirement,
    RecordedConflict,
    RemovedRequirement,
    RemovedScenario,
    RenamedRequirement,
    RenamedScenario,
    ScenarioEdits,
    StepsEdit,
    TagsEdit,
    TextEdit,
)
from gitspec.domain.ids import problem_with_change_id
from gitspec.domain.policy import Attribute, CodePaths, Policy, ProposalRules, SkipReason

AWKWARD = [
    "no", "on", "yes", "~", "null", "1.10", "12:30", "2026-11-21", "404", "0x1F", "1e3", "=", "<<", "- a", "? b", ": c",
    "# d", "a: b", "a #b", "[x]", "{y}", "&z", "*z", "!t", "|", ">", "'", '"', "it's", '5\'11"', "C:\\temp", "%TAG",
    "@at", "`code` first", " lead", "trail ", "\ttab", "tab\tin", "trail\t", "a\\nb", "emoji 👍🏽", "日本語", "...", "---",
    "a:", "-", "--- a", "a\r", "nbsp\xa0", "zero\u200bwidth", "\x07", "\x85", "\u2028", "\ufeff", "a,b", "x: |", "0", ".5",
]  # fmt: skip
_chars = st.characters(codec="utf-8", exclude_characters="\n")
words = st.one_of(st.sampled_from(AWKWARD), st.text(_chars, min_size=1, max_size=12))
lines = st.lists(words, min_size=1, max_size=3).map(" ".join).filter(lambda s: 0 < len(s) <= 500)
patterns = lines.filter(lambda s: not problem_with_pattern(s))
prose = (
    st.lists(
        st.one_of(lines, st.sampled_from(["", " ", "  - item", "    code", "\t", "| a | b |", "# h", "```"])),
        min_size=1,
        max_size=5,
    )
    .map(lambda rows: "\n".join(rows).strip("\n"))
    .filter(bool)
)
ids = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3}){0,2}", fullmatch=True).filter(
    lambda s: not problem_with_change_id(s)
)
scenario_ids = st.one_of(ids, st.sampled_from(["登录", "größe", "no", "on", "404", "1e3"])).filter(
    lambda s: s != "text"
)
capability_ids = st.lists(ids, min_size=1, max_size=3).map("/".join)
names = st.builds(lambda c, r: f"{c}/{r}", capability_ids, scenario_ids)
digests = st.from_regex(r"[0-9a-f]{12}", fullmatch=True)
days = st.dates(date(1970, 1, 1), date(2999, 12, 31))


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), strategy)


def some(strategy: st.SearchStrategy, most: int = 3, by: str = "") -> st.SearchStrategy:
    if by:
        found = st.lists(strategy, max_size=most, unique_by=lambda item: getattr(item, by))
    else:
        found = st.lists(strategy, max_size=most)
    return found.map(tuple)


_step = st.builds(Step, st.sampled_from(KEYWORDS), lines.filter(lambda s: s.strip()))
_continued = st.builds(lambda step, rest: Step(step[0], f"{step[1]}\n{rest}"), _step, lines.map(lambda s: "  " + s))
steps = (
    st.lists(st.one_of(_step, _continued), min_size=1, max_size=4)
    .map(tuple)
    .filter(lambda found: parse_steps(steps_text(found)) == found)
)
links = st.dictionaries(
    st.sampled_from(["depends-on", "refines", "conflicts-with", "relates-to"]),
    st.lists(names, max_size=2).map(tuple),
    max_size=2,
)
keys = st.one_of(ids, st.sampled_from(AWKWARD)).filter(bool)
attributes = st.dictionaries(keys, lines, max_size=2)
seen = st.dictionaries(st.one_of(scenario_ids, st.just("text")), digests, max_size=2)

_scenario = {"id": scenario_ids, "title": maybe(lines), "steps": st.one_of(st.just(()), steps), "notes": maybe(prose)}
scenarios = st.builds(Scenario, **_scenario)
_requirement = {
    "id": scenario_ids,
    "title": maybe(lines),
    "text": prose,
    "rationale": maybe(prose),
    "tags": some(lines),
    "links": links,
    "attributes": attributes,
    "deferred": maybe(prose),
    "notes": maybe(prose),
    "scenarios": some(scenarios, 3, "id"),
}
requirements = st.builds(Requirement, **_requirement)
capabilities = st.builds(
    Capability,
    capability=capability_ids,
    title=maybe(lines),
    purpose=maybe(prose),
    notes=maybe(prose),
    requirements=some(requirements, 4, "id"),
)
changes = st.builds(
    Change,
    change=ids,
    title=lines,
    kind=st.sampled_from(KINDS),
    created=days,
    scope=some(patterns),
    depends_on=some(ids),
    no_deltas=st.booleans(),
    approvals=some(st.builds(Approval, by=lines, day=days, digest=digests)),
    closed=maybe(st.builds(Closed, day=days, reason=prose, superseded_by=maybe(ids))),
    imported=maybe(lines),
    notes=maybe(prose),
)
_edit = {"before": maybe(prose), "after": maybe(prose)}
text_edits = st.builds(TextEdit, **_edit)
line_edits = st.builds(LineEdit, before=maybe(lines), after=maybe(lines))
steps_edits = st.builds(StepsEdit, before=maybe(steps), after=maybe(steps))
scenario_edits = st.builds(
    ScenarioEdits,
    added=some(st.builds(AddedScenario, **_scenario, after=maybe(scenario_ids)), 2, "id"),
    modified=some(
        st.builds(
            ModifiedScenario,
            id=scenario_ids,
            title=maybe(line_edits),
            steps=maybe(steps_edits),
            notes=maybe(text_edits),
        ),
        2,
        "id",
    ),
    renamed=some(st.builds(RenamedScenario, id=scenario_ids, to=scenario_ids), 2, "id"),
    removed=some(st.builds(RemovedScenario, id=scenario_ids, reason=maybe(prose)), 2, "id"),
)
deltas = st.builds(
    Delta,
    capability=capability_ids,
    title=maybe(st.one_of(lines, line_edits)),
    purpose=maybe(st.one_of(prose, text_edits)),
    capability_notes=maybe(st.one_of(prose, text_edits)),
    rename_to=maybe(capability_ids),
    retire=st.booleans(),
    renamed=some(st.builds(RenamedRequirement, id=scenario_ids, to=scenario_ids, title=maybe(line_edits)), 2, "id"),
    moved=some(st.builds(MovedRequirement, id=scenario_ids, to=names), 2, "id"),
    removed=some(
        st.builds(RemovedRequirement, id=scenario_ids, seen=maybe(seen), reason=maybe(prose), migration=maybe(prose)),
        2,
        "id",
    ),
    modified=some(
        st.builds(
            ModifiedRequirement,
            id=scenario_ids,
            seen=maybe(seen),
            title=maybe(line_edits),
            text=maybe(text_edits),
            tags=maybe(st.builds(TagsEdit, added=some(lines), removed=some(lines))),
            links=maybe(st.builds(LinksEdit, added=links, removed=links)),
            attributes=st.dictionaries(keys, line_edits, max_size=2),
            scenarios=maybe(scenario_edits),
        ),
        2,
        "id",
    ),
    added=some(st.builds(AddedRequirement, **_requirement, after=maybe(scenario_ids)), 2, "id"),
    conflicts=some(
        st.builds(
            RecordedConflict,
            requirement=scenario_ids,
            part=words,
            seen=maybe(prose),
            living=maybe(prose),
            yours=maybe(prose),
        ),
        2,
    ),
    notes=maybe(prose),
)
policies = st.builds(
    Policy,
    code=st.builds(CodePaths, include=some(patterns), exclude=some(patterns)),
    skip=some(
        st.builds(SkipReason, reason=ids, paths=some(patterns), max_lines=maybe(st.integers(1, 10**6))), 3, "reason"
    ),
    proposal=st.builds(ProposalRules, sections=some(lines)),
    attributes=st.dictionaries(
        keys,
        st.builds(Attribute, type=st.sampled_from(["text", "choice"]), values=some(lines), required=st.booleans()),
        max_size=2,
    ),
)
models = st.one_of(capabilities, changes, deltas, policies)
