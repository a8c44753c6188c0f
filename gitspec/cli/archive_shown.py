"""What archive and close print."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gitspec.cli.options import emit
from gitspec.commands.archive_call import Done, Preview
from gitspec.commands.archive_plan import Plan
from gitspec.domain.archive_message import summary
from gitspec.errors import EXIT_FINDINGS, EXIT_OK
from gitspec.render.json import finding_data
from gitspec.render.text import findings_text

if TYPE_CHECKING:
    from gitspec.commands.archive_drop import Dropped
    from gitspec.commands.archive_merged import Left, MergedPlan
    from gitspec.commands.archive_pr import Rolled

_VERBS = {"archive": "Archived", "close": "Closed", "unarchive": "Unarchived"}


def show(what: str, result: Done[Plan] | Preview[Plan], as_json: bool) -> int:
    """One change, archived or closed, or what that would be."""
    plan = result.plan
    data = _of_plan(plan, result.target.branch, result.target.tip)
    if isinstance(result, Preview):
        return _show_preview(what, [plan], data, [], result, as_json)
    _tell_recovered(result)
    outcome = result.outcome
    assert outcome is not None
    data |= {"commit": outcome.commit, "tag": outcome.tag or None, "left_as_edits": list(outcome.kept)}
    data |= {"pushed": result.pushed or None} if what == "archive" else {}
    lines = [f"{_VERBS[what]} {plan.operation.change} on {result.target.branch}: {outcome.commit}", *_summary(plan)]
    if outcome.tag:
        lines.append(f"Tag: {outcome.tag}")
    emit(as_json, what, data, [*lines, *_earlier(plan), *_ending(result)])
    return EXIT_OK


def show_merged(result: "Done[MergedPlan] | Preview[MergedPlan]", as_json: bool) -> int:
    """All complete changes of a branch; 1 when one of them cannot be archived."""
    merged, target = result.plan, result.target
    tree = merged.operation.tree if merged.operation else None
    data: dict[str, Any] = {"branch": target.branch, "parent": target.tip, "tree": tree}
    lines = _left_lines(merged.left)
    if isinstance(result, Preview):
        data["archived"] = [_of_plan(plan) for plan in merged.plans]
        data["left"] = _left_data(merged.left)
        _show_preview("archive-merged", merged.plans, data, lines, result, as_json)
        return _code(merged.left)
    _tell_recovered(result)
    outcome = result.outcome
    commits = outcome.commits if outcome else ()
    rows = list(zip(merged.plans, commits, strict=True))
    data["archived"] = [_of_plan(plan) | {"commit": commit, "tag": _tag(plan)} for plan, commit in rows]
    data["left"] = _left_data(merged.left)
    data |= {"left_as_edits": list(outcome.kept) if outcome else [], "pushed": result.pushed or None}
    shown = []
    for plan, commit in rows:
        shown += [f"Archived {plan.operation.change} on {target.branch}: {commit}", *_summary(plan), *_earlier(plan)]
    if not shown:
        shown = [f"Nothing to archive on {target.branch}"]
    emit(as_json, "archive-merged", data, [*shown, *_ending(result), *lines])
    return _code(merged.left)


def show_rolled(plans: Sequence[Plan], left: "Sequence[Left]", rolled: "Rolled", as_json: bool) -> int:
    """What became of the rolling branch of the pull request."""
    from gitspec.commands.archive_pr import ROLLING

    branch = ROLLING.removeprefix("refs/heads/")
    remote, base = rolled.remote.name, rolled.remote.ref.removeprefix("refs/heads/")
    data = {
        "remote": remote, "branch": branch, "base": base, "parent": rolled.target.tip, "state": rolled.state,
        "commit": rolled.commit or None, "archived": [_of_plan(plan) for plan in plans], "left": _left_data(left),
    }  # fmt: skip
    said = {
        "pushed": f"Pushed {branch} to {remote}: open a pull request to {base}, or look at the one that is open",
        "unchanged": f"Branch {branch} of {remote} has it already",
        "removed": f"Nothing to archive: removed {branch} from {remote}",
        "nothing": f"Nothing to archive on {remote}/{base}",
    }[rolled.state]
    names = [f"  {plan.operation.change}: {plan.title}" for plan in plans]
    emit(as_json, "archive-pr", data, [said, *names, *_left_lines(left)])
    return _code(left)


def show_dropped(dropped: "Dropped", as_json: bool) -> int:
    """An archive that was taken out of a branch."""
    data = {
        "change": dropped.change, "branch": dropped.branch, "folder": f"spec/archive/{dropped.name}",
        "archive": dropped.archive, "tag": dropped.tag or None, "before": dropped.before, "commit": dropped.commit,
        "kept": [{"before": before, "commit": after} for before, after in dropped.kept],
        "left_as_edits": list(dropped.left_as_edits),
    }  # fmt: skip
    lines = [f"Dropped the archive of {dropped.change} from {dropped.branch}: was commit {dropped.archive}"]
    if dropped.kept:
        count = len(dropped.kept)
        lines.append(f"Kept {count} later commit{'s' if count > 1 else ''}; the branch was at {dropped.before}")
    lines += _left_as_saved(dropped.left_as_edits)
    emit(as_json, "archive-drop", data, lines)
    return EXIT_OK


def _show_preview(
    what: str, plans: Sequence[Plan], data: dict[str, Any], more: Sequence[str],
    preview: Preview[Any], as_json: bool,
) -> int:  # fmt: skip
    text = preview.diff.decode("utf-8", "backslashreplace")
    data |= {"dry_run": True, "diff": text}
    verb = what if what in ("close", "unarchive") else "archive"
    lines: list[str] = []
    for plan in plans:
        lines += [f"Would {verb} {plan.operation.change} on {preview.target.branch}", *_summary(plan), *_earlier(plan)]
    operation = preview.plan.operation
    lines += more if plans else [f"Nothing to archive on {preview.target.branch}", *more]
    if operation:
        lines += [f"Tree: {operation.tree}", "", *text.rstrip("\n").split("\n")]
    emit(as_json, what, data, lines)
    return EXIT_OK


def _of_plan(plan: Plan, branch: str | None = None, parent: str | None = None) -> dict[str, Any]:
    where = {} if branch is None else {"branch": branch, "parent": parent}
    return {
        "change": plan.operation.change,
        "title": plan.title,
        **where,
        "tree": plan.operation.tree,
        "folder": f"spec/archive/{plan.name}",
        "capabilities": [touched._asdict() | {"was": touched.was or None} for touched in plan.touched],
        "findings": [finding_data(found) for found in plan.findings],
    }


def _tag(plan: Plan) -> str | None:
    return plan.operation.tag.name if plan.operation.tag else None


def _summary(plan: Plan) -> list[str]:
    return [f"  {line}" for line in summary(plan.touched)] + findings_text(plan.findings)


def _earlier(plan: Plan) -> list[str]:
    name = f"archive/{plan.name}"
    return [f"Tag: {name} stays on {plan.earlier[:12]}, the archive that was taken back"] if plan.earlier else []


def _ending(done: Done[Any]) -> list[str]:
    lines = [f"Pushed to {done.pushed}"] if done.pushed else []
    return lines + (_left_as_saved(done.outcome.kept) if done.outcome else [])


def _left_as_saved(paths: Sequence[str]) -> list[str]:
    return [f"Left as you saved it meanwhile: {path}" for path in paths]


def _left_lines(left: "Sequence[Left]") -> list[str]:
    lines = []
    for one in left:
        lines.append(f"Left {one.change}: {one.error.code} {one.error.message}")
        if one.why == "broken" and one.error.help:
            lines.append(f"  help: {one.error.help}")
    return lines


def _left_data(left: "Sequence[Left]") -> list[dict[str, Any]]:
    return [
        {
            "change": one.change, "why": one.why, "code": one.error.code, "message": one.error.message,
            "place": one.error.place, "help": one.error.help,
        }
        for one in left
    ]  # fmt: skip


def _code(left: "Sequence[Left]") -> int:
    return EXIT_FINDINGS if any(one.why == "broken" for one in left) else EXIT_OK


def _tell_recovered(done: Done[Any]) -> None:
    if done.recovered:
        sys.stderr.write(f"gitspec: {done.recovered}\n")
