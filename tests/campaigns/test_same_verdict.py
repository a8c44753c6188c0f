"""Random histories with every kind of commit: hooks, pre-push, pre-receive and check say the same of each of them.

What may differ are the leniencies of docs/rules.md, counted by name. One history in eight goes through the real programs.
Figures go to standard output; ``-n 2 -rP`` shows those of workers.
"""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.gates.random_history import template
from tests.gates.same_verdict import live

HISTORIES = int(os.environ.get("GITSPEC_VERDICT_HISTORIES", "400"))
FIRST = int(os.environ.get("GITSPEC_VERDICT_FIRST", "41000000"))
PARTS = 12

pytestmark = pytest.mark.campaign


@pytest.mark.parametrize("part", range(PARTS))
def test_every_gate_says_the_same_of_random_histories(tmp_path: Path, part: int) -> None:
    template(tmp_path / "start")
    total: Counter[str] = Counter()
    found: list[str] = []
    for seed in range(FIRST + part, FIRST + HISTORIES, PARTS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        wrong, figures = live(tmp_path / "start", folder, seed, real=seed // PARTS % 8 == 0)
        found += wrong
        total += figures
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\npart {part + 1} of {PARTS}:", ", ".join(f"{value} {name}" for name, value in sorted(total.items())))
    assert not found, "\n".join(found)
