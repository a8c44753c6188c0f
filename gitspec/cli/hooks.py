"""`gitspec hooks`, `gitspec use` and `gitspec commit`: the commit hooks, and which change a commit is for."""

import os
from typing import TYPE_CHECKING, Any

import click

from gitspec.cli.options import Group, change_argument, complete_change, emit, examples, json_option

if TYPE_CHECKING:
    from gitspec.commands.hooks import Installed


@click.group(cls=Group, epilog=examples("gitspec hooks install", "gitspec hooks status", "gitspec hooks uninstall"))
def command() -> None:
    """Install, inspect and remove the commit hooks of this repository."""


@command.command("install", epilog=examples("gitspec hooks install", "gitspec hooks install --strict"))
@click.option("--strict", is_flag=True, help="Also judge whatever moves a protected branch (reference-transaction).")
@json_option
def install_command(strict: bool, as_json: bool) -> None:
    """Install the hooks beside those that are there, which run first; safe to run twice.

    They are pre-commit, prepare-commit-msg, commit-msg, pre-merge-commit, post-merge and pre-push. The one for protected
    branches is installed with --strict, or when the policy has `protected: {strict_local: true}`.
    """
    from gitspec.commands.hooks import install
    from gitspec.git.repository import discover

    result = install(discover(), strict=strict)
    emit(as_json, "hooks", hooks_data(result), hooks_lines(result))


@command.command("uninstall", epilog=examples("gitspec hooks uninstall"))
@json_option
def uninstall_command(as_json: bool) -> None:
    """Remove the hooks and restore what was there before, byte for byte."""
    from gitspec.commands.hooks import uninstall
    from gitspec.git.repository import discover

    result = uninstall(discover())
    removed = [f"removed {script.hook} from {script.path}" for script in result.scripts if script.is_new]
    emit(as_json, "hooks", hooks_data(result), removed or f"no hook of gitspec is in {result.folder}")


@command.command("status", epilog=examples("gitspec hooks status", "gitspec hooks status --json"))
@json_option
@click.pass_context
def status_command(ctx: click.Context, as_json: bool) -> None:
    """Say for each hook and work tree whether commits are judged; exit 1 if one is not."""
    from gitspec.commands.hooks import status
    from gitspec.domain.rules import finding
    from gitspec.git.repository import discover
    from gitspec.render.text import finding_lines

    result = status(discover())
    lines: list[str] = []
    for script in result.scripts:
        if script.problem:
            lines += finding_lines(finding(script.code, script.problem, script.path, help=script.help))
        else:
            how = "is called by the hook in place" if script.state == "called" else "installed"
            lines.append(f"{script.path}: {script.hook} {how}" + (f", runs {script.kept} first" if script.kept else ""))
    emit(as_json, "hooks", hooks_data(result), list(dict.fromkeys(lines)))  # work trees share scripts
    if result.problems:
        ctx.exit(1)


def hooks_lines(result: "Installed") -> list[str]:
    """What was installed, for people."""
    lines = [
        f"{s.path} calls gitspec for {s.hook} already"
        if s.state == "called"
        else f"{'installed' if s.is_new else 'unchanged:'} {s.hook} in {s.path}"
        + (f" (runs {s.kept} first)" if s.kept else "")
        for s in result.scripts
    ]
    lines += [f"set {key} in this clone's Git configuration" for key in result.configured]
    if result.shared:
        lines.append(f"{result.folder} is in the work tree: commit the scripts or not, in other clones they do nothing")
    return lines


def hooks_data(result: "Installed") -> dict[str, Any]:
    """The JSON of hooks."""
    return {
        "folder": result.folder,
        "shared": result.shared,
        "configured": list(result.configured),
        "hooks": [
            {
                "hook": s.hook,
                "state": s.state,
                "new": s.is_new,
                "path": s.path,
                "worktree": s.worktree or None,
                "kept": s.kept or None,
                "code": s.code or None,
                "problem": s.problem or None,
                "help": s.help or None,
            }
            for s in result.scripts
        ],
    }


@click.command(epilog=examples("gitspec use add-2fa", "gitspec use", "gitspec use --clear"))
@change_argument(required=False)
@click.option("--clear", is_flag=True, help="Forget what was set.")
@json_option
def use_command(change: str | None, clear: bool, as_json: bool) -> None:
    """Say which change the commits of this work tree are for.

    The commit hook then writes the reference into messages that have none. A branch named change/<id> goes before, and
    `gitspec commit --change` (or `git -c gitspec.change=<id> commit`) before both. Without CHANGE the setting is shown.
    """
    from gitspec.commands.use import use, used_change
    from gitspec.errors import UsageError
    from gitspec.git.repository import discover

    repo = discover()
    if change is not None and clear:
        raise UsageError("U000", "CHANGE and --clear exclude each other", help="leave one of them out")
    if change is not None or clear:
        use(repo, change or "")
    now = used_change(repo)
    emit(as_json, "use", {"change": now or None}, f"commits here are for {now}" if now else "no change is set here")


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog=examples("gitspec commit --change add-2fa -m 'Store the secret'", "gitspec commit --change add-2fa -a"),
)
@click.option("--change", required=True, metavar="CHANGE", shell_complete=complete_change, help="What it is for.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[GIT COMMIT OPTIONS]...")
def commit_command(change: str, arguments: tuple[str, ...]) -> None:
    """Run `git commit` for a change: the hook writes the reference into the message.

    Everything behind --change goes to Git. It is short for `git -c gitspec.change=CHANGE commit …`.
    """
    from gitspec.errors import CannotJudge

    words = ("git", "-c", f"gitspec.change={change}", "commit", *arguments)
    try:
        os.execvp(words[0], words)
    except FileNotFoundError:
        raise CannotJudge("G003", "the git program was not found", help="install Git 2.38 or newer") from None
