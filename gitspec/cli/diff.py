"""``gitspec diff``."""

from typing import TYPE_CHECKING

import click

from gitspec.cli.options import (
    at_option,
    complete_change,
    examples,
    format_option,
    json_option,
    no_cache_option,
    wanted_format,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitspec.commands.compare import Sides
    from gitspec.domain.diff import CapabilityDiff
    from gitspec.domain.finding import Finding
    from gitspec.store.spec import Spec


@click.command(
    epilog=examples(
        "gitspec diff",
        "gitspec diff add-2fa",
        "gitspec diff add-2fa --at feature --json",
        "gitspec diff v1.2..v1.3",
        "gitspec diff main...feature --format markdown",
        "gitspec diff v1.2 --format html > diff.html",
    )
)
@click.argument("words", metavar="[CHANGE | A..B | A...B | REV]", nargs=-1, shell_complete=complete_change)
@format_option("text", "json", "markdown", "html")
@at_option
@json_option
@no_cache_option
def command(words: tuple[str, ...], form: str, at: str | None, as_json: bool, no_cache: bool) -> int:
    """Show what a change does to the living specs, or what differs between two revisions, by requirement.

    CHANGE is the id of an active change; without anything, the only one. A..B compares two revisions, where an end that is
    left out is HEAD, A...B the common ancestor of both with B, and REV that revision with the work tree. The id of an
    active change wins over a branch or tag of the same name: write refs/heads/NAME or refs/tags/NAME for those. What was
    renamed or moved is found through the archived changes in between, and by its content.

    The exit code is 1 when the change cannot be archived as it is, or when a spec of one side cannot be read.
    """
    from gitspec.cli.opened import open_spec
    from gitspec.cli.revisions import only_word
    from gitspec.domain.rev_range import parse_range
    from gitspec.errors import UsageError
    from gitspec.git.repository import discover
    from gitspec.store.cache import Cache

    form = wanted_format(form, as_json=as_json)
    what = only_word(words, "diff")
    wanted = parse_range(what) if what is not None else None
    if wanted is None:
        spec = open_spec(at, cached=not no_cache)
        if what is None or not _is_revision(what, spec):
            return _of_change(spec, what, form)
    if at is not None:
        range_ = what if wanted else f"{what}..{at}"
        raise UsageError("U000", "--at goes with a change only", help=f"gitspec diff {range_}")
    from gitspec.commands.compare import open_sides, open_with_work_tree

    repo = discover()
    cache = None if no_cache else Cache(repo)
    if wanted is not None:
        return _of_sides(open_sides(repo, wanted, cache), form)
    return _of_sides(open_with_work_tree(repo, str(what), cache), form)


def _is_revision(what: str, spec: "Spec") -> bool:
    """Whether ``what``, which is no range, is a revision and no change.

    Raises UsageError L011 for what is neither, CannotJudge G005 for what can only be a revision and is none.
    """
    from gitspec.domain.ids import problem_with_change_id
    from gitspec.domain.nearest import nearest
    from gitspec.errors import UsageError
    from gitspec.git.objects import Objects

    if what in spec.change_ids():
        return False
    objects = Objects(spec.snapshot.repo)
    if problem_with_change_id(what) is not None:
        objects.resolve(what)
    if objects.find(what) is not None:
        return True
    if what in spec.archived_ids:
        return False
    near = nearest(what, spec.change_ids())
    raise UsageError(
        "L011",
        f"there is neither an active change nor a revision '{what}'",
        help=f"did you mean {', '.join(near)}?" if near else "gitspec list, or of two revisions: gitspec diff A..B",
    )


def _of_change(spec: "Spec", change: str | None, form: str) -> int:
    from gitspec.cli.opened import put_json, put_lines
    from gitspec.commands.diff import diff_change
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK
    from gitspec.render.diff import diff_data, diff_text
    from gitspec.render.output import paint, patience

    with patience("folding"):
        diff = diff_change(spec, change)
    if form == "json":
        put_json(spec, "diff", diff_data(diff))
    elif form == "text":
        put_lines(diff_text(diff, paint()))
    else:
        title = f"{diff.record.id}: {diff.record.change.title}" if diff.record.change else diff.record.id
        _put_page(form, title, diff.capabilities, diff.findings)
    return EXIT_FINDINGS if diff.findings else EXIT_OK


def _of_sides(sides: "Sides", form: str) -> int:
    from gitspec.cli.opened import put_json, put_lines
    from gitspec.commands.compare import compare
    from gitspec.errors import EXIT_FINDINGS, EXIT_OK
    from gitspec.render.compare import between, compare_data, compare_text
    from gitspec.render.deeds import require_whole
    from gitspec.render.output import paint, patience

    with patience("comparing"):
        compared = compare(sides)
    if form == "json":
        put_json(sides.after, "comparison", compare_data(compared))
    elif form == "text":
        put_lines(compare_text(compared, paint()))
    else:
        _put_page(form, between(sides), compared.capabilities, compared.findings)
    require_whole(compared.cut_off)
    return EXIT_FINDINGS if compared.findings else EXIT_OK


def _put_page(form: str, title: str, capabilities: "Sequence[CapabilityDiff]", findings: "Sequence[Finding]") -> None:
    from gitspec.cli.opened import put_lines
    from gitspec.render.output import write

    if form == "html":
        from gitspec.render.diff_html import html

        write("\n".join([*html(title, capabilities, findings), ""]))
        return
    from gitspec.render.diff_markdown import markdown

    put_lines(markdown(title, capabilities, findings))
