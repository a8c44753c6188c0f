"""`gitspec trace`: the chain from requirement to release, and back, by every name that there is or was."""

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.archive.project import TASKS, gitspec
from tests.conftest import Repo
from tests.fsck.histories import DAY, adds, archive, change, close, edits, land, removes, start

WORK = "{subject}\n\nChange: {change}\nTask: 1.1\nSpec: auth/{spec}\n"


@pytest.fixture
def told(repo: Repo) -> Repo:
    """``one`` was edited by `first`, renamed by `second`; `first` is in v1. Tests and code cite it; `open` is active."""
    start(repo, "one", "two", "three")
    repo.write("spec/gitspec.yaml", 'version: "1"\nreleases:\n  - v*\n')
    repo.write("tests/test_auth.py", "# Spec: auth/uno#usual\n\n# Spec: auth/two\n")
    repo.write("src/auth.py", "# Spec: auth/uno\n")
    repo.commit("Begin")
    change(repo, "first", tasks=TASKS, modified=[edits(repo, "one", "part 1", "part I")], added=[adds("four")])
    repo.commit(WORK.format(subject="Work", change="first", spec="one#usual"))
    archive(repo, "first")
    repo.git("tag", "v1")
    land(repo, "second", renamed=[{"id": "one", "to": "uno"}])
    change(repo, "open", modified=[edits(repo, "three", "part 1", "part I")])
    repo.commit("Name it alone\n\nSpec: auth/uno")
    return repo


def trace(repo: Repo, *args: str) -> dict[str, Any]:
    ran = gitspec(repo, "trace", *args, "--json")
    assert ran.code == 0, ran
    found = json.loads(ran.out)
    assert isinstance(found, dict) and found["kind"] == "trace"
    return found


def by_id(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in items}


def subjects(found: dict[str, Any], oids: list[str]) -> list[str]:
    return [by_id(found["commits"])[oid]["subject"] for oid in oids]


@pytest.mark.spec("history/trace#renamed-requirement")
def test_requirement_leads_to_all_that_stands_behind_it(told: Repo) -> None:
    found = trace(told, "auth/uno")
    (one,) = found["requirements"]
    assert (found["is"], found["name"], found["complete"], one["was"]) == (
        "requirement",
        "auth/uno",
        True,
        ["auth/one"],
    )
    assert [(c["kind"], c["change"], c["was"], c["name"]) for c in one["changes"]] == [
        ("modified", "first", "auth/one", "auth/one"),
        ("renamed", "second", "auth/one", "auth/uno"),
    ]
    assert one["scenarios"] == [{"id": "usual", "tests": [{"path": "tests/test_auth.py", "line": 1}]}]
    assert one["code"] == [{"path": "src/auth.py", "line": 1, "name": "auth/uno"}]
    assert subjects(found, one["commits"]) == ["Name it alone", "Work"]
    changes = by_id(found["changes"])
    assert list(changes) == ["first", "second"]
    first = changes["first"]
    assert first["archive"] == {"commit": told.git("rev-parse", "v1"), "tag": f"archive/{DAY}-first"}
    assert (first["state"], first["release"], changes["second"]["release"]) == ("archived", "v1", None)
    assert [(t["id"], t["status"], subjects(found, t["commits"])) for t in first["tasks"]] == [
        ("1.1", "done", ["Work"]), ("1.2", "dropped", []),
    ]  # fmt: skip
    assert subjects(found, first["commits"])[1:] == ["Work", "Propose first"]


@pytest.mark.spec("history/trace#renamed-requirement")
def test_every_name_on_the_chain_leads_back(told: Repo) -> None:
    assert {**trace(told, "auth/one")} == {**trace(told, "auth/uno")}
    by_change = trace(told, "first")
    assert set(by_id(by_change["requirements"])) == {"auth/uno", "auth/four"}
    for name in (f"archive/{DAY}-first", f"refs/tags/archive/{DAY}-first", f"{DAY}-first"):
        assert trace(told, name) == by_change
    work = trace(told, told.git("rev-parse", "v1~1"))
    assert (work["is"], [c["id"] for c in work["changes"]]) == ("commit", ["first"])
    assert [one["id"] for one in work["requirements"]] == ["auth/uno"]
    assert work["commits"][0]["tasks"] == ["1.1"] and work["commits"][0]["release"] == "v1"
    release = trace(told, "v1")
    assert (release["is"], [c["id"] for c in release["changes"]]) == ("release", ["first"])
    assert trace(told, "HEAD")["requirements"][0]["id"] == "auth/uno"


