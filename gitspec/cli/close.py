"""`gitspec close`: end a change that is given up."""

from typing import TYPE_CHECKING

import click

from gitspec.cli.archive import operation_options, show
from gitspec.cli.options import TEXT, change_argument, examples, json_option

if TYPE_CHECKING:
    from gitspec.commands.archive import Done, Options, Preview
    from gitspec.git.repository import Repository


@click.command(
    epilog=examples(
        "gitspec close add-2fa --reason 'the identity provider does it'",
        "gitspec close add-2fa --reason 'split in two' --superseded-by add-totp",
    )
)
@change_argument()
@click.option("--reason", type=TEXT, required=True, help="Why it is given up.")
@click.option("--superseded-by", metavar="CHANGE", help="The change that takes its place.")
@operation_options
@json_option
def command(
    change: str,
    reason: str,
    superseded_by: str | None,
    onto: str | None,
    dry_run: bool,
    expect: str | None,
    no_tag: bool,
    as_json: bool,
) -> None:
    """End a change that is given up: its folder goes to the archive, and nothing is folded.

    One commit, as with `gitspec archive`; change.yaml says when, why and what takes its place.
    """
    from gitspec.commands.archive import Options, close, preview_close

    def run(repo: "Repository", options: "Options") -> "Done | Preview":
        perform = preview_close if dry_run else close
        return perform(repo, change, reason, superseded_by, options)

    show("close", run, Options(onto, expect, not no_tag), as_json)
