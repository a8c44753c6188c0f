"""The hooks without the command line around them: Git runs these on every commit, and click costs thirty milliseconds."""

import sys
from collections.abc import Sequence

from gitspec.errors import EXIT_FINDINGS, EXIT_OK

TYPE_CHECKING = False  # typing would cost a hook as much as its verdict
if TYPE_CHECKING:
    from gitspec.domain.report import Report

_MOST = 50
"""How many findings about a push are shown."""


def run_commit_msg(message: str) -> int:
    """Judge the commit whose message is in a file, say what there is to say, and give the exit code."""
    from gitspec.commands.hook_commit_msg import commit_msg
    from gitspec.render.text import findings_text, harmless

    verdict = commit_msg(message)
    lines = findings_text(verdict.findings)
    if verdict.added:
        lines.append(harmless(f"gitspec: added 'Change: {verdict.added.change}' ({verdict.added.source})"))
    if verdict.refused:
        lines.append("  help: the message is kept; to use it again:")
        lines += [harmless(f"    {command}") for command in verdict.mend]
    if lines:
        sys.stderr.write("\n".join(lines) + "\n")
    return EXIT_FINDINGS if verdict.refused else EXIT_OK


def run_prepare(message: str, source: str = "", *_: str) -> int:
    """Prepare the message in a file; what goes wrong is said and stops nothing but a commit on a torn state (G050)."""
    import os

    from gitspec.commands.hook_prepare import prepare
    from gitspec.errors import GitspecError

    try:
        # The pre-commit framework hands Git's word on in a variable only.
        prepare(message, source or os.environ.get("PRE_COMMIT_COMMIT_MSG_SOURCE", ""))
    except GitspecError as error:
        from gitspec.cli.options import show_error

        show_error(error)
        if error.code == "G050":
            return error.exit_code
    return EXIT_OK


def run_pre_commit(*, merge: bool = False) -> int:
    """Judge what is staged below spec/."""
    from gitspec.commands.hook_pre_commit import judge_staged
    from gitspec.render.text import findings_text

    staged = judge_staged(merge=merge)
    if not staged.findings:
        return EXIT_OK
    lines = findings_text(staged.findings)
    if staged.merging:
        lines.append("  help: the merge is staged: mend that and run 'git commit', or take it back: git merge --abort")
    sys.stderr.write("\n".join(lines) + "\n")
    return EXIT_FINDINGS


def run_post_merge(squash: str = "") -> int:
    """Say what is ready to archive after a merge, or archive it. Git has merged already: nothing is stopped."""
    import os

    from gitspec.commands.hook_post_merge import after_merge
    from gitspec.render.text import harmless

    if (squash or os.environ.get("PRE_COMMIT_IS_SQUASH_MERGE")) == "1":
        return EXIT_OK
    after = after_merge(os.environ.get("GIT_REFLOG_ACTION", ""))
    if after is None:
        return EXIT_OK
    lines = [f"gitspec: archived {change} on {after.branch}: {oid}" for change, oid in after.archived]
    if after.ready:
        why = f" (not archived: {after.why})" if after.why else ""
        lines.append(f"gitspec: ready to archive on {after.branch}: {', '.join(after.ready)}{why}")
        one = after.ready[0] if len(after.ready) == 1 else "--merged"
        lines.append(f"  help: gitspec archive {one}")
    if lines:
        sys.stderr.write("\n".join(map(harmless, lines)) + "\n")
    if after.error:
        raise after.error
    return EXIT_OK


def run_pre_push(remote: str = "", url: str = "") -> int:
    """Judge all refs of a push: those on standard input, or the one that the pre-commit framework names."""
    import os

    from gitspec.commands.hook_pre_push import judge_push, lines_of_framework
    from gitspec.git.plain_push import lines_of_push

    environ = os.environ
    if environ.get("PRE_COMMIT") and not remote:
        remote, url = environ.get("PRE_COMMIT_REMOTE_NAME", ""), environ.get("PRE_COMMIT_REMOTE_URL", "")
        return _tell(judge_push(remote, url, lines_of_framework(environ)))
    return _tell(judge_push(remote, url, os.fsdecode(lines_of_push())))


def run_reference_transaction(state: str) -> int:
    """Judge what moves protected branches."""
    import os

    from gitspec.commands.hook_reference import judge_transaction
    from gitspec.git.plain_push import lines_of_push

    if state != "prepared":
        return EXIT_OK
    code = _tell(judge_transaction(os.fsdecode(lines_of_push())))
    if code:
        sys.stderr.write(
            "  help: nothing has moved. What Git has staged for it goes with 'git reset --merge', a rebase with "
            "'git rebase --abort'\n"
        )
    return code


def run_pre_receive() -> int:
    """Judge all refs of a push on a server; Git writes them to standard input."""
    import os

    from gitspec.commands.hook_server import pre_receive

    return _tell(pre_receive(os.fsdecode(sys.stdin.buffer.read()).split("\n")))


def run_update(ref: str, old: str, new: str) -> int:
    """Judge one ref of a push on a server."""
    from gitspec.commands.hook_server import update

    return _tell(update(ref, old, new))


def _tell(report: "Report") -> int:
    """Say what a report finds; nothing when it is all right."""
    from gitspec.render.check import check_text

    if any(True for _ in report.findings()):
        sys.stderr.write("\n".join(check_text(report, most=_MOST)) + "\n")
    return EXIT_FINDINGS if report.is_refused() else EXIT_OK


def run_hook(args: Sequence[str]) -> int | None:
    """Run ``gitspec hook <args>`` as Git calls it; None when that is no plain call of a hook."""
    if any(arg.startswith("-") for arg in args):
        return None
    match args:
        case ["commit-msg", message]:
            return run_commit_msg(message)
        case ["prepare-commit-msg", message, *rest] if len(rest) < 3:
            return run_prepare(message, *rest)
        case ["pre-commit"]:
            return run_pre_commit()
        case ["pre-merge-commit"]:
            return run_pre_commit(merge=True)
        case ["post-merge", *squash] if len(squash) < 2:
            return run_post_merge(*squash)
        case ["pre-push", *remote] if len(remote) < 3:
            return run_pre_push(*remote)
        case ["pre-receive"]:
            return run_pre_receive()
        case ["update", ref, old, new]:
            return run_update(ref, old, new)
        case ["reference-transaction", state]:
            return run_reference_transaction(state)
    return None
