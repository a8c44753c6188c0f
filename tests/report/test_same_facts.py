"""A report says of each thing what the command says that is there for it."""

import json
from typing import Any

import pytest

from tests.conftest import CONFIG, Repo
from tests.fsck.histories import adds, edits, land
from tests.report.project import gitspec, shop


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """The shop after a rename, with commits that name scenarios and former names, and one that was taken back."""
    folder = tmp_path_factory.mktemp("lived")
    (folder / "gitconfig").write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        repo = shop(Repo.init(folder / "repo"))
        repo.write("src/scan.py", "pass\n")
        repo.commit("Scan codes\n\nChange: add-2fa\nSpec: auth/totp-enrolment#enrol\n")
        repo.git("revert", "--no-edit", "HEAD")
        land(repo, "new-name", renamed=[{"id": "totp-enrolment", "to": "enrolment"}])
        repo.commit("Draw the code\n\nChange: new-name\nSpec: auth/enrolment\nSpec: auth/totp-enrolment\n")
        land(repo, "faster", capability="billing", modified=[edits(repo, "session-expiry", "30", "20", "billing")])
        land(repo, "plain", capability="billing", added=[adds("receipts")])
        repo.write("tests/test_receipts.py", "# Spec: billing/receipts, auth/enrolment\n")
        repo.write("tests/test_old.py", "# Spec: auth/enrolment#gone\n")
        repo.git("tag", "v1.1", "HEAD~1")
        repo.commit("Test receipts\n\nChange-Skip: tests\n")
    return repo


def told(repo: Repo, *args: str) -> dict[str, Any]:
    done = gitspec(repo, *args, "--json")
    assert done.code in (0, 1), done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.fixture(scope="module")
def report(lived: Repo) -> dict[str, Any]:
    return told(lived, "report", "--at", "HEAD")


def requirements_of(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {r["name"]: r for capability in report["capabilities"] for r in capability["requirements"]}


@pytest.mark.parametrize(
    "name", ["auth/enrolment", "auth/session-expiry", "billing/receipts", "billing/session-expiry"]
)
def test_of_a_requirement_it_says_what_trace_says(lived: Repo, report: dict[str, Any], name: str) -> None:
    said = requirements_of(report)[name]
    trace = told(lived, "trace", name)
    (there,) = trace["requirements"]
    changes = {change["id"]: change for change in trace["changes"]}
    assert [(t["change"], t["kind"], t["was"]) for t in said["history"]] == [
        (c["change"], c["kind"], c["was"] if c["was"] != c["name"] else None) for c in there["changes"]
    ]
    for touch in said["history"]:
        archive = changes[touch["change"]]["archive"] or {}
        assert (touch["commit"], touch["release"]) == (archive.get("commit"), changes[touch["change"]]["release"])
    assert set(said["commits"]) == set(there["commits"])
    assert len(set(said["commits"])) == len(said["commits"]) == len(there["commits"]), "each once"
    by_scenario = [({**t, "scenario": s["id"]}) for s in there["scenarios"] for t in s["tests"]]
    by_name = [{**t, "scenario": None} for t in there["tests"] if t["path"] != "tests/test_old.py"]
    assert sorted(said["tests"], key=repr) == sorted(by_scenario + by_name, key=repr)
    assert [(c["path"], c["line"]) for c in said["cited"]] == [(c["path"], c["line"]) for c in there["code"]]


def test_of_a_renamed_requirement_it_lists_the_commits_under_all_its_names(lived: Repo, report: dict[str, Any]) -> None:
    listed = requirements_of(report)["auth/enrolment"]["commits"]
    assert [lived.git("log", "-1", "--format=%s", oid) for oid in listed] == [
        "Draw the code",
        "Scan codes",
        "Enrol devices",
    ]


def test_a_commit_that_was_taken_back_says_so(lived: Repo) -> None:
    html = gitspec(lived, "report", "--at", "HEAD", "--output", "-").out
    assert html.count('<bdi>Scan codes</bdi> <span class="tag warn">reverted</span>') == 2
    assert html.count(">reverted</span>") == 2


@pytest.mark.parametrize("name", ["add-2fa", "new-name", "faster", "short-sessions", "unstarted"])
def test_of_a_change_it_says_what_trace_says(lived: Repo, report: dict[str, Any], name: str) -> None:
    (said,) = (change for change in report["changes"] if change["id"] == name)
    (there,) = told(lived, "trace", name, "--type", "change")["changes"]
    archive = there["archive"] or {}
    assert (said["commit"], said["release"]) == (archive.get("commit"), there["release"])
    assert said["commits"] == [oid for oid in there["commits"] if oid != archive.get("commit")]
    assert (said["path"], said["title"]) == (there["path"], there["title"])
    assert {one["name"] for one in said["requirements"]} == set(there["requirements"])
    assert said["tasks"]["total"] == len(there["tasks"])


def test_of_tests_it_says_what_coverage_says(lived: Repo, report: dict[str, Any]) -> None:
    there = told(lived, "coverage", "--at", "HEAD")
    without = {s["name"] for r in there["requirements"] for s in r["scenarios"] if s["state"] == "untested"}
    assert set(report["gaps"]["scenarios_without_tests"]) == without
    bare = {r["name"] for r in there["requirements"] if not r["scenarios"] and r["state"] == "untested"}
    assert set(report["gaps"]["requirements_without_tests"]) >= bare
    assert [stray["name"] for stray in report["gaps"]["tests_of_nothing"]] == ["auth/enrolment#gone"]
    assert there["findings"][0]["path"] == report["gaps"]["tests_of_nothing"][0]["path"]


@pytest.mark.parametrize("name", ["auth/enrolment", "billing/session-expiry"])
def test_of_its_past_it_says_what_log_says(lived: Repo, report: dict[str, Any], name: str) -> None:
    by_change = [v for v in told(lived, "log", name)["versions"] if v["how"] == "archived"]
    said = [touch for touch in requirements_of(report)[name]["history"] if touch["date"]]
    assert [(t["change"], t["commit"]) for t in reversed(said)] == [(v["changes"][0], v["commit"]) for v in by_change]
