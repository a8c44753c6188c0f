"""Text from an editor: the one that Git would use, on a file in the Git folder, so that nothing typed is ever lost."""

import os
import signal
from pathlib import Path

from gitspec.errors import CannotJudge, Refused
from gitspec.git.repository import Repository
from gitspec.git.run import run


def edited(repo: Repository, name: str, text: str) -> tuple[str, str]:
    """Let the user edit ``text`` and give (what it is then, the path of the file that keeps it).

    ``name`` is the file's name below ``<git dir>/gitspec/edit/``. Raises CannotJudge U007 when there is no editor,
    Refused U005 when it ends with an error.
    """
    path = Path(repo.git_dir, "gitspec", "edit", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    _run_editor(_editor(repo), os.path.relpath(path))
    return path.read_bytes().decode("utf-8", "surrogateescape"), os.path.relpath(path)


def forget(path: str) -> None:
    """Remove the file of an edit that has been taken over."""
    Path(path).unlink(missing_ok=True)


def _editor(repo: Repository) -> str:
    answer = run(repo, "var", "GIT_EDITOR")
    if answer.status:
        help_ = "give the content with --from FILE or --from -, or set core.editor"
        raise CannotJudge("U007", "Git knows no editor for this terminal", help=help_)
    return os.fsdecode(answer.out).strip()


def _run_editor(editor: str, path: str) -> None:
    """Run the editor as Git does: its setting is a piece of shell, the file its last argument."""
    if editor == ":":
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the editor's while it runs
    try:
        pid = os.posix_spawnp(
            "sh", ["sh", "-c", f'{editor} "$@"', editor, path], os.environ, setsigdef=[signal.SIGINT, signal.SIGPIPE]
        )
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        signal.signal(signal.SIGINT, before)
    if status:
        raise Refused("U005", f"the editor '{editor}' ended with {status}, so nothing was written", help=_kept(path))


def _kept(path: str) -> str:
    return f"the text is in {path}; set GIT_EDITOR, or give it with --from {path}"