def test_scenario_shows_its_own_tests_only(told: Repo) -> None:
    assert trace(told, "auth/uno#usual")["scenario"] == "usual"
    land(
        told,
        "more",
        modified=[
            {**edits(told, "two", "part 1", "x"), "scenarios": {"added": [{"id": "rare", "steps": "WHEN x\nTHEN y"}]}}
        ],
    )
    shown = gitspec(told, "trace", "auth/two#rare").out
    assert "#rare  no test" in shown and "#usual" not in shown


def test_active_and_closed_changes_and_removed_requirements_are_told(told: Repo) -> None:
    assert by_id(trace(told, "auth/three")["changes"])["open"]["state"] == "active"
    change(told, "given-up", modified=[edits(told, "three", "part 2", "part II")])
    close(told, "given-up")
    assert trace(told, "given-up")["changes"][0]["state"] == "closed"
    assert [c["change"] for c in trace(told, "auth/three")["requirements"][0]["changes"]] == ["open"]
    land(told, "away", removed=[removes(told, "two")])
    (gone,) = trace(told, "auth/two")["requirements"]
    assert (gone["state"], gone["title"], gone["path"], gone["changes"][-1]["kind"]) == ("gone", None, None, "removed")
    assert "auth/two: gone" in gitspec(told, "trace", "auth/two").out


def test_requirement_that_is_only_proposed_is_not_gone(told: Repo) -> None:
    change(told, "more", added=[adds("five")])
    told.commit()
    (five,) = trace(told, "auth/five")["requirements"]
    assert (five["state"], five["title"], five["path"]) == ("proposed", None, None)
    assert "auth/five: proposed, not living yet" in gitspec(told, "trace", "more").out
    assert {one["state"] for one in trace(told, "auth/uno")["requirements"]} == {"living"}


def test_change_that_only_speaks_of_closed_things_counts(told: Repo) -> None:
    folder = change(told, "doors", modified=[edits(told, "three", "part 5", "part V")])
    told.write(f"{folder}/change.yaml", told.read(f"{folder}/change.yaml") + "notes: of closed doors\n")
    told.commit("Note it\n\nChange: doors")
    archive(told, "doors")
    assert "doors" in by_id(trace(told, "auth/three")["changes"])


@pytest.mark.spec("history/trace#same-commits-as-git")
def test_git_log_grep_finds_the_same_commits(told: Repo) -> None:
    told.commit("Both\n\nChange: first\nTask: 1.1\nChange: open")
    told.commit("Speak of it\n\nChange: first is what we did.\nNo Change: first")
    told.git("switch", "-q", "--detach", "HEAD~1")
    away = told.commit("Away\n\nChange: first")
    told.git("switch", "-q", "-")
    assert away in trace(told, "first", "--at", away)["changes"][0]["commits"]
    for name, count in (("first", 4), ("second", 2), ("open", 2)):
        by_git = told.git("log", "--format=%H", "--grep", f"^Change: {name}$").split()
        assert len(by_git) == count
        assert trace(told, name)["changes"][0]["commits"] == by_git


@pytest.mark.spec("history/older-references#pattern-in-the-subject")
def test_commit_that_a_pattern_of_the_policy_ties_to_a_change_is_listed(told: Repo) -> None:
    before = trace(told, "open")["changes"][0]["commits"]
    old = told.commit("Add login (OpenSpec: open)")
    patterns = 'references:\n  patterns:\n    - pattern: "(OpenSpec: {id})"\n      where: subject\n'
    told.write("spec/gitspec.yaml", told.read("spec/gitspec.yaml") + patterns)
    told.write("src/more.py", "more\n")
    found = told.commit("Say how old commits name changes\n\n(OpenSpec: open)")
    assert trace(told, "open")["changes"][0]["commits"] == [old, *before]
    assert "R001" in gitspec(told, "check", f"{found}^..{found}").out, "a pattern is no reference for a gate"


def test_answers_are_those_of_the_revision_that_is_asked(told: Repo) -> None:
    before = trace(told, "auth/one", "--at", "v1")
    assert (before["name"], [c["id"] for c in before["changes"]]) == ("auth/one", ["first"])
    assert before["at"] == told.git("rev-parse", "v1")
    ran = gitspec(told, "trace", "second", "--at", "v1")
    assert ran.code == 2 and "L011" in ran.err
    later = gitspec(told, "trace", told.head(), "--at", "v1")
    assert later.code == 2 and "is not in the history of" in later.err and "--at" in later.err


