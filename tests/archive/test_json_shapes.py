"""What archiving prints as JSON is what docs/json.md shows."""

import json
from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.archive.remotes import Shared
from tests.archive.test_merged import OPEN, add
from tests.conftest import Repo
from tests.reading.test_json_shapes import EXAMPLES, compare


@pytest.fixture
def mine(tmp_path: Path) -> Repo:
    repo = Shared(tmp_path / "s").clone("mine")
    add(repo, "open", tasks=OPEN)
    add(repo, "b", capability="billing")
    repo.commit("Propose")
    return repo


def shown(repo: Repo, *args: str) -> dict[str, object]:
    ran = gitspec(repo, "archive", *args, "--json")
    assert ran.code == 0, ran.err
    data: dict[str, object] = json.loads(ran.out)
    return data


def test_one_change(mine: Repo) -> None:
    compare(shown(mine, "add-2fa", "--push"), EXAMPLES["archive"], "archive")


def test_all_complete_ones(mine: Repo) -> None:
    data = shown(mine, "--merged")
    assert data["left"]
    for row in data["archived"]:  # type: ignore[attr-defined]
        compare(row["capabilities"], EXAMPLES["archive"]["capabilities"], "capabilities")
        row["capabilities"] = []
    compare(data, EXAMPLES["archive-merged"], "archive-merged")


def test_the_pull_request_branch(mine: Repo) -> None:
    data = shown(mine, "--merged", "--pr")
    example = EXAMPLES["archive-merged"]["archived"][0]
    for row in data["archived"]:  # type: ignore[attr-defined]
        assert list(row) == [key for key in example if key not in ("commit", "tag")]
    data["archived"] = data["left"] = []
    compare(data, EXAMPLES["archive-pr"], "archive-pr")


def test_a_dropped_archive(mine: Repo) -> None:
    assert gitspec(mine, "archive", "b").code == 0
    mine.write("later.md", "x\n")
    mine.commit("Later")
    compare(shown(mine, "b", "--drop-unpublished"), EXAMPLES["archive-drop"], "archive-drop")


def test_dry_runs(mine: Repo) -> None:
    one = shown(mine, "add-2fa", "--dry-run")
    gone = ("commit", "tag", "left_as_edits", "pushed")
    assert list(one) == [*(key for key in EXAMPLES["archive"] if key not in gone), "dry_run", "diff"]
    merged = shown(mine, "--merged", "--dry-run")
    assert list(merged) == [*(key for key in EXAMPLES["archive-merged"] if key not in gone), "dry_run", "diff"]
