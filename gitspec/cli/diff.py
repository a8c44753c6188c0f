"""``gitspec diff``."""

import click

from gitspec.cli.options import at_option, change_argument, examples, json_option, no_cache_option


@click.command(epilog=examples("gitspec diff", "gitspec diff add-2fa", "gitspec diff add-2fa --at feature --json"))
@change_argument(required=False)
@at_option
@json_option
@no_cache_option
def command(change: str | None, at: str | None, as_json: bool, no_cache: bool) -> int:
    """Show what a change does to the living specs, requirement by requirement.

    Without CHANGE the only active one. The exit code is 1 when the change cannot be archived as it is.
    """
    from gitspec.cli.opened import open_spec, put_json, put_lines
    from gitspec.commands.diff import diff_change
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK
    from gitspec.render.diff import diff_data, diff_text
    from gitspec.render.output import paint, patience

    spec = open_spec(at, cached=not no_cache)
    with patience("folding"):
        diff = diff_change(spec, change)
    if as_json:
        put_json(spec, "diff", diff_data(diff))
    else:
        put_lines(diff_text(diff, paint()))
    return EXIT_FINDINGS if diff.findings else EXIT_OK
