#!/usr/bin/env python3
"""What the hooks cost, as a multiple of a bare Python start: ``python3 benchmarks/hook_commit_msg.py [rounds]``.

All commands of a round run one after the other in random order, so that a busy machine slows all alike; the table gives
medians. The bare start is ``python -I -S -c pass`` with the interpreter that the hook uses.

Peers are measured in the same rounds where they are installed, each as its own documents install it on commit-msg:
gitlint, commitizen and pre-commit in the virtual environment ``.peer/venv``, commitlint in ``.peer/node_modules``:

    python3 -m venv .peer/venv && .peer/venv/bin/pip install gitlint-core commitizen pre-commit
    npm install --prefix .peer @commitlint/cli @commitlint/config-conventional
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).resolve().parent.parent
PEERS = TOP / ".peer"
BUDGET = 1.5
BARE = "python -I -S -c pass"
MESSAGE = ".git/message"
POLICY = 'version: "1"\n'
CHANGE = "change: add-2fa\ntitle: Two-factor authentication\ncreated: 2026-11-21\n"
TEXT = "feat: change it\n\nWhy it is so.\n\nChange: add-2fa\n"
NO_OP = """\
repos:
  - repo: local
    hooks:
      - {id: nothing, name: nothing, entry: "true", language: system, stages: [commit-msg]}
"""


class Row(NamedTuple):
    """One command; ``text`` goes to its standard input."""

    command: list[str]
    folder: Path
    text: str = ""


def repository(place: Path, env: dict[str, str], files: int) -> Path:
    """A governed repository with hooks, a remote, one active change and so many files of code."""
    repo = place / f"files-{files}"
    for path, text in {
        "spec/gitspec.yaml": POLICY,
        "spec/changes/add-2fa/change.yaml": CHANGE,
        ".pre-commit-config.yaml": NO_OP,
        "commitlint.config.js": "module.exports = { extends: ['@commitlint/config-conventional'] };\n",
        **{f"src/{n % 100}/file-{n}.py": f"{n}\n" for n in range(files)},
    }.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(text)
    remote = place / f"files-{files}.git"
    for command in (
        ["git", "init", "-q", "-b", "main", "."],
        ["git", "config", "user.name", "Bench"],
        ["git", "config", "user.email", "bench@example.com"],
        ["git", "add", "-A"],
        ["git", "commit", "-q", "-m", "Start"],
        ["git", "clone", "-q", "--bare", ".", str(remote)],
        ["git", "remote", "add", "origin", str(remote)],
        ["git", "fetch", "-q", "origin"],
        [sys.executable, "-m", "gitspec", "hooks", "install"],
        ["git", "checkout", "-q", "-b", "pushed"],
        ["git", "rm", "-q", "src/0/file-0.py"],
        ["git", "commit", "-q", "-n", "-m", TEXT],
        ["git", "push", "-q", "--dry-run", "origin", "pushed:main"],  # the gate looks at the policy once
        ["git", "checkout", "-q", "main"],
        ["git", "rm", "-q", "--cached", "src/1/file-1.py"],
    ):
        subprocess.run(command, cwd=repo, env=env, check=True, stdout=subprocess.DEVNULL)
    (repo / MESSAGE).write_text(TEXT)
    return repo


def peers(repo: Path) -> dict[str, Row]:
    """The peers that are installed, each on the same message; those that are not are named."""
    tools, node = PEERS / "venv/bin", PEERS / "node_modules/.bin"
    rows = {
        "gitlint --staged": (tools / "gitlint", ["--staged", "--msg-filename", MESSAGE]),
        "cz check": (tools / "cz", ["check", "--commit-msg-file", MESSAGE]),
        "commitlint --edit": (node / "commitlint", ["--edit", MESSAGE]),
        "pre-commit, one hook that does nothing": (
            tools / "pre-commit",
            ["run", "--hook-stage", "commit-msg", "--commit-msg-filename", MESSAGE],
        ),
    }
    found = {}
    for name, (program, words) in rows.items():
        if program.exists():
            found[name] = Row([str(program), *words], repo)
        else:
            print(
                f"skipped: {name} (there is no {program.relative_to(TOP)}; see the top of this file)", file=sys.stderr
            )
    return found


def timed(row: Row, env: dict[str, str]) -> float:
    """Milliseconds of one run, which must succeed."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start = time.perf_counter()
    subprocess.run(row.command, cwd=row.folder, env=env, input=row.text.encode(), check=True, **quiet)  # type: ignore[call-overload]
    return (time.perf_counter() - start) * 1000


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "PYTHONPATH": str(TOP), "GIT_EDITOR": ":"}
    env |= {f"GIT_{who}_{what}": "bench@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env |= {"NODE_PATH": str(PEERS / "node_modules")}
    with tempfile.TemporaryDirectory() as place:
        env |= {"PRE_COMMIT_HOME": f"{place}/pre-commit"}
        small, large = (repository(Path(place), env, files) for files in (10, 10_000))
        if (PEERS / "node_modules").exists():  # commitlint looks for its configuration from the repository on
            (small / "node_modules").symlink_to(PEERS / "node_modules")
        old, new = (
            subprocess.run(
                ["git", "rev-parse", name], cwd=small, check=True, capture_output=True, text=True
            ).stdout.strip()
            for name in ("origin/main", "pushed")
        )
        line = f"refs/heads/pushed {new} refs/heads/main {old}\n"
        empty = ["commit", "-q", "--allow-empty", "-m"]
        hook = ".git/hooks/"
        rows = {
            BARE: Row([sys.executable, "-I", "-S", "-c", "pass"], small),
            "commit-msg, accepted": Row([f"{hook}commit-msg", MESSAGE], small),
            "commit-msg, accepted, 10,000 files": Row([f"{hook}commit-msg", MESSAGE], large),
            "prepare-commit-msg, git commit -m": Row([f"{hook}prepare-commit-msg", MESSAGE, "message"], small),
            "pre-commit, nothing staged below spec/": Row([f"{hook}pre-commit"], small),
            "pre-commit, the same, 10,000 files": Row([f"{hook}pre-commit"], large),
            "pre-merge-commit, the same": Row([f"{hook}pre-merge-commit"], small),
            "post-merge, squash": Row([f"{hook}post-merge", "1"], small),
            "pre-push, one plain commit": Row([f"{hook}pre-push", "origin", "url"], small, line),
            "pre-push, up to date": Row([f"{hook}pre-push", "origin", "url"], small),
            "git commit, no hooks": Row(["git", "-c", f"core.hooksPath={os.devnull}", *empty, "Docs"], small),
            "git commit, all hooks, reference": Row(["git", *empty, "Docs\n\nChange: add-2fa"], small),
            **peers(small),
        }
        times: dict[str, list[float]] = {name: [] for name in rows}
        for number in range(rounds + 2):
            for name in random.sample(list(rows), len(rows)):
                took = timed(rows[name], env)
                if number >= 2:  # the first rounds warm the caches up
                    times[name].append(took)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    print("| command | ms | x bare start |\n|---|---:|---:|")
    for name, median in medians.items():
        print(f"| {name} | {median:.1f} | {median / medians[BARE]:.2f} |")
    ratio = medians["commit-msg, accepted"] / medians[BARE]
    print(f"\ncommit-msg, accepted: {ratio:.2f} of at most {BUDGET}")
    return int(ratio > BUDGET)


if __name__ == "__main__":
    raise SystemExit(main())