def test_answers_are_equal_without_the_index_and_when_asked_again(told: Repo) -> None:
    names = ["auth/uno", "auth/uno#usual", "first", "open", "v1", "HEAD", f"archive/{DAY}-second", "auth/three"]
    for name in names:
        for format_ in ("text", "json"):
            wanted = gitspec(told, "trace", name, "--format", format_, "--no-cache")
            assert gitspec(told, "trace", name, "--format", format_) == wanted
            assert gitspec(told, "trace", name, "--format", format_) == wanted
    assert gitspec(told, "trace", "first", "--json") == gitspec(told, "trace", "first", "--format", "json")


def test_commit_that_was_taken_back_says_so_until_it_is_brought_again(told: Repo) -> None:
    told.write("src/more.py", "more\n")
    work = told.commit("Work on\n\nChange: first")
    told.git("revert", "--no-edit", work)
    revert = told.head()
    assert by_id(trace(told, "first")["commits"])[work]["reverted_by"] == revert
    for name in ("first", work):
        assert f"reverted by {revert[:12]}" in " ".join(gitspec(told, "trace", name).out.split())
    told.git("revert", "--no-edit", revert)
    assert by_id(trace(told, "first")["commits"])[work]["reverted_by"] is None


def test_requirement_of_a_file_that_cannot_be_read_is_not_called_gone(told: Repo) -> None:
    told.write("spec/capabilities/auth.yaml", "capability: [\n")
    told.commit("Break")
    assert trace(told, "auth/uno")["requirements"][0]["state"] == "unknown"


def test_what_is_remembered_goes_with_what_it_came_from(told: Repo) -> None:
    def settle() -> None:
        for place in (".git/packed-refs", *[p for p in Path(told.path, ".git/refs/tags").rglob("") if p.is_dir()]):
            subprocess.run(["touch", "-h", "-d", "2001-01-01", str(place)], cwd=told.path, check=False)

    settle()
    for _ in range(2):
        assert trace(told, "second")["changes"][0]["release"] is None
    told.git("tag", "v2")
    assert trace(told, "second")["changes"][0]["release"] == "v2"
    told.git("tag", "-d", "v2", f"archive/{DAY}-second")
    assert trace(told, "second")["changes"][0]["archive"]["tag"] is None
    told.git("branch", "moving", "v1")
    assert trace(told, "moving")["commits"][0]["subject"].startswith("Archive first")
    told.git("branch", "-f", "moving", "v1~1")
    assert trace(told, "moving")["commits"][0]["subject"] == "Work"


@pytest.mark.parametrize("name", ["auth/uno", "auth/uno#usual", "first", "open", "v1", "HEAD"])
def test_json_is_as_documented(told: Repo, name: str) -> None:
    from tests.reading.test_json_shapes import EXAMPLES, compare

    compare(trace(told, name), EXAMPLES["trace"], "trace")


def test_name_of_nothing_is_answered_with_what_is_near(told: Repo) -> None:
    for name, near in (
        ("firts", "did you mean first"), ("auth/tow", "did you mean auth/two"), ("auth", "auth/uno"),
        ("auth/uno#nothing", "it has usual"), ("v11", "did you mean v1"), ("-", "gitspec list"), ("^HEAD", "gitspec list"),
        ("a\nb", "gitspec list"), ("HEAD:spec", "gitspec list"), ("\x1b[31m", "gitspec list"),
    ):  # fmt: skip
        ran = gitspec(told, "trace", "--", name)
        assert (ran.code, ran.out) == (2, ""), ran
        assert "L011" in ran.err and near in ran.err and "\x1b" not in ran.err, ran
    told.write("spec/changes/fresh/change.yaml", "change: fresh\ntitle: Fresh\ncreated: 2026-11-21\n")
    assert "is not committed" in gitspec(told, "trace", "fresh").err
    assert gitspec(told, "trace").code == gitspec(told, "trace", "first", "--at", "nowhere", "--type", "x").code == 2
    assert gitspec(told, "trace", "first", "--at", "nowhere").code == 3


def test_type_says_what_a_name_of_several_things_is(told: Repo) -> None:
    told.git("tag", "first", "HEAD")
    assert trace(told, "first")["is"] == "change"
    assert trace(told, "first", "--type", "tag")["is"] == "commit"


