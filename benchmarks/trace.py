#!/usr/bin/env python3
"""Measure `gitspec trace` beside `git log --grep` on a long history: ``python3 benchmarks/trace.py [--write]``.

Needs hyperfine. The repository comes from generate_history.py and is kept below the folder for temporary files; options
make it smaller. ``--write`` puts the table into docs/benchmarks.md.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import generate_history
import run

FORGET = """import glob, sqlite3
db = sqlite3.connect(glob.glob('{folder}/.git/gitspec/history-*.sqlite')[0])
db.execute("DELETE FROM facts WHERE kind = 'trace'")
db.commit()
"""
"""Lets go of answers, and keeps the index."""


def rows(folder: Path, gitspec: str, place: Path) -> list[run.Row]:
    """The budgets first, then what they leave open."""
    change, other, requirement = "past-77", "past-78", generate_history.last_requirement(folder)
    theirs = ["git", "log", "--grep", f"'^Change: {change}$'"]
    both = (folder, folder)
    anew = f"rm -rf {folder}/.git/gitspec"
    forget = f"{sys.executable} {place / 'forget.py'}"
    (place / "forget.py").write_text(FORGET.format(folder=folder))
    commit = f"git -C {folder} commit -q --no-verify --allow-empty -m 'One more' -m 'Change: {other}'"

    def row(name: str, args: list[str], budget: float, prepare: str = "true") -> run.Row:
        return run.Row(f"trace, {name}", [gitspec, "trace", *args], theirs, budget, (prepare, "true"), both)

    return [
        row("first run", [change], 4, anew),
        row("later runs", [change], 1 / 15),
        row("later runs, --json", [change, "--json"], 1 / 15),
        row("a requirement, first run", [requirement], 4, anew),
        row("a requirement, later runs", [requirement], 1 / 15),
        row("a question not asked before", [other], 1, forget),
        row("after one more commit", [change], 1, commit),
        row("--no-cache", [change, "--no-cache"], 4),
    ]


def sizes(folder: Path, gitspec: str) -> str:
    """How big the index is, and how much memory building and asking take, as a line of text."""
    index = next((folder / ".git" / "gitspec").glob("history-*.sqlite")).stat().st_size
    packs = sum(path.stat().st_size for path in (folder / ".git" / "objects" / "pack").glob("*.pack"))
    used = [_memory([gitspec, "trace", "past-77", *more], folder) for more in (["--no-cache"], [])]
    return (
        f"The index takes {index / 1e6:.0f} MB beside packs of {packs / 1e6:.0f} MB; building it takes {used[0]:.0f} MB of memory, "
        f"asking it {used[1]:.0f} MB."
    )


def _memory(command: list[str], folder: Path) -> float:
    """MB that the command has at most."""
    pid = os.fork()
    if not pid:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(command[0], command)
    _, status, used = os.wait4(pid, 0)
    assert status == 0
    assert isinstance(used, resource.struct_rusage)
    return used.ru_maxrss / 1024


def main() -> int:
    parser = generate_history.parser()
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument(
        "--gitspec", default=str(Path(sys.executable).parent / "gitspec"), help="the program to measure"
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    folder = generate_history.make(options)
    git = ["git", "-C", str(folder)]
    tip = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    try:
        with tempfile.TemporaryDirectory() as place:
            results = [run.measure(row, options.runs) for row in rows(folder, options.gitspec, Path(place))]
        text = f"{run.table(results)}\n\n{sizes(folder, options.gitspec)}"
    finally:
        subprocess.run([*git, "reset", "-q", "--soft", tip], check=True)
    print(text)
    if options.write:
        run.write("trace", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
