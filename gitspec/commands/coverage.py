"""Which scenarios have tests: what lives beside what tests and code cite, and what became of the tests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from gitspec.commands.names import Named, no_scenario
from gitspec.commands.test_results import Tested
from gitspec.domain.citable import Citable
from gitspec.domain.citations import Citation
from gitspec.domain.finding import Finding, has_errors
from gitspec.domain.rules import finding
from gitspec.store.citable import Outline, citable, outlines
from gitspec.store.cited import citations_of
from gitspec.store.severities import in_force

if TYPE_CHECKING:
    from gitspec.store.spec import Spec

State = Literal["untested", "tested", "passed", "failed", "skipped", "not-run"]
"""``tested``: a test names it, and nobody gave results. With results: ``not-run`` when they say nothing of its tests."""


class Covered(NamedTuple):
    """What names one requirement or scenario as such. ``tests`` and ``code`` are places, ``results`` what became of tests."""

    name: str
    path: str
    line: int
    tests: tuple[Citation, ...]
    code: tuple[Citation, ...]
    results: tuple[Tested, ...]
    state: State


class CoveredRequirement(NamedTuple):
    """A requirement by itself, and its scenarios. One that is deferred is not asked for tests."""

    itself: Covered
    scenarios: tuple[Covered, ...]
    is_deferred: bool

    @property
    def asked(self) -> tuple[Covered, ...]:
        """What tests are asked for: each scenario, or the requirement itself when it has none."""
        return () if self.is_deferred else self.scenarios or (self.itself,)


class Coverage(NamedTuple):
    """``name`` is what was asked for, empty: everything; ``has_results`` whether results of tests were given."""

    name: str
    requirements: tuple[CoveredRequirement, ...]
    findings: tuple[Finding, ...]
    has_results: bool
    fail_under: float | None = None

    @property
    def asked(self) -> list[Covered]:
        """All that tests are asked for."""
        return [one for requirement in self.requirements for one in requirement.asked]

    @property
    def covered(self) -> int:
        """How much of it a test names; with results: how much passed."""
        wanted = "passed" if self.has_results else "tested"
        return sum(one.state == wanted for one in self.asked)

    @property
    def percent(self) -> float:
        """The share of it, of 100; all of nothing."""
        asked = len(self.asked)
        return 100 * self.covered / asked if asked else 100.0

    @property
    def is_too_low(self) -> bool:
        """Whether it is less than was demanded."""
        return self.fail_under is not None and self.percent < self.fail_under

    def fails(self, *, strict: bool) -> bool:
        """Whether the check fails."""
        return self.is_too_low or has_errors(self.findings, strict=strict)


def coverage(
    spec: "Spec", named: Named | None = None, results: Sequence[Tested] | None = None, fail_under: float | None = None
) -> Coverage:
    """The coverage of everything, or of a capability, requirement or scenario. ``results``: None when none were given.

    Findings are about capabilities that cannot be read and, when everything is asked for, about all names in tests, code
    and results that mean nothing. Raises CannotJudge L010 when the project has no policy, UsageError L011 for a scenario
    that does not exist, and what ``citations_at`` raises.
    """
    known = outlines(spec)
    _require_scenario(known, named)
    citations = citations_of(spec)
    cited = _by_name(citations)
    tested: dict[str, list[Tested]] = {}
    for result in results or ():
        tested.setdefault(result.name, []).append(result)
    chosen = [outline for found in known.values() for outline in found or () if _is_asked(outline, named)]
    look = _Look(cited, tested, results is not None)
    requirements = tuple(_requirement(outline, named, look) for outline in chosen)
    broken = [capability for capability, found in known.items() if found is None and _is_in(capability, named)]
    findings = tuple(f for capability in broken for f in spec.capability(capability).findings)
    if named is None:
        findings += tuple(_findings(spec, citable(spec, known), citations, results or ()))
    return Coverage(named.id if named else "", requirements, findings, results is not None, fail_under)


def _by_name(citations: Iterable[Citation]) -> dict[str, list[Citation]]:
    found: dict[str, list[Citation]] = {}
    for citation in citations:
        found.setdefault(citation.name, []).append(citation)
    return found


def _is_asked(outline: Outline, named: Named | None) -> bool:
    if named is None:
        return True
    if named.ref is None:
        return outline.name.rpartition("/")[0] == named.id
    return outline.name == f"{named.ref.capability}/{named.ref.requirement}"


def _is_in(capability: str, named: Named | None) -> bool:
    return named is None or capability == (named.ref.capability if named.ref else named.id)


def _require_scenario(known: Mapping[str, tuple[Outline, ...] | None], named: Named | None) -> None:
    if named is None or named.ref is None or named.ref.scenario is None:
        return
    path = f"{named.ref.capability}/{named.ref.requirement}"
    inside = [id_ for one in known[named.ref.capability] or () if one.name == path for id_, _ in one.scenarios]
    if named.ref.scenario not in inside:
        raise no_scenario(named.id, inside)


class _Look(NamedTuple):
    cited: Mapping[str, Sequence[Citation]]
    tested: Mapping[str, Sequence[Tested]]
    has_results: bool

    def at(self, name: str, path: str, line: int) -> Covered:
        cited, results = self.cited.get(name, ()), tuple(self.tested.get(name, ()))
        tests = tuple(c for c in cited if c.is_test)
        code = tuple(c for c in cited if not c.is_test)
        return Covered(name, path, line, tests, code, results, self._state(tests, results))

    def _state(self, tests: Sequence[Citation], results: Sequence[Tested]) -> State:
        outcomes = {result.outcome for result in results}
        if not self.has_results:
            return "tested" if tests else "untested"
        if outcomes & {"failed", "error"}:
            return "failed"
        if outcomes & {"passed", "xpassed"}:
            return "passed"
        return "skipped" if outcomes else "not-run" if tests else "untested"


def _requirement(outline: Outline, named: Named | None, look: _Look) -> CoveredRequirement:
    wanted = named.ref.scenario if named and named.ref else None
    scenarios = [(id_, line) for id_, line in outline.scenarios if wanted in (None, id_)]
    return CoveredRequirement(
        look.at(outline.name, outline.path, outline.line),
        tuple(look.at(f"{outline.name}#{id_}", outline.path, line) for id_, line in scenarios),
        outline.is_deferred,
    )


def _findings(spec: "Spec", known: Citable, citations: Sequence[Citation], results: Sequence[Tested]) -> list[Finding]:
    """E001 and E003 for all names that mean nothing, sorted by place."""
    unknown = [c for c in citations if not known.exists(c.name)]
    told = {c.name for c in unknown if c.is_test}
    strange = {r.name: r for r in reversed(results) if r.name not in told and not known.exists(r.name)}
    if not unknown and not strange:
        return []
    from gitspec.store.unknown_names import WaysOut

    ways = WaysOut(spec, known)
    helps = {name: ways.of(name) for name in dict.fromkeys([*(c.name for c in unknown), *strange])}
    found = [
        finding("E001" if c.is_test else "E003", f"there is no '{c.name}'", c.path, c.line, help=helps[c.name])
        for c in unknown
    ]
    found += [
        finding("E001", f"test {r.test} names '{name}', which does not exist", r.file, help=helps[name])
        for name, r in strange.items()
    ]
    return sorted(in_force(spec, found), key=lambda f: (f.path, f.line, f.message))
