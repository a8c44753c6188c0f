"""``gitspec status``."""

import click

from gitspec.cli.options import at_option, change_argument, examples, json_option, no_cache_option


@click.command(epilog=examples("gitspec status", "gitspec status add-2fa", "gitspec status add-2fa --json"))
@change_argument(required=False)
@at_option
@json_option
@no_cache_option
def command(change: str | None, at: str | None, as_json: bool, no_cache: bool) -> None:
    """Show how far changes are, and the command that comes next.

    Without CHANGE all active changes. A change goes from proposal to deltas to tasks, is implemented and archived.
    """
    from gitspec.cli.opened import open_spec, put_json, put_lines
    from gitspec.commands.status import status
    from gitspec.render.output import paint, patience
    from gitspec.render.status import status_data, status_text

    spec = open_spec(at, cached=not no_cache)
    with patience("checking changes"):
        found = status(spec, None if change is None else [change])
    if as_json:
        put_json(spec, "status", status_data(found))
    else:
        put_lines(status_text(found, paint()))
