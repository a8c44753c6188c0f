"""The coverage of scenarios by tests as text, JSON, Markdown and CSV."""

from collections.abc import Iterator, Sequence
from typing import Any

from gitspec.commands.coverage import Coverage, Covered, CoveredRequirement, State
from gitspec.domain.citations import Citation
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.csv_table import csv_text
from gitspec.render.json import finding_data
from gitspec.render.markdown_report import escape
from gitspec.render.text import clean_line, columns, count, findings_text

_PLACES = 3
_ALL = 10**9
_GOOD: tuple[State, ...] = ("tested", "passed")


def coverage_text(coverage: Coverage, paint: Paint = PLAIN, *, everything: bool = False) -> list[str]:
    """Findings, what lacks tests (``everything``: all of it, with the places), a line for each capability, and the sum."""
    lines = findings_text(coverage.findings, paint)
    rows = [
        (_words(one.state), one.name, _where(one) or f"{one.path}:{one.line}")
        for requirement in coverage.requirements
        for one in _shown(requirement, everything=everything)
    ]
    lines += columns(rows)
    table = [_capability_row(name, found) for name, found in _by_capability(coverage).items()]
    if len(table) > 1 or not everything:
        lines += ([""] if lines else []) + columns(table)
    return [*lines, *([""] if lines else []), summary(coverage, paint)]


def summary(coverage: Coverage, paint: Paint = PLAIN) -> str:
    """One line: how many scenarios are covered, and whether that is enough."""
    text = f"{_share(coverage)} ({coverage.percent:.1f} %)"
    if coverage.is_too_low:
        return paint.bad(f"{text}, less than {coverage.fail_under:g} %")
    return paint.good(text) if coverage.covered == len(coverage.asked) else text


def coverage_data(coverage: Coverage) -> dict[str, Any]:
    """The body of `gitspec coverage --json`."""
    asked = coverage.asked
    return {
        "name": coverage.name or None,
        "results": coverage.has_results,
        "asked": len(asked),
        "covered": coverage.covered,
        "percent": round(coverage.percent, 2),
        "fail_under": coverage.fail_under,
        "states": {state: number for state in _states(coverage) if (number := sum(o.state == state for o in asked))},
        "requirements": [
            {
                **_covered_data(requirement.itself),
                "deferred": requirement.is_deferred,
                "scenarios": [_covered_data(scenario) for scenario in requirement.scenarios],
            }
            for requirement in coverage.requirements
        ],
        "findings": [finding_data(f) for f in coverage.findings],
    }


def coverage_markdown(coverage: Coverage) -> str:
    """A summary, a table of capabilities, and one of all that tests are asked for, gaps first."""
    parts = [f"## Coverage\n\n{escape(summary(coverage))}\n"]
    if coverage.findings:
        parts.append("\n| Rule | Where | Finding |\n|---|---|---|\n")
        parts += [f"| {f.code} | {escape(f.place)} | {escape(f.message)} |\n" for f in coverage.findings]
    parts.append("\n| Capability | Covered | Of | |\n|---|---|---|---|\n")
    parts += [
        f"| {escape(name)} | {covered} | {of} | {percent} |\n"
        for name, covered, of, percent in (_numbers(n, found) for n, found in _by_capability(coverage).items())
    ]
    parts.append("\n| | Scenario | Tests | Code |\n|---|---|---|---|\n")
    for one in sorted(coverage.asked, key=lambda one: one.state in _GOOD):
        cells = (_words(one.state), one.name, _tests(one, _ALL), _places(one.code, _ALL))
        parts.append("| " + " | ".join(map(escape, cells)) + " |\n")
    return "".join(parts)


def coverage_csv(coverage: Coverage) -> str:
    """A row for each requirement and each scenario."""
    header = ("capability", "requirement", "scenario", "state", "deferred", "tests", "code")
    return csv_text(header, _csv_rows(coverage))


def _csv_rows(coverage: Coverage) -> Iterator[tuple[str, ...]]:
    for requirement in coverage.requirements:
        for one in (requirement.itself, *requirement.scenarios):
            path, _, scenario = one.name.partition("#")
            capability, _, last = path.rpartition("/")
            deferred = "yes" if requirement.is_deferred else "no"
            tests, code = _tests(one, _ALL), _places(one.code, _ALL)
            yield capability, last, scenario, one.state, deferred, tests, code


def _states(coverage: Coverage) -> tuple[State, ...]:
    return ("passed", "failed", "skipped", "not-run", "untested") if coverage.has_results else ("tested", "untested")


def _covered_data(one: Covered) -> dict[str, Any]:
    return {
        "name": one.name,
        "path": one.path,
        "line": one.line,
        "state": one.state,
        "tests": [{"path": c.path, "line": c.line} for c in one.tests],
        "code": [{"path": c.path, "line": c.line} for c in one.code],
        "results": [{"test": r.test, "outcome": r.outcome} for r in one.results],
    }


def _shown(requirement: CoveredRequirement, *, everything: bool) -> Sequence[Covered]:
    if everything:  # of a requirement with scenarios nothing is asked itself
        itself = requirement.itself
        is_named = itself.state != "untested" or itself.code
        return (itself, *requirement.scenarios) if is_named or not requirement.scenarios else requirement.scenarios
    return [one for one in requirement.asked if one.state not in _GOOD]


def _words(state: State) -> str:
    return {"untested": "no test", "not-run": "not run"}.get(state, state)


def _where(one: Covered) -> str:
    """Where tests and code name it; empty when nowhere."""
    tests, code = _tests(one, _PLACES), _places(one.code, _PLACES)
    return "; ".join([*([tests] if tests else []), *([f"cited by code: {code}"] if code else [])])


def _tests(one: Covered, most: int) -> str:
    """The places of tests; of a failed one the tests that failed, of tests without a place their ids."""
    failed = [r.test for r in one.results if r.outcome in ("failed", "error")]
    if failed:
        return _listed(failed, most)
    if one.tests:
        return _places(one.tests, most)
    return _listed([r.test for r in one.results], most)


def _places(citations: Sequence[Citation], most: int) -> str:
    return _listed([f"{c.path}:{c.line}" for c in citations], most)


def _listed(items: Sequence[str], most: int) -> str:
    items = list(dict.fromkeys(clean_line(item) for item in items))
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def _by_capability(coverage: Coverage) -> dict[str, list[Covered]]:
    found: dict[str, list[Covered]] = {}
    for requirement in coverage.requirements:
        found.setdefault(requirement.itself.name.rpartition("/")[0], []).extend(requirement.asked)
    return found


def _numbers(name: str, found: Sequence[Covered]) -> tuple[str, int, int, str]:
    covered = sum(one.state in _GOOD for one in found)
    return name, covered, len(found), f"{100 * covered / len(found):.0f} %" if found else ""


def _capability_row(name: str, found: Sequence[Covered]) -> tuple[str, str, str]:
    _, covered, of, percent = _numbers(name, found)
    return name, f"{covered} of {of}", percent


def _share(coverage: Coverage) -> str:
    verb = "passed" if coverage.has_results else "have a test" if len(coverage.asked) != 1 else "has a test"
    return f"{coverage.covered} of {count(len(coverage.asked), 'scenario')} {verb}"
