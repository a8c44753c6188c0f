"""The hooks without the command line around them: Git runs these on every commit, and click costs thirty milliseconds."""

import sys
from collections.abc import Sequence

from gitspec.errors import EXIT_FINDINGS, EXIT_OK


def run_commit_msg(message: str) -> int:
    """Judge the commit whose message is in a file, say what there is to say, and give the exit code."""
    from gitspec.commands.hook_commit_msg import commit_msg
    from gitspec.render.text import clean, findings_text

    verdict = commit_msg(message)
    lines = findings_text(verdict.findings)
    if verdict.added:
        lines.append(clean(f"gitspec: added 'Change: {verdict.added.change}' ({verdict.added.source})"))
    if verdict.refused:
        lines.append("  help: the message is kept; to use it again:")
        lines += [clean(f"    {command}") for command in verdict.mend]
    if lines:
        sys.stderr.write("\n".join(lines) + "\n")
    return EXIT_FINDINGS if verdict.refused else EXIT_OK


def run_prepare(message: str, source: str = "", *_: str) -> int:
    """Prepare the message in a file; what goes wrong is said and stops nothing."""
    import os

    from gitspec.commands.hook_prepare import prepare
    from gitspec.errors import GitspecError

    try:
        # The pre-commit framework hands Git's word on in a variable only.
        prepare(message, source or os.environ.get("PRE_COMMIT_COMMIT_MSG_SOURCE", ""))
    except GitspecError as error:
        from gitspec.cli.options import show_error

        show_error(error)
    return EXIT_OK


def run_hook(args: Sequence[str]) -> int | None:
    """Run ``gitspec hook <args>`` as Git calls it; None when that is no plain call of a hook."""
    if any(arg.startswith("-") for arg in args):
        return None
    if len(args) == 2 and args[0] == "commit-msg":
        return run_commit_msg(args[1])
    if len(args) in (2, 3, 4) and args[0] == "prepare-commit-msg":
        return run_prepare(*args[1:])
    return None
