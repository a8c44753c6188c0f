"""What tests and code still cite of what a change takes away: validate, archive and the pull-request check say so."""

from collections.abc import Callable

import pytest

from gitspec.commands.pull_request_specs import try_specs
from gitspec.domain.citable import DeltaNames, ScenarioEdits, effect
from gitspec.git.repository import discover
from gitspec.git.scratch import scratch
from tests.conftest import Repo
from tests.coverage.conftest import NAME, Cli, change, unlink

WriteTest = Callable[..., str]
REMOVE = "capability: auth\nremoved:\n  - id: login-page\n    reason: Nobody used it.\n"
RENAME = "capability: auth\nrenamed:\n  - id: login-page\n    to: sign-in-page\n"
LIVING = {"auth": {"login": ("shown", "typed"), "logout": ("gone",)}, "billing": {"invoices": ("sent",)}}


def taking(project: Repo, gitspec: Cli, delta: str = REMOVE) -> None:
    """A change `take` that takes something of auth away, with a line of code and a test that cite it."""
    unlink(project)
    change(project, "take", delta)
    gitspec("delta", "stamp", "take")
    project.write("src/login.ts", "// Spec: auth/login-page\n")
    project.write("tests/test_login.py", "# Spec: auth/login-page#shown, " + NAME + "\n")
    project.commit("Propose take")


EXPECTED = [
    "src/login.ts:1: E002 warning: code names auth/login-page, which change take removes",
    "tests/test_login.py:1: E002 warning: test names auth/login-page#shown, which change take removes",
]


def found(lines: list[str]) -> list[str]:
    return [line for line in lines if "E002" in line]


def test_validate_says_it_before_the_change_is_archived(project: Repo, gitspec: Cli) -> None:
    taking(project, gitspec)
    assert found(gitspec("validate").lines) == EXPECTED
    assert found(gitspec("validate", "take").lines) == EXPECTED
    assert found(gitspec("validate", "take", "--at", "HEAD").lines) == EXPECTED
    assert found(gitspec("validate", "add-2fa").lines) == []
    assert found(gitspec("validate", "--no-cache").lines) == EXPECTED


@pytest.mark.spec("history/test-coverage#removed-while-cited")
def test_validate_strict_fails_and_names_the_places(project: Repo, gitspec: Cli) -> None:
    taking(project, gitspec)
    assert found(gitspec("validate", "take", "--strict", fails=1).lines) == EXPECTED
    shown = gitspec("validate", "take", "--strict", "--json", fails=1).json
    assert [(f["path"], f["line"]) for f in shown["findings"]] == [("src/login.ts", 1), ("tests/test_login.py", 1)]


def test_what_is_cited_no_longer_is_no_finding(project: Repo, gitspec: Cli) -> None:
    taking(project, gitspec)
    project.git("rm", "-q", "src/login.ts")
    project.write("tests/test_login.py", f"# Spec: {NAME}\n")
    assert found(gitspec("validate", "take", "--strict").lines) == []


def test_a_rename_says_the_new_name(project: Repo, gitspec: Cli) -> None:
    taking(project, gitspec, RENAME)
    lines = gitspec("validate", "take").lines
    assert found(lines)[1].endswith("names auth/login-page#shown, which change take calls auth/sign-in-page#shown")
    assert "  help: write auth/sign-in-page#shown before the change is archived" in lines


def test_archive_says_what_names_nothing_from_now_on(project: Repo, gitspec: Cli) -> None:
    taking(project, gitspec)
    assert found(gitspec("archive", "take", "--dry-run").lines) == EXPECTED
    assert found(gitspec("archive", "take").lines) == EXPECTED
    assert "src/login.ts:1: E003" in gitspec("coverage", fails=1).out


def test_archive_strict_refuses_and_nothing_moves(project: Repo, gitspec: Cli) -> None:
    taking(project, gitspec)
    before = project.head()
    for args in (("take",), ("take", "--dry-run")):
        assert "E002" in gitspec("archive", *args, "--strict", fails=1).err
    assert project.head() == before
    merged = gitspec("archive", "--merged", "--strict", fails=1)
    assert "E002" in merged.out and "Archived add-2fa" in merged.out and "Archived take" not in merged.out
    project.write("spec/gitspec.yaml", 'version: "1"\nseverity:\n  E002: error\n')
    project.commit("Policy")
    gitspec("archive", "take", fails=1)
    assert gitspec("validate", "take", fails=1).code == 1


