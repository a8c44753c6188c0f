"""`gitspec hook`: what Git's hooks call, directly or through husky, lefthook or the pre-commit framework."""

import click

from gitspec.cli.hook_run import (
    run_commit_msg,
    run_post_merge,
    run_pre_commit,
    run_pre_push,
    run_pre_receive,
    run_prepare,
    run_reference_transaction,
    run_update,
)
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


@command.command("pre-commit", epilog=examples("gitspec hook pre-commit"))
def pre_commit_command() -> int:
    """Judge what is staged below spec/: it is valid, it folds, and it breaks no other change."""
    return run_pre_commit()


@command.command("pre-merge-commit", epilog=examples("gitspec hook pre-merge-commit"))
def pre_merge_commit_command() -> int:
    """Judge the result of a merge that is about to be committed, as pre-commit does."""
    return run_pre_commit(merge=True)


@command.command("post-merge", epilog=examples("gitspec hook post-merge 0"))
@click.argument("squash", default="")
def post_merge_command(squash: str) -> int:
    """Say which changes are ready to archive after a merge; SQUASH is 1 when nothing was committed.

    Where the policy has `archive: {on_merge: auto}` they are archived, on the branch that it names and not after a pull.
    """
    return run_post_merge(squash)


@command.command("pre-push", epilog=examples("gitspec hook pre-push origin git@example.com:team/app.git"))
@click.argument("remote", default="")
@click.argument("url", default="")
def pre_push_command(remote: str, url: str) -> int:
    """Judge every ref of a push as the server would; Git says on standard input what is pushed."""
    return run_pre_push(remote, url)


@command.command("reference-transaction", epilog=examples("gitspec hook reference-transaction prepared"))
@click.argument("state")
def reference_transaction_command(state: str) -> int:
    """Judge what moves a protected branch, whatever command does; Git says on standard input what moves."""
    return run_reference_transaction(state)


@command.command("pre-receive", epilog=examples("gitspec hook pre-receive < updates"))
def pre_receive_command() -> int:
    """Judge all refs of a push on a server; Git says on standard input what is pushed."""
    return run_pre_receive()


@command.command("update", epilog=examples("gitspec hook update refs/heads/main OLD NEW"))
@click.argument("ref")
@click.argument("old")
@click.argument("new")
def update_command(ref: str, old: str, new: str) -> int:
    """Judge one ref of a push on a server. Prefer pre-receive, which sees the whole push."""
    return run_update(ref, old, new)
