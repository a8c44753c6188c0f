"""The plugin of pytest, in real runs of pytest in a real project."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from tests.conftest import Repo
from tests.coverage.conftest import NAME, Cli, change, specs, unlink

ROOT = Path(__file__).parents[2]
WriteTest = Callable[..., str]


class Run(NamedTuple):
    """How a run of pytest ended."""

    code: int
    out: str


PLUGIN = ("-p", "gitspec.pytest_plugin")


def run_pytest(folder: Path, *args: str, plugin: tuple[str, ...] = PLUGIN, **env: str) -> Run:
    """Run pytest as a user would, with the plugin as if gitspec were installed."""
    command = [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", "-q", *args]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **env}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=environment)
    out = done.stdout.decode() + done.stderr.decode()
    assert "INTERNALERROR" not in out, out
    return Run(done.returncode, out)


def report_of(repo: Repo, *args: str) -> dict[str, Any]:
    run_pytest(repo.path, "--spec-report", "out/spec.json", *args)
    return dict(json.loads(repo.read("out/spec.json")))


def outcomes(report: dict[str, Any]) -> dict[str, str | None]:
    """Outcome by name, of all that has tests."""
    return {row["name"]: row["outcome"] for row in (*report["requirements"], *report["scenarios"]) if row["tests"]}


def test_a_test_may_name_what_lives_and_what_an_active_change_adds(project: Repo, write_test: WriteTest) -> None:
    write_test("a", NAME, "auth/session-expiry", "auth/totp", "auth/totp#asked")
    assert run_pytest(project.path, "--strict-markers").code == 0


def test_a_name_of_nothing_is_an_error_of_the_collection_with_the_nearest_name(
    project: Repo, write_test: WriteTest
) -> None:
    path = write_test("a", "auth/session-expiry#idle-timeuot")
    done = run_pytest(project.path)
    assert done.code == pytest.ExitCode.INTERRUPTED
    assert f"{path}::test_a: E001 there is no 'auth/session-expiry#idle-timeuot'" in done.out
    assert f"help: did you mean {NAME}?" in done.out


def test_a_name_that_a_rename_has_left_behind_is_told_the_new_one(
    project: Repo, write_test: WriteTest, gitspec: Cli
) -> None:
    unlink(project)
    write_test("a", "auth/login-page#shown")
    change(project, "rename-login", "capability: auth\nrenamed:\n  - id: login-page\n    to: sign-in-page\n")
    project.commit("Rename")
    assert run_pytest(project.path).code == 0
    gitspec("archive", "rename-login")
    assert "  help: change rename-login renamed it: write auth/sign-in-page#shown" in run_pytest(project.path).out


def test_each_test_with_a_wrong_name_is_told(project: Repo) -> None:
    project.write(
        "tests/test_a.py",
        "import pytest\npytestmark = pytest.mark.spec('auth/nothing')\n\n"
        "class TestIt:\n    def test_in(self): pass\n\n@pytest.mark.spec('nonsense')\ndef test_out(): pass\n",
    )
    done = run_pytest(project.path)
    for line in (
        "tests/test_a.py::test_out: E001 there is no 'nonsense'",
        "tests/test_a.py::test_out: E001 there is no 'auth/nothing'",
    ):
        assert line in done.out
    project.write(
        "tests/test_b.py", "import pytest\nclass TestIt:\n  @pytest.mark.spec('a/b')\n  def test_x(self): pass\n"
    )
    assert "tests/test_b.py::TestIt::test_x: E001 there is no 'a/b'" in run_pytest(project.path).out


def test_what_is_no_name_is_an_error_too(project: Repo) -> None:
    project.write("test_a.py", "import pytest\n@pytest.mark.spec(1)\n@pytest.mark.spec(name='x')\ndef test_a(): pass\n")
    done = run_pytest(project.path)
    assert "takes names as texts, not int" in done.out and "takes no 'name', only names" in done.out
    assert done.code == pytest.ExitCode.INTERRUPTED


def test_a_name_that_comes_while_the_test_runs_fails_the_test(project: Repo) -> None:
    project.write(
        "conftest.py",
        "import pytest\ndef pytest_collection_modifyitems(items):\n"
        "    for item in items: item.add_marker(pytest.mark.spec('auth/nothing'))\n",
    )
    project.write("test_a.py", "def test_a(): pass\n")
    done = run_pytest(project.path)
    assert done.code == 1 and "E001 there is no 'auth/nothing'" in done.out


def test_names_that_come_while_a_test_runs_count_too(project: Repo) -> None:
    project.write(
        "test_a.py",
        "import pytest\n"
        "@pytest.fixture\ndef marked(request): request.node.add_marker(pytest.mark.spec('auth/totp'))\n"
        f"def test_a(request, marked): request.node.add_marker(pytest.mark.spec({NAME!r}))\n"
        "def test_b(request): request.node.add_marker(pytest.mark.spec('auth/nothing'))\n",
    )
    report = report_of(project, "--junitxml=junit.xml")
    assert outcomes(report) == {"auth/totp": "passed", NAME: "passed", "auth/nothing": "failed"}
    assert project.read("junit.xml").count('<property name="spec"') == 3


def test_whatever_form_of_unicode_the_editor_wrote_a_name_is_the_same(project: Repo, write_test: WriteTest) -> None:
    path = "spec/capabilities/auth.yaml"
    project.write(path, project.read(path).replace("login-page", "z\u00fcrich"))
    write_test("a", "auth/zu\u0308rich")
    assert outcomes(report_of(project)) == {"auth/z\u00fcrich": "passed"}


def test_control_characters_in_a_name_do_not_reach_the_terminal(project: Repo, write_test: WriteTest) -> None:
    write_test("a", "auth/\x1b[31mred")
    assert "\x1b" not in run_pytest(project.path, "--color=no").out


def test_the_names_that_removed_requirements_had_are_unknown(project: Repo, write_test: WriteTest) -> None:
    write_test("a", "auth/login-page#shown")
    assert run_pytest(project.path).code == 0
    auth = project.read("spec/capabilities/auth.yaml")
    project.write("spec/capabilities/auth.yaml", auth[: auth.index("  - id: login-page")])
    assert run_pytest(project.path).code == pytest.ExitCode.INTERRUPTED


def test_names_of_a_file_with_errors_are_not_judged(project: Repo, write_test: WriteTest) -> None:
    write_test("a", "auth/nothing", "billing/invoices/numbering")
    path = "spec/changes/add-2fa/deltas/auth.yaml"
    project.write(path, project.read(path).replace("added:", "addde:"))
    assert "E001" not in (out := run_pytest(project.path).out), out
    project.git("checkout", "-q", "--", path)
    project.write("spec/capabilities/auth.yaml", "capability: auth\nwhat: is this\n")
    assert run_pytest(project.path).code == 0


OUTCOMES = """\
import pytest

