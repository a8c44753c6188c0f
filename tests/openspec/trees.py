"""The excerpts that ship with the tests, the whole corpora where they are, and how they are read."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

EXCERPTS = Path(__file__).parent.parent / "data" / "openspec"
TREES = sorted(path.name for path in EXCERPTS.iterdir() if path.is_dir())
TOP = Path(__file__).parent.parent.parent


def corpus() -> Path:
    """The folder of the whole corpora; skips the test where there is none."""
    folder = Path(os.environ.get("GITSPEC_CORPUS") or TOP.parent / "shared" / "corpus" / "openspec")
    if not (folder / "expected.json").is_file():
        pytest.skip(f"no OpenSpec corpora in {folder}: set GITSPEC_CORPUS to the folder that holds expected.json")
    return folder


def spec_files(tree: Path) -> Iterator[Path]:
    """The living specs and deltas of a tree."""
    for path in sorted(tree.rglob("*.md")):
        parts = path.relative_to(tree).parts
        if "openspec" in parts and path.name == "spec.md":
            yield path


def task_files(tree: Path) -> Iterator[Path]:
    """The checklists of a tree."""
    return (path for path in sorted(tree.rglob("tasks.md")) if "changes" in path.parts)
