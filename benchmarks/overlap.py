#!/usr/bin/env python3
"""How long ``gitspec overlap`` takes over many branches: ``python3 benchmarks/overlap.py [branches] [changes each]``.

Half of the branches are local, half remote-tracking; changes edit requirements at random, so some meet. Prints the first
run, which reads everything, and the median of later ones, which read what is new.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
CAPABILITIES, REQUIREMENTS = 50, 20
LATER_RUNS = 5


def text(number: int, seconds: int) -> str:
    return f"The system MUST do thing {number} within {seconds} seconds."


def capability(number: int) -> str:
    rows = "".join(f"  - id: req-{r}\n    text: |\n      {text(r, 30)}\n" for r in range(REQUIREMENTS))
    return f"capability: cap-{number}\npurpose: Measuring.\nrequirements:\n{rows}"


def change(name: str, pick: random.Random) -> Iterator[tuple[str, str]]:
    """(path, content) of the files of a change that edits one requirement and adds one."""
    from gitspec.domain.digest import part_digest

    number, requirement = pick.randrange(CAPABILITIES), pick.randrange(REQUIREMENTS)
    folder = f"spec/changes/{name}"
    before, after = text(requirement, 30), text(requirement, pick.randrange(10))
    yield f"{folder}/change.yaml", f"change: {name}\ntitle: Measuring\ncreated: 2026-11-21\n"
    yield f"{folder}/proposal.md", "# Measuring\n\n## Why\n\nTime.\n\n## What Changes\n\nNumbers.\n"
    yield f"{folder}/tasks.md", "- [ ] 1.1 Measure\n"
    yield (
        f"{folder}/deltas/cap-{number}.yaml",
        f"capability: cap-{number}\nmodified:\n  - id: req-{requirement}\n    seen:\n      text: {part_digest(before)}\n"
        f"    text:\n      from: |\n        {before}\n      to: |\n        {after}\n"
        f"added:\n  - id: new-{name}\n    text: |\n      The system MUST be measured.\n",
    )


def history(branches: int, changes: int) -> Iterator[bytes]:
    """The input of ``git fast-import``."""
    pick = random.Random(1)
    base = [(f"spec/capabilities/cap-{c}.yaml", capability(c)) for c in range(CAPABILITIES)]
    yield from commit("refs/heads/main", 1, [("spec/gitspec.yaml", 'version: "1"\n'), *base])
    for number in range(branches):
        ref = f"refs/heads/b{number}" if number % 2 else f"refs/remotes/origin/b{number}"
        files = [row for c in range(changes) for row in change(f"change-{number}-{c}", pick)]
        yield from commit(ref, number + 2, files)


def commit(ref: str, mark: int, files: list[tuple[str, str]]) -> Iterator[bytes]:
    yield f"commit {ref}\nmark :{mark}\ncommitter B <b@example.com> {1_700_000_000 + mark} +0000\n".encode()
    yield data("Measure") + (b"from :1\n" if mark > 1 else b"")
    for path, content in files:
        yield f"M 100644 inline {path}\n".encode() + data(content)


def data(content: str) -> bytes:
    return b"data %d\n%s\n" % (len(content.encode()), content.encode())


def main() -> None:
    branches, changes = (int(word) for word in (sys.argv[1:] + ["200", "5"][len(sys.argv) - 1 :]))
    environment = os.environ | {"PYTHONPATH": str(TOP), "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
        stream = b"".join(history(branches, changes))
        subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=stream, check=True)
        subprocess.run(["git", "-C", folder, "checkout", "-q", "main"], check=True)
        times = []
        for _ in range(LATER_RUNS + 1):
            began = time.perf_counter()
            line = [sys.executable, "-m", "gitspec", "overlap"]
            done = subprocess.run(line, cwd=folder, env=environment, check=True, capture_output=True, text=True)
            times.append(time.perf_counter() - began)
    print(done.stdout.splitlines()[0])
    print(f"first run {times[0]:.2f} s, later runs {statistics.median(times[1:]):.2f} s")


if __name__ == "__main__":
    sys.path.insert(0, str(TOP))
    main()
