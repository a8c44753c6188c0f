#!/usr/bin/env python3
"""What the merge driver costs: ``python3 benchmarks/merge.py [rounds]``.

50 capabilities of 10 requirements are changed on both sides, each in two requirements apart, so that Git's own merge
is clean too. ``git merge-tree`` merges them again and again without touching a work tree, with different drivers; the
rounds run in random order, so that a busy machine slows all alike. The table gives medians.
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
sys.path.insert(0, str(TOP))

from gitspec.commands.init_git import merge_command  # noqa: E402

FILES = 50
REQUIREMENTS = 10


def capability(name: str, edits: dict[int, str], *, unusual: bool) -> str:
    """A living spec of about 8 KB; ``edits`` are words in the texts of requirements."""
    lines = [f"capability: {name}", f"title: Capability {name}", "requirements:"]
    for number in range(REQUIREMENTS):
        lines += [
            f"  - id: requirement-{number}",
            f"    title: Requirement {number} of {name}",
            "    text: |",
            f"      The system MUST do what {edits.get(number, 'everybody')} expects of requirement {number}, in all of",
            "      the places where that is expected, and say so.",
            "    scenarios:",
        ]
        for scenario in range(2):
            lines += [
                f"      - id: scenario-{scenario}",
                "        steps: |",
                "          GIVEN a system that is set up as the manual says",
                f"          WHEN somebody does what is written about case {scenario}",
                "          THEN what is expected happens: `200`, and the result is shown",
                "          AND it is written to the log with the time and the name of who did it",
            ]
    lines += ["notes: >", "  A folded text."] if unusual else []
    return "".join(f"{line}\n" for line in lines)


def repository(place: Path, env: dict[str, str], *, unusual: bool) -> Path:
    """A repository with the branches main and topic."""
    repo = place / ("unusual" if unusual else "usual")
    folder = repo / "spec" / "capabilities"
    folder.mkdir(parents=True)

    def git(*args: str) -> None:
        subprocess.run(["git", *args], cwd=repo, env=env, check=True, stdout=subprocess.DEVNULL)

    def commit(edits: dict[int, str]) -> None:
        for number in range(FILES):
            text = capability(f"area-{number}", edits, unusual=unusual)
            (folder / f"area-{number}.yaml").write_text(text)
        git("add", "-A")
        git("commit", "-q", "-m", "Commit")

    git("init", "-q", "-b", "main", ".")
    (repo / ".gitattributes").write_text("spec/**/*.yaml merge=gitspec\n")
    commit({})
    git("switch", "-q", "-c", "topic")
    commit({7: "the other side"})
    git("switch", "-q", "main")
    commit({2: "our side"})
    return repo


def timed(repo: Path, env: dict[str, str], driver: str) -> float:
    """Milliseconds of one merge, which must be clean."""
    settings = ["-c", f"merge.gitspec.driver={driver}"] if driver else []
    start = time.perf_counter()
    command = ["git", *settings, "merge-tree", "--write-tree", "main", "topic"]
    subprocess.run(command, cwd=repo, env=env, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    env |= {f"GIT_{who}_{what}": "bench@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    ours = merge_command("%L")
    with tempfile.TemporaryDirectory() as place:
        usual, unusual = (repository(Path(place), env, unusual=odd) for odd in (False, True))
        rows = {
            "Git's own merge, no driver": (usual, ""),
            "a driver that does nothing (true)": (usual, "true"),
            "a driver that starts Python (-IS -c pass)": (usual, f"exec '{sys.executable}' -IS -c pass"),
            "gitspec": (usual, ours),
            "gitspec, files that need the YAML engine": (unusual, ours),
        }
        times: dict[str, list[float]] = {name: [] for name in rows}
        for number in range(rounds + 1):
            for name in random.sample(list(rows), len(rows)):
                took = timed(rows[name][0], env, rows[name][1])
                if number:  # the first round warms the caches up
                    times[name].append(took)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    git, *_ = medians.values()
    python = medians["a driver that starts Python (-IS -c pass)"]
    size = len(capability("area-0", {}, unusual=False))
    print(f"{FILES} files of {size / 1024:.1f} KB changed on both sides\n")
    print("| merge | ms | ms per file | x Git's own | x starting Python |\n|---|---:|---:|---:|---:|")
    for name, median in medians.items():
        print(f"| {name} | {median:.0f} | {median / FILES:.1f} | {median / git:.1f} | {median / python:.2f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
