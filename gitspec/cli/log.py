"""``gitspec log``."""

from typing import TYPE_CHECKING

import click

from gitspec.cli.options import complete_name, examples, format_option, json_option, no_cache_option, wanted_format

if TYPE_CHECKING:
    from gitspec.commands.log import What

KINDS: "dict[str, What]" = {"requirement": "requirement", "capability": "capability"}


@click.command(
    epilog=examples(
        "gitspec log auth/session-expiry",
        "gitspec log auth/session-expiry#idle-timeout",
        "gitspec log auth -n 5",
        "gitspec log auth/session-expiry --at v1.2 --json",
        "gitspec log auth/session-expiry --format markdown",
    )
)
@click.argument("name", shell_complete=complete_name)
@click.option("-n", "--limit", type=click.IntRange(min=1), metavar="NUMBER", help="Show that many versions at most.")
@click.option("--type", "what", type=click.Choice(tuple(KINDS)), help="What NAME is, when it may mean both.")
@format_option("text", "json", "markdown")
@click.option("--at", metavar="REV", help="Look at the history of that commit, instead of HEAD's.")
@json_option
@no_cache_option
def command(
    name: str, limit: int | None, what: str | None, form: str, at: str | None, as_json: bool, no_cache: bool
) -> None:
    """Show each version of a requirement, a scenario or a capability, the newest first.

    For each: the commit, its moment (UTC), its author, the change behind it, and what differs. A name that was given up
    leads to what it has become. Renames and moves are followed through the archived changes, and where there are none by
    content; merges are simplified as `git log` does. What a commit changes only in form or order is no version.
    """
    from gitspec.cli.opened import open_living, put_json, put_lines, put_notes
    from gitspec.commands.log import log
    from gitspec.render.deeds import require_whole, warnings
    from gitspec.render.log import log_data, log_markdown, log_text
    from gitspec.render.output import paint, patience

    form = wanted_format(form, as_json=as_json)
    spec = open_living(at, cached=not no_cache)
    with patience("reading history"):
        found = log(spec, name, what=KINDS[what] if what else None, limit=limit)
    if form == "json":
        put_json(spec, "log", log_data(found))
    else:
        put_lines(log_markdown(found) if form == "markdown" else log_text(found, paint()))
    put_notes(warnings(found.skipped))
    require_whole(found.cut_off)
