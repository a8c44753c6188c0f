"""`gitspec init`: bring gitspec into a repository."""

import sys
from typing import TYPE_CHECKING, Any

import click

from gitspec.cli.options import emit, examples, json_option

if TYPE_CHECKING:
    from gitspec.commands.init import Done, Plan
    from gitspec.commands.init_ci import Forge


@click.command(
    epilog=examples(
        "gitspec init",
        "gitspec init --yes --json",
        "gitspec init --ci github",
        "gitspec -C path/to/repository init --no-hooks",
    )
)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
@click.option("--no-hooks", is_flag=True, help="Do not install the commit hooks (gitspec hooks install does it later).")
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab"]),
    multiple=True,
    help="Write pipelines that judge what lands, and on GitHub archive what is complete (docs/ci.md).",
)
@json_option
def command(yes: bool, no_hooks: bool, ci: tuple["Forge", ...], as_json: bool) -> int:
    """Bring gitspec into a repository: policy, commit hooks, diff and merge driver.

    Safe to run twice: it writes what is missing and overwrites nothing.
    """
    from gitspec.commands import init
    from gitspec.git.repository import discover

    repo = discover()
    planned = init.plan(repo, hooks=not no_hooks, ci=ci)
    if not yes and not as_json and _somebody_watches() and not _agreed(planned):
        click.echo("nothing was written")
        return 1
    done = init.apply(repo, planned)
    emit(as_json, "init", _data(planned, done), _lines(planned, done))
    return 0


def _somebody_watches() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _agreed(planned: "Plan") -> bool:
    todo = [f"write {path}" for path in planned.paths]
    todo += [f"set {key} in this clone's Git configuration" for key in planned.settings]
    todo += ["install the commit hooks, beside those that are there"] if planned.hooks else []
    if not todo:
        return True
    click.echo("\n".join(["gitspec init will", *(f"  {step}" for step in todo)]))
    return click.confirm("Go on?", default=True)


def _lines(planned: "Plan", done: "Done") -> list[str]:
    lines = [f"wrote {path}" for path in done.written]
    lines += [f"kept {path}" for path in done.kept]
    lines += [
        f"kept {path}, which differs from what this version writes; to get that: delete it, and run this again"
        for path in _different(planned)
    ]
    lines += [f"set {key} in this clone's Git configuration" for key in done.configured]
    lines += [f"kept {key} as you have set it" for key in planned.kept_settings]
    if done.hooks is not None:
        from gitspec.cli.hooks import hooks_lines

        lines += hooks_lines(done.hooks)
    if planned.tag_readers:
        lines += [
            "",
            "Archiving makes tags named archive/<date>-<change>. Keep them from the tools here that read tags:",
        ]
        for reader in planned.tag_readers:
            place = f"{reader.path}:{reader.line}" if reader.line else reader.path
            lines += [f"  {place} ({reader.tool}), {reader.where}:", f"    {reader.advice}"]
    lines += ["", *(f"next: {step}" for step in next_steps(done))]
    return lines


def next_steps(done: "Done") -> list[str]:
    """What to type now, in that order.

    Pipelines are code, and code names a change: those of a first run are committed before there is a policy to ask that.
    """
    from gitspec.commands.init_git import ATTRIBUTES
    from gitspec.domain.places import POLICY

    own = [path for path in done.written if path in (POLICY, ATTRIBUTES)]
    pipelines = " ".join(path for path in done.written if path not in own)
    adopt = [f"git add {' '.join(own)} && git commit -m 'Adopt gitspec'"] if own else []
    if not pipelines:
        return [*adopt, "gitspec propose <change>"]
    if POLICY in own:
        return [f"git add {pipelines} && git commit -m 'Judge pull requests'", *adopt, "gitspec propose <change>"]
    judge = f"git add {pipelines} spec/changes && git commit -m 'Judge pull requests' -m 'Change: <change>'"
    return [*adopt, "gitspec propose <change>", judge]


def _different(planned: "Plan") -> list[str]:
    return [file.path for file in planned.pipelines if file.state == "different"]


def _data(planned: "Plan", done: "Done") -> dict[str, Any]:
    from gitspec.cli.hooks import hooks_data

    return {
        "written": list(done.written),
        "kept": list(done.kept),
        "different": _different(planned),
        "configured": list(done.configured),
        "hooks": None if done.hooks is None else hooks_data(done.hooks),
        "tag_readers": [reader._asdict() | {"line": reader.line or None} for reader in planned.tag_readers],
        "next": next_steps(done),
    }
