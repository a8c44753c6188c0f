"""`gitspec hook`: what Git's hooks call, directly or through husky, lefthook or the pre-commit framework."""

import sys

import click

from gitspec.cli.options import examples, show_error
from gitspec.errors import EXIT_FINDINGS, GitspecError


@click.group(epilog=examples("gitspec hook commit-msg .git/COMMIT_EDITMSG"))
def command() -> None:
    """Run one hook, as Git calls it."""


@command.command("commit-msg", epilog=examples("gitspec hook commit-msg .git/COMMIT_EDITMSG"))
@click.argument("message", type=click.Path())
@click.pass_context
def commit_msg_command(ctx: click.Context, message: str) -> None:
    """Judge the commit that is being made; its message is in the file MESSAGE."""
    from gitspec.commands.hook_commit_msg import commit_msg
    from gitspec.render.text import clean, findings_text

    verdict = commit_msg(message)
    lines = findings_text(verdict.findings)
    if verdict.added:
        lines.append(clean(f"gitspec: added 'Change: {verdict.added.change}' ({verdict.added.source})"))
    if verdict.refused:
        lines.append("  help: the message is kept; to use it again:")
        lines += [clean(f"    {command}") for command in verdict.mend]
    if lines:
        sys.stderr.write("\n".join(lines) + "\n")
    if verdict.refused:
        ctx.exit(EXIT_FINDINGS)


@command.command("prepare-commit-msg", epilog=examples("gitspec hook prepare-commit-msg .git/COMMIT_EDITMSG message"))
@click.argument("message", type=click.Path())
@click.argument("source", default="")
@click.argument("commit", default="")
def prepare_command(message: str, source: str, commit: str) -> None:  # noqa: ARG001 (Git passes it)
    """Carry references into reverts and squashes, and offer one where an editor opens. Never stops a commit."""
    import os

    from gitspec.commands.hook_prepare import prepare

    # The pre-commit framework hands on Git's words in variables only.
    word = source or os.environ.get("PRE_COMMIT_COMMIT_MSG_SOURCE", "")
    try:
        prepare(message, word)
    except GitspecError as error:
        show_error(error)
