"""``gitspec blame``."""

import click

from gitspec.cli.options import complete_name, examples, format_option, json_option, no_cache_option, wanted_format


@click.command(
    epilog=examples(
        "gitspec blame auth",
        "gitspec blame auth/session-expiry --parts",
        "gitspec blame auth --at v1.2 --json",
        "gitspec blame auth --format markdown",
    )
)
@click.argument("name", shell_complete=complete_name)
@click.option("--parts", is_flag=True, help="Show each field too: title, text, tags and so on.")
@format_option("text", "json", "markdown", "csv")
@click.option("--at", metavar="REV", help="Look at the specs and the history of that commit, instead of HEAD's.")
@json_option
@no_cache_option
def command(name: str, parts: bool, form: str, at: str | None, as_json: bool, no_cache: bool) -> None:
    """Show who last touched each requirement and each scenario of a capability.

    NAME is a capability, a requirement or a scenario. Each row names the commit, its day (UTC), its author and the change behind it.
    Another form or order of the same content is no touch.
    """
    from gitspec.cli.opened import open_living, put_json, put_lines, put_notes
    from gitspec.commands.blame import blame
    from gitspec.render.blame import blame_csv, blame_data, blame_markdown, blame_text
    from gitspec.render.deeds import require_whole, warnings
    from gitspec.render.output import patience, write

    form = wanted_format(form, as_json=as_json)
    spec = open_living(at, cached=not no_cache)
    with patience("reading history"):
        found = blame(spec, name)
    if form == "json":
        put_json(spec, "blame", blame_data(found))
    elif form == "markdown":
        put_lines(blame_markdown(found, parts=parts))
    elif form == "csv":
        write(blame_csv(found, parts=parts))
    else:
        put_lines(blame_text(found, parts=parts))
    put_notes(warnings(found.skipped))
    require_whole(found.cut_off)
