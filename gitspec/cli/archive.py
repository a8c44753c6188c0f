"""`gitspec archive`: fold a finished change into the living specs, as one commit and one tag."""

import sys
from typing import TYPE_CHECKING, Any

import click

from gitspec.cli.options import change_argument, emit, examples, json_option, no_cache_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitspec.commands.archive import Done, Options, Preview
    from gitspec.commands.archive_plan import Plan
    from gitspec.git.repository import Repository


def operation_options(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """What archive and close share."""
    for option in reversed(
        (
            click.option(
                "--onto", metavar="BRANCH", help="The local branch to commit to, instead of the one checked out."
            ),
            click.option("--dry-run", is_flag=True, help="Print the resulting tree and diff; write nothing."),
            click.option("--expect", metavar="TREE", help="Refuse any other resulting tree (see --dry-run)."),
            click.option("--no-tag", is_flag=True, help="Make no tag."),
        )
    ):
        function = option(function)
    return function


@click.command(
    epilog=examples(
        "gitspec archive add-2fa",
        "gitspec archive add-2fa --dry-run",
        "gitspec archive add-2fa --onto release",
        "git push --atomic origin main archive/2026-11-21-add-2fa",
    )
)
@change_argument()
@operation_options
@no_cache_option
@json_option
def command(
    change: str,
    onto: str | None,
    dry_run: bool,
    expect: str | None,
    no_tag: bool,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Fold a finished change into the living specs.

    One commit with the folded living specs and the change's folder moved to spec/archive/, and one annotated tag; or
    nothing. What is archived is what the branch has: commit first. Edits to other files stay as they are.
    """
    from gitspec.commands.archive import Options, archive, preview_archive

    def run(repo: "Repository", options: "Options") -> "Done | Preview":
        return preview_archive(repo, change, options) if dry_run else archive(repo, change, options)

    show("archive", run, Options(onto, expect, not no_tag, not no_cache), as_json)


def show(what: str, run: "Callable[[Repository, Options], Done | Preview]", options: "Options", as_json: bool) -> None:
    """Run it and print what it gives."""
    from gitspec.commands.archive import Preview
    from gitspec.git.repository import discover

    result = run(discover(), options)

    if isinstance(result, Preview):
        _show_preview(what, result, as_json)
    else:
        _show_done(what, result, as_json)


def _show_done(what: str, done: "Done", as_json: bool) -> None:
    outcome, plan = done.outcome, done.plan
    if done.recovered:
        sys.stderr.write(f"gitspec: {done.recovered}\n")
    data = {**_data(plan), "commit": outcome.commit, "tag": outcome.tag or None, "left_as_edits": list(outcome.kept)}
    verb = {"archive": "Archived", "close": "Closed"}[what]
    lines = [f"{verb} {plan.operation.change} on {done.target.branch}: {outcome.commit}", *_summary(plan)]
    if outcome.tag:
        lines.append(f"Tag: {outcome.tag}")
    lines += [f"Left as you saved it meanwhile: {path}" for path in outcome.kept]
    emit(as_json, what, data, lines)


def _show_preview(what: str, preview: "Preview", as_json: bool) -> None:
    plan = preview.plan
    text = preview.diff.decode("utf-8", "backslashreplace")
    data = {**_data(plan), "dry_run": True, "diff": text}
    verb = {"archive": "archive", "close": "close"}[what]
    lines = [f"Would {verb} {plan.operation.change} on {plan.operation.target.branch}", *_summary(plan)]
    lines += [f"Tree: {plan.operation.tree}", "", *text.rstrip("\n").split("\n")]
    emit(as_json, what, data, lines)


def _data(plan: "Plan") -> dict[str, Any]:
    operation = plan.operation
    return {
        "change": operation.change,
        "title": plan.title,
        "branch": operation.target.branch,
        "parent": operation.target.tip,
        "tree": operation.tree,
        "folder": f"spec/archive/{plan.name}",
        "capabilities": [touched._asdict() for touched in plan.touched],
    }


def _summary(plan: "Plan") -> list[str]:
    from gitspec.domain.archive_message import summary

    return [f"  {line}" for line in summary(plan.touched)]
