"""Hostile YAML by the hundred thousand: nothing makes a traceback, hangs, or takes memory out of proportion.

python -m pytest -m campaign tests/campaigns/test_fuzz_yaml.py -s     # prints its figures
"""

import random
import resource
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gitspec.domain.capability import Capability
from gitspec.domain.change import Change
from gitspec.domain.delta import Delta
from gitspec.domain.model import Model
from gitspec.domain.policy import Policy
from gitspec.yaml.binding import load
from gitspec.yaml.emit import emit
from gitspec.yaml.fmt import format_file
from gitspec.yaml.lexical import lex
from gitspec.yaml.nodes import data_of
from gitspec.yaml.reader import Builder
from gitspec.yaml.splice import rewrite
from gitspec.yaml.usual import read_usual
from tests.yaml.mutations import SPIKES, mutated
from tests.yaml.strategies import models
from tests.yaml.test_splice import AUTH

MODELS: tuple[type[Model], ...] = (Capability, Delta, Change, Policy)
MUTATED, GENERATED, WRITTEN, FORMATTED = 90_000, 20_000, 3_000, 5_000
ROOT = Path(__file__).resolve().parents[2]


class Figures:
    """What the inputs cost."""

    def __init__(self) -> None:
        self.inputs = self.valid = self.usual = self.findings = self.largest = 0
        self.slowest = 0.0

    def __str__(self) -> str:
        return (
            f"{self.inputs} inputs up to {self.largest} bytes, {self.valid} valid, {self.usual} read the quick way, "
            f"{self.findings} findings, slowest {self.slowest * 1000:.0f} ms"
        )


def judge(data: bytes, model: type[Model], figures: Figures) -> None:
    """Read one input and check all that holds for any."""
    started = time.process_time()
    loaded = load(model, data, "f.yaml")
    took = time.process_time() - started
    figures.inputs += 1
    figures.valid += loaded.value is not None
    figures.findings += len(loaded.findings)
    figures.largest = max(figures.largest, len(data))
    figures.slowest = max(figures.slowest, took)
    assert took < 5
    assert (loaded.value is None) == bool(loaded.findings)
    height = data.count(b"\n") + 1
    for found in loaded.findings:
        assert 0 <= found.line <= height
        assert found.message
        assert "\n" not in found.message + found.help
        assert len(found.message) + len(found.help) < 5000
    text, findings = lex(data, "f.yaml")
    if text is not None and not findings and (usual := read_usual(text)) is not None:
        figures.usual += 1
        builder = Builder(text, "f.yaml")
        assert builder.build()
        builder.finish()
        assert (builder.findings, builder.suspects, data_of(builder.root)) == ([], [], usual.data)


def seeds() -> list[bytes]:
    """Real files: this project's own, and one with all kinds of style."""
    found = [path.read_bytes() for path in sorted((ROOT / "spec").rglob("*.yaml"))]
    return [AUTH, *found]


@pytest.mark.campaign
def test_mutations_of_real_files() -> None:
    rng = random.Random(2026)
    real, figures = seeds(), Figures()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(MUTATED):
        data = rng.choice(real)
        if len(data) > 2500 and rng.random() < 0.9:  # mostly pieces of the long ones
            start = rng.randrange(len(data) - 1500)
            data = data[:200] + data[start : start + 1500]
        data = mutated(data, rng, rng.choice((1, 2, 6)))
        judge(data, rng.choice(MODELS), figures)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024
    print(f"\nmutated: {figures}, memory grew by {grown} MiB")
    assert grown < 100
    assert figures.valid > 500
    assert figures.usual > 5000


@pytest.mark.campaign
def test_generated_texts() -> None:
    figures = Figures()
    pieces = st.one_of(
        st.sampled_from(SPIKES),
        st.binary(max_size=20),
        st.text(max_size=20).map(lambda s: s.encode("utf-8", "surrogatepass")),
        st.sampled_from(
            [b"capability: a\n", b"requirements:\n", b"  - id: b\n", b"    text: |\n      x\n", b"change: a\n"]
        ),
    )

    @settings(max_examples=GENERATED, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.lists(pieces, max_size=30).map(b"".join), st.sampled_from(MODELS))
    def check(data: bytes, model: type[Model]) -> None:
        judge(data, model, figures)

    check()
    print(f"\ngenerated: {figures}")
    assert figures.inputs >= GENERATED // 2


@pytest.mark.campaign
def test_models_written_damaged_formatted_and_rewritten() -> None:
    figures, rewritten = Figures(), 0

    @settings(max_examples=WRITTEN, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(models, models, st.randoms(use_true_random=False))
    def check(model: Model, other: Model, rng: random.Random) -> None:
        nonlocal rewritten
        data = emit(model)
        assert load(type(model), data, "f.yaml")[:2] == (model, ())
        damaged = mutated(data, rng, 3)
        judge(damaged, type(model), figures)
        loaded = load(type(model), damaged, "f.yaml")
        if loaded.value is not None:
            assert load(type(model), rewrite(damaged, model, "f.yaml"), "f.yaml").value == model
            rewritten += 1
        if type(other) is type(model):
            assert load(type(model), rewrite(data, other, "f.yaml"), "f.yaml").value == other
            rewritten += 1

    check()
    print(f"\nwritten: {figures}, {rewritten} rewritten")
    assert rewritten > 500


@pytest.mark.campaign
def test_damaged_files_formatted() -> None:
    rng = random.Random(7)
    real, changed = seeds(), 0
    for _ in range(FORMATTED):
        data = rng.choice(real)
        if len(data) > 2500:
            start = rng.randrange(len(data) - 1200)
            data = data[:200] + data[start : start + 1200]
        data, model = mutated(data, rng, 3), rng.choice(MODELS)
        before, result = load(model, data, "f.yaml"), format_file(model, data, "f.yaml")
        after = load(model, result.data, "f.yaml")
        assert after.findings == result.findings
        assert len(after.findings) <= len(before.findings) or after.value is not None
        if before.value is not None:
            assert after.value == before.value
        changed += result.data != data
    print(f"\nformatted: {FORMATTED}, {changed} changed")
