"""JSON Schemas for editors, generated from the models that the reader uses, and the check that they are current.

python -m gitspec.store.schemas           # write schemas/
python -m gitspec.store.schemas --check   # exit 1 when a file there is not what would be written
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from gitspec.domain.model import Model
from gitspec.yaml.modeline import schema_url

FOLDER = f"{os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))}/schemas"
DIALECT = "http://json-schema.org/draft-07/schema#"  # what every editor's YAML support knows


def models() -> dict[str, type[Model]]:
    """The models that have a schema, by its name."""
    from gitspec.domain.capability import Capability, Requirement, Scenario
    from gitspec.domain.change import Change
    from gitspec.domain.delta import Delta
    from gitspec.domain.policy import Policy
    from gitspec.domain.task import Task

    return {
        "capability": Capability,
        "change": Change,
        "delta": Delta,
        "policy": Policy,
        "requirement": Requirement,
        "scenario": Scenario,
        "task": Task,
    }


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of a model: what an editor completes and checks."""
    from gitspec.store.schema_descriptions import descriptions
    from gitspec.store.schema_examples import EXAMPLES

    schema = _without_null(models()[name].model_json_schema(by_alias=True))
    classes = {model.__name__: model for model in all_models(Model)}
    for title, definition in [(schema["title"], schema), *schema.get("$defs", {}).items()]:
        for key, text in descriptions(classes[title]).items():
            definition["properties"][key] = {"description": text, **definition["properties"][key]}
        if title in EXAMPLES:
            definition["examples"] = [EXAMPLES[title]]
    return {"$schema": DIALECT, "$id": schema_url(name), **schema}


def all_models(base: type[Model]) -> Iterator[type[Model]]:
    """Every model that derives from ``base``."""
    for model in base.__subclasses__():
        yield model
        yield from all_models(model)


def schema_file(name: str) -> bytes:
    """The bytes of ``schemas/<name>.schema.json``."""
    return (json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n").encode()


def _without_null(value: Any) -> Any:
    """A schema in which an optional key is one that may be absent: in a file there is no other way to say nothing."""
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {k: _without_null(v) for k, v in value.items() if v is not None}
    branches = kept.get("anyOf")
    if isinstance(branches, list) and {"type": "null"} in branches:
        branches = [b for b in branches if b != {"type": "null"}]
        del kept["anyOf"]
        kept |= branches[0] if len(branches) == 1 else {"anyOf": branches}
    return kept


def stale(folder: str = FOLDER) -> list[str]:
    """The names of files in ``folder`` that are missing, out of date or not generated."""
    wanted = {f"{name}.schema.json": schema_file(name) for name in models()}
    present = {name for name in os.listdir(folder) if name.endswith(".json")} if os.path.isdir(folder) else set()
    return sorted(name for name in wanted.keys() | present if _content(f"{folder}/{name}") != wanted.get(name))


def write(folder: str = FOLDER) -> None:
    """Write all schemas, and remove those that no model has."""
    os.makedirs(folder, exist_ok=True)
    for name in stale(folder):
        stem = name.removesuffix(".schema.json")
        if stem in models():
            with open(f"{folder}/{name}", "wb") as file:
                file.write(schema_file(stem))
        else:
            os.unlink(f"{folder}/{name}")


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def main(args: Sequence[str]) -> int:
    """Write, or with ``--check`` compare."""
    if args not in ([], ["--check"]):
        sys.stderr.write("usage: python -m gitspec.store.schemas [--check]\n")
        return 2
    if not args:
        write()
        return 0
    for name in (found := stale()):
        sys.stderr.write(f"schemas/{name}: not what the models say\nhelp: python -m gitspec.store.schemas\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
