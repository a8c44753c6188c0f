"""`gitspec delta`: say what a change does to requirements."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from gitspec.cli.options import TEXT, Group, change_argument, emit, examples, json_option

if TYPE_CHECKING:
    from gitspec.commands.delta import Written
    from gitspec.commands.requirement_input import Format

F = TypeVar("F", bound=Callable[..., Any])
_FORMATS = ["yaml", "json", "openspec"]


def content_options(function: F) -> F:
    """``--from`` and ``--format``: where the requirement comes from; the editor when neither is given."""
    form = click.option(
        "--format", "form", type=click.Choice(_FORMATS), help="Format of the content; found out when left out."
    )
    source = click.option(
        "--from", "source", metavar="FILE", help="Take the requirement from FILE; - reads standard input."
    )
    return source(form(function))


@click.group(
    cls=Group,
    epilog=examples(
        "gitspec delta add add-2fa auth --from totp.yaml",
        "gitspec delta modify add-2fa auth/session-expiry",
        "gitspec delta remove add-2fa auth/remember-me --reason 'Replaced by two-factor sign-in.'",
        "gitspec delta rename add-2fa auth/login-page sign-in-page",
        "gitspec delta move add-2fa auth/device-list devices",
        "gitspec delta stamp add-2fa",
    ),
)
def command() -> None:
    """Say what a change does to requirements; deltas hold only what differs, from what to what."""


@command.command(
    "add",
    epilog=examples(
        "gitspec delta add add-2fa auth",
        "gitspec delta add add-2fa auth --from totp.yaml --after session-expiry",
        "gitspec delta add add-2fa devices --purpose 'Know the devices of a user.' --from - < list.md",
    ),
)
@change_argument()
@click.argument("capability")
@content_options
@click.option("--id", "requirement_id", metavar="ID", help="Id of the requirement, when the content does not say it.")
@click.option("--after", metavar="ID", help="Put it behind that requirement; at the end when left out.")
@click.option("--title", type=TEXT, help="Title of a new capability.")
@click.option("--purpose", type=TEXT, help="Purpose of a new capability.")
@click.option("--replace", is_flag=True, help="Put it in the place of one that the change adds under that id.")
@json_option
def add_command(
    change: str,
    capability: str,
    source: str | None,
    form: str | None,
    requirement_id: str | None,
    after: str | None,
    title: str | None,
    purpose: str | None,
    replace: bool,
    as_json: bool,
) -> None:
    """Add a requirement to CAPABILITY, which may be new.

    The requirement comes from your editor, a file or standard input, as YAML, JSON or OpenSpec Markdown.
    """
    from gitspec.commands import delta
    from gitspec.commands.delta_content import Content
    from gitspec.git.repository import discover

    content = Content(source, cast("Format | None", form), requirement_id)
    done = delta.add(
        discover(),
        change,
        capability,
        lambda shop: content.new(shop, capability),
        after=after,
        title=title,
        purpose=purpose,
        replace=replace,
    )
    show(done, as_json)


@command.command(
    "modify",
    epilog=examples(
        "gitspec delta modify add-2fa auth/session-expiry",
        "gitspec delta modify add-2fa auth/session-expiry --from session-expiry.yaml",
        "gitspec show auth/session-expiry --json | jq 'del(.requirement.tags)' | gitspec delta modify add-2fa auth/session-expiry --from -",
    ),
)
@change_argument()
@click.argument("requirement", metavar="CAPABILITY/REQUIREMENT")
@content_options
@json_option
def modify_command(change: str, requirement: str, source: str | None, form: str | None, as_json: bool) -> None:
    """Give a requirement as it shall be; the delta holds the difference.

    Your editor opens with the requirement as it is now, the change's own edits included. What is given with --from
    must be the whole requirement: a scenario that is left out is removed.
    """
    from gitspec.commands import delta
    from gitspec.commands.delta_content import Content
    from gitspec.git.repository import discover

    content = Content(source, cast("Format | None", form))
    capability = requirement.rpartition("/")[0]
    done = delta.modify(discover(), change, requirement, lambda shop, now: content.edit(shop, capability, now))
    show(done, as_json)


@command.command(
    "remove",
    epilog=examples(
        "gitspec delta remove add-2fa auth/remember-me --reason 'Replaced.' --migration 'Users sign in again.'",
        "gitspec delta remove add-2fa legacy/last-one --retire",
    ),
)
@change_argument()
@click.argument("requirement", metavar="CAPABILITY/REQUIREMENT")
@click.option("--reason", type=TEXT, help="Why it goes.")
@click.option("--migration", type=TEXT, help="What its users do instead.")
@click.option("--retire", is_flag=True, help="The capability goes too when nothing is left in it.")
@json_option
def remove_command(
    change: str, requirement: str, reason: str | None, migration: str | None, retire: bool, as_json: bool
) -> None:
    """Remove a requirement."""
    from gitspec.commands import delta
    from gitspec.git.repository import discover

    done = delta.remove(discover(), change, requirement, reason=reason, migration=migration, retire=retire)
    show(done, as_json)


@command.command(
    "rename",
    epilog=examples(
        "gitspec delta rename add-2fa auth/login-page sign-in-page --title 'Sign-in page'",
        "gitspec delta rename add-2fa auth sign-in --capability",
    ),
)
@change_argument()
@click.argument("name", metavar="CAPABILITY/REQUIREMENT")
@click.argument("to", metavar="NEW_ID")
@click.option("--title", type=TEXT, help="Its new title.")
@click.option("--capability", "whole", is_flag=True, help="Rename a capability, not a requirement.")
@json_option
def rename_command(change: str, name: str, to: str, title: str | None, whole: bool, as_json: bool) -> None:
    """Give a requirement another id; links that others hold to it follow."""
    from gitspec.commands import delta
    from gitspec.errors import UsageError
    from gitspec.git.repository import discover

    if whole and title is not None:
        raise UsageError("U000", "--capability excludes --title", help="edit `title:` in the delta, with from and to")
    repo = discover()
    done = (
        delta.rename_capability(repo, change, name, to) if whole else delta.rename(repo, change, name, to, title=title)
    )
    show(done, as_json)


@command.command(
    "move",
    epilog=examples(
        "gitspec delta move add-2fa auth/device-list devices",
        "gitspec delta move add-2fa auth/device-list devices/list --purpose 'Know the devices of a user.'",
    ),
)
@change_argument()
@click.argument("requirement", metavar="CAPABILITY/REQUIREMENT")
@click.argument("to", metavar="CAPABILITY[/REQUIREMENT]")
@click.option("--title", type=TEXT, help="Title of a new capability.")
@click.option("--purpose", type=TEXT, help="Purpose of a new capability.")
@json_option
def move_command(change: str, requirement: str, to: str, title: str | None, purpose: str | None, as_json: bool) -> None:
    """Move a requirement to another capability; links that others hold to it follow."""
    from gitspec.commands import delta
    from gitspec.git.repository import discover

    show(delta.move(discover(), change, requirement, to, title=title, purpose=purpose), as_json)


@command.command(
    "stamp", epilog=examples("gitspec delta stamp add-2fa", "gitspec delta stamp add-2fa auth/session-expiry")
)
@change_argument()
@click.argument("requirement", metavar="[CAPABILITY/REQUIREMENT]", required=False)
@json_option
def stamp_command(change: str, requirement: str | None, as_json: bool) -> None:
    """Fill in what the author of hand-written entries saw: `from` and `seen`.

    They are taken from the living specs of the commit that brought the entry in, or of HEAD while it is uncommitted.
    """
    from gitspec.commands.stamp import stamp
    from gitspec.git.repository import discover

    show(stamp(discover(), change, requirement), as_json, "every entry is stamped")


def show(done: "Written", as_json: bool, nothing: str = "nothing to write: the deltas say so already") -> None:
    """Print what was written."""
    data = {
        "change": done.change,
        "written": list(done.written),
        "removed": list(done.removed),
        "entries": [
            {
                "capability": entry.capability,
                "operation": entry.operation,
                "requirement": entry.requirement or None,
                "parts": list(entry.parts),
            }
            for entry in done.entries
        ],
        "notes": list(done.notes),
    }
    lines = [f"wrote {path}" for path in done.written]
    lines += [f"removed {path}, which said nothing any more" for path in done.removed]
    for entry in done.entries:
        name = f"{entry.capability}/{entry.requirement}" if entry.requirement else entry.capability
        lines.append(f"  {entry.operation} {name}" + (f": {', '.join(entry.parts)}" if entry.parts else ""))
    lines += [f"note: {note}" for note in done.notes]
    emit(as_json, "delta", data, lines or [nothing])