def test_archive_reads_the_branch_and_not_the_work_tree(project: Repo, gitspec: Cli) -> None:
    taking(project, gitspec)
    (project.path / "src/login.ts").unlink()
    assert found(gitspec("archive", "take", "--dry-run").lines) == EXPECTED


def test_a_change_that_only_adds_costs_no_look(project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitspec.git.citations.citations_at", lambda *_: pytest.fail("looked"))
    gitspec("validate", "--all", "--no-cache")
    gitspec("archive", "add-2fa")


def test_a_policy_that_cannot_be_read_is_still_just_a_finding(project: Repo, gitspec: Cli) -> None:
    taking(project, gitspec)
    project.write("spec/gitspec.yaml", "version: 2\n")
    assert "spec/gitspec.yaml:1" in gitspec("validate", fails=1).out


def test_the_pull_request_check_says_it(project: Repo, gitspec: Cli) -> None:
    base = project.head()
    taking(project, gitspec)
    with scratch(discover(str(project.path))) as inside:
        trial = try_specs(inside, base, project.head(), project.head(), "main")
    (one,) = [c for c in trial.changes if c.change == "take"]
    assert [(f.code, f.severity, f.path, f.line) for f in one.findings] == [
        ("E002", "warning", "src/login.ts", 1),
        ("E002", "warning", "tests/test_login.py", 1),
    ]
    assert one.state == "complete"


# -- names


def gone(*deltas: DeltaNames) -> dict[str, str]:
    return effect(LIVING, deltas).gone


def test_removals_take_the_scenarios_along() -> None:
    assert gone(DeltaNames("auth", removed=("login",))) == {
        "auth/login": "", "auth/login#shown": "", "auth/login#typed": "",
    }  # fmt: skip


def test_renames_moves_and_new_names_of_capabilities_go_together() -> None:
    delta = DeltaNames("auth", rename_to="access", renamed=(("login", "enter"),), moved=(("logout", "billing/leave"),))
    assert gone(delta) == {
        "auth/login": "access/enter", "auth/login#shown": "access/enter#shown", "auth/login#typed": "access/enter#typed",
        "auth/logout": "billing/leave", "auth/logout#gone": "billing/leave#gone",
    }  # fmt: skip


def test_scenarios_go_alone() -> None:
    edits = ScenarioEdits(added=("new",), renamed=(("shown", "seen"),), removed=("typed",))
    found_ = effect(LIVING, [DeltaNames("auth", modified=(("login", edits),))])
    assert found_.gone == {"auth/login#shown": "auth/login#seen", "auth/login#typed": ""}
    assert found_.brought == {"auth/login#new", "auth/login#seen"}


def test_scenarios_of_a_renamed_requirement_are_edited_under_its_new_id() -> None:
    delta = DeltaNames("auth", renamed=(("logout", "leave"),), modified=(("leave", ScenarioEdits(removed=("gone",))),))
    assert gone(delta) == {"auth/logout": "auth/leave", "auth/logout#gone": ""}


def test_what_comes_again_under_the_name_is_not_gone() -> None:
    delta = DeltaNames("auth", removed=("logout",), added=(("logout", ("gone", "asked")),))
    assert gone(delta) == {}


def test_what_is_added_is_brought_with_its_scenarios() -> None:
    delta = DeltaNames("auth", rename_to="access", added=(("totp", ("asked",)),))
    assert {"access/totp", "access/totp#asked"} <= effect(LIVING, [delta]).brought


@pytest.mark.parametrize("delta", [REMOVE, RENAME])
def test_a_change_that_takes_something_away_can_be_committed(project: Repo, gitspec: Cli, delta: str) -> None:
    taking(project, gitspec, delta)
    project.git("reset", "-q", "--soft", "HEAD~1")
    assert gitspec("hook", "pre-commit").err == ""
    project.git("reset", "-q", "--", "src", "tests")
    assert gitspec("hook", "pre-commit").err == ""


def test_what_is_staged_decides_where_the_policy_makes_it_an_error(project: Repo, gitspec: Cli) -> None:
    project.write("spec/gitspec.yaml", 'version: "1"\nseverity:\n  E002: error\n')
    taking(project, gitspec)
    project.git("reset", "-q", "--soft", "HEAD~1")
    project.write("src/login.ts", "")
    project.write("tests/test_login.py", "")
    assert "src/login.ts:1: E002 code names auth/login-page" in gitspec("hook", "pre-commit", fails=1).err
    project.git("add", "src", "tests")
    assert gitspec("hook", "pre-commit").err == ""
