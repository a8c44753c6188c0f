"""``gitspec show``."""

import click

from gitspec.cli.options import at_option, complete_name, examples, json_option, no_cache_option

KINDS = ("capability", "requirement", "scenario", "change", "archived")


@click.command(
    epilog=examples(
        "gitspec show auth",
        "gitspec show auth/session-expiry",
        "gitspec show auth/session-expiry#idle-timeout --at v1.2",
        "gitspec show add-2fa --json",
        "gitspec show auth --type change",
    )
)
@click.argument("name", shell_complete=complete_name)
@click.option("--type", "kind", type=click.Choice(KINDS), help="What NAME is, when it may mean several things.")
@at_option
@json_option
@no_cache_option
def command(name: str, kind: str | None, at: str | None, as_json: bool, no_cache: bool) -> None:
    """Show a capability, a requirement, a scenario or a change.

    NAME is the id of a capability or a change, <capability>/<requirement>, or <capability>/<requirement>#<scenario>.
    The id of a requirement alone will do where only one capability has it.
    """
    from gitspec.cli.opened import open_spec, put_json, put_lines
    from gitspec.commands import names
    from gitspec.commands.show import show
    from gitspec.render.output import paint, patience
    from gitspec.render.show import show_data, show_text

    spec = open_spec(at, cached=not no_cache)
    with patience("reading spec/"):
        shown = show(spec, names.find_one(spec, name, [k for k in names.KINDS if kind in (None, k)]))
    if as_json:
        put_json(spec, *show_data(shown))
    else:
        put_lines(show_text(shown, paint()))
