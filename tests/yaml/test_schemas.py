"""The schemas that editors use say what the reader says."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings

from gitspec.domain.model import Model
from gitspec.store import schemas
from gitspec.store.schema_examples import EXAMPLES
from gitspec.yaml.binding import load
from gitspec.yaml.emit import emit
from tests.yaml import strategies


def _validator(name: str) -> Any:
    schema = schemas.schema_of(name)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def _loaded(data: bytes) -> Any:
    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, list):
            return [plain(v) for v in value]
        return value.isoformat() if isinstance(value, date) else value

    return plain(yaml.safe_load(data))


def test_the_files_in_schemas_are_current() -> None:
    assert schemas.stale() == []


@pytest.mark.spec("files/schemas-for-editors#stale-schema")
def test_a_stale_a_missing_and_a_leftover_schema_are_named_and_mended(tmp_path: Path) -> None:
    folder = str(tmp_path)
    schemas.write(folder)
    assert schemas.stale(folder) == []
    (tmp_path / "change.schema.json").write_text("{}")
    (tmp_path / "delta.schema.json").unlink()
    (tmp_path / "old.schema.json").write_text("{}")
    assert schemas.stale(folder) == ["change.schema.json", "delta.schema.json", "old.schema.json"]
    schemas.write(folder)
    assert schemas.stale(folder) == []


def test_the_check_is_a_command() -> None:
    done = subprocess.run([sys.executable, "-m", "gitspec.store.schemas", "--check"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("name", [*schemas.models()])
def test_every_key_is_described_and_the_example_is_valid(name: str) -> None:
    schema = schemas.schema_of(name)
    for definition in [schema, *schema.get("$defs", {}).values()]:
        assert definition["title"]
        assert definition["description"]
        for key, field in definition["properties"].items():
            assert field.get("description"), key
    assert schema["$id"].endswith(f"/schemas/{name}.schema.json")
    model = schemas.models()[name]
    assert "null" not in json.dumps(schema)
    for example in schema["examples"]:
        _validator(name).validate(example)
        model.model_validate(example, by_alias=True, by_name=False)


def test_every_example_belongs_to_a_definition() -> None:
    known = {
        d["title"] for n in schemas.models() for s in [schemas.schema_of(n)] for d in [s, *s.get("$defs", {}).values()]
    }
    assert set(EXAMPLES) <= known


@settings(max_examples=60, deadline=None)
@given(strategies.models)
def test_what_is_written_satisfies_its_schema(model: Model) -> None:
    _validator(type(model).__name__.lower()).validate(_loaded(emit(model)))


BAD = {
    "unknown key": ("capability", b"capability: a\nfoo: bar\n"),
    "no id": ("capability", b"title: a\n"),
    "bad id": ("capability", b"capability: A b\n"),
    "requirement without text": ("capability", b"capability: a\nrequirements:\n  - id: b\n"),
    "line that is no step": (
        "capability",
        b"capability: a\nrequirements:\n  - id: b\n    text: x\n    scenarios:\n      - id: c\n        steps: |\n"
        b"          GIVEN a\n          given b\n",
    ),
    "unknown kind": ("change", b"change: a\ntitle: A\nkind: feat\ncreated: 2026-11-21\n"),
    "digest too short": ("delta", b"capability: a\nremoved:\n  - id: b\n    seen:\n      text: 9f\n"),
    "unknown link": (
        "capability",
        b"capability: a\nrequirements:\n  - id: b\n    text: x\n    links:\n      blocks:\n        - a/c\n",
    ),
    "no lines": ("policy", b"skip:\n  - reason: typo\n    max_lines: 0\n"),
}


@pytest.mark.parametrize("case", BAD)
def test_schema_and_reader_refuse_the_same(case: str) -> None:
    name, data = BAD[case]
    assert not _validator(name).is_valid(_loaded(data))
    assert load(schemas.models()[name], data, "f.yaml").value is None
