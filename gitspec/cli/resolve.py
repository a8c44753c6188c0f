"""`gitspec resolve`: the living specs that a merge under way must have."""

from typing import TYPE_CHECKING

import click

from gitspec.cli.options import emit, examples, json_option

if TYPE_CHECKING:
    from gitspec.commands.resolve import Resolved


@click.command(epilog=examples("gitspec resolve", "gitspec resolve --stage"))
@click.option("--stage", is_flag=True, help="Add what was written to the index.")
@json_option
def command(stage: bool, as_json: bool) -> None:
    """Write the living specs that a merge under way must have.

    They are those of HEAD, without the archived changes that the merge takes back, folded with those that it brings: so
    the merge proves itself. A file whose content is right already stays as it is. Other conflicts stay for you to decide.
    """
    from gitspec.commands.resolve import resolve
    from gitspec.git.repository import discover

    done = resolve(discover(), stage=stage)
    emit(as_json, "resolve", {**done._asdict(), "next": _next(done)}, _lines(done))


def _lines(done: "Resolved") -> list[str]:
    count = len(done.folders)
    lines = [f"the merge brings {count} archived change{'' if count == 1 else 's'}"]
    lines += [f"  {folder}" for folder in done.folders]
    lines += [f"the merge takes {folder} back" for folder in done.taken_back]
    lines += [f"wrote {path}" for path in done.written]
    lines += [f"removed {path}" for path in done.removed]
    lines += [f"{path} is right" for path in done.right]
    lines += [f"kept {path}: brought in otherwise than by archiving" for path in done.imported]
    if not (done.written or done.removed or done.right or done.imported):
        lines.append("the living specs stay as they are")
    return [*lines, *(f"next: {step}" for step in _next(done))]


def _next(done: "Resolved") -> list[str]:
    paths = [*done.written, *done.removed, *done.right]
    return ["git status"] if done.staged or not paths else [f"git add -A -- {' '.join(paths)}"]
