"""`gitspec hook`: what Git's hooks call, directly or through husky, lefthook or the pre-commit framework."""

import click

from gitspec.cli.hook_run import run_commit_msg, run_prepare
from gitspec.cli.options import examples


@click.group(epilog=examples("gitspec hook commit-msg .git/COMMIT_EDITMSG"))
def command() -> None:
    """Run one hook, as Git calls it."""


@command.command("commit-msg", epilog=examples("gitspec hook commit-msg .git/COMMIT_EDITMSG"))
@click.argument("message", type=click.Path())
def commit_msg_command(message: str) -> int:
    """Judge the commit that is being made; its message is in the file MESSAGE."""
    return run_commit_msg(message)


@command.command("prepare-commit-msg", epilog=examples("gitspec hook prepare-commit-msg .git/COMMIT_EDITMSG message"))
@click.argument("message", type=click.Path())
@click.argument("source", default="")
@click.argument("commit", default="")
def prepare_command(message: str, source: str, commit: str) -> int:
    """Carry references into reverts and squashes, and offer one where an editor opens. Never stops a commit."""
    return run_prepare(message, source, commit)
