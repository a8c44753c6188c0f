"""`gitspec approve`: sign what a change proposes."""

import click

from gitspec.cli.options import change_argument, emit, examples, json_option


@click.command(epilog=examples("gitspec approve add-2fa", "gitspec approve add-2fa --json"))
@change_argument()
@json_option
def command(change: str, as_json: bool) -> None:
    """Approve a change: sign its proposal and the requirements that result from it.

    For a policy that says `approvals.need: recorded`: code for the change may land once somebody whom the policy lists
    under `approvals.by`, and who is not the change's author, has approved it. The signature is made with the SSH key
    that Git signs with (user.signingKey) and written into change.yaml; commit that. An edit of the proposal or of what
    results asks for a new approval.
    """
    from gitspec.commands.approve import approve
    from gitspec.git.repository import discover

    done = approve(discover(), change)
    text = [
        f"{done.by} approves {done.change} ({done.digest})" + (", instead of before" if done.replaced else ""),
        f"next: git add {done.path} && git commit -m 'Approve {done.change}'",
    ]
    emit(as_json, "approved", done._asdict(), text)
