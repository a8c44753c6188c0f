"""docs/json.md shows every shape with all its keys: what commands print must have exactly those."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repo
from tests.reading.conftest import AUTH, CHANGE, PROPOSAL, Cli

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
FREE = {"capability", "requirement", "scenario", "delta"}
"""Objects under these keys are shaped as in the files, which schemas/ describes."""


def examples() -> dict[str, Any]:
    """The examples of the page by kind; the finding is called so."""
    found = {}
    for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL):
        example = json.loads(block)
        found["finding" if "code" in example else example["kind"]] = example
    return found


EXAMPLES = examples()


def compare(shown: Any, documented: Any, where: str) -> None:
    """Fail where an object has other keys than in the page, or a value is of another type."""
    if shown is None or documented is None:
        return
    assert type(shown) is type(documented), where
    if isinstance(documented, dict):
        if where.rpartition(".")[2] in FREE:
            return
        assert list(shown) == list(documented), where
        for key in documented:
            compare(shown[key], documented[key], f"{where}.{key}")
    elif isinstance(documented, list):
        wanted = EXAMPLES["finding"] if where.endswith(".findings") else documented[0] if documented else None
        for index, item in enumerate(shown):
            assert wanted is not None, f"{where}: the page has no example of an item"
            compare(item, wanted, f"{where}[{index}]")


COMMANDS = {
    "changes": ("list",),
    "capabilities": ("list", "--specs"),
    "archived": ("list", "--archived"),
    "capability": ("show", "auth"),
    "requirement": ("show", "auth/session-expiry"),
    "scenario": ("show", "auth/session-expiry#idle-timeout"),
    "change": ("show", "add-2fa"),
    "status": ("status",),
    "validation": ("validate",),
    "diff": ("diff", "add-2fa"),
    "overlap": ("overlap",),
    "tasks": ("task", "list", "add-2fa"),
    "hooks": ("hooks", "status"),
}


def test_the_page_has_every_kind() -> None:
    assert COMMANDS.keys() <= EXAMPLES.keys()


@pytest.mark.parametrize("kind", COMMANDS)
def test_what_is_printed_is_as_documented(project: Repo, gitspec: Cli, kind: str) -> None:
    shown = gitspec(*COMMANDS[kind], "--json", fails=1 if kind == "hooks" else 0).json
    assert shown["gitspec"] == 1 and shown["kind"] == kind
    compare(shown, EXAMPLES[kind], kind)


@pytest.mark.parametrize("kind", ["changes", "capabilities", "change", "status", "validation", "tasks"])
@pytest.mark.spec("commands/json#findings-as-data")
def test_what_is_printed_of_broken_files_is_as_documented(project: Repo, gitspec: Cli, kind: str) -> None:
    project.write("spec/capabilities/auth.yaml", AUTH.replace("title: Auth", "titel: Auth"))
    project.write("spec/changes/add-2fa/change.yaml", "change: [\n")
    project.write("spec/changes/add-2fa/tasks.md", "- [y] 1.1 What\n")
    project.write("spec/changes/add-2fa/deltas/auth.yaml", "capability: auth\nadded: no\n")
    shown = gitspec(*COMMANDS[kind], "--json", fails=1 if kind in ("validation", "tasks") else 0).json
    compare(shown, EXAMPLES[kind], kind)


def test_all_the_paths_and_ids_lead_somewhere(project: Repo, gitspec: Cli) -> None:
    project.write("spec/changes/more/change.yaml", CHANGE.replace("add-2fa", "more"))
    project.write("spec/changes/more/proposal.md", PROPOSAL)
    for command in (("list",), ("list", "--specs"), ("list", "--archived"), ("status",)):
        shown = gitspec(*command, "--json").json
        for items in shown.values():
            for item in items if isinstance(items, list) else ():
                assert (project.path / item["path"]).exists()
                assert gitspec("show", item["id"], "--json").json["path"] == item["path"]
