"""The traceability matrix as the data of the page's script: one row for each requirement, what repeats told once."""

from typing import Any

from gitspec.commands.report_data import Report
from gitspec.render.report_page.prose import line

_OID = 12


def matrix_data(report: Report) -> dict[str, Any]:
    """``was``: requirements by their former names; ``changes`` [id, commits], ``tests`` and ``releases``, and ``rows``.

    A row: name, title, changes, commits that name the requirement itself, tests, release (or -1), scenarios, scenarios
    without a test, 1 when tests are asked for; changes, tests and the release as indices into the lists.
    """
    changes = [*report.changes, *report.archived]
    at = {change.id: i for i, change in enumerate(changes)}
    tests: dict[str, int] = {}
    releases: dict[str, int] = {}
    rows = []
    for r in report.requirements:
        places = [tests.setdefault(line(f"{t.path}:{t.line}"), len(tests)) for t in r.tests]
        rows.append(
            [
                r.name,
                line(r.title),
                sorted({at[t.change] for t in r.touches if t.change in at}),
                [c.oid[:_OID] for c in r.commits],
                sorted(set(places)),
                releases.setdefault(line(r.release), len(releases)) if r.release else -1,
                len(r.data.get("scenarios", ())),
                len(r.untested),
                int(not r.data.get("deferred")),
            ]
        )
    names = {r.name for r in report.requirements}
    return {
        "was": {t.was: r.name for r in report.requirements for t in r.touches if t.was and t.was not in names},
        "changes": [[c.id, [commit.oid[:_OID] for commit in c.commits]] for c in changes],
        "tests": list(tests),
        "releases": list(releases),
        "rows": rows,
    }
