"""`gitspec rebase`: bring changes up to what lives now."""

import click

from gitspec.cli.options import change_argument, emit, examples, json_option


@click.command(
    epilog=examples(
        "gitspec rebase add-2fa",
        "gitspec rebase add-2fa --dry-run",
        "gitspec rebase --all --json",
    )
)
@change_argument(required=False)
@click.option("--all", "everything", is_flag=True, help="Rebase all active changes.")
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@json_option
def command(change: str | None, everything: bool, dry_run: bool, as_json: bool) -> int:
    """Bring the deltas of CHANGE up to the living specs.

    What others have archived since is merged part by part: renames and moves are followed, `from` and `seen` renewed.
    What does not merge is shown side by side and written into the delta under `conflicts`, which validate refuses
    until you have decided and deleted it. Nothing is committed. The exit code is 1 while there is something to decide.
    """
    from gitspec.cli.opened import put_lines
    from gitspec.commands.rebase import rebase_all, rebase_change
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK, UsageError
    from gitspec.git.repository import discover
    from gitspec.render.output import paint, patience
    from gitspec.render.rebase import rebased_data, rebased_text

    if (change is None) == (not everything):
        message = "name a change, or say --all" if change is None else "CHANGE and --all exclude each other"
        raise UsageError("U000", message, help="gitspec list")
    with patience("rebasing"):
        if change is None:
            done = rebase_all(discover(), dry_run=dry_run)
        else:
            done = (rebase_change(discover(), change, dry_run=dry_run),)
    if as_json:
        emit(as_json, "rebase", rebased_data(done, dry_run), ())
    else:
        import shutil

        columns = shutil.get_terminal_size((100, 24)).columns
        put_lines(rebased_text(done, columns, dry_run, paint()))
    return EXIT_FINDINGS if any(one.conflicts or one.error for one in done) else EXIT_OK
