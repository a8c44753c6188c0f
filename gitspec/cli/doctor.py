"""``gitspec doctor``."""

import click

from gitspec.cli.options import examples, json_option


@click.command(epilog=examples("gitspec doctor", "gitspec doctor --repair", "gitspec doctor --json"))
@click.option("--repair", is_flag=True, help="Mend what can be mended without asking anybody.")
@json_option
@click.pass_context
def command(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Look for what is wrong with the set-up of this repository.

    The Git program, operations that were interrupted, locks left behind, the policy, hooks that would let commits pass
    unjudged, settings that this clone lacks, cache files of no use, archive tags that are missing. Without --repair
    nothing is written. Exit 1 when an error is left; what the specs say is for `gitspec validate` and `gitspec fsck`.
    """
    from gitspec.cli.opened import put_lines
    from gitspec.commands.doctor import diagnose
    from gitspec.errors import EXIT_FINDINGS
    from gitspec.git.repository import discover
    from gitspec.render.doctor import doctor_data, doctor_text
    from gitspec.render.json import document
    from gitspec.render.output import paint, patience, write

    with patience("looking"):
        found = diagnose(discover(recover=False), repair=repair)
    if as_json:
        write(document("doctor", **doctor_data(found)))
    else:
        put_lines(doctor_text(found, paint()))
    if not found.is_healthy:
        ctx.exit(EXIT_FINDINGS)
