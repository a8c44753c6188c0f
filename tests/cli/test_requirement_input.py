"""A requirement in three notations: found out, and read to the same model."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitspec.commands.delta_content import plain, shown
from gitspec.commands.requirement_input import Format, detected, read_requirement
from gitspec.domain.capability import Requirement, Scenario, Step

prose = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs"), include_characters="\n#{}[]:`- "), min_size=1, max_size=40
)
texts = prose.map(lambda t: t.strip("\n")).filter(
    lambda t: t.strip() and not any(line.isspace() for line in t.split("\n"))
)
steps = st.builds(Step, st.sampled_from(["GIVEN", "WHEN", "THEN"]), texts.filter(lambda t: "\n" not in t and t.strip()))
scenarios = st.builds(Scenario, id=st.just("a"), steps=st.lists(steps, min_size=1, max_size=3).map(tuple))
requirements = st.builds(
    Requirement,
    id=st.just("totp"),
    title=st.none() | texts.filter(lambda t: "\n" not in t),
    text=texts,
    notes=st.none() | texts,
    scenarios=st.lists(scenarios, max_size=1).map(tuple),
)


@given(requirements)
def test_yaml_that_we_show_and_json_read_back_to_the_same(requirement: Requirement) -> None:
    yaml = read_requirement(shown(requirement).encode(), "-")
    assert (yaml.format, plain(yaml.requirement)) == ("yaml", requirement)
    data = json.dumps(requirement.model_dump(mode="json", exclude_defaults=True))
    found = read_requirement(data.encode(), "-")
    assert (found.format, plain(found.requirement)) == ("json", requirement)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("id: x\n", "yaml"),
        ("\n# comment\n## comment\n  - id: x\n    text: |\n      ### Requirement: no\n", "yaml"),
        ("text: |\n  ## Heading\n", "yaml"),
        ("nothing at all", "yaml"),
        ("", "yaml"),
        ('\n {"id": "x"}', "json"),
        ("### Requirement: X\nThe system MUST.\n", "openspec"),
        ("# Title\n\n## ADDED Requirements\n\n### Requirement: X\n\nIt MUST.\n", "openspec"),
        ("### Requirement: X\nIt MUST.\n\n```yaml\nid: y\n```\n", "openspec"),
    ],
)
def test_format_is_found_out(text: str, form: Format) -> None:
    assert detected(text) == form
