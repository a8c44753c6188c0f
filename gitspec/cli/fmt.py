"""``gitspec fmt``."""

import click

from gitspec.cli.options import examples, json_option


@click.command(
    epilog=examples(
        "gitspec fmt",
        "gitspec fmt --check",
        "gitspec fmt spec/changes/add-2fa/deltas/auth.yaml",
    )
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file is not in its form.")
@click.option("--living", is_flag=True, help="Also living specs below PATH, which commits but an import may not edit.")
@json_option
def command(paths: tuple[str, ...], check: bool, living: bool, as_json: bool) -> int:
    """Format the YAML of the policy and of active changes, or of the files below PATH.

    Living specs are left alone, because only archive commits may change them.

    Repairs what can only have been meant one way (a text that needs quotes, a comment that was none), writes quotes so
    that every loader reads the same text, and puts keys in order. Comments, blank lines and line ends stay. What
    cannot be repaired is reported, and the exit code is 1.
    """
    from gitspec.commands.fmt import format_spec
    from gitspec.domain.finding import has_errors
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK
    from gitspec.git.repository import discover
    from gitspec.render.output import paint, patience, write, write_lines

    with patience("formatting"):
        done = format_spec(discover(), paths, check=check, living=living)
    if as_json:
        from gitspec.render.json import document, finding_data

        body = {"check": check, "checked": len(done.checked), "changed": list(done.changed), "left": list(done.left)}
        write(document("formatting", **body, findings=[finding_data(f) for f in done.findings]))
    else:
        from gitspec.render.text import clean, count, findings_text

        write_lines(findings_text(done.findings, paint()))
        if not check:
            write_lines(f"formatted {clean(path)}" for path in done.changed)
        if done.left:
            what = count(len(done.left), "living spec")
            write_lines(
                [f"left {what} as {'it is' if len(done.left) == 1 else 'they are'}: archive commits change them"]
            )
        if not done.changed and not done.findings:
            write_lines([f"nothing to format in {count(len(done.checked), 'file')}"])
    return EXIT_FINDINGS if has_errors(done.findings) else EXIT_OK
