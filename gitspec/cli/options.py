"""What the commands share: options, arguments with completion, and the way results and errors are shown."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gitspec import errors

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from gitspec.domain.finding import Finding

F = TypeVar("F", bound=Callable[..., Any])


def text(value: str) -> str:
    """What is written into a file or a message: the system may hand over any bytes, and files are UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise click.BadParameter("not valid UTF-8") from None
    return value


TEXT = text
"""The type of options and arguments that are written down; paths and names of refs may be any bytes."""


def examples(*lines: str) -> str:
    """The ``epilog`` of a command: its examples, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


class Group(click.Group):
    """A group whose help says the whole first sentence of each command: click cuts it to one line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, short_help(found)) for name in self.list_commands(ctx) if (found := self.get_command(ctx, name))]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def short_help(command: click.Command) -> str:
    """The first sentence of a command's help."""
    return command.get_short_help_str(limit=1000)


def json_option(function: F) -> F:
    """``--json``, as ``as_json: bool``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON (shapes: docs/json.md).")(function)


def format_option(*formats: str) -> Callable[[F], F]:
    """``--format``, as ``form: str``, of ``formats``, the first by default; ``wanted_format`` reads it with ``--json``."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default=formats[0], help="What to print.", show_default=True
    )


def wanted_format(form: str, *, as_json: bool, default: str = "text") -> str:
    """What ``--format`` and ``--json`` ask for. Raises UsageError U000 when that is two things."""
    if as_json and form not in (default, "json"):
        raise errors.UsageError("U000", f"--json and --format {form} exclude each other", help="run it twice")
    return "json" if as_json else form


def at_option(function: F) -> F:
    """``--at REV``, as ``at: str | None``, for ``gitspec.git.snapshot.open_snapshot``."""
    return click.option("--at", metavar="REV", help="Read spec/ as it is in that commit, instead of the work tree.")(
        function
    )


def no_cache_option(function: F) -> F:
    """``--no-cache``, as ``no_cache: bool``."""
    return click.option("--no-cache", is_flag=True, help="Neither read nor write cached facts.")(function)


def change_argument(name: str = "change", **kwargs: Any) -> Callable[[F], F]:
    """An argument that is the id of an active change; the shell completes it."""
    return click.argument(name, shell_complete=complete_change, **kwargs)


def complete_change(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Ids of active changes for the shell. Only valid ids get out: a shell evaluates what it completes."""
    return _items(_active_ids, incomplete)


def complete_name(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Ids of capabilities, requirements (once a capability is typed) and active changes for the shell."""
    return _items(lambda: _all_ids(incomplete), incomplete)


def complete_task(ctx: click.Context, _param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Numbers of the tasks of the change that was typed before."""
    from gitspec.commands.task import read
    from gitspec.git.repository import discover
    from gitspec.git.snapshot import open_snapshot

    return _items(
        lambda: [i.id for i in read(open_snapshot(discover(), None), ctx.params.get("change") or "").items], incomplete
    )


def _items(source: Callable[[], Sequence[str]], incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    try:
        found = source()
    except (errors.GitspecError, OSError):  # completion has nobody to tell
        return []
    return [CompletionItem(value) for value in found if value.startswith(incomplete)]


def _active_ids() -> list[str]:
    from gitspec.domain.ids import problem_with_change_id
    from gitspec.git.repository import discover
    from gitspec.git.snapshot import open_snapshot
    from gitspec.store.spec import Spec

    return [i for i in Spec(open_snapshot(discover(), None)).change_ids() if problem_with_change_id(i) is None]


def _all_ids(incomplete: str) -> list[str]:
    from gitspec.git.repository import discover
    from gitspec.git.snapshot import open_snapshot
    from gitspec.store.cache import Cache
    from gitspec.store.facts import facts_of_capabilities
    from gitspec.store.spec import Spec

    repo = discover()
    spec = Spec(open_snapshot(repo, None), Cache(repo))
    capability = incomplete.rpartition("/")[0]
    inside = facts_of_capabilities(spec, [capability]) if capability else {}
    requirements = [f"{c}/{requirement}" for c, facts in inside.items() for requirement in facts.requirement_ids]
    return [*spec.capability_ids(), *spec.change_ids(), *requirements]


def emit(as_json: bool, kind: str, data: Mapping[str, Any], text: str | Sequence[str]) -> None:
    """Print a result: JSON ``{"gitspec": 1, "kind": kind, **data}``, or the text (or its lines) made safe to show."""
    if as_json:
        from gitspec.render.json import document

        click.echo(document(kind, **data), nl=False)
        return
    lines = text if isinstance(text, str) else "\n".join(text)
    if lines:
        click.echo(_safe(lines))


def show_error(error: errors.GitspecError) -> None:
    """``place: CODE message`` and ``help: …`` on stderr; the place is ``gitspec`` when it is in no file.

    An error that stands for several findings (``findings``) shows them all.
    """
    findings: tuple[Finding, ...] = getattr(error, "findings", ())
    if len(findings) > 1:
        from gitspec.render.text import findings_text

        sys.stderr.write("\n".join(findings_text(findings)) + "\n")
        last = findings[0].help
        if error.help and error.help != last:
            sys.stderr.write(_safe(f"help: {error.help.removeprefix(last).strip()}\n"))
        return
    sys.stderr.write(_safe(f"{error.place or 'gitspec'}: {error.code} {error.message}\n"))
    if error.help:
        sys.stderr.write(_safe(f"help: {error.help}\n"))


def show_usage_error(error: click.ClickException) -> int:
    """What click has against the command line, in our form; the exit code is 2."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return errors.EXIT_USAGE
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    help_ = f"{ctx.command_path} --help" if ctx else ""
    show_error(errors.UsageError("U000", error.format_message().rstrip("."), help=help_))
    return errors.EXIT_USAGE


def _safe(text: str) -> str:
    from gitspec.render.text import harmless

    return harmless(text)
