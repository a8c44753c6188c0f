"""Models take what is valid by themselves; pydantic, made of the same rules, agrees and judges the rest."""

import subprocess
import sys
from datetime import date
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitspec.domain.capability import Capability, Requirement, parse_steps
from gitspec.domain.change import Change
from gitspec.domain.delta import AddedRequirement, Delta, TextEdit
from gitspec.domain.model import Model
from gitspec.domain.model_binder import Unsure, binder
from gitspec.domain.model_twin import validated
from gitspec.domain.policy import Policy
from tests.yaml.strategies import models

ODD: list[Any] = [
    None, "", "\n", "a\nb", "x" * 501, "No Id", "text", "true", "yes", True, 0, 3, "12", "0", 1.5, [], {}, [""], ["a"],
    {"a": "b"}, {"from": "a", "to": "b"}, "GIVEN a\nTHEN b", "2026-11-21", "2026-02-30", date(2026, 11, 21), "a/b",
    "a/b#c", "0123456789ab", "0123456789ab\n", [{"id": "x"}], {"depends-on": ["a/b"]}, {"depends-on": "a/b"}, b"x",
]  # fmt: skip


def _places(data: Any) -> list[tuple[Any, Any]]:
    """(container, key or index) of everything in plain data."""
    rows = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    return [place for key, value in rows for place in ((data, key), *_places(value))]


@st.composite
def _damaged(draw: st.DrawFn, models: st.SearchStrategy[Model]) -> tuple[type[Model], Any]:
    model = draw(models)
    data: Any = model.model_dump(mode="json", by_alias=True, exclude_defaults=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 2))):
        if not (places := _places(data)):
            break
        container, key = draw(st.sampled_from(places))
        way = draw(st.sampled_from(["odd", "gone", "other key"]))
        if way == "gone":
            del container[key]
        elif way == "other key" and isinstance(container, dict):
            container[draw(st.sampled_from(["id", "from", "before", "title", "text", "seen", "x"]))] = container.pop(
                key
            )
        else:
            container[key] = draw(st.sampled_from(ODD))
    return type(model), data


@given(_damaged(models), st.booleans())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_a_model_takes_pydantic_takes_and_makes_the_same_of_it(
    damaged: tuple[type[Model], Any], names: bool
) -> None:
    model, data = damaged
    try:
        made = binder(model, by_name=names)(data)
    except Unsure:
        return
    judged = validated(model, data, by_alias=True, by_name=names)
    assert made == judged
    assert [name for name, _ in made] == [name for name, _ in judged] == list(model.model_fields)


@given(models)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_valid_model_is_taken_without_pydantic(model: Model) -> None:
    data = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert binder(type(model), by_name=False)(data) == model


def test_a_model_is_frozen_and_compares_by_its_content() -> None:
    one = Requirement(id="a", text="It MUST.\n")
    assert one.text == "It MUST."
    assert one == Requirement.model_construct(id="a", text="It MUST.")
    assert one != AddedRequirement.model_construct(id="a", text="It MUST.")
    assert hash(TextEdit(before="a")) == hash(TextEdit(before="a"))
    with pytest.raises(AttributeError, match="frozen"):
        one.text = "Other."  # type: ignore[misc]


def test_fields_with_mappings_are_not_shared() -> None:
    one, other = Requirement(id="a", text="A MUST."), Requirement(id="b", text="B MUST.")
    assert one.links == {}
    assert one.links is not other.links


def test_models_may_stand_in_the_data_of_others_also_where_some_of_it_is_wrong() -> None:
    requirement = Requirement(id="a", text="A MUST.")
    assert Capability(capability="auth", requirements=(requirement,)).requirements == (requirement,)
    with pytest.raises(ValueError, match="1 validation error for Capability"):
        Capability(capability="No Id", requirements=(requirement,))


def test_steps_are_written_as_one_block() -> None:
    steps = parse_steps("GIVEN a\nTHEN b")
    data = {
        "capability": "a",
        "requirements": [{"id": "r", "text": "It MUST.", "scenarios": [{"id": "s", "steps": steps}]}],
    }
    model = Capability.model_validate(data)
    assert model.model_dump()["requirements"][0]["scenarios"][0]["steps"] == "GIVEN a\nTHEN b"
    assert model.model_dump(exclude_defaults=True)["requirements"][0]["scenarios"] == [
        {"id": "s", "steps": "GIVEN a\nTHEN b"}
    ]


def test_what_nests_without_end_is_refused_and_no_crash() -> None:
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    with pytest.raises(ValueError, match="validation error"):
        Capability.model_validate({"capability": "a", "requirements": deep})


@pytest.mark.parametrize("model", [Capability, Change, Delta, Policy])
def test_importing_and_building_a_model_costs_no_pydantic(model: type[Model]) -> None:
    program = (
        f"from {model.__module__} import {model.__name__} as M\n"
        "try: M.model_construct()\nfinally:\n import sys; print('pydantic' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "False\n"


def test_a_rule_that_only_pydantic_knows_is_a_mistake_and_not_overlooked() -> None:
    from pydantic import Field

    class Foreign(Model):
        name: Annotated[str, Field(min_length=3)]

    with pytest.raises(TypeError, match=r"no rule of gitspec\.domain\.model"):
        Foreign(name="a")
    with pytest.raises(TypeError, match=r"made by gitspec\.domain\.model\.field"):

        class Other(Model):
            names: tuple[str, ...] = Field(default=())
