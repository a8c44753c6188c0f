"""`gitspec coverage`: which scenarios have tests, what names nothing, and what became of the tests."""

import csv
import io
from collections.abc import Callable

import pytest

from gitspec.store import stat_cache
from tests.conftest import Repo
from tests.coverage.conftest import NAME, Cli, change, unlink
from tests.coverage.test_pytest_plugin import run_pytest
from tests.reading.test_json_shapes import EXAMPLES, compare

WriteTest = Callable[..., str]
JUNIT = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="s">
  <testcase classname="SessionTest" name="idle">
    <properties><property name="spec" value="{name}"/></properties>{inside}
  </testcase>
</testsuite></testsuites>
"""


def states(cli: Cli, *args: str, fails: int = 0) -> dict[str, str]:
    """State of each requirement and scenario by name."""
    shown = cli("coverage", "--json", *args, fails=fails).json
    return {one["name"]: one["state"] for r in shown["requirements"] for one in (r, *r["scenarios"])}


def test_scenarios_with_and_without_tests(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    write_test("a", NAME)
    project.write("src/login.ts", "// Spec: auth/login-page\n")
    shown = gitspec("coverage", "--json").json
    assert (shown["asked"], shown["covered"], shown["states"]) == (3, 1, {"tested": 1, "untested": 2})
    expiry, login, _ = shown["requirements"]
    assert expiry["state"] == "untested"
    assert expiry["scenarios"][0]["tests"] == [{"path": "tests/test_a.py", "line": 3}]
    assert login["code"] == [{"path": "src/login.ts", "line": 1}] and login["tests"] == []


def test_text_lists_the_gaps_and_sums_up(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    write_test("a", NAME)
    lines = gitspec("coverage").lines
    assert [line.split()[2] for line in lines if line.startswith("no test")] == [
        "auth/login-page#shown",
        "billing/invoices/numbering#next-number",
    ]
    assert "auth              1 of 2  50 %" in lines
    assert lines[-1] == "1 of 3 scenarios have a test (33.3 %)"
    everything = gitspec("coverage", "--all").lines
    assert any(line.startswith("tested ") and "tests/test_a.py:3" in line for line in everything)
    assert not any(line.split()[2:3] == ["auth/login-page"] for line in everything), "nothing is asked of it itself"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("auth", [NAME, "auth/login-page#shown"]),
        ("auth/session-expiry", [NAME]),
        (NAME, [NAME]),
        ("billing/invoices", ["billing/invoices/numbering#next-number"]),
    ],
)
def test_a_name_limits_what_is_looked_at(project: Repo, gitspec: Cli, name: str, asked: list[str]) -> None:
    shown = gitspec("coverage", name, "--json").json
    assert [s["name"] for r in shown["requirements"] for s in r["scenarios"]] == asked
    assert shown["name"] == name


def test_a_scenario_that_there_is_not_is_wrong_usage_with_the_nearest_one(project: Repo, gitspec: Cli) -> None:
    done = gitspec("coverage", "auth/session-expiry#idle-timeuot", fails=2)
    assert "L011" in done.err and f"did you mean {NAME}?" in done.err


def test_a_requirement_without_scenarios_is_covered_by_its_own_name(
    project: Repo, write_test: WriteTest, gitspec: Cli
) -> None:
    invoices = project.read("spec/capabilities/billing/invoices.yaml")
    project.write("spec/capabilities/billing/invoices.yaml", invoices[: invoices.index("    scenarios:")])
    assert gitspec("coverage", "billing/invoices", "--json").json["covered"] == 0
    write_test("a", "billing/invoices/numbering")
    assert gitspec("coverage", "billing/invoices", "--json").json["percent"] == 100


def test_naming_a_requirement_covers_none_of_its_scenarios(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    write_test("a", "auth/session-expiry")
    found = states(gitspec)
    assert (found["auth/session-expiry"], found[NAME]) == ("tested", "untested")


def test_nothing_is_asked_of_a_deferred_requirement(project: Repo, gitspec: Cli) -> None:
    invoices = project.read("spec/capabilities/billing/invoices.yaml")
    project.write(
        "spec/capabilities/billing/invoices.yaml",
        invoices.replace("    scenarios:", "    deferred: |\n      Next year.\n    scenarios:"),
    )
    assert gitspec("coverage", "--json").json["asked"] == 2


@pytest.mark.spec("history/test-coverage#unknown-name")
def test_a_test_that_names_nothing_fails_with_its_place_and_the_nearest_name(
    project: Repo, write_test: WriteTest, gitspec: Cli
) -> None:
    write_test("a", "auth/session-expiry#idle-timeuot")
    project.write("checks_test.go", "package x\n\n// Spec: auth/login-pag\n")
    project.write("src/a.go", "// Spec: nothing/at-all\n// Spec: auth/login-page#xyz\n")
    done = gitspec("coverage", fails=1)
    assert "checks_test.go:3: E001 there is no 'auth/login-pag'" in done.lines
    assert "  help: did you mean auth/login-page?" in done.lines
    assert "tests/test_a.py:3: E001 there is no 'auth/session-expiry#idle-timeuot'" in done.lines
    assert f"  help: did you mean {NAME}?" in done.lines
    assert "src/a.go:1: E003 warning: there is no 'nothing/at-all'" in done.lines
    assert "  help: its scenarios: gitspec show auth/login-page" in done.lines


def test_code_that_names_nothing_is_a_warning(project: Repo, gitspec: Cli) -> None:
    project.write("src/a.go", "// Spec: nothing/at-all\n")
    gitspec("coverage")
    gitspec("coverage", "--strict", fails=1)
    project.write("spec/gitspec.yaml", 'version: "1"\nseverity:\n  E003: error\n')
    gitspec("coverage", fails=1)


def test_what_an_active_change_brings_may_be_named(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    write_test("a", "auth/totp", "auth/totp#asked")
    assert gitspec("coverage", "--json").json["findings"] == []


def test_a_scenario_that_was_renamed_or_removed_is_told_so(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    unlink(project)
    edit = "capability: auth\nmodified:\n  - id: login-page\n    scenarios:\n      {kind}:\n        - id: {id}\n"
    change(project, "rename-shown", edit.format(kind="renamed", id="shown") + "          to: seen-by-all\n")
    gitspec("delta", "stamp", "rename-shown")
    project.commit("Rename")
    gitspec("archive", "rename-shown")
    change(project, "rename-login", "capability: auth\nrenamed:\n  - id: login-page\n    to: sign-in-page\n")
    project.commit("Rename")
    gitspec("archive", "rename-login")
    write_test("a", "auth/login-page#shown", "auth/login-page#seen-by-all")
    lines = gitspec("coverage", fails=1).lines
    assert lines.count("  help: change rename-login renamed it: write auth/sign-in-page#seen-by-all") == 2
    change(project, "drop", edit.format(kind="removed", id="seen-by-all").replace("login", "sign-in"))
    gitspec("delta", "stamp", "drop")
    project.commit("Drop")
    gitspec("archive", "drop")
    assert (
        gitspec("coverage", fails=1).lines.count("  help: change drop removed it; delete what is no longer wanted") == 2
    )


def test_a_name_from_before_a_rename_is_told_the_new_one(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    unlink(project)
    change(project, "rename-login", "capability: auth\nrenamed:\n  - id: login-page\n    to: sign-in-page\n")
    project.commit("Rename")
    gitspec("archive", "rename-login")
    write_test("a", "auth/login-page#shown")
    done = gitspec("coverage", fails=1)
    assert "  help: change rename-login renamed it: write auth/sign-in-page#shown" in done.lines


def test_a_name_from_before_a_removal_is_told_who_removed_it(
    project: Repo, write_test: WriteTest, gitspec: Cli
) -> None:
    unlink(project)
    change(project, "no-login", "capability: auth\nremoved:\n  - id: login-page\n    reason: Nobody used it.\n")
    gitspec("delta", "stamp", "no-login")
    project.commit("Remove")
    gitspec("archive", "no-login")
    write_test("a", "auth/login-page#shown")
    assert "change no-login removed it" in gitspec("coverage", fails=1).out


def test_what_became_of_a_name_costs_no_look_for_each_archived_change(
    project: Repo, write_test: WriteTest, gitspec: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    real = stat_cache.oids_by_stat
    monkeypatch.setattr(stat_cache, "oids_by_stat", lambda *args: (looks.append(1), real(*args))[1])
    write_test("a", "auth/nothing")
    seen = []
    for numbers in ((1,), (2, 3, 4)):
        for number in numbers:
            change(project, "old", "capability: auth\nadded:\n  - id: old\n    text: It MUST be.\n")
            (project.path / "spec/archive").mkdir(exist_ok=True)
            (project.path / "spec/changes/old").rename(project.path / f"spec/archive/2026-11-0{number}-old-{number}")
        looks.clear()
        gitspec("coverage", fails=1)
        seen.append(len(looks))
    assert seen[0] == seen[1]


def test_fail_under(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    write_test("a", NAME)
    gitspec("coverage", "--fail-under", "33")
    assert "less than 34 %" in gitspec("coverage", "--fail-under", "34", fails=1).out
    gitspec("coverage", "auth/session-expiry", "--fail-under", "100")
    gitspec("coverage", "--fail-under", "101", fails=2)


def test_at_a_revision_specs_and_tests_are_those_of_the_commit(
    project: Repo, write_test: WriteTest, gitspec: Cli
) -> None:
    write_test("a", NAME)
    project.commit("Test it")
    project.git("rm", "-q", "-r", "tests")
    project.commit("Without")
    assert states(gitspec, "--at", "HEAD~2")[NAME] == "untested"
    assert states(gitspec, "--at", "HEAD~1")[NAME] == "tested"
    assert states(gitspec, "--at", "HEAD~1", "--no-cache")[NAME] == "tested"
    assert states(gitspec)[NAME] == "untested"


def test_a_bare_repository(project: Repo, write_test: WriteTest, gitspec: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    write_test("a", NAME)
    project.commit("Test it")
    monkeypatch.chdir(project.bare(project.path.parent / "bare.git").path)
    assert states(gitspec)[NAME] == "tested"


def test_a_capability_that_cannot_be_read_is_no_pass(project: Repo, gitspec: Cli) -> None:
    project.write("spec/capabilities/auth.yaml", "capability: auth\nwhat: is this\n")
    assert "spec/capabilities/auth.yaml:2:1: S001" in gitspec("coverage", fails=1).out


def test_without_a_policy_nothing_is_judged(repo: Repo, gitspec: Cli) -> None:
    assert "L010" in gitspec("coverage", fails=3).err


# -- results


@pytest.mark.parametrize(
    ("inside", "state"),
    [
        ("", "passed"),
        ("<failure message='x'>trace</failure>", "failed"),
        ("<error/>", "failed"),
        ("<skipped/>", "skipped"),
        ("<skipped type='pytest.xfail'/>", "skipped"),
    ],
)
def test_junit_tells_what_became_of_tests(project: Repo, gitspec: Cli, inside: str, state: str) -> None:
    project.write("junit.xml", JUNIT.format(name=NAME, inside=inside))
    found = states(gitspec, "--junit", "junit.xml")
    assert (found[NAME], found["auth/login-page#shown"]) == (state, "untested")


def test_with_results_covered_means_passed(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    write_test("a", NAME)
    write_test("b", "auth/login-page#shown")
    project.write("junit.xml", JUNIT.format(name=NAME, inside="<failure/>"))
    shown = gitspec("coverage", "--junit", "junit.xml", "--json").json
    assert (shown["covered"], shown["states"]) == (0, {"failed": 1, "not-run": 1, "untested": 1})
    text = gitspec("coverage", "--junit", "junit.xml", "--fail-under", "1", fails=1).out
    assert "failed   auth/session-expiry#idle-timeout        SessionTest::idle" in text
    assert "not run  auth/login-page#shown" in text


def test_one_failed_test_fails_its_scenario(project: Repo, gitspec: Cli) -> None:
    project.write("a.xml", JUNIT.format(name=NAME, inside=""))
    project.write("b.xml", JUNIT.format(name=NAME, inside="<failure/>"))
    assert states(gitspec, "--junit", "a.xml", "--junit", "b.xml")[NAME] == "failed"


def test_junit_of_other_makes(project: Repo, gitspec: Cli) -> None:
    project.write(
        "a.xml",
        f"<testsuite><properties><property name='spec' value='{NAME}'/></properties>"
        "<testcase name='one'/><testcase name='two'><properties><property name='spec'>auth/login-page#shown,\n"
        "auth/login-page</property><property name='other' value='auth/totp'/></properties></testcase></testsuite>",
    )
    found = states(gitspec, "--junit", "a.xml")
    assert [found[n] for n in (NAME, "auth/login-page#shown", "auth/login-page")] == ["passed"] * 3


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nothing",
        "<a/>",
        "<testsuite>",
        '<?xml version="1.0" encoding="nonsense"?><testsuite/>',
        '<!DOCTYPE x [<!ENTITY a "b">]><testsuite name="&a;"/>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite/>',
        '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><testsuite>&b;</testsuite>',
        "<testsuite>&other;</testsuite>",
        "<testsuite>\0</testsuite>",
    ],
)
def test_xml_that_is_not_what_it_should_be_is_refused(project: Repo, gitspec: Cli, content: str) -> None:
    project.write("junit.xml", content)
    done = gitspec("coverage", "--junit", "junit.xml", fails=2)
    assert "junit.xml: U004" in done.err


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"kind": "spec-report"}', '{"gitspec": 1, "kind": "coverage"}', "[" * 100_000,
     '{"gitspec": 1, "kind": "spec-report", "requirements": [], "scenarios": [{"name": 1, "tests": [{"test": "x"}]}]}',
     '{"gitspec": 1, "kind": "spec-report", "requirements": 1, "scenarios": []}'],
)  # fmt: skip
def test_json_that_is_not_what_it_should_be_is_refused(project: Repo, gitspec: Cli, content: str) -> None:
    project.write("r.json", content)
    assert "r.json: U004" in gitspec("coverage", "--spec-report", "r.json", fails=2).err


def test_a_file_that_is_not_there(project: Repo, gitspec: Cli) -> None:
    assert "U004" in gitspec("coverage", "--junit", "no.xml", fails=2).err


def test_a_result_that_names_nothing_is_an_error_of_that_file(project: Repo, gitspec: Cli) -> None:
    project.write("junit.xml", JUNIT.format(name="auth/session-expiri", inside=""))
    done = gitspec("coverage", "--junit", "junit.xml", fails=1)
    assert done.lines[0] == "junit.xml: E001 test SessionTest::idle names 'auth/session-expiri', which does not exist"
    assert done.lines[1] == "  help: did you mean auth/session-expiry?"


def test_what_pytest_writes_is_read_back(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    write_test("a", NAME, "auth/session-expiry")
    write_test("b", "auth/login-page#shown", body="assert False")
    write_test("c", "billing/invoices/numbering#next-number", body="pytest.skip()")
    run_pytest(project.path, "--spec-report=r.json", "--junitxml=j.xml")
    expected = {
        "auth/session-expiry": "passed", NAME: "passed", "auth/login-page": "untested",
        "auth/login-page#shown": "failed", "billing/invoices/numbering": "untested",
        "billing/invoices/numbering#next-number": "skipped",
    }  # fmt: skip
    assert states(gitspec, "--spec-report", "r.json") == expected
    assert states(gitspec, "--junit", "j.xml") == expected


# -- formats


def test_the_json_has_exactly_the_keys_of_the_page(project: Repo, write_test: WriteTest, gitspec: Cli) -> None:
    write_test("a", NAME, "auth/nothing")
    project.write("src/a.c", f"// Spec: {NAME}\n")
    project.write("junit.xml", JUNIT.format(name=NAME, inside=""))
    shown = gitspec("coverage", "--json", "--junit", "junit.xml", "--fail-under", "1", fails=1).json
    shown["states"] = EXAMPLES["coverage"]["states"]
    compare(shown, EXAMPLES["coverage"], "coverage")
    assert gitspec("coverage", "--format", "json", fails=1).json["kind"] == "coverage"


def test_csv_and_markdown_are_inert(project: Repo, gitspec: Cli) -> None:
    strange = "tests/=cmd|x'_<b>@me.py"
    project.write(strange, f"# Spec: {NAME}, auth/nothing\n")
    rows = list(csv.reader(io.StringIO(gitspec("coverage", "--format", "csv", fails=1).out)))
    assert rows[0] == ["capability", "requirement", "scenario", "state", "deferred", "tests", "code"]
    assert ["auth", "session-expiry", "idle-timeout", "tested", "no", f"{strange}:1", ""] in rows
    markdown = gitspec("coverage", "--format", "markdown", fails=1).out
    assert "<b>" not in markdown and "@me" not in markdown and "| E001 |" in markdown
    assert "1 of 3 scenarios have a test" in markdown


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "=1\r\n"])
def test_no_cell_is_a_formula(cell: str) -> None:
    from gitspec.render.csv_table import csv_text

    assert next(csv.reader(io.StringIO(csv_text(["a"], [[cell]]).split("\r\n", 1)[1])))[0].startswith("'")


def test_terminal_escapes_in_paths_are_not_shown(project: Repo, gitspec: Cli) -> None:
    project.write("tests/a\x1b[31m.sh", f"# Spec: {NAME}, auth/nothing\n")
    for args in (("--all",), ("--format", "csv"), ("--format", "markdown"), ("--json",)):
        assert "\x1b" not in gitspec("coverage", *args, fails=1).out
