"""``gitspec overlap``."""

import click

from gitspec.cli.options import complete_change, examples, json_option, no_cache_option


@click.command(
    epilog=examples(
        "gitspec overlap",
        "gitspec overlap --change add-2fa",
        "gitspec overlap --onto release --no-remote",
        "gitspec overlap --check --json",
    )
)
@click.option("--change", metavar="CHANGE", shell_complete=complete_change, help="Only what meets this change.")
@click.option("--onto", metavar="REV", help="Where changes land; else the remote's default branch, or HEAD.")
@click.option("--remote/--no-remote", default=True, help="Look at remote-tracking branches too (the default).")
@click.option("--check", is_flag=True, help="End with 1 when changes conflict, with 3 when something cannot be judged.")
@json_option
@no_cache_option
@click.pass_context
def command(
    ctx: click.Context,
    change: str | None,
    onto: str | None,
    remote: bool,
    check: bool,
    as_json: bool,
    no_cache: bool,
) -> None:
    """Show which active changes touch the same, and whether they go together.

    Looks at the work tree and at all branches without checking anything out. Changes that touch the same requirement
    are folded one after the other, in both orders. A verdict is `merge` (any order), `in order` (only the one shown),
    `conflict`, or `stale` (one does not fold alone either). Identical copies of a change are one. Fetch first: what
    the remote has is what it had then.
    """
    from gitspec.cli.opened import put_lines
    from gitspec.commands.overlap import Options, overlap
    from gitspec.errors import EXIT_CANNOT, EXIT_FINDINGS
    from gitspec.git.repository import discover
    from gitspec.render.json import document
    from gitspec.render.output import paint, patience, write
    from gitspec.render.overlap import overlap_data, overlap_text
    from gitspec.store.cache import Cache

    repo = discover()
    with patience("reading branches"):
        found = overlap(repo, Options(onto, change, remote), None if no_cache else Cache(repo))
    if as_json:
        write(document("overlap", **overlap_data(found)))
    else:
        put_lines(overlap_text(found, paint()))
    if check and found.has_conflicts:
        ctx.exit(EXIT_FINDINGS)
    if check and not found.is_complete:
        ctx.exit(EXIT_CANNOT)
