"""``gitspec validate``."""

import click

from gitspec.cli.options import at_option, complete_name, examples, json_option, no_cache_option


@click.command(
    epilog=examples(
        "gitspec validate",
        "gitspec validate add-2fa",
        "gitspec validate auth --strict",
        "gitspec validate --all --at origin/main --json",
    )
)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_name)
@click.option("--all", "everything", is_flag=True, help="Check everything, as without NAME.")
@click.option("--type", "kind", type=click.Choice(("capability", "change")), help="What NAME is, when it is both.")
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@at_option
@json_option
@no_cache_option
def command(
    names: tuple[str, ...],
    everything: bool,
    kind: str | None,
    strict: bool,
    at: str | None,
    as_json: bool,
    no_cache: bool,
) -> int:
    """Check capabilities and active changes by NAME, or everything.

    All findings of all files at once. Changes are folded as `gitspec archive` would, so that one that is valid can be
    archived. The exit code is 1 when there are errors, and 3 when all of them say that data is missing.
    """
    from gitspec.cli.opened import open_spec, put_json, put_lines
    from gitspec.commands.names import KINDS, find_one
    from gitspec.commands.validate import validate_all, validate_some
    from gitspec.errors import EXIT_CANNOT, EXIT_FINDINGS, EXIT_OK, UsageError
    from gitspec.render.findings import validation_data, validation_text
    from gitspec.render.output import paint, patience

    if everything and names:
        raise UsageError("U000", "--all and names exclude each other", help="gitspec validate --all")
    spec = open_spec(at, cached=not no_cache)
    with patience("validating"):
        if names:
            kinds = [k for k in KINDS if k in ("capability", "change") and kind in (None, k)]
            found = validate_some(spec, [find_one(spec, name, kinds) for name in names], strict=strict)
        else:
            found = validate_all(spec, strict=strict)
    if as_json:
        put_json(spec, "validation", validation_data(found))
    else:
        put_lines(validation_text(found, paint()))
    if found.is_unjudged:
        return EXIT_CANNOT
    return EXIT_OK if found.is_valid else EXIT_FINDINGS
