#!/usr/bin/env python3
"""Measure the budgets as ratios in one run and print them as a table: ``python3 benchmarks/run.py [--write]``.

Needs hyperfine and npm on PATH; the peers are installed into ``.peer/``. ``--write`` puts the table into
docs/benchmarks.md. Times are medians; a ratio compares two commands that were measured side by side.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tools"))

from environment import ensure  # noqa: E402

PEER_VERSION = "1.13.2"


class Row(NamedTuple):
    """One budget: ``ours`` may take ``budget`` times what ``theirs`` takes."""

    name: str
    ours: Sequence[str]
    theirs: Sequence[str]
    budget: float
    prepare: tuple[str, str] = ("true", "true")  # shell lines run before each timing, untimed
    folders: tuple[Path | None, Path | None] = (None, None)


class Result(NamedTuple):
    row: Row
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def environment() -> dict[str, str]:
    # PYTHONDONTWRITEBYTECODE and its like would time the compiler
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHON"))}
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
           for part, value in (("NAME", "Bench"), ("EMAIL", "bench@example.com"))}  # fmt: skip
    return kept | who | {"OPENSPEC_TELEMETRY": "0", "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1"}


def measure(row: Row, runs: int) -> Result:
    """Time both commands of ``row`` with hyperfine, in one call; medians in seconds."""
    medians = []
    for command, prepare, folder in zip((row.ours, row.theirs), row.prepare, row.folders, strict=True):
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            line = [
                "hyperfine",
                "-N",
                "--warmup",
                "2",
                "--runs",
                str(runs),
                "--export-json",
                out.name,
                "--style",
                "none",
            ]
            line += ["--prepare", f"sh -c {json.dumps(prepare)}"] if prepare != "true" else []
            subprocess.run([*line, " ".join(command)], cwd=folder, env=environment(), check=True, stdout=sys.stderr)
            medians.append(json.loads(Path(out.name).read_text())["results"][0]["median"])
    return Result(row, medians[0], medians[1])


def peer() -> str:
    """The peer's command, installed once."""
    home = TOP / ".peer"
    command = home / "node_modules" / ".bin" / "openspec"
    if not command.exists():
        home.mkdir(exist_ok=True)
        package = f"@fission-ai/openspec@{PEER_VERSION}"
        subprocess.run(["npm", "install", "--silent", "--prefix", str(home), package], check=True)
    return str(command)


def checkers() -> tuple[str, str]:
    """The commands of commitizen and commitlint, installed once."""
    home = TOP / ".peer"
    cz, commitlint = home / "venv" / "bin" / "cz", home / "node_modules" / ".bin" / "commitlint"
    if not cz.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home / "venv")], check=True)
        subprocess.run([str(home / "venv" / "bin" / "pip"), "install", "-q", "commitizen"], check=True)
    if not commitlint.exists():
        packages = ("@commitlint/cli", "@commitlint/config-conventional")
        subprocess.run(["npm", "install", "--silent", "--prefix", str(home), *packages], check=True)
    return str(cz), str(commitlint)


def repository(place: Path, name: str, *options: str) -> Path:
    """A generated repository and an untouched copy of it (`<name>.kept`) to start again from."""
    kept = place / f"{name}.kept"
    subprocess.run([sys.executable, str(TOP / "benchmarks" / "generate.py"), str(kept), *options], check=True)
    shutil.copytree(kept, place / name)
    return place / name


def check_rows(place: Path, python: Path) -> list[Row]:
    """`gitspec check` beside what else checks a range of messages."""
    cz, commitlint = checkers()
    history = place / "history"
    subprocess.run([sys.executable, str(TOP / "benchmarks" / "generate_commits.py"), str(history)], check=True)
    (history / "node_modules").symlink_to(TOP / ".peer" / "node_modules")
    ours = [str(python.parent / "gitspec"), "check", "base..main"]
    both = (history, history)
    return [
        Row("check, 1,000 commits / cz check", ours, [cz, "check", "--rev-range", "base..main"], 1 / 5, folders=both),
        Row("check, 1,000 commits / commitlint", ours, [commitlint, "--from", "base", "--to", "main"], 1 / 10,
            folders=both),
    ]  # fmt: skip


def trace_rows(python: Path) -> list[Row]:
    """`gitspec trace` beside `git log --grep`; benchmarks/trace.py measures more."""
    import generate_history

    folder = generate_history.make(generate_history.parser().parse_args([]))
    ours, theirs = [str(python.parent / "gitspec"), "trace", "past-77"], ["git", "log", "--grep", "'^Change: past-77$'"]
    anew, both = (f"rm -rf {folder}/.git/gitspec", "true"), (folder, folder)
    return [
        Row("trace, 100,000 commits, first run / git log --grep", ours, theirs, 4, anew, both),
        Row("trace, 100,000 commits, later runs / git log --grep", ours, theirs, 1 / 15, folders=both),
    ]


