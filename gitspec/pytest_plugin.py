"""The plugin of pytest: tests name scenarios with ``@pytest.mark.spec("auth/session-expiry#idle-timeout")``.

Names that neither live nor are brought by an active change are errors of the collection. What a test names is a property
`spec` of its result, so that JUnit XML carries it, and ``--spec-report FILE`` writes what became of each scenario.

In a project without ``spec/gitspec.yaml`` nothing happens; gitspec itself is imported when the first mark is met.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gitspec.domain.citable import Citable
    from gitspec.store.spec import Spec
    from gitspec.store.unknown_names import WaysOut

MARK = "spec"
PROPERTY = "spec"
_POLICY = Path("spec", "gitspec.yaml")
_FAILED, _SKIPPED = ("failed", "error"), ("skipped", "xfailed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the report."""
    parser.getgroup("gitspec").addoption(
        "--spec-report",
        metavar="FILE",
        help="write what became of the tests of each scenario, as JSON (gitspec coverage --spec-report reads it)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark, and what watches the run as far as it is wanted."""
    config.addinivalue_line(
        "markers", f"{MARK}(name, ...): the requirements or scenarios that the test shows (gitspec)"
    )
    top = _project(config.rootpath)
    report = config.getoption("spec_report", None)
    if top or report:
        config.pluginmanager.register(Names(top), "gitspec-names")
    if report and not hasattr(config, "workerinput"):  # of pytest-xdist: its controller hears of all tests
        path = config.invocation_params.dir / Path(report).expanduser()
        config.pluginmanager.register(SpecReport(path, top or config.rootpath), "gitspec-report")


def _project(folder: Path) -> Path | None:
    """The top of the project around ``folder`` that has a policy; None when there is none before its repository ends."""
    for top in (folder, *folder.parents):
        if (top / _POLICY).is_file():
            return top
        if os.path.lexists(top / ".git"):
            break
    return None


class Names:
    """Judges the names on tests as they are collected."""

    def __init__(self, top: Path | None) -> None:
        self._top = top
        self._known: tuple[Citable, WaysOut] | None = None
        self._is_read = False
        self.unjudged = ""
        """Why no name can be judged."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:  # noqa: ARG002
        """Make the collection of a file or class fail that holds a test with a name of nothing."""
        outcome: Any = yield
        report = outcome.get_result()
        if not report.passed:
            return
        problems = [line for item in report.result if isinstance(item, pytest.Item) for line in self._problems(item)]
        if problems:
            report.outcome = "failed"
            report.longrepr = "\n".join(problems)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Put what the test names into its result, and fail it for a name that came after collection."""
        names = named_by(item)
        item.user_properties += [(PROPERTY, name) for name in names if (PROPERTY, name) not in item.user_properties]
        if names and (problems := list(self._problems(item))):
            pytest.fail("\n".join(problems), pytrace=False)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say that names were not judged."""
        if self.unjudged:
            terminalreporter.write_line(f"gitspec: names of specs were not checked: {self.unjudged}")

    def _problems(self, item: pytest.Item) -> Iterator[str]:
        marks = [mark for mark in item.iter_markers(MARK) if mark.args or mark.kwargs]
        for mark in marks:
            for name in mark.args:
                if not isinstance(name, str):
                    yield f"{item.nodeid}: E001 the mark spec takes names as texts, not {type(name).__name__}"
                elif (known := self._names()) is not None and not known[0].exists(name):
                    yield f"{item.nodeid}: E001 there is no '{_shown(name)}'"
                    yield f"  help: {_help(known[1], name)}"
            if mark.kwargs:
                yield f"{item.nodeid}: E001 the mark spec takes no '{_shown(min(mark.kwargs))}', only names"

    def _names(self) -> "tuple[Citable, WaysOut] | None":
        """What may be named, and what helps with other names; None when that cannot be told."""
        if not self._is_read:
            self._is_read = True
            self._known = self._read()
        return self._known

    def _read(self) -> "tuple[Citable, WaysOut] | None":
        from gitspec.errors import GitspecError
        from gitspec.store.citable import citable
        from gitspec.store.unknown_names import WaysOut

        try:
            if self._top is None:
                return None
            spec = spec_of(self._top)
            known = citable(spec)
            return known, WaysOut(spec, known)
        except GitspecError as error:
            self.unjudged = _shown(error.message)
        except OSError as error:
            self.unjudged = _shown(str(error))
        return None


def _help(ways: "WaysOut", name: str) -> str:
    from gitspec.errors import GitspecError

    try:
        return _shown(ways.of(name))
    except (GitspecError, OSError):  # history cannot be read
        return "gitspec list --specs"


class SpecReport:
    """Gathers what became of the tests that name something, and writes the report at the end."""

    def __init__(self, path: Path, top: Path) -> None:
        self._path = path
        self._top = top
        self._outcomes: dict[str, str] = {}
        self._seconds: dict[str, float] = {}
        self._names: dict[str, list[str]] = {}
        self._failure = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one phase of a test in; with pytest-xdist those of all workers arrive here."""
        names = [str(value) for key, value in report.user_properties if key == PROPERTY]
        if not names:
            return
        test = report.nodeid
        self._names[test] = list(dict.fromkeys(names))
        if report.when == "setup":  # a rerun begins anew
            self._outcomes.pop(test, None)
            self._seconds[test] = 0.0
        self._seconds[test] = self._seconds.get(test, 0.0) + report.duration
        outcome = _outcome_of(report)
        if outcome != "passed" or report.when == "call":
            before = self._outcomes.get(test)
            self._outcomes[test] = before if before in _FAILED else outcome

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report. A run that was asked for one and cannot write it has failed."""
        import json

        data = json.dumps(self._data(), ensure_ascii=True, indent=2) + "\n"
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(data, encoding="utf-8")
            temporary.replace(self._path)
        except (OSError, ValueError) as error:
            self._failure = str(error)
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the report is."""
        if self._failure:
            terminalreporter.write_line(f"gitspec: no report of specs: {_shown(self._failure)}", red=True)
        else:
            terminalreporter.write_sep("-", f"report of specs: {_shown(str(self._path))}")

    def _data(self) -> dict[str, Any]:
        tests: dict[str, list[dict[str, Any]]] = {name: [] for name in self._all_names()}
        for test in self._outcomes:
            row = {"test": test, "outcome": self._outcomes[test], "seconds": round(self._seconds[test], 3)}
            for name in self._names[test]:
                tests.setdefault(name, []).append(row)
        rows = [
            {"name": name, "outcome": _combined([row["outcome"] for row in found]), "tests": found}
            for name, found in sorted(tests.items())
        ]
        return {
            "gitspec": 1,
            "kind": "spec-report",
            "commit": _head(self._top) or None,
            "requirements": [row for row in rows if "#" not in str(row["name"])],
            "scenarios": [row for row in rows if "#" in str(row["name"])],
        }

    def _all_names(self) -> list[str]:
        """What lives, so that what no test names stands in the report too."""
        from gitspec.errors import GitspecError
        from gitspec.store.citable import citable

        try:
            return citable(spec_of(self._top)).names()
        except (GitspecError, OSError):
            return []


def named_by(item: pytest.Item) -> list[str]:
    """What a test names by its own marks and those of its class, file and folder, each once."""
    return list(dict.fromkeys(n for mark in item.iter_markers(MARK) for n in mark.args if isinstance(n, str)))


def spec_of(top: Path) -> "Spec":
    """spec/ as it lies in the work tree of the project at ``top``. Raises GitspecError."""
    from gitspec.errors import CannotJudge
    from gitspec.git.repository import discover
    from gitspec.git.snapshot import at_work_tree
    from gitspec.store.cache import Cache
    from gitspec.store.spec import Spec

    repo = discover(str(top), recover=False)
    if repo.top is None or not top.samefile(repo.top):
        raise CannotJudge("L010", "spec/ is not at the top of a Git repository")
    return Spec(at_work_tree(repo), Cache(repo))


def _head(top: Path) -> str:
    """The commit that was checked out; empty when there is none."""
    from gitspec.errors import GitspecError
    from gitspec.git.run import LOCAL_VARIABLES, run

    try:
        done = run(str(top), "rev-parse", "--verify", "-q", "HEAD^{commit}", env=dict.fromkeys(LOCAL_VARIABLES))
    except GitspecError:
        return ""
    return done.out.decode("ascii", "replace").strip() if done.status == 0 else ""


def _outcome_of(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        return "xpassed" if report.passed else "xfailed"
    if report.failed:
        return "failed" if report.when == "call" else "error"
    return "skipped" if report.skipped else "passed"


def _combined(outcomes: list[str]) -> str | None:
    """The outcome of a scenario: the worst of its tests; skipped only when nothing else ran; None without tests."""
    if any(outcome in _FAILED for outcome in outcomes):
        return "failed"
    if any(outcome not in _SKIPPED for outcome in outcomes):
        return "passed"
    return "skipped" if outcomes else None


def _shown(text: str) -> str:
    """Text as a terminal may have it."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
