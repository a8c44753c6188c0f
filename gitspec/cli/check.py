"""``gitspec check``."""

import click

from gitspec.cli.options import examples, format_option, json_option, no_cache_option, wanted_format


@click.command(
    epilog=examples(
        "gitspec check",
        "gitspec check origin/main..HEAD",
        "gitspec check HEAD",
        "gitspec check --staged",
        "gitspec check --message .git/COMMIT_EDITMSG",
        "gitspec check origin/main..HEAD --format sarif",
    )
)
@click.argument("range_", metavar="[RANGE|COMMIT]", required=False)
@click.option("--staged", is_flag=True, help="Judge what is staged, as far as that can be done without a message.")
@click.option("--message", metavar="FILE", type=click.Path(), help="Judge this message for what is staged.")
@click.option("--onto", metavar="REF", help="The branch that the commits shall land on: its policy judges.")
@format_option("text", "json", "github", "sarif", "markdown")
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@json_option
@no_cache_option
def command(
    range_: str | None,
    staged: bool,
    message: str | None,
    onto: str | None,
    form: str,
    strict: bool,
    as_json: bool,
    no_cache: bool,
) -> int:
    """Judge commits by the rules that every gate has.

    RANGE is `A..B` or `A...B`; without one, what the branch adds to its upstream. The policy that judges is that of A, or
    of --onto; a single commit is judged by that of its parent. `gitspec explain CODE` says what a finding means. The exit
    code is 1 when there are errors, and 3 when something that is needed to judge is missing.
    """
    from gitspec.commands import check
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK, UsageError
    from gitspec.git.repository import discover
    from gitspec.store.cache import Cache

    form = wanted_format(form, as_json=as_json)
    if (range_ is not None) + staged + (message is not None) > 1:
        raise UsageError("U000", "RANGE, --staged and --message exclude each other", help="leave all but one out")
    if onto is not None and (staged or message is not None):
        raise UsageError("U000", "--onto goes with a range of commits", help="gitspec check --onto main HEAD~3..HEAD")
    repo = discover()
    cache = None if no_cache else Cache(repo)
    if staged:
        report = check.check_staged()
    elif message is not None:
        report = check.check_message(repo, message)
    else:
        report = check.check_range(repo, range_ if range_ is not None else check.default_range(repo), onto, cache)
    from gitspec.render.report import shown

    shown(report, form, strict=strict)
    return EXIT_FINDINGS if report.is_refused(strict=strict) else EXIT_OK
