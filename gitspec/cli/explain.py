"""``gitspec explain``."""

from typing import TYPE_CHECKING

import click

from gitspec.cli.options import examples, json_option

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from gitspec.domain.rules import RULES

    return [
        CompletionItem(code, help=rule.summary) for code, rule in RULES.items() if code.startswith(incomplete.upper())
    ]


@click.command(epilog=examples("gitspec explain R001", "gitspec explain D003 D004", "gitspec explain --all --json"))
@click.argument("codes", nargs=-1, metavar="[CODE]...", shell_complete=_complete)
@click.option("--all", "everything", is_flag=True, help="Explain all rules.")
@json_option
def command(codes: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Explain the CODE of a finding or an error.

    What triggers it, why it is there, how to mend it, and what the policy can change about it. The same texts are in
    docs/rules.md.
    """
    from gitspec.commands.explain import explain, explain_all
    from gitspec.errors import UsageError
    from gitspec.render.explain import explanations_data, explanations_text
    from gitspec.render.json import document
    from gitspec.render.output import paint, write, write_lines

    if everything == bool(codes):
        message = "--all and codes exclude each other" if codes else "name a code, or say --all"
        raise UsageError("U000", message, help="gitspec explain R001")
    rules = explain_all() if everything else explain(codes)
    if as_json:
        write(document("explain", **explanations_data(rules)))
    else:
        write_lines(explanations_text(rules, paint()))
