"""`gitspec unarchive`: take an archive back."""

import click

from gitspec.cli.options import examples, json_option


@click.command(
    epilog=examples(
        "gitspec unarchive add-2fa",
        "gitspec unarchive add-2fa --dry-run",
        "gitspec unarchive 2026-11-21-add-2fa --onto release",
    )
)
@click.argument("change")
@click.option("--onto", metavar="BRANCH", help="The local branch to commit to, instead of the one checked out.")
@click.option("--dry-run", is_flag=True, help="Print the resulting tree and diff; write nothing.")
@click.option("--expect", metavar="TREE", help="Refuse any other resulting tree (see --dry-run).")
@json_option
def command(change: str, onto: str | None, dry_run: bool, expect: str | None, as_json: bool) -> None:
    """Take the archive of a change back, by a new commit.

    The living specs become what they would be without it, its folder is active again as it was, and its tag stays where
    it is. Refused when later changes build on it: they are named. `git revert` of the archive commit does the same,
    without looking at them; gitspec fsck recognises both.
    """
    from gitspec.cli.archive_shown import show
    from gitspec.commands.archive import preview_unarchive, unarchive
    from gitspec.commands.archive_call import Options
    from gitspec.git.repository import discover

    perform = preview_unarchive if dry_run else unarchive
    show("unarchive", perform(discover(), change, Options(onto, expect, with_tag=False)), as_json)
