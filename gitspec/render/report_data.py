"""A report as data for ``gitspec report --json``."""

from collections.abc import Iterable
from typing import Any

from gitspec.commands.report_data import (
    NamedCommit,
    Place,
    Report,
    ReportedCapability,
    ReportedChange,
    ReportedRequirement,
    gaps_of,
)


def report_data(report: Report) -> dict[str, Any]:
    """All keys of the JSON but the common ones."""
    gaps = gaps_of(report)
    return {
        "commit": report.commit or None,
        "gaps": {
            "broken": [c.path for c in gaps.broken],
            "tests_of_nothing": [stray._asdict() for stray in gaps.strays],
            "requirements_without_tests": [r.name for r in gaps.untested],
            "scenarios_without_tests": [f"{r.name}#{scenario}" for r, scenario in gaps.scenarios],
            "changes_without_commits": [c.id for c in gaps.without_commits],
            "open_tasks": [{"change": c.id, "tasks": [task.id for task in c.open_tasks]} for c in gaps.open_tasks],
        },
        "capabilities": [_capability(c) for c in report.capabilities],
        "changes": [_change(c) for c in (*report.changes, *report.archived)],
    }


def _capability(capability: ReportedCapability) -> dict[str, Any]:
    return {
        "id": capability.id,
        "path": capability.path,
        "title": capability.title,
        "problem": capability.problem or None,
        "requirements": [_requirement(r) for r in capability.requirements],
    }


def _requirement(requirement: ReportedRequirement) -> dict[str, Any]:
    return {
        "name": requirement.name,
        "title": requirement.title,
        "scenarios": [s["id"] for s in requirement.data.get("scenarios", ())],
        "history": [
            {
                "change": touch.change,
                "kind": touch.kind,
                "date": touch.day or None,
                "was": touch.was or None,
                "commit": touch.commit or None,
                "release": touch.release or None,
            }
            for touch in requirement.touches
        ],
        "commits": _commits(requirement.commits),
        "tests": _places(requirement.tests),
        "cited": _places(requirement.cited),
        "release": requirement.release or None,
    }


def _change(change: ReportedChange) -> dict[str, Any]:
    return {
        "id": change.id,
        "path": change.path,
        "title": change.title,
        "kind": change.kind,
        "state": change.state,
        "date": change.day or None,
        "tasks": change.counts._asdict(),
        "tasks_in_doubt": list(change.doubts),
        "requirements": [{"kind": kind, "name": name} for kind, name in change.touched],
        "commits": _commits(change.commits),
        "commit": change.commit or None,
        "release": change.release or None,
    }


def _commits(commits: Iterable[NamedCommit]) -> list[str]:
    return [commit.oid for commit in commits]


def _places(places: Iterable[Place]) -> list[dict[str, Any]]:
    return [{"path": p.path, "line": p.line, "scenario": p.scenario or None} for p in places]
