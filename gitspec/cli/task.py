"""`gitspec task`: keep the checklist of a change."""

from typing import TYPE_CHECKING, cast

import click

from gitspec.cli.options import TEXT, Group, at_option, change_argument, complete_task, emit, examples, json_option
from gitspec.domain.task_status import MARKS, TaskStatus

if TYPE_CHECKING:
    from gitspec.commands.task import Edited

_STATES = list(MARKS.values())


@click.group(
    cls=Group,
    epilog=examples(
        "gitspec task add add-2fa 'Store the secret' --requirement auth/totp-enrolment",
        "gitspec task set add-2fa 1.2 blocked --reason 'no test phone yet'",
        "gitspec task done add-2fa 1.1 1.2",
        "gitspec task list add-2fa",
    ),
)
def command() -> None:
    """Keep the checklist of a change (tasks.md), in place."""


@command.command(
    "add",
    epilog=examples(
        "gitspec task add add-2fa 'Store the secret'",
        "gitspec task add add-2fa 'Ask for a code' --group 'Sign-in' --requirement auth/totp-sign-in",
        "gitspec task add add-2fa 'Also on mobile' --below 1.2",
    ),
)
@change_argument()
@click.argument("text", type=TEXT)
@click.option(
    "--group", type=TEXT, help="Heading to add it under (its text or number); made when there is none of that name."
)
@click.option("--below", metavar="TASK", help="Nest it below that task.")
@click.option("--requirement", metavar="CAPABILITY/REQUIREMENT", help="The requirement that it serves.")
@json_option
def add_command(
    change: str, text: str, group: str | None, below: str | None, requirement: str | None, as_json: bool
) -> None:
    """Add a pending task; it gets the next number."""
    from gitspec.commands import task
    from gitspec.errors import UsageError
    from gitspec.git.repository import discover

    if group is not None and below is not None:
        raise UsageError("U000", "--group and --below exclude each other", help="leave one of them out")
    _show(task.add(discover(), change, text, group=group, requirement=requirement, parent=below), as_json)


@command.command(
    "set",
    epilog=examples(
        "gitspec task set add-2fa 1.1 in-progress",
        "gitspec task set add-2fa 1.1 done",
        "gitspec task set add-2fa 2.3 dropped --reason 'the library does it'",
    ),
)
@change_argument()
@click.argument("task_id", metavar="TASK", shell_complete=complete_task)
@click.argument("state", type=click.Choice(_STATES))
@click.option("--reason", type=TEXT, help="Why it is blocked or dropped.")
@json_option
def set_command(change: str, task_id: str, state: str, reason: str | None, as_json: bool) -> None:
    """Set the state of a task; only its line changes."""
    _set(change, (task_id,), cast("TaskStatus", state), reason, as_json)


@command.command(
    "done",
    epilog=examples(
        "gitspec task done add-2fa 1.1",
        "gitspec task done add-2fa 1.1 1.2 1.3",
        "gitspec task done add-2fa 1.1 --commit",
    ),
)
@change_argument()
@click.argument("task_ids", metavar="TASK...", nargs=-1, required=True, shell_complete=complete_task)
@click.option("--commit", "commits", is_flag=True, help="Commit it, with the trailers Change: and Task:.")
@json_option
def done_command(change: str, task_ids: tuple[str, ...], commits: bool, as_json: bool) -> None:
    """Tick tasks off: short for `task set CHANGE TASK done`.

    --commit makes one commit of tasks.md alone, on the tip of the branch, signed as Git is configured. What is staged
    stays staged, and it refuses when tasks.md has other edits. Git's commit hooks do not run. For a task that is done
    already the commit says so again, and changes nothing.
    """
    if not commits:
        _set(change, task_ids, "done", None, as_json)
        return
    import sys

    from gitspec.commands.task_commit import commit_done
    from gitspec.git.repository import discover

    done = commit_done(discover(), change, task_ids)
    if done.recovered:
        sys.stderr.write(f"gitspec: {done.recovered}\n")
    assert done.outcome is not None
    _show(done.plan.edited, as_json, done.outcome.commit, done.target.branch)


@command.command(
    "list",
    epilog=examples(
        "gitspec task list add-2fa", "gitspec task list add-2fa --json", "gitspec task list add-2fa --at main"
    ),
)
@change_argument()
@at_option
@json_option
def list_command(change: str, at: str | None, as_json: bool) -> int:
    """List the tasks of a change, with what history says against a tick; findings in tasks.md make it end with 1."""
    from gitspec.commands.task import listed
    from gitspec.domain.finding import has_errors
    from gitspec.git.repository import discover
    from gitspec.render.json import finding_data
    from gitspec.render.output import patience
    from gitspec.render.tasks import checklist_lines, doubts_data, task_data
    from gitspec.render.text import count, findings_text

    with patience("reading history"):
        tasks, doubts, need_commit = listed(discover(), change, at)
    data = {
        "change": change,
        "path": tasks.path,
        "ended": tasks.ended,
        "tasks": [task_data(item) for item in tasks.items],
        "tasks_in_doubt": doubts_data(doubts, need_commit=need_commit),
        "findings": [finding_data(finding) for finding in tasks.findings],
    }
    lines = list(checklist_lines(tasks.items, doubts))
    doubted = f", {len(doubts)} in doubt: gitspec validate {change}" if doubts else ""
    ended = f"{tasks.ended} of {count(len(tasks.items), 'task')} done or dropped{doubted}"
    lines += ["", ended] if lines else ["no tasks yet"]
    lines += findings_text(tasks.findings)
    emit(as_json, "tasks", data, lines)
    return 1 if has_errors(tasks.findings) else 0


def _set(change: str, task_ids: tuple[str, ...], status: TaskStatus, reason: str | None, as_json: bool) -> None:
    from gitspec.commands import task
    from gitspec.git.repository import discover

    _show(task.set_all(discover(), change, task_ids, status, reason), as_json)


def _show(edited: "Edited", as_json: bool, commit: str = "", branch: str = "") -> None:
    from gitspec.render.tasks import task_data, task_line

    tasks = edited.tasks
    data = {
        "change": tasks.change,
        "written": [tasks.path] if edited.written else [],
        "tasks": [task_data(item) for item in edited.items],
        "ended": tasks.ended,
        "total": len(tasks.items),
        "commit": commit or None,
    }
    lines = [f"{'wrote' if edited.written else 'unchanged:'} {tasks.path}", *map(task_line, edited.items)]
    if commit:
        lines.append(f"committed on {branch}: {commit}")
    elif edited.wants_commit:
        numbers = [item.id for item in edited.items]
        trailers = " and ".join(f"'{line}'" for line in (f"Change: {tasks.change}", *(f"Task: {n}" for n in numbers)))
        way = f"gitspec task done {tasks.change} {' '.join(numbers)} --commit"
        lines.append(f"wanted: a commit with {trailers}; or: {way}")
    lines.append(f"{tasks.ended} of {len(tasks.items)} done or dropped")
    if tasks.items and tasks.ended == len(tasks.items):
        lines.append(f"next: gitspec validate {tasks.change}")
    emit(as_json, "task", data, lines)