def rows(place: Path, python: Path, openspec: str) -> list[Row]:
    gitspec = str(python.parent / "gitspec")
    bare = [str(python), "-c", "pass"]
    small = repository(place, "small", "--capabilities", "10")
    ours = repository(place, "ours")
    theirs = repository(place, "theirs", "--format", "openspec")
    wide = repository(place, "wide", "--touching", "1000")
    wide_peer = repository(place, "wide-peer", "--touching", "1000", "--format", "openspec")
    both = (ours, theirs)
    no_cache = f"rm -rf {ours}/.git/gitspec"

    def anew(folder: Path, *, validated: bool = False) -> str:
        again = f"rm -rf {folder} && cp -a {folder}.kept {folder} && cd {folder}"
        return f"{again} && {gitspec} validate --all >/dev/null" if validated else again

    def archive(folder: Path, where: Path | None = None) -> list[str]:
        return [gitspec, "-C", str(folder), "archive", "next"] if where is None else [openspec]

    peer_archive = ["sh", "-c", f"'cd {theirs} && {openspec} archive next --yes'"]
    wide_archive = ["sh", "-c", f"'cd {wide_peer} && {openspec} archive next --yes'"]
    return [
        Row("gitspec --version / bare Python", [gitspec, "--version"], bare, 3, folders=(small, None)),
        Row("status, small repository / bare Python", [gitspec, "status"], bare, 8, folders=(small, None)),
        Row("list, 1,000 capabilities", [gitspec, "list"], [openspec, "list"], 1 / 3, folders=both),
        Row("list --specs, 1,000 capabilities", [gitspec, "list", "--specs"], [openspec, "list", "--specs"], 1 / 3,
            folders=both),
        Row("show, 1,000 capabilities", [gitspec, "show", "alert-29"], [openspec, "show", "alert-29", "--type", "spec"],
            1 / 3, folders=both),
        Row("validate --all, 1,000 x 10, first run", [gitspec, "validate", "--all"], [openspec, "validate", "--all"], 1,
            prepare=(no_cache, "true"), folders=both),
        Row("validate --all, 1,000 x 10, later runs", [gitspec, "validate", "--all"], [openspec, "validate", "--all"],
            1 / 6, folders=both),
        Row("archive, 1 capability among 1,000, after validate", archive(ours), peer_archive, 1 / 3,
            prepare=(anew(ours, validated=True), anew(theirs))),
        Row("archive, 1 capability among 1,000, no cache", archive(ours), peer_archive, 1 / 3,
            prepare=(anew(ours), anew(theirs))),
        Row("archive among 1,000 / among 10, after validate", archive(ours), archive(small), 1.3,
            prepare=(anew(ours, validated=True), anew(small, validated=True))),
        Row("archive of 1,000 capabilities, after validate", archive(wide), wide_archive, 1 / 5,
            prepare=(anew(wide, validated=True), anew(wide_peer))),
        Row("archive of 1,000 capabilities, no cache", archive(wide), wide_archive, 1 / 5,
            prepare=(anew(wide), anew(wide_peer))),
        *check_rows(place, python),
        *trace_rows(python),
    ]  # fmt: skip


def table(results: Sequence[Result]) -> str:
    lines = ["| operation | gitspec, ms | against, ms | ratio | budget | |", "|---|---:|---:|---:|---:|---|"]
    for row, ours, theirs in results:
        ratio = ours / theirs
        verdict = "kept" if ratio <= row.budget else "**missed**"
        lines.append(
            f"| {row.name} | {ours * 1000:.0f} | {theirs * 1000:.0f} | {ratio:.2f} | {row.budget:.2f} | {verdict} |"
        )
    return "\n".join(lines)


def write(name: str, text: str) -> None:
    """Put the text between the marks of that name in docs/benchmarks.md."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = TOP / "docs" / "benchmarks.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    page.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", default="", help="measure only rows whose name holds this text")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    if missing := [tool for tool in ("hyperfine", "npm") if not shutil.which(tool)]:
        print(f"benchmarks need {' and '.join(missing)} on PATH", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory() as place:
        chosen = [row for row in rows(Path(place), ensure(".venv-bench"), peer()) if options.only in row.name]
        results = [measure(row, options.runs) for row in chosen]
    version = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    text = f"Python {platform.python_version()}, Git {version}, OpenSpec {PEER_VERSION}, {os.cpu_count()} cores.\n\n"
    text += table(results)
    print(text)
    if options.write:
        write("table", text)
    return int(any(result.ratio > result.row.budget for result in results))


if __name__ == "__main__":
    raise SystemExit(main())
