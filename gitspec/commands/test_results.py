"""What became of tests, as their runs have recorded it: JUnit XML with properties `spec`, and reports of `--spec-report`.

Files come from strangers: of XML no document type is read, so no entity either, and nothing is fetched.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple
from xml.parsers import expat

from gitspec.domain.citations import composed
from gitspec.errors import UsageError

Outcome = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed"]
OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
PROPERTY = "spec"
_LARGEST = 500_000_000
_LONGEST = 10_000


class Tested(NamedTuple):
    """The outcome of one test that names a requirement or a scenario. ``test`` is its id as the run has it."""

    name: str
    test: str
    outcome: Outcome
    file: str
    """Where it was read."""


def read_junit(path: str) -> list[Tested]:
    """The results of tests with properties `spec`, of JUnit XML as pytest, Gradle, jest-junit and others write it.

    A property holds one name, or several with commas; one of a suite holds for all its tests. Raises UsageError U004 when
    the file cannot be read or is no such XML.
    """
    reader = _Junit(path)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(_read(path), True)  # noqa: FBT003
    except expat.ExpatError as error:
        reason = f"line {error.lineno}: {expat.ErrorString(error.code)}"
        raise _unreadable(path, f"is no XML: {reason}") from None
    except (LookupError, ValueError) as error:  # an encoding that there is not
        raise _unreadable(path, f"is no XML: {error}") from None
    if not reader.is_junit:
        raise _unreadable(path, "holds no test suite")
    return reader.results


def read_spec_report(path: str) -> list[Tested]:
    """The results in a file that `pytest --spec-report` wrote. Raises UsageError U004 when it is none."""
    import json

    try:
        held = json.loads(_read(path))
    except (ValueError, RecursionError):
        raise _unreadable(path, "is no JSON") from None
    if not isinstance(held, dict) or held.get("kind") != "spec-report" or held.get("gitspec") != 1:
        raise _unreadable(path, "is no report of `pytest --spec-report`")
    try:
        return [
            Tested(composed(_text(row["name"])), _text(test["test"]), _outcome(test["outcome"]), path)
            for row in (*held["requirements"], *held["scenarios"])
            for test in row["tests"]
        ]
    except (KeyError, TypeError, ValueError):
        raise _unreadable(path, "is no report of `pytest --spec-report`") from None


class _Junit:
    """Takes what expat finds; only properties and what became of tests count."""

    def __init__(self, path: str) -> None:
        self.results: list[Tested] = []
        self.is_junit = False
        self._path = path
        self._suites: list[list[str]] = []
        self._test = ""
        self._outcome: Outcome | None = None
        """Of the test that is being read; None: of none."""
        self._names: list[str] = []
        self._value: str | None = None

    def refuse(self, *_: Any) -> None:
        """A document type could name files, and entities that expand without end."""
        raise _unreadable(self._path, "has a document type, which gitspec does not read")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = tag.rpartition(":")[2]
        if tag in ("testsuite", "testsuites"):
            self.is_junit = True
            self._suites.append([])
        elif tag == "testcase":
            place = attributes.get("classname") or attributes.get("file") or ""
            name = attributes.get("name", "")
            self._test = f"{place}::{name}" if place else name
            self._outcome, self._names = "passed", []
        elif tag == "property" and attributes.get("name") == PROPERTY:
            self._value = attributes.get("value", "")
        elif self._outcome is not None and tag in ("failure", "error", "skipped"):
            self._outcome = _worse(self._outcome, tag, attributes.get("type", ""))

    def text(self, data: str) -> None:
        """Text; of a property it may be the value."""
        if self._value is not None and len(self._value) < _LONGEST:
            self._value += data

    def end(self, tag: str) -> None:
        """An element ends."""
        tag = tag.rpartition(":")[2]
        if tag in ("testsuite", "testsuites") and self._suites:
            self._suites.pop()
        elif tag == "property" and self._value is not None:
            names = [composed(name.strip()) for name in self._value[:_LONGEST].split(",")]
            into = self._names if self._outcome is not None else self._suites[-1] if self._suites else []
            into += [name for name in names if name]
            self._value = None
        elif tag == "testcase" and self._outcome is not None:
            wider = (name for suite in self._suites for name in suite)
            for name in dict.fromkeys((*self._names, *wider)):
                self.results.append(Tested(name, self._test, self._outcome, self._path))
            self._outcome = None


def _worse(outcome: Outcome, tag: str, kind: str) -> Outcome:
    if tag == "skipped":
        return outcome if outcome in ("failed", "error") else "xfailed" if kind == "pytest.xfail" else "skipped"
    return "error" if "error" in (tag, outcome) else "failed"


def _outcome(value: Any) -> Outcome:
    for outcome in OUTCOMES:
        if value == outcome:
            return outcome
    raise ValueError


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise _unreadable(path, "cannot be read") from None
    if len(data) > _LARGEST:
        raise _unreadable(path, f"is larger than {_LARGEST // 1_000_000} MB")
    return data


def _unreadable(path: str, why: str) -> UsageError:
    return UsageError("U004", why, place=path, help="give a file that the tests' run has written, after that run")


def read_results(junit: Iterable[str], spec_reports: Iterable[str]) -> list[Tested]:
    """All results of the files. Raises UsageError U004 for one that cannot be read."""
    found = [result for path in junit for result in read_junit(path)]
    return found + [result for path in spec_reports for result in read_spec_report(path)]
