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
OFF = "gitspec"
"""`-p no:gitspec` leaves nothing but the mark."""


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
    if config.pluginmanager.is_blocked(OFF):
        return
    top = _project_of(config)
    report = config.getoption("spec_report", None)
    if top or report:
        config.pluginmanager.register(Names(top), "gitspec-names")
    if report and not hasattr(config, "workerinput"):  # of pytest-xdist: its controller hears of all tests
        from gitspec.pytest_report import SpecReport

        path = config.invocation_params.dir / Path(report).expanduser()
        config.pluginmanager.register(SpecReport(path, top or config.rootpath), "gitspec-report")


def _project_of(config: pytest.Config) -> Path | None:
    """The project of a run: around its settings, else where it was started, else of the first file or folder given."""
    given = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args[:1])
    folders = (config.rootpath, config.invocation_params.dir, *given)
    return next((top for folder in dict.fromkeys(folders) if (top := _project(folder))), None)


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
        self._note(item)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """The same for marks that fixtures and the test itself have added."""
        self._note(item)

    def _note(self, item: pytest.Item) -> None:
        new = [(PROPERTY, name) for name in named_by(item) if (PROPERTY, name) not in item.user_properties]
        item.user_properties += new
        if new and (problems := list(self._problems(item))):
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
                elif (known := self._names()) is not None and not known[0].exists(composed(name)):
                    yield f"{item.nodeid}: E001 there is no '{shown(name)}'"
                    yield f"  help: {_help(known[1], composed(name))}"
            if mark.kwargs:
                yield f"{item.nodeid}: E001 the mark spec takes no '{shown(min(mark.kwargs))}', only names"

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
            self.unjudged = shown(error.message)
        except OSError as error:
            self.unjudged = shown(str(error))
        return None


def _help(ways: "WaysOut", name: str) -> str:
    from gitspec.errors import GitspecError

    try:
        return shown(ways.of(name))
    except (GitspecError, OSError):  # history cannot be read
        return "gitspec list --specs"


def named_by(item: pytest.Item) -> list[str]:
    """What a test names by its own marks and those of its class, file and folder, each once."""
    names = (name for mark in item.iter_markers(MARK) for name in mark.args if isinstance(name, str))
    return list(dict.fromkeys(map(composed, names)))


def composed(name: str) -> str:
    """A name in the form of Unicode in which ids are, whatever the editor wrote."""
    if name.isascii():
        return name
    from gitspec.domain.citations import composed as of

    return of(name)


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


def shown(text: str) -> str:
    """Text as a terminal may have it."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
