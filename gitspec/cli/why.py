"""``gitspec why``."""

import click

from gitspec.cli.options import at_option, examples, format_option, json_option, no_cache_option, wanted_format


@click.command(
    epilog=examples(
        "gitspec why src/auth/session.py:42",
        "gitspec why src/auth/session.py:40-60",
        "gitspec why src/auth/session.py",
        "gitspec why src/auth/session.py:42 --at v1.2 --json",
        "gitspec why src/auth/session.py --ignore-rev 8f2b1c7d0e4a -w",
    )
)
@click.argument("place", metavar="PATH[:LINE[-LINE]]", type=click.Path())
@at_option
@click.option("--ignore-rev", "ignored", metavar="REV", multiple=True, help="Look through that commit, as Git does.")
@click.option("-M", "moved", is_flag=True, help="Also follow lines that moved within a file.")
@click.option("-C", "copied", count=True, help="Also follow lines from other files; twice or thrice: look harder.")
@click.option("-w", "no_spaces", is_flag=True, help="Let white space not count.")
@format_option("text", "json", "markdown")
@json_option
@no_cache_option
def command(
    place: str,
    at: str | None,
    ignored: tuple[str, ...],
    moved: bool,
    copied: int,
    no_spaces: bool,
    form: str,
    as_json: bool,
    no_cache: bool,
) -> None:
    """Show which requirement stands behind a line of code.

    From a line, some lines or all of a file to their commits, the changes that these are for, and the requirements,
    scenarios, design note, approvals, archive tag and first release behind those, each with the place to look. Of all of
    a file the changes come with most lines first. Renames of the file are followed, and commits that blame.ignoreRevsFile
    lists are looked through, as `git blame` does it.

    Of a commit that names no change it says what does: the commit that it reverts or was picked from, the folder of a
    change that it touches, the merge that brought it in; or that it skips with a reason, is older than the policy, or
    that nothing says why.
    """
    from gitspec.cli.opened import put_lines
    from gitspec.commands.why import why
    from gitspec.git.line_origins import Wanted
    from gitspec.git.objects import Objects
    from gitspec.git.repository import discover
    from gitspec.render import why as render
    from gitspec.render.json import document
    from gitspec.render.output import paint, patience, write
    from gitspec.render.why_data import why_data
    from gitspec.store.cache import Cache
    from gitspec.store.part_spec import SpecParts

    form = wanted_format(form, as_json=as_json)
    repo = discover()
    rev = "HEAD" if at is None and repo.is_bare else at
    parts = SpecParts(repo, Objects(repo).resolve(rev) if rev is not None else "", None if no_cache else Cache(repo))
    with patience("reading history"):
        answer = why(parts, place, Wanted(ignore=ignored, moved=moved, copied=min(copied, 3), spaces=not no_spaces))
    if form == "json":
        write(document("why", at=parts.name, **why_data(answer)))
    elif form == "markdown":
        write(render.why_markdown(answer))
    else:
        put_lines(render.why_text(answer, paint()))
