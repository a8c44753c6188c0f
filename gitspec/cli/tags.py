"""``gitspec tags``."""

import click

from gitspec.cli.options import examples, json_option, no_cache_option


@click.command(epilog=examples("gitspec tags", "gitspec tags --restore", "gitspec tags --at origin/main --json"))
@click.option("--restore", is_flag=True, help="Make missing tags again, from the commits alone.")
@click.option("--at", metavar="REV", help="Look at what REV reaches, instead of HEAD.")
@json_option
@no_cache_option
def command(restore: bool, at: str | None, as_json: bool, no_cache: bool) -> int:
    """List the archive tags, and make missing ones again.

    An archive tag follows from the commit that landed the change, so it can be told whether it is the right one, and it
    can be made again anywhere, with the same object id. Tags are made for proven commits only, all or none; one that
    exists is never moved. The exit code is 1 when a tag is wrong, or could not be made.
    """
    from gitspec.commands.tags import list_tags, restore_tags
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK
    from gitspec.git.repository import discover
    from gitspec.render.fsck import tags_data, tags_text
    from gitspec.render.json import document
    from gitspec.render.output import paint, patience, write, write_lines
    from gitspec.store.cache import Cache

    repo = discover()
    cache = None if no_cache else Cache(repo)
    with patience("proving"):
        found = restore_tags(repo, at, cache) if restore else list_tags(repo, at, cache)
    if as_json:
        write(document("tags", at=found.tip, **tags_data(found)))
    else:
        write_lines(tags_text(found, paint()))
    wrong = any(tag.state == "wrong" for tag in found.tags) or found.unproven
    return EXIT_FINDINGS if wrong else EXIT_OK
