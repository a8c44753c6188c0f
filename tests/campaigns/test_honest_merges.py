"""Honest merges, reverts and cherry-picks are not refused: nothing but what real Git makes of judged commits.

Conflicts are resolved by hand and then named, as people do; everything else goes without a word of its own.
``GITSPEC_HONEST`` says how many operations; ``-n 2 -rP`` shows the figures of workers.
"""

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from gitspec.commands.judge_commits import judge_commits
from gitspec.domain.report import CommitReport
from gitspec.git.repository import discover
from tests.archive.project import gitspec, project
from tests.conftest import Repo

OPERATIONS = int(os.environ.get("GITSPEC_HONEST", "10000"))
PARTS = 20
MOST_REFUSED = 2
"""Of the operations of one part; over all parts less than one in a thousand."""

pytestmark = pytest.mark.campaign


@pytest.mark.parametrize("part", range(PARTS))
def test_honest_operations_pass(tmp_path: Path, part: int) -> None:
    done: Counter[str] = Counter()
    refused: list[str] = []
    wanted = OPERATIONS // PARTS
    for number in range(1000):
        if done.total() >= wanted:
            break
        refused += _history(tmp_path / str(number), random.Random(part * 1000 + number), done)
    figures = ", ".join(f"{count} {kind}" for kind, count in sorted(done.items()))
    print(f"\npart {part + 1} of {PARTS}: {figures}; {len(refused)} refused", *refused, sep="\n  ")
    assert len(refused) <= MOST_REFUSED


def _history(folder: Path, rng: random.Random, done: Counter[str]) -> list[str]:
    """Play some fifty operations in a new project; what a gate has against them."""
    repo = project(Repo.init(folder))
    repo.write("spec/changes/next/change.yaml", "change: next\ntitle: Next\ncreated: 2026-11-21\n")
    repo.commit("Propose another")
    base = repo.head()
    operations: dict[str, str] = {}
    for n in range(6):
        repo.write(f"src/file-{n}.py", "".join(f"line {k}\n" for k in range(40)))
    repo.commit("Files\n\nChange: add-2fa")
    branches = ["main"]
    plain: list[str] = []
    for step in range(50):
        repo.git("checkout", "-q", "-f", rng.choice(branches))
        kind = rng.choice(["work", "work", "branch", "merge", "merge", "revert", "pick", "rename"])
        if kind == "branch" and len(branches) < 5:
            branches.append(f"topic-{step}")
            repo.git("checkout", "-q", "-b", branches[-1])
        elif kind == "merge":
            _merge(repo, rng.choice(branches), operations)
        elif kind in ("revert", "pick") and plain:
            _replay(repo, kind, rng.choice(plain), operations)
        elif kind == "rename" and (moved := _rename(repo, rng, step)):
            plain.append(moved)
        else:
            plain.append(_work(repo, rng, step))
    repo.git("checkout", "-q", "-f", "main")
    if rng.random() < 0.5:
        assert gitspec(repo, "archive", "add-2fa").code == 0
        for oid in rng.sample(plain, min(3, len(plain))):
            _replay(repo, "revert", oid, operations)
    for branch in branches[1:]:
        _merge(repo, branch, operations)
    reports = judge_commits(discover(str(repo.path)), [repo.head()], [base], policy_at=base, landing=True).commits
    judged = {report.commit: report for report in reports}
    done.update(kind for oid, kind in operations.items() if oid in judged)
    return [_told(report, operations) for report in reports if any(f.severity == "error" for f in report.findings)]


def _work(repo: Repo, rng: random.Random, step: int) -> str:
    files = sorted(p for p in (repo.path / "src").iterdir() if p.is_file())
    target = rng.choice(files)
    lines = target.read_text().splitlines(keepends=True)
    lines.insert(rng.randrange(len(lines) + 1), f"step {step}\n")
    target.write_text("".join(lines))
    return repo.commit(f"Step {step}\n\nChange: add-2fa")


def _rename(repo: Repo, rng: random.Random, step: int) -> str:
    files = sorted(p.name for p in (repo.path / "src").glob("file-*"))
    if not files:
        return ""
    repo.git("mv", f"src/{rng.choice(files)}", f"src/file-{step}-moved.py")
    return repo.commit(f"Rename {step}\n\nChange: add-2fa")


def _merge(repo: Repo, branch: str, operations: dict[str, str]) -> None:
    before = repo.head()
    merged = repo.run_git("merge", "-q", "--no-ff", "--no-edit", branch)
    kind = "clean merges"
    if merged.returncode:
        if not repo.git("ls-files", "-u"):
            repo.git("merge", "--abort", check=False)
            return
        repo.git("checkout", "-q", "--theirs", ".", check=False)
        repo.git("add", "-A")
        repo.git("commit", "-q", "-n", "-m", f"Merge {branch}\n\nChange: next")
        kind = "merges with conflicts"
    if repo.head() != before:
        operations[repo.head()] = kind


def _replay(repo: Repo, kind: str, oid: str, operations: dict[str, str]) -> None:
    """Revert or pick; the reference is carried as the prepare hook does."""
    before = repo.head()
    command = ("revert", "--no-edit") if kind == "revert" else ("cherry-pick", "-x")
    if repo.run_git(*command, oid).returncode:
        repo.git(command[0], "--abort", check=False)
        return
    if repo.head() == before:
        return
    message = repo.git("log", "-1", "--format=%B").rstrip("\n")
    if kind == "revert":
        repo.git("commit", "-q", "-n", "--amend", "-m", f"{message}\n\nChange: add-2fa")
    operations[repo.head()] = "reverts" if kind == "revert" else "cherry-picks"


def _told(report: CommitReport, operations: dict[str, str]) -> str:
    what = operations.get(report.commit, "work")
    return (
        f"{what} {report.commit[:12]} {report.subject}: {'; '.join(f'{f.code} {f.message}' for f in report.findings)}"
    )
