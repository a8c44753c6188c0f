"""Whatever a model holds, the file that is written for it reads back, here and in every other loader."""

import io
from typing import Any

import yaml
from hypothesis import given, settings
from ruamel.yaml import YAML

from gitspec.domain.capability import Capability, Requirement, Scenario, Step
from gitspec.domain.model import Model
from gitspec.yaml.binding import load
from gitspec.yaml.emit import emit
from gitspec.yaml.reader import read
from tests.yaml.strategies import AWKWARD, models


@settings(max_examples=150, deadline=None)
@given(models)
def test_what_is_written_reads_back_as_the_same_model(model: Model) -> None:
    data = emit(model)
    loaded = load(type(model), data, "f.yaml")
    assert (loaded.value, loaded.findings) == (model, ())


@settings(max_examples=60, deadline=None)
@given(models)
def test_other_loaders_read_the_same_texts(model: Model) -> None:
    data = emit(model)
    ours = read(data, "f.yaml").data
    theirs_1_1 = yaml.load(data, yaml.CSafeLoader)
    theirs_1_2 = YAML(typ="safe", pure=True).load(io.BytesIO(data))
    assert _as_text(theirs_1_1) == ours
    assert _as_text(theirs_1_2) == ours


def _as_text(value: Any) -> Any:
    """Only what the schema types (days, numbers, flags) may come back as something else than text."""
    if isinstance(value, dict):
        assert all(isinstance(k, str) for k in value)
        return {k: _as_text(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_as_text(v) for v in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if not isinstance(value, str) else value


def test_every_awkward_text_is_text_to_a_yaml_1_1_loader() -> None:
    for text in AWKWARD:
        data = emit(Capability(capability="a", title=text, requirements=(Requirement(id="b", text=text),)))
        loaded = yaml.load(data, yaml.CSafeLoader)
        assert loaded["title"] == text, data


def test_a_new_file_looks_as_people_would_write_it() -> None:
    model = Capability(
        capability="auth",
        title="Authentication",
        purpose="Sign users in and keep their sessions safe.",
        requirements=(
            Requirement(
                id="session-expiry",
                title="Say: it's over",
                text="The system MUST expire a session after 30 minutes without activity.",
                tags=("1.10",),
                links={"refines": ("auth/sign-in",)},
                scenarios=(
                    Scenario(
                        id="idle-timeout",
                        steps=(
                            Step("GIVEN", "an authenticated session"),
                            Step("THEN", "the session is invalidated: `401` from then on\n  - a list"),
                        ),
                    ),
                ),
            ),
        ),
    )
    lines = emit(model).decode().split("\n", 1)
    assert lines[0].startswith("# yaml-language-server: $schema=https://")
    assert lines[0].endswith("/schemas/capability.schema.json")
    assert (
        lines[1]
        == """\
capability: auth
title: Authentication
purpose: Sign users in and keep their sessions safe.
requirements:
  - id: session-expiry
    title: "Say: it's over"
    text: |
      The system MUST expire a session after 30 minutes without activity.
    tags:
      - "1.10"
    links:
      refines:
        - auth/sign-in
    scenarios:
      - id: idle-timeout
        steps: |
          GIVEN an authenticated session
          THEN the session is invalidated: `401` from then on
            - a list
"""
    )
