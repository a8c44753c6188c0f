"""``gitspec list``."""

import click

from gitspec.cli.options import at_option, examples, json_option, no_cache_option


@click.command(
    "list",
    epilog=examples("gitspec list", "gitspec list --specs --json", "gitspec list --archived --at origin/main"),
)
@click.option("--specs", is_flag=True, help="List capabilities instead of changes.")
@click.option("--archived", is_flag=True, help="List archived changes instead of active ones.")
@at_option
@json_option
@no_cache_option
def command(specs: bool, archived: bool, at: str | None, as_json: bool, no_cache: bool) -> None:
    """List active changes, capabilities or archived changes."""
    from gitspec.cli.opened import open_spec, put_json, put_lines
    from gitspec.commands import list_
    from gitspec.errors import UsageError
    from gitspec.render import listing
    from gitspec.render.output import paint, patience

    if specs and archived:
        raise UsageError("U000", "--specs and --archived exclude each other", help="run it twice")
    spec = open_spec(at, cached=not no_cache)
    with patience("reading spec/"):
        if specs:
            capabilities = list_.list_capabilities(spec)
        elif archived:
            ended = list_.list_archived(spec)
        else:
            changes = list_.list_changes(spec)
    if specs:
        data, lines = listing.capabilities_data(capabilities), listing.capabilities_text(capabilities, paint())
    elif archived:
        data, lines = listing.archived_data(ended), listing.archived_text(ended)
    else:
        data, lines = listing.changes_data(changes), listing.changes_text(changes, paint())
    if as_json:
        kind = "capabilities" if specs else "archived" if archived else "changes"
        put_json(spec, kind, {kind: data})
    else:
        put_lines(lines)
