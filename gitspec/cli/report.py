"""``gitspec report``."""

import sys

import click

from gitspec.cli.options import TEXT, at_option, examples, format_option, json_option, no_cache_option, wanted_format

FILE = "gitspec-report.html"


@click.command(
    epilog=examples(
        "gitspec report",
        "gitspec report --at v1.2 --output public/specs.html --title 'Shop'",
        "gitspec report --output -",
        "gitspec report --json",
    )
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True),
    show_default=f"{FILE}; with --json -",
    help="Where to write it; - is standard output.",
)
@click.option("--title", type=TEXT, default="Specifications", show_default=True, help="The title of the page.")
@format_option("html", "json")
@at_option
@json_option
@no_cache_option
def command(output: str | None, title: str, form: str, at: str | None, as_json: bool, no_cache: bool) -> None:
    """Write one HTML page with specs, history, changes, tests and what is missing.

    The page needs no network and no other file: open it, send it, publish it. It holds the living specs with search,
    each requirement's history, the changes with their progress, what has been archived, and the traceability matrix of
    requirements, changes, commits, tests and releases. The same commit gives the same bytes.
    """
    from gitspec.cli.opened import open_spec
    from gitspec.commands.report import report
    from gitspec.domain.gc_paused import gc_paused
    from gitspec.render.output import patience

    form = wanted_format(form, as_json=as_json, default="html")
    spec = open_spec(at, cached=not no_cache)
    with patience("gathering the report"), gc_paused():
        found = report(spec)
        if form == "json":
            from gitspec.render.json import document
            from gitspec.render.report_data import report_data

            text = document("report", at=spec.snapshot.name, **report_data(found))
        else:
            from gitspec.render.report_page import html_page

            text = html_page(found, title)
    data = text.encode()
    if output is None:
        output = "-" if form == "json" else FILE
    if output == "-":
        sys.stdout.buffer.write(data)
        return
    from gitspec.cli.report_file import replace
    from gitspec.render.output import write_lines
    from gitspec.render.text import clean_line, count

    replace(output, data)
    requirements = count(len(found.requirements), "requirement")
    write_lines([f"wrote {clean_line(output)}: {requirements}, {len(data):,} bytes"])
