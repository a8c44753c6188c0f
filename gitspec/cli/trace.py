"""``gitspec trace``."""

import click

from gitspec.cli.options import complete_name, examples, format_option, json_option, no_cache_option, wanted_format

FORMATS = ("text", "json", "markdown", "csv", "mermaid", "dot")
KINDS = ("requirement", "change", "tag", "commit")


@click.command(
    epilog=examples(
        "gitspec trace auth/session-expiry",
        "gitspec trace auth/session-expiry#idle-timeout",
        "gitspec trace add-2fa --json",
        "gitspec trace HEAD",
        "gitspec trace v1.2 --format markdown",
        "gitspec trace archive/2026-11-21-add-2fa --format dot",
        "gitspec trace auth/session-expiry --at v1.2",
    )
)
@click.argument("name", shell_complete=complete_name)
@click.option("--type", "kind", type=click.Choice(KINDS), help="What NAME is, when it may be several things.")
@click.option("--at", metavar="REV", help="Answer from the history of that commit, instead of HEAD.")
@format_option(*FORMATS)
@json_option
@no_cache_option
def command(name: str, kind: str | None, at: str | None, form: str, as_json: bool, no_cache: bool) -> int:
    """Show the chain from requirement to change, task, commit, test and release, and back.

    NAME is a requirement (<capability>/<requirement>, also by a name that it had before), a scenario of one, a change, a
    tag or a commit. Commits count as they stand in history: what is not committed yet is not there.
    """
    from gitspec.cli.trace_run import show

    return show(name, at, kind, wanted_format(form, as_json=as_json), use_cache=not no_cache)
