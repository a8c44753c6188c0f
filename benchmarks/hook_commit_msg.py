#!/usr/bin/env python3
"""What the commit hooks cost, as a multiple of a bare Python start: ``python3 benchmarks/hook_commit_msg.py [rounds]``.

All commands of a round run one after the other in random order, so that a busy machine slows all alike; the table gives
medians. The bare start is ``python -I -S -c pass`` with the interpreter that the hook uses.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
BUDGET = 1.5
MESSAGE = ".git/message"
POLICY = 'version: "1"\n'
CHANGE = "change: add-2fa\ntitle: Two-factor authentication\ncreated: 2026-11-21\n"


def repository(place: Path, env: dict[str, str], files: int) -> Path:
    """A governed repository with hooks, one active change and so many files of code."""
    repo = place / f"files-{files}"
    for path, text in {
        "spec/gitspec.yaml": POLICY,
        "spec/changes/add-2fa/change.yaml": CHANGE,
        **{f"src/{n % 100}/file-{n}.py": f"{n}\n" for n in range(files)},
    }.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(text)
    for command in (
        ["git", "init", "-q", "."],
        ["git", "add", "-A"],
        ["git", "commit", "-q", "-m", "Start"],
        [sys.executable, "-m", "gitspec", "hooks", "install"],
    ):
        subprocess.run(command, cwd=repo, env=env, check=True, stdout=subprocess.DEVNULL)
    (repo / MESSAGE).write_text("Change it\n\nWhy it is so.\n\nChange: add-2fa\n")
    return repo


def timed(command: list[str], repo: Path, env: dict[str, str]) -> float:
    """Milliseconds of one run, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=repo, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHON"))}
    env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "PYTHONPATH": str(TOP), "GIT_EDITOR": ":"}
    env |= {f"GIT_{who}_{what}": "bench@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    bare = "python -I -S -c pass"
    with tempfile.TemporaryDirectory() as place:
        small, large = (repository(Path(place), env, files) for files in (10, 10_000))
        empty = ["commit", "-q", "--allow-empty", "-m"]
        rows: dict[str, tuple[list[str], Path]] = {
            bare: ([sys.executable, "-I", "-S", "-c", "pass"], small),
            "commit-msg, accepted": ([".git/hooks/commit-msg", MESSAGE], small),
            "commit-msg, accepted, 10,000 files": ([".git/hooks/commit-msg", MESSAGE], large),
            "prepare-commit-msg, git commit -m": ([".git/hooks/prepare-commit-msg", MESSAGE, "message"], small),
            "git commit, no hooks": (["git", "-c", f"core.hooksPath={os.devnull}", *empty, "Docs"], small),
            "git commit, both hooks, no code": (["git", *empty, "Docs"], small),
            "git commit, both hooks, reference": (["git", *empty, "Docs\n\nChange: add-2fa"], small),
            "git commit --change, both hooks": (["git", "-c", "gitspec.change=add-2fa", *empty, "Docs"], small),
        }
        times: dict[str, list[float]] = {name: [] for name in rows}
        for number in range(rounds + 2):
            for name in random.sample(list(rows), len(rows)):
                took = timed(*rows[name], env)
                if number >= 2:  # the first rounds warm the caches up
                    times[name].append(took)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    print("| command | ms | x bare start |\n|---|---:|---:|")
    for name, median in medians.items():
        print(f"| {name} | {median:.1f} | {median / medians[bare]:.2f} |")
    ratio = medians["commit-msg, accepted"] / medians[bare]
    print(f"\ncommit-msg, accepted: {ratio:.2f} of at most {BUDGET}")
    return int(ratio > BUDGET)


if __name__ == "__main__":
    raise SystemExit(main())