@pytest.mark.spec("auth/session-expiry#idle-timeout")
class TestClass:
    @pytest.mark.parametrize("n", [1, 2, pytest.param(3, marks=pytest.mark.spec("billing/invoices/numbering"))])
    def test_many(self, n): assert n != 2

@pytest.mark.spec("auth/login-page#shown")
@pytest.mark.spec("auth/login-page")
def test_passes(): pass

@pytest.mark.spec("auth/totp#asked")
@pytest.mark.skip(reason="not yet")
def test_skipped(): pass

@pytest.mark.spec("auth/totp")
@pytest.mark.xfail
def test_expected(): assert False

@pytest.fixture
def broken(): raise OSError

@pytest.mark.spec("billing/invoices/numbering#next-number")
def test_error(broken): pass

def test_without(): assert False
"""
EXPECTED = {
    NAME: "failed",
    "auth/login-page": "passed",
    "auth/login-page#shown": "passed",
    "auth/totp": "skipped",
    "auth/totp#asked": "skipped",
    "billing/invoices/numbering": "passed",
    "billing/invoices/numbering#next-number": "failed",
}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_report_and_junit_xml_have_the_names_of_tests_and_what_became_of_them(project: Repo, workers: str) -> None:
    project.write("tests/test_a.py", OUTCOMES)
    report = report_of(project, "-n", workers, "--junitxml=junit.xml")
    assert outcomes(report) == EXPECTED
    assert (report["gitspec"], report["kind"], report["commit"]) == (1, "spec-report", project.head())
    rows = {row["name"]: row for row in report["scenarios"]}
    found = {(test["test"], test["outcome"]) for test in rows[NAME]["tests"]}
    assert found == {
        ("tests/test_a.py::TestClass::test_many[1]", "passed"),
        ("tests/test_a.py::TestClass::test_many[2]", "failed"),
        ("tests/test_a.py::TestClass::test_many[3]", "passed"),
    }
    assert rows["billing/invoices/numbering#next-number"]["tests"][0]["outcome"] == "error"
    assert rows["auth/totp#asked"]["tests"][0]["outcome"] == "skipped"
    cases = {case.get("name"): case for case in ElementTree.parse(project.path / "junit.xml").iter("testcase")}
    properties = [(p.get("name"), p.get("value")) for p in cases["test_passes"].iter("property")]
    assert sorted(properties) == [("spec", "auth/login-page"), ("spec", "auth/login-page#shown")]
    assert list(cases["test_without"].iter("property")) == []
    assert [p.get("value") for p in cases["test_skipped"].iter("property")] == ["auth/totp#asked"]


def test_the_report_names_what_no_test_names(project: Repo, write_test: WriteTest) -> None:
    write_test("a", NAME)
    rows = {row["name"]: row for row in report_of(project)["scenarios"]}
    assert rows["auth/login-page#shown"] == {"name": "auth/login-page#shown", "outcome": None, "tests": []}


def test_the_report_has_exactly_the_keys_of_the_page(project: Repo, write_test: WriteTest) -> None:
    from tests.reading.test_json_shapes import EXAMPLES, compare

    write_test("a", NAME, "auth/login-page")
    compare(report_of(project), EXAMPLES["spec-report"], "spec-report")


def test_a_report_that_cannot_be_written_fails_the_run(project: Repo, write_test: WriteTest) -> None:
    write_test("a", NAME)
    project.write("file", "")
    done = run_pytest(project.path, "--spec-report", "file/report.json")
    assert done.code == pytest.ExitCode.USAGE_ERROR
    assert "no report of specs" in done.out


def test_a_subfolder_a_hook_and_a_file_of_its_own_find_the_project(project: Repo, write_test: WriteTest) -> None:
    write_test("a", "auth/nothing")
    hook = {"GIT_DIR": str(project.path.parent / "elsewhere"), "GIT_INDEX_FILE": "elsewhere"}
    assert run_pytest(project.path / "tests", **hook).code == pytest.ExitCode.INTERRUPTED
    assert run_pytest(project.path, "tests/test_a.py::test_a").code != 0


def test_a_project_below_the_folder_of_the_settings_is_found(project: Repo, write_test: WriteTest) -> None:
    path = write_test("a", "auth/nothing")
    above = project.path.parent
    (above / "pytest.ini").write_text("[pytest]\n")
    assert run_pytest(project.path, "--rootdir", str(above)).code == pytest.ExitCode.INTERRUPTED
    assert run_pytest(above, f"{project.path.name}/{path}").code == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize("with_git", [False, True])
def test_without_a_policy_marks_are_just_marks(tmp_path: Path, with_git: bool) -> None:
    folder = tmp_path / "plain"
    if with_git:
        Repo.init(folder)
    folder.mkdir(exist_ok=True)
    (folder / "test_a.py").write_text("import pytest\n@pytest.mark.spec('auth/nothing')\ndef test_a(): pass\n")
    assert run_pytest(folder, "--strict-markers", "--spec-report=r.json").code == 0
    report = json.loads((folder / "r.json").read_text())
    assert outcomes(report) == {"auth/nothing": "passed"} and report["commit"] is None


def test_a_project_outside_of_git_runs_and_says_that_names_were_not_checked(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    specs(Repo(folder))
    (folder / "test_a.py").write_text("import pytest\n@pytest.mark.spec('auth/nothing')\ndef test_a(): pass\n")
    done = run_pytest(folder)
    assert done.code == 0
    assert "names of specs were not checked" in done.out


def test_without_git_tests_run(project: Repo, write_test: WriteTest, tmp_path: Path) -> None:
    write_test("a", "auth/nothing")
    done = run_pytest(project.path, PATH=str(tmp_path))
    assert done.code == 0 and "names of specs were not checked" in done.out


def test_gitspec_is_not_imported_until_a_test_names_something(project: Repo) -> None:
    seen = (
        "import sys\ndef test_a():\n    assert sorted(m for m in sys.modules if m.startswith('gitspec')) == "
        "['gitspec', 'gitspec.pytest_plugin']\n    assert not {'pydantic', 'click', 'yaml'} & sys.modules.keys()\n"
    )
    project.write("test_a.py", seen)
    assert run_pytest(project.path).code == 0, run_pytest(project.path).out


def test_a_warm_run_imports_no_models(project: Repo) -> None:
    text = "import sys, pytest\n@pytest.mark.spec('auth/totp')\ndef test_a(): assert 'pydantic' not in sys.modules\n"
    project.write("test_a.py", text)
    run_pytest(project.path)
    assert run_pytest(project.path).code == 0


def test_the_entry_point_loads_it_and_naming_it_too_does_no_harm(
    project: Repo, write_test: WriteTest, tmp_path: Path
) -> None:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    installed = tmp_path / "site" / "gitspec-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: gitspec\nVersion: 1\n")
    rows = "".join(f"{name} = {module}\n" for name, module in points.items())
    (installed / "entry_points.txt").write_text(f"[pytest11]\n{rows}")
    write_test("a", "auth/nothing")
    path = os.pathsep.join((str(installed.parent), str(ROOT)))
    for args in ((), ("-p", "gitspec.pytest_plugin")):
        done = run_pytest(project.path, *args, plugin=(), PYTHONPATH=path)
        assert "E001 there is no 'auth/nothing'" in done.out and "egistered" not in done.out, done.out
    assert run_pytest(project.path, "-p", "no:gitspec.pytest_plugin", plugin=(), PYTHONPATH=path).code == 0


def test_it_can_be_switched_off_with_the_mark_still_known(project: Repo, write_test: WriteTest) -> None:
    write_test("a", "auth/nothing")
    assert run_pytest(project.path, "-p", "no:gitspec", "--strict-markers").code == 0


def test_only_the_controller_of_xdist_writes(project: Repo) -> None:
    text = "def test_a(request): assert not request.config.pluginmanager.has_plugin('gitspec-report')\n"
    project.write("test_a.py", text)
    assert run_pytest(project.path, "-n", "1", "--spec-report", "r.json").code == 0
    assert sorted(p.name for p in project.path.glob("r.json*")) == ["r.json"]


def test_help_and_markers_name_it_and_collecting_alone_does_no_harm(project: Repo, write_test: WriteTest) -> None:
    write_test("a", NAME)
    assert "--spec-report=FILE" in run_pytest(project.path, "--help").out
    assert "@pytest.mark.spec(name, ...)" in run_pytest(project.path, "--markers").out
    assert run_pytest(project.path, "--collect-only", "--spec-report", "r.json").code == 0
