"""What stands behind lines of code, as data for JSON."""

from collections.abc import Sequence
from typing import Any

from gitspec.commands.why import CommitLines, Group, Why
from gitspec.commands.why_approvals import Judged
from gitspec.commands.why_changes import ChangeAnswer, TouchedRequirement
from gitspec.git.identity import utc_date


def why_data(why: Why) -> dict[str, Any]:
    """The body of `gitspec why --json`."""
    return {
        "path": why.path,
        "first": why.first or None,
        "last": why.last or None,
        "lines": why.lines,
        "answers": [_group_data(group) for group in why.groups],
        "changes": [_change_data(change) for change in why.changes.values()],
        "notes": list(why.notes),
    }


def _group_data(group: Group) -> dict[str, Any]:
    return {
        "lines": group.lines,
        "how": group.because.how,
        "changes": list(group.changes),
        "commits": [_commit_data(one) for one in group.commits],
    }


def _commit_data(one: CommitLines) -> dict[str, Any]:
    answer = one.answer
    return {
        "id": answer.commit.oid if answer else None,
        "author": answer.commit.author if answer else None,
        "day": utc_date(answer.commit.time) if answer else None,
        "subject": answer.commit.subject if answer else None,
        "lines": one.lines,
        "spans": [
            {
                "first": span.first,
                "last": span.first + span.lines - 1,
                "path": span.path if answer else None,
                "was": span.was if answer else None,
            }
            for span in one.spans
        ],
        "how": answer.because.how if answer else "uncommitted",
        "via": (answer.because.via or None) if answer else None,
        "said": (answer.because.said or None) if answer else None,
        "tickets": list(answer.because.tickets) if answer else [],
        "tasks": list(answer.said.tasks) if answer else [],
        "requirements": list(answer.said.specs) if answer else [],
        "release": one.release or None,
    }


def _change_data(change: ChangeAnswer) -> dict[str, Any]:
    def place(there: bool, name: str) -> str | None:
        return f"{change.folder}/{name}" if there else None

    return {
        "id": change.id,
        "state": change.state,
        "title": change.title or None,
        "kind": change.kind or None,
        "path": change.folder or None,
        "proposal": place(change.has_proposal, "proposal.md"),
        "design": place(change.has_design, "design.md"),
        "requirements": [_requirement_data(one) for one in change.requirements],
        "approvals": [{"by": a.by, "day": a.day, "signed": a.is_signed} for a in change.approvals],
        "approved": _judged_data(change.judged) if change.judged else None,
        "merged_in": change.merged_in or None,
        "imported": change.imported or None,
        "tag": change.tag or None,
        "archived_in": change.archived_in or None,
    }


def _judged_data(judged: Judged) -> dict[str, Any]:
    return {"counts": judged.counts, "why": judged.why or None, "policy_of": judged.policy_of}


def _requirement_data(requirement: TouchedRequirement) -> dict[str, Any]:
    scenarios: Sequence[dict[str, Any]] = [
        {
            "id": f"{requirement.name}#{one.name}",
            "kind": one.kind,
            "line": one.line,
            "now": f"{requirement.now or requirement.name}#{one.now}" if one.now else None,
        }
        for one in requirement.scenarios
    ]
    return {
        "id": requirement.name,
        "kind": requirement.kind,
        "was": requirement.was or None,
        "path": requirement.path,
        "line": requirement.line,
        "scenarios": scenarios,
        "now": requirement.now or None,
        "living": requirement.living or None,
    }
