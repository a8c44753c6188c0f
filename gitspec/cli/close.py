"""`gitspec close`: end a change that is given up."""

import click

from gitspec.cli.archive import operation_options
from gitspec.cli.options import TEXT, change_argument, examples, json_option


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
    from gitspec.cli.archive_shown import show
    from gitspec.commands.archive import close, preview_close
    from gitspec.commands.archive_call import Options
    from gitspec.git.repository import discover

    perform = preview_close if dry_run else close
    show("close", perform(discover(), change, reason, superseded_by, Options(onto, expect, not no_tag)), as_json)
