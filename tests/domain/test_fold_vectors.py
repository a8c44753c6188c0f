"""Fold 1 must fold for ever as it did when its vectors were written."""

import json
from pathlib import Path

import pytest

from gitspec.domain.capability import Capability
from gitspec.domain.delta import Delta
from tests.domain.specs import folded, living
from tests.domain.vectors import FOLDER, expected

VECTORS = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
@pytest.mark.spec("folding/same-inputs-same-bytes#golden-vectors")
def test_fold_one_gives_what_its_vector_says(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    specs = living(*(Capability.model_validate(c) for c in vector["living"]))
    deltas = [Delta.model_validate(d) for d in vector["deltas"]]
    result = json.loads(json.dumps(expected(folded(specs, *deltas))))
    assert result == vector["expected"]


def test_there_are_vectors_for_taking_refusing_and_each_kind_of_conflict() -> None:
    found = [json.loads(path.read_text(encoding="utf-8"))["expected"] for path in VECTORS]
    codes = {conflict["code"] for vector in found for conflict in vector["conflicts"]}
    assert codes >= {f"D{n:03}" for n in range(1, 14)}
    assert len(found) >= 90
