"""``gitspec coverage``."""

import click

from gitspec.cli.options import (
    at_option,
    complete_name,
    examples,
    format_option,
    json_option,
    no_cache_option,
    wanted_format,
)


@click.command(
    epilog=examples(
        "gitspec coverage",
        "gitspec coverage auth/session-expiry",
        "gitspec coverage --junit build/test-results.xml --fail-under 80",
        "gitspec coverage --at v1.2 --format markdown",
    )
)
@click.argument("name", required=False, shell_complete=complete_name)
@click.option("--all", "everything", is_flag=True, help="List what has tests too, as with NAME.")
@click.option("--junit", metavar="FILE", multiple=True, help="Results of tests: JUnit XML with properties `spec`.")
@click.option(
    "--spec-report", metavar="FILE", multiple=True, help="Results of tests: what `pytest --spec-report` wrote."
)
@click.option(
    "--fail-under", metavar="PERCENT", type=click.FloatRange(0, 100), help="Fail when less than that is covered."
)
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@format_option("text", "json", "markdown", "csv")
@at_option
@json_option
@no_cache_option
def command(
    name: str | None,
    everything: bool,
    junit: tuple[str, ...],
    spec_report: tuple[str, ...],
    fail_under: float | None,
    strict: bool,
    form: str,
    at: str | None,
    as_json: bool,
    no_cache: bool,
) -> int:
    """Tell which scenarios have tests.

    A test covers the scenarios that it names, by the mark `pytest.mark.spec("auth/session-expiry#idle-timeout")` or in any
    language by a comment of its own line, `// Spec: auth/session-expiry#idle-timeout`. With results of tests a scenario is
    covered when its tests passed. NAME is a capability, a requirement or a scenario.

    The exit code is 1 when a test names what does not exist, or when less than --fail-under is covered.
    """
    from gitspec.cli.opened import open_spec, put_json, put_lines
    from gitspec.commands.coverage import coverage
    from gitspec.commands.names import find_one
    from gitspec.commands.test_results import read_results
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK
    from gitspec.render.coverage import coverage_csv, coverage_data, coverage_markdown, coverage_text
    from gitspec.render.output import paint, patience, write

    form = wanted_format(form, as_json=as_json)
    results = read_results(junit, spec_report) if junit or spec_report else None
    spec = open_spec(at, cached=not no_cache)
    with patience("reading tests"):
        named = find_one(spec, name, ("capability", "requirement", "scenario")) if name is not None else None
        found = coverage(spec, named, results, fail_under)
    if form == "json":
        put_json(spec, "coverage", coverage_data(found))
    elif form == "markdown":
        write(coverage_markdown(found))
    elif form == "csv":
        write(coverage_csv(found))
    else:
        put_lines(coverage_text(found, paint(), everything=everything or named is not None))
    return EXIT_FINDINGS if found.fails(strict=strict) else EXIT_OK
