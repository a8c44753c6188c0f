"""`gitspec policy`: what holds in this project, and why."""

import click

from gitspec.cli.options import Group, at_option, examples, json_option


@click.group(cls=Group, epilog=examples("gitspec policy show", "gitspec policy show --at origin/main"))
def command() -> None:
    """Look at the project's policy (spec/gitspec.yaml)."""


@command.command(
    "show", epilog=examples("gitspec policy show", "gitspec policy show --at v1.2", "gitspec policy show --json")
)
@at_option
@json_option
@click.pass_context
def show_command(ctx: click.Context, at: str | None, as_json: bool) -> None:
    """Show every key of the policy, its value, and where that comes from.

    A value is a default, or a line of spec/gitspec.yaml with the commit that wrote it. What judges a commit at the gates
    is the policy of the branch that it lands on: look at that with --at. Exits with 1 when the file has errors.
    """
    from gitspec.cli.opened import open_spec, put_json, put_lines
    from gitspec.commands.policy_show import show_policy
    from gitspec.domain.finding import has_errors
    from gitspec.render.output import paint
    from gitspec.render.policy import policy_data, policy_text

    spec = open_spec(at, cached=False)
    shown = show_policy(spec)
    if as_json:
        put_json(spec, "policy", policy_data(shown))
    else:
        put_lines(policy_text(shown, paint()))
    ctx.exit(1 if has_errors(shown.findings) else 0)
