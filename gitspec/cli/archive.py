"""`gitspec archive`: fold finished changes into the living specs, one commit and one tag each."""

from typing import TYPE_CHECKING, Any

import click

from gitspec.cli.options import change_argument, examples, json_option, no_cache_option
from gitspec.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitspec.commands.archive_call import Options


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
        "gitspec archive add-2fa --push",
        "gitspec archive --merged --push",
        "gitspec archive --merged --pr --remote origin",
        "gitspec archive --drop-unpublished add-2fa",
    )
)
@change_argument(required=False)
@click.option("--merged", is_flag=True, help="Archive every change of the branch that is complete.")
@click.option("--push", is_flag=True, help="Push branch and tags together; without that nothing moves here.")
@click.option("--pr", is_flag=True, help="Push to the branch gitspec/archive, for a pull request; nothing moves here.")
@click.option("--remote", metavar="REMOTE", help="The remote for --push and --pr, instead of the branch's own.")
@click.option("--drop-unpublished", is_flag=True, help="Take the change's archive out again, if nobody else has it.")
@click.option("--strict", is_flag=True, help="Let warnings keep a change from being archived.")
@operation_options
@no_cache_option
@json_option
def command(
    change: str | None,
    merged: bool,
    push: bool,
    pr: bool,
    remote: str | None,
    drop_unpublished: bool,
    strict: bool,
    onto: str | None,
    dry_run: bool,
    expect: str | None,
    no_tag: bool,
    no_cache: bool,
    as_json: bool,
) -> int:
    """Fold finished changes into the living specs.

    One commit with the folded living specs and the change's folder moved to spec/archive/, and one annotated tag; or
    nothing. What is archived is what the branch has: commit first. Edits to other files stay as they are.

    --merged archives all that is complete in the order of depends_on, as one operation, and names what it leaves. It
    ends with 1 when a change is complete and yet cannot be archived.

    --push first fast-forwards the branch to the remote's; when the remote moves meanwhile, the changes are folded again
    on the new tip.
    """
    from gitspec.commands.archive_call import Options

    if (change is None) != merged:
        raise UsageError(
            "U000", "name one change, or say --merged", help="gitspec archive <change>, or gitspec archive --merged"
        )
    if push and pr:
        raise UsageError("U000", "--push and --pr exclude each other", help="--pr is for a branch that takes no push")
    if remote is not None and not push and not pr:
        raise UsageError("U000", "--remote goes with --push or --pr", help="gitspec archive --help")
    options = Options(onto, expect, not (no_tag or pr), not no_cache, push, remote, all_branches=merged, strict=strict)
    if drop_unpublished:
        if merged or push or pr or dry_run or expect or no_tag or strict:
            raise UsageError(
                "U000", "--drop-unpublished goes with --onto only", help=f"gitspec archive --drop-unpublished {change}"
            )
        return _drop(str(change), onto, as_json)
    if pr:
        if dry_run:
            raise UsageError("U000", "--pr has no --dry-run", help="gitspec archive --merged --dry-run")
        return _roll(change, options, as_json)
    return _merged(options, dry_run, as_json) if change is None else _one(change, options, dry_run, as_json)


def _one(change: str, options: "Options", dry_run: bool, as_json: bool) -> int:
    from gitspec.cli.archive_shown import show
    from gitspec.commands.archive import archive, preview_archive
    from gitspec.git.repository import discover

    perform = preview_archive if dry_run else archive
    return show("archive", perform(discover(), change, options), as_json)


def _merged(options: "Options", dry_run: bool, as_json: bool) -> int:
    from gitspec.cli.archive_shown import show_merged
    from gitspec.commands.archive import archive_merged, preview_merged
    from gitspec.git.repository import discover

    return show_merged((preview_merged if dry_run else archive_merged)(discover(), options), as_json)


def _roll(change: str | None, options: "Options", as_json: bool) -> int:
    from gitspec.cli.archive_shown import show_rolled
    from gitspec.commands.archive import archive_planner, merged_planner
    from gitspec.commands.archive_pr import roll
    from gitspec.git.repository import discover

    repo = discover()
    if change is None:
        merged, rolled = roll(repo, options, merged_planner(repo, options))
        return show_rolled(merged.plans, merged.left, rolled, as_json)
    plan, rolled = roll(repo, options, archive_planner(repo, change, options))
    return show_rolled((plan,), (), rolled, as_json)


def _drop(change: str, onto: str | None, as_json: bool) -> int:
    from gitspec.cli.archive_shown import show_dropped
    from gitspec.commands.archive_drop import drop_unpublished
    from gitspec.git.repository import discover

    return show_dropped(drop_unpublished(discover(), change, onto), as_json)
