"""`gitspec ci`: what a pipeline runs, told by the forge's own variables what to judge."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from gitspec.cli.options import Group, examples, json_option
from gitspec.errors import EXIT_CANNOT, EXIT_FINDINGS, EXIT_OK, CannotJudge, GitspecError

if TYPE_CHECKING:
    from gitspec.commands.pull_request import Judged
    from gitspec.commands.pull_request_event import Event, Landing

_MOST_BYTES = 64 << 20


def _options(function: "Callable[..., Any]") -> "Callable[..., Any]":
    for option in (
        json_option,
        click.option("--strict", is_flag=True, help="Let warnings fail the check too."),
        click.option(
            "--landing",
            type=click.Choice(["auto", "squash", "rebase", "merge", "any"]),
            default="auto",
            show_default=True,
            help="How pull requests land here: as the forge is set, in one way, or in any.",
        ),
    ):
        function = option(function)
    return function


@click.group(cls=Group, epilog=examples("gitspec ci github", "gitspec ci gitlab --landing squash"))
def command() -> None:
    """Judge a pull request, a merge group or a push in a pipeline."""


@command.command("github", epilog=examples("gitspec ci github", "gitspec ci github --landing squash --strict"))
@_options
def github_command(landing: str, strict: bool, as_json: bool) -> int:
    """Judge the event of a GitHub Actions run: pull_request, merge_group or push.

    Judges every commit by the policy of the branch before it, the commit that GitHub will make of title and body, and
    whether each change can be archived after all others that are complete. Needs the whole history (fetch-depth: 0);
    what it cannot judge is exit 3. Writes annotations to the log, a summary to GITHUB_STEP_SUMMARY, and `verdict`,
    `errors` and `warnings` to GITHUB_OUTPUT.
    """
    from gitspec.render.github import annotations

    try:
        judged = _judge(_github_event, landing)
    except GitspecError as error:
        return _github_stopped(error)
    if as_json:
        return _as_json(judged, strict)
    from gitspec.render.output import write_commands
    from gitspec.render.pull_request import judged_markdown

    write_commands(annotations(judged.report, strict=strict))
    _append("GITHUB_STEP_SUMMARY", judged_markdown(judged, strict=strict))
    severities = [found.severity for _, found in judged.report.findings()]
    verdict = "refused" if judged.report.is_refused(strict=strict) else "passed"
    _append("GITHUB_OUTPUT", _outputs(verdict, severities.count("error"), severities.count("warning")))
    return _code(judged, strict)


@command.command("gitlab", epilog=examples("gitspec ci gitlab", "gitspec ci gitlab --landing squash"))
@_options
def gitlab_command(landing: str, strict: bool, as_json: bool) -> int:
    """Judge the pipeline of a GitLab merge request, or of a push.

    As `gitspec ci github`; needs GIT_DEPTH: 0. The findings are printed as text.
    """
    judged = _judge(_gitlab_event, landing)
    if as_json:
        return _as_json(judged, strict)
    from gitspec.render.check import check_text
    from gitspec.render.output import write_lines

    write_lines(check_text(judged.report, strict=strict))
    return _code(judged, strict)


def _judge(read: "Callable[[], Event]", landing: str) -> "Judged":
    from gitspec.commands.pull_request import judge_event
    from gitspec.commands.pull_request_event import LANDINGS
    from gitspec.git.repository import discover

    event = read()
    chosen: tuple[Landing, ...] | None = None
    if landing != "auto":
        chosen = tuple(how for how in LANDINGS if landing in (how, "any"))
    return judge_event(discover(), event, chosen)


def _github_event() -> "Event":
    import json

    from gitspec.commands.pull_request_event import github_event

    path = os.environ.get("GITHUB_EVENT_PATH", "")
    if not path:
        raise CannotJudge("G018", "GITHUB_EVENT_PATH is not set", help="run it in GitHub Actions, or: gitspec check")
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (no need of pathlib)
            payload = json.loads(file.read(_MOST_BYTES))
    except OSError as error:
        raise CannotJudge("G008", f"the event cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise CannotJudge("U008", "the event is not JSON") from None
    return github_event(os.environ.get("GITHUB_EVENT_NAME", ""), payload)


def _gitlab_event() -> "Event":
    from gitspec.commands.pull_request_event import gitlab_event

    return gitlab_event(os.environ)


def _as_json(judged: "Judged", strict: bool) -> int:
    from gitspec.render.json import document
    from gitspec.render.output import write
    from gitspec.render.pull_request import judged_data

    write(document("ci", **judged_data(judged, strict=strict)))
    return _code(judged, strict)


def _code(judged: "Judged", strict: bool) -> int:
    return EXIT_FINDINGS if judged.report.is_refused(strict=strict) else EXIT_OK


def _github_stopped(error: GitspecError) -> int:
    """An error as an annotation and a summary: the log is read for commands, so nothing is printed as it is."""
    from gitspec.domain.finding import Finding
    from gitspec.domain.report import Report
    from gitspec.render.github import annotations
    from gitspec.render.markdown_report import markdown_summary
    from gitspec.render.output import write_commands

    message = f"{error.place}: {error.message}" if error.place else error.message
    report = Report(notes=(Finding(error.code, "error", message, help=error.help),))
    outcome = "could not judge" if error.exit_code == EXIT_CANNOT else "was stopped"
    write_commands(annotations(report, outcome=outcome))
    _append("GITHUB_STEP_SUMMARY", markdown_summary(report, outcome=outcome))
    _append("GITHUB_OUTPUT", _outputs("cannot-judge" if error.exit_code == EXIT_CANNOT else "refused", 1, 0))
    return error.exit_code


def _outputs(verdict: str, errors: int, warnings: int) -> str:
    return f"verdict={verdict}\nerrors={errors}\nwarnings={warnings}\n"


def _append(variable: str, text: str) -> None:
    """Add to the file that the runner reads; without one there is no runner."""
    path = os.environ.get(variable, "")
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123
            file.write(text)
    except OSError as error:
        sys.stderr.write(f"gitspec: {variable} cannot be written: {error.strerror}\n")
