"""The report of `pytest --spec-report FILE`: what became of the tests of each scenario."""

import os
from pathlib import Path
from typing import Any

import pytest

from gitspec.pytest_plugin import PROPERTY, shown, spec_of

_FAILED, _SKIPPED = ("failed", "error"), ("skipped", "xfailed")


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
        test = report.nodeid
        names = [str(value) for key, value in report.user_properties if key == PROPERTY]
        if names:  # the report of a worker that crashed has none, and a test may name something only while it runs
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
            terminalreporter.write_line(f"gitspec: no report of specs: {shown(self._failure)}", red=True)
        else:
            terminalreporter.write_sep("-", f"report of specs: {shown(str(self._path))}")

    def _data(self) -> dict[str, Any]:
        tests: dict[str, list[dict[str, Any]]] = {name: [] for name in self._all_names()}
        for test in filter(self._names.__contains__, self._outcomes):
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
