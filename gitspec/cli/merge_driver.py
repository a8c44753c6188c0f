"""`gitspec merge-driver`: what Git runs to merge a file of specs; `gitspec init` configures it."""

import click

from gitspec.cli.options import examples


@click.command(epilog=examples("gitspec merge-driver base.yaml ours.yaml theirs.yaml spec/capabilities/auth.yaml"))
@click.argument("base", type=click.Path())
@click.argument("ours", type=click.Path())
@click.argument("theirs", type=click.Path())
@click.argument("path", required=False)
@click.option("--marker-size", metavar="N", type=click.IntRange(1, 1000), default=7, help="Length of conflict markers.")
@click.option("--merge-base", is_flag=True, help="Merge two merge bases: write no markers, but what no side can have.")
def command(base: str, ours: str, theirs: str, path: str | None, marker_size: int, merge_base: bool) -> int:
    """Merge OURS and THEIRS, which come from BASE, into OURS.

    PATH is where the file belongs. Edits of different requirements, scenarios and tasks merge; what does not stands
    between conflict markers, and the exit code is 1. A file that cannot be read is merged as text.
    """
    from gitspec.commands.merge_driver import merge_driver
    from gitspec.domain.merge_style import Style
    from gitspec.render.text import harmless

    style = Style("base" if merge_base else "markers", marker_size)
    outcome = merge_driver(base, ours, theirs, path or ours, style)
    for line in outcome.lines:
        click.echo(harmless(line), err=True)
    return outcome.code
