"""`gitspec propose`: start a change."""

from typing import TYPE_CHECKING, cast

import click

from gitspec.cli.options import TEXT, complete_change, emit, examples, json_option
from gitspec.domain.kinds import KINDS

if TYPE_CHECKING:
    from gitspec.domain.kinds import Kind


@click.command(
    epilog=examples(
        "gitspec propose add-2fa --title 'Two-factor authentication'",
        "gitspec propose split-parser --kind refactor --no-deltas --scope 'src/parser/**'",
        "gitspec propose add-sms --depends-on add-2fa --why 'Not everybody has an app.' --what '- Codes by SMS'",
        "gitspec propose add-2fa --from proposal.md",
    )
)
@click.argument("change")
@click.option("--title", type=TEXT, help="What it is about, in one line; from the proposal or the id when left out.")
@click.option(
    "--kind", type=click.Choice(KINDS), default="feature", show_default=True, help="What sort of change it is."
)
@click.option("--scope", type=TEXT, metavar="PATTERN", multiple=True, help="Paths that it may touch; may be repeated.")
@click.option(
    "--depends-on",
    metavar="CHANGE",
    multiple=True,
    shell_complete=complete_change,
    help="A change that must be folded before it; may be repeated.",
)
@click.option("--no-deltas", is_flag=True, help="It alters no behaviour: no requirement will change.")
@click.option("--why", type=TEXT, metavar="TEXT", help="Text of the section Why.")
@click.option("--what", type=TEXT, metavar="TEXT", help="Text of the section What Changes.")
@click.option("--from", "source", metavar="FILE", help="The whole of proposal.md; - reads standard input.")
@click.option("--edit", is_flag=True, help="Open proposal.md in your editor.")
@json_option
def command(
    change: str,
    title: str | None,
    kind: str,
    scope: tuple[str, ...],
    depends_on: tuple[str, ...],
    no_deltas: bool,
    why: str | None,
    what: str | None,
    source: str | None,
    edit: bool,
    as_json: bool,
) -> None:
    """Start a change: spec/changes/CHANGE with change.yaml, proposal.md and tasks.md.

    The id is used once, for ever: lower-case letters, digits and single hyphens.
    """
    from gitspec.commands.propose import Wanted, edit_proposal, propose
    from gitspec.commands.text_input import read_input
    from gitspec.errors import UsageError
    from gitspec.git.repository import discover

    if source is not None and (why or what):
        raise UsageError("U000", "--from excludes --why and --what", help="leave one of them out")
    proposal = None if source is None else read_input(source)
    repo = discover()
    wanted = Wanted(change, title, cast("Kind", kind), scope, depends_on, no_deltas, why, what, proposal)
    if edit:
        wanted = edit_proposal(repo, wanted)
    done = propose(repo, wanted)
    data = {
        "change": done.change,
        "title": done.title,
        "created": done.created,
        "written": list(done.written),
        "missing_sections": list(done.missing),
    }
    lines = [f"wrote {path}" for path in done.written]
    if done.missing:
        lines.append(f"next: fill in {' and '.join(done.missing)} in {done.written[1]}")
    if not no_deltas:
        lines.append(f"next: gitspec delta add {done.change} <capability>, or delta modify {done.change} <requirement>")
    lines.append(f"next: gitspec task add {done.change} '<what is to be done>'")
    emit(as_json, "propose", data, lines)
