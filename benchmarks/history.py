#!/usr/bin/env python3
"""Measure every command that asks history on a long one: ``python3 benchmarks/history.py [--write]``.

The repository comes from generate_history.py and is kept below the folder for temporary files; options make it smaller.
Each command runs once without any cache and then again. ``--write`` puts the table into docs/benchmarks.md.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import generate_history
import run

PAGE = "report.html"


class Cost(NamedTuple):
    """Of one run, its children included: seconds by the clock and of processors, and the most memory of one process in MB."""

    seconds: float
    cpu: float
    memory: float


def commands(folder: Path, page: Path) -> list[list[str]]:
    """What is asked, of the last change, its requirement, and the last two releases."""
    git = ["git", "-C", str(folder)]
    change = subprocess.run(
        [*git, "log", "-1", "--format=%(trailers:key=Change,valueonly)"], capture_output=True, text=True, check=True
    ).stdout.strip()
    requirement = generate_history.last_requirement(folder)
    capability = requirement.split("/")[0]
    listed = subprocess.run(
        [*git, "tag", "--list", "v*", "--sort=creatordate"], capture_output=True, text=True, check=True
    )
    earlier, later = listed.stdout.split()[-2:]
    first = listed.stdout.split()[0]
    return [
        ["trace", change],
        ["trace", requirement],
        ["trace", later],
        ["why", "src/part1.py"],
        ["log", requirement],
        ["log", capability],
        ["blame", capability],
        ["diff", f"{earlier}..{later}"],
        ["changelog", f"{earlier}..{later}"],
        ["changelog", f"{first}..{later}"],
        ["coverage"],
        ["status"],
        ["report", "--output", str(page)],
    ]


def measure(command: list[str], folder: Path) -> Cost:
    """One run, which may find something (exit 1: tests that name what was renamed). Raises RuntimeError when it fails."""
    began = time.monotonic()
    pid = os.posix_spawn(
        command[0],
        command,
        {**run.environment(), "PWD": str(folder)},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(pid, 0)
    if (code := os.waitstatus_to_exitcode(status)) not in (0, 1):
        raise RuntimeError(f"{' '.join(command)}: exit {code}")
    return Cost(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def table(folder: Path, gitspec: str, page: Path) -> str:
    """A row for each command."""
    lines = [
        "| command | first run, s | of CPU | MB | later runs, s | of CPU | MB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for args in commands(folder, page):
        shutil.rmtree(folder / ".git" / "gitspec", ignore_errors=True)
        first, later = (measure([gitspec, "-C", str(folder), *args], folder) for _ in range(2))
        shown = " ".join("FILE" if arg == str(page) else arg for arg in args)
        cells = [f"{n:.{digits}f}" for cost in (first, later) for n, digits in zip(cost, (2, 2, 0), strict=True)]
        lines.append(f"| `{shown}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    parser = generate_history.parser()
    parser.add_argument(
        "--gitspec", default=str(Path(sys.executable).parent / "gitspec"), help="the program to measure"
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    folder = generate_history.make(options)
    with tempfile.TemporaryDirectory() as place:
        page = Path(place, PAGE)
        text = f"{table(folder, options.gitspec, page)}\n\nThe report has {page.stat().st_size / 1e6:.1f} MB."
    print(text)
    if options.write:
        run.write("history", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