def test_shallow_clone_answers_what_it_knows_and_says_that_it_is_not_all(told: Repo, tmp_path: Path) -> None:
    shallow = Repo(tmp_path / "shallow")
    told.git("clone", "-q", "--depth=2", f"file://{told.path}", str(shallow.path))
    for _ in range(2):
        ran = gitspec(shallow, "trace", "open")
        assert ran.code == 3 and "G016" in ran.err and "git fetch --unshallow" in ran.err
        assert "open: Two-factor authentication" in ran.out
        assert json.loads(gitspec(shallow, "trace", "open", "--json").out)["complete"] is False
    shallow.git("fetch", "-q", "--unshallow")
    assert trace(shallow, "open")["complete"] is True


def test_bare_repository_and_linked_work_tree_answer_alike(told: Repo, tmp_path: Path) -> None:
    wanted = gitspec(told, "trace", "auth/uno")
    assert gitspec(told.bare(tmp_path / "bare.git"), "trace", "auth/uno") == wanted
    assert gitspec(told.worktree(tmp_path / "linked", "side"), "trace", "auth/uno") == wanted


HOSTILE = '"; x -->|y| z["<script>alert(1)</script>"] | `#quot;` \x1b[31m =1+1 \\" ${x} %% \u202e'


@pytest.fixture
def hostile(told: Repo) -> Repo:
    folder = change(told, "evil", modified=[edits(told, "two", "part 2", "part II")])
    told.write(f"{folder}/tasks.md", '- [x] 1.1 =HYPERLINK("http://x") | </td> "];\n')
    told.commit(f"{HOSTILE}\n\nChange: evil\nTask: 1.1")
    return told


def test_graphs_and_tables_hold_nothing_of_a_message_that_could_be_understood(hostile: Repo) -> None:
    dot = gitspec(hostile, "trace", "evil", "--format", "dot").out
    mermaid = gitspec(hostile, "trace", "evil", "--format", "mermaid").out
    markdown = gitspec(hostile, "trace", "evil", "--format", "markdown").out
    table = gitspec(hostile, "trace", "evil", "--format", "csv").out
    for shown in (dot, mermaid, markdown, table):
        assert "script" in shown and "\x1b" not in shown and "\u202e" not in shown
    for line in mermaid.splitlines()[1:]:
        head, _, label = line.partition('["')
        assert (label.endswith('"]') and '"' not in label[:-2] and "[" not in label[:-2]) or head.count("|") == 2, line
    assert all(line.count("|") == 6 and "<" not in line for line in markdown.splitlines()[2:])
    rows = list(csv.reader(io.StringIO(table)))
    assert {len(row) for row in rows} == {6}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert any(cell.startswith("'=HYPERLINK") for row in rows for cell in row)


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_takes_the_graph(hostile: Repo) -> None:
    graph = gitspec(hostile, "trace", "evil", "--format", "dot").out
    assert subprocess.run(["dot", "-Tsvg"], input=graph.encode(), capture_output=True, check=False).returncode == 0


def test_plain_question_imports_neither_click_nor_models_once_it_is_answered(told: Repo) -> None:
    from tests.cli.test_main import modules_after

    for name in (".git/refs/tags", ".git/refs/tags/archive"):
        subprocess.run(["touch", "-d", "2001-01-01", str(told.path / name)], check=True)
    subprocess.run(["sh", "-c", "sleep 2.1"], check=True)  # changes of a moment ago are not trusted
    assert gitspec(told, "trace", "auth/uno").code == 0
    modules = modules_after("trace", "auth/uno", cwd=told.path)
    assert not modules & {"click", "pydantic", "yaml", "regex", "pathspec", "subprocess", "pathlib", "sqlite3"}


def test_a_name_may_be_any_bytes(told: Repo) -> None:
    told.write("spec/changes/caf\udce9/change.yaml", "change: caf\n")
    told.commit()
    ran = gitspec(told, "trace", "auth/caf\udce9")
    assert ran.code == 2 and ran.err.startswith("gitspec: L011 ")
    assert "only what is committed counts" in gitspec(told, "trace", "nothing/at-all").err
    told.git("branch", "caf\udce9")
    assert trace(told, "caf\udce9")["is"] == "commit"


def test_commit_of_a_far_future_has_the_last_day(told: Repo) -> None:
    told.git("commit", "-q", "--allow-empty", "-m", "Later", GIT_COMMITTER_DATE="@99999999999999 +0000")
    assert trace(told, "HEAD")["commits"][0]["date"] == "9999-12-31"
