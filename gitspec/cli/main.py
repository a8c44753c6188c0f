"""The command group. A command's module is imported when it is invoked, listed in help or completed, not before."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from gitspec import __version__, errors

# Section of the help -> command -> "module:attribute" of its click command.
SECTIONS: dict[str, dict[str, str]] = {
    "Set up": {
        "init": "gitspec.cli.init:command",
        "import": "gitspec.cli.import_:command",
        "hooks": "gitspec.cli.hooks:command",
        "policy": "gitspec.cli.policy:command",
        "doctor": "gitspec.cli.doctor:command",
    },
    "Work on a change": {
        "propose": "gitspec.cli.propose:command",
        "delta": "gitspec.cli.delta:command",
        "rebase": "gitspec.cli.rebase:command",
        "task": "gitspec.cli.task:command",
        "approve": "gitspec.cli.approve:command",
        "use": "gitspec.cli.hooks:use_command",
        "commit": "gitspec.cli.hooks:commit_command",
    },
    "Look": {
        "list": "gitspec.cli.list_:command",
        "show": "gitspec.cli.show:command",
        "status": "gitspec.cli.status:command",
        "diff": "gitspec.cli.diff:command",
        "overlap": "gitspec.cli.overlap:command",
    },
    "Ask history": {
        "trace": "gitspec.cli.trace:command",
        "why": "gitspec.cli.why:command",
        "log": "gitspec.cli.log:command",
        "blame": "gitspec.cli.blame:command",
        "changelog": "gitspec.cli.changelog:command",
        "coverage": "gitspec.cli.coverage:command",
        "report": "gitspec.cli.report:command",
    },
    "Check": {
        "check": "gitspec.cli.check:command",
        "ci": "gitspec.cli.ci:command",
        "validate": "gitspec.cli.validate:command",
        "fmt": "gitspec.cli.fmt:command",
        "explain": "gitspec.cli.explain:command",
        "fsck": "gitspec.cli.fsck:command",
        "tags": "gitspec.cli.tags:command",
    },
    "Finish": {
        "archive": "gitspec.cli.archive:command",
        "resolve": "gitspec.cli.resolve:command",
        "close": "gitspec.cli.close:command",
        "unarchive": "gitspec.cli.unarchive:command",
    },
}
HIDDEN: dict[str, str] = {  # what Git calls
    "hook": "gitspec.cli.hook:command",
    "merge-driver": "gitspec.cli.merge_driver:command",
}
COMMANDS: dict[str, str] = {name: target for names in [*SECTIONS.values(), HIDDEN] for name, target in names.items()}


class LazyGroup(click.Group):
    """A group that knows its commands by name only."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in SECTIONS.values() for name in names if self.get_command(ctx, name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module_name, _, attribute = target.partition(":")
        try:
            module = import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name != module_name:
                raise
            return None
        found = getattr(module, attribute)
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            hint = f"did you mean 'gitspec {near[0]}'?" if near else "gitspec --help lists the commands"
            raise errors.UsageError("U001", f"no command '{args[0]}'", help=hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from gitspec.cli.options import short_help

        width = max(map(len, COMMANDS))
        for section, names in SECTIONS.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name.ljust(width), short_help(command)) for name, command in found if command is not None]
            if rows:
                with formatter.section(section):
                    formatter.write_dl(rows)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExamples:\n  gitspec init\n  gitspec propose add-2fa --title 'Two-factor authentication'\n"
    "  gitspec status\n  gitspec archive add-2fa",
)
@click.option("-C", "directory", metavar="PATH", multiple=True, help="Run as if started in PATH.")
@click.version_option(__version__, message="gitspec %(version)s")
@click.pass_context
def cli(ctx: click.Context, directory: tuple[str, ...]) -> None:
    """Specs that Git can prove: living requirements, changes, and archives that lose nothing."""
    from contextlib import chdir

    for path in directory:
        try:
            ctx.with_resource(chdir(path))
        except OSError as error:
            raise errors.UsageError("U002", f"-C {path}: {error.strerror}") from None


def run_cli(args: Sequence[str]) -> int:
    """Run ``gitspec <args>`` and return the exit code.

    A command ends with its exit code as return value or by ``ctx.exit``; it raises GitspecError to be stopped.
    """
    stdout, stderr = sys.stdout, sys.stderr
    try:
        code: Any = cli.main(args=list(args), prog_name="gitspec", standalone_mode=False)
    except SystemExit as ended:  # how click answers a closed pipe, after it has put wrappers over the streams
        if sys.stdout is stdout:
            raise
        sys.stdout, sys.stderr = stdout, stderr
        raise BrokenPipeError from ended
    except click.ClickException as error:
        from gitspec.cli.options import show_usage_error

        return show_usage_error(error)
    except click.Abort as error:
        raise KeyboardInterrupt from error
    return code if isinstance(code, int) else errors.EXIT_OK
