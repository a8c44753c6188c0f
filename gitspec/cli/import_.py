"""`gitspec import`: bring specs in that were written for another tool."""

import click

from gitspec.cli.options import Group, emit, examples, json_option


@click.group(
    "import",
    cls=Group,
    epilog=examples("gitspec import openspec .", "gitspec import openspec ../product/openspec --dry-run"),
)
def command() -> None:
    """Bring in specs that were written for another tool."""


@command.command(
    "openspec",
    epilog=examples(
        "gitspec import openspec .",
        "gitspec import openspec ../product/openspec --dry-run",
        "gitspec import openspec . --date 2026-11-21 --json > report.json",
    ),
)
@click.argument("path", type=click.Path())
@click.option("--dry-run", is_flag=True, help="Report what would be written, and write nothing.")
@click.option("--date", metavar="YYYY-MM-DD", help="The day for changes whose date nothing tells; today when left out.")
@json_option
@click.pass_context
def openspec(ctx: click.Context, path: str, dry_run: bool, date: str | None, as_json: bool) -> None:
    """Bring an OpenSpec tree into spec/: living specs, active and archived changes.

    PATH is the openspec/ folder, its parent, or a folder with several of them below it. Existing files are never
    overwritten. What fits no field goes to notes; all else that is not as it was is listed. Commit the result by itself.
    """
    from gitspec.commands.import_openspec import import_openspec
    from gitspec.domain.finding import has_errors
    from gitspec.errors import EXIT_FINDINGS, UsageError
    from gitspec.git.repository import discover
    from gitspec.render.imported import imported_data, imported_text
    from gitspec.store.layout import is_day

    if date is not None and not is_day(date):
        raise UsageError("U000", f"--date: '{date}' is no date", help="write YYYY-MM-DD")
    done = import_openspec(discover(), path, dry_run=dry_run, day=date)
    emit(as_json, "import", imported_data(done), imported_text(done))
    if has_errors(tuple(done.report.findings)) or has_errors(done.validation or ()):
        ctx.exit(EXIT_FINDINGS)
