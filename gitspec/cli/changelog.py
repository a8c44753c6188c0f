"""``gitspec changelog``."""

import click

from gitspec.cli.options import examples, format_option, json_option, no_cache_option, wanted_format


@click.command(
    epilog=examples(
        "gitspec changelog v1.2..v1.3",
        "gitspec changelog v1.2..",
        "gitspec changelog v1.2..main --format markdown > NOTES.md",
        "gitspec changelog v1.2.. --json",
    )
)
@click.argument("words", metavar="A..B", nargs=-1, required=True)
@format_option("text", "json", "markdown")
@json_option
@no_cache_option
def command(words: tuple[str, ...], form: str, as_json: bool, no_cache: bool) -> int:
    """Write release notes from the changes archived between two revisions, and suggest the next version.

    A..B compares two revisions, where an end that is left out is HEAD, and A...B the common ancestor of both with B.
    Breaking changes come first, with the migration notes of what was removed. What differs between the two revisions
    decides about the version: major when a requirement was removed, or its text or a scenario changed, or a change of
    kind breaking was archived; minor when something was added; else patch. Where A is called like a version, the next one
    is named; below 1.0 a major step raises the second number.

    The exit code is 1 when files of one side cannot be read.
    """
    from gitspec.cli.opened import put_json, put_lines
    from gitspec.cli.revisions import only_word
    from gitspec.commands.changelog import changelog
    from gitspec.commands.compare import open_sides
    from gitspec.domain.rev_range import parse_range
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK, UsageError
    from gitspec.git.repository import discover
    from gitspec.render.changelog import changelog_data, changelog_markdown, changelog_text
    from gitspec.render.deeds import require_whole
    from gitspec.render.output import paint, patience
    from gitspec.store.cache import Cache

    form = wanted_format(form, as_json=as_json)
    revisions = str(only_word(words, "changelog"))
    wanted = parse_range(revisions)
    if wanted is None:
        way_out = f"gitspec changelog <previous release>..{revisions}"
        raise UsageError("U000", f"'{revisions}' is no range of revisions", help=way_out)
    repo = discover()
    with patience("reading archived changes"):
        notes = changelog(open_sides(repo, wanted, None if no_cache else Cache(repo)))
    if form == "json":
        put_json(notes.sides.after, "changelog", changelog_data(notes))
    elif form == "markdown":
        put_lines(changelog_markdown(notes))
    else:
        put_lines(changelog_text(notes, paint()))
    require_whole(notes.cut_off)
    return EXIT_FINDINGS if notes.findings else EXIT_OK
