"""``gitspec fsck``."""

import click

from gitspec.cli.options import examples, json_option, no_cache_option


@click.command(
    epilog=examples(
        "gitspec fsck",
        "gitspec fsck --since v1.0",
        "gitspec fsck --at origin/main --json",
        "gitspec fsck --all-branches",
    )
)
@click.option("--since", metavar="REV", help="Leave out what REV reaches; its specs are believed.")
@click.option("--at", metavar="REV", help="Prove what REV reaches, instead of HEAD.")
@click.option("--all-branches", is_flag=True, help="Prove all local and remote-tracking branches too.")
@json_option
@no_cache_option
def command(since: str | None, at: str | None, all_branches: bool, as_json: bool, no_cache: bool) -> int:
    """Prove the living specs from history.

    Every commit that touches spec/ is recomputed: its living specs must be those of its first parent, folded with the
    deltas of exactly the changes that it archives. Squash, rebase, queue and merge commits prove themselves in the same
    way. Tags, trailers, ids, quotations and links are checked too. Allowed exceptions are listed. What was proven is
    remembered, and later runs look at new commits only. The exit code is 1 when there are errors.
    """
    from gitspec.commands.fsck import fsck
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK
    from gitspec.git.repository import discover
    from gitspec.render.fsck import fsck_data, fsck_text
    from gitspec.render.json import document
    from gitspec.render.output import paint, patience, write, write_lines
    from gitspec.store.cache import Cache

    repo = discover()
    with patience("proving"):
        report = fsck(repo, at=at, since=since, every_branch=all_branches, cache=None if no_cache else Cache(repo))
    if as_json:
        write(document("fsck", at=report.tip, **fsck_data(report)))
    else:
        write_lines(fsck_text(report, paint()))
    return EXIT_OK if report.is_clean else EXIT_FINDINGS
