"""The commit-msg hook's accepted path for a message without a reference where the author has stated the change before."""

import posix
import sys

from gitspec.domain import trailers
from gitspec.domain.branch import change_of_branch
from gitspec.git.light import are_active, is_special, read_file, variable

_HEADS = b"ref: refs/heads/"
_REPLAYS = ("rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD", "sequencer")
_COMMENTS = "#;@!$%^&|:"
"""What may start a comment line where ``core.commentChar`` says ``auto``; what else it says, an editor shows."""


def adds_reference(message_file: str, message: str) -> bool:
    """Add the reference that the branch or ``gitspec use`` states, if that is all that the message lacks.

    Tells so on standard error. False, with nothing written, where the engine has to look. As ``accepted.accepts``.
    """
    if is_special() or variable(b"GIT_EDITOR") != b":" or not is_simple(message):
        return False
    git_dir = (variable(b"GIT_DIR") or b".git").decode("latin-1")
    if any(_exists(f"{git_dir}/{name}") for name in _REPLAYS):
        return False
    change, source = _stated(git_dir)
    if not change or not source.isascii() or not are_active([change]):
        return False
    if not _write(message_file, with_reference(message, change).encode("latin-1")):
        return False
    sys.stderr.write(f"gitspec: added 'Change: {change}' ({source})\n")
    return True


def with_reference(message: str, change: str) -> str:
    """A simple message with its first trailer."""
    return message.rstrip("\n") + f"\n\nChange: {change}\n"


def is_simple(message: str) -> bool:
    """Whether the place of a trailer is plain to see: text without comments, trailers or odd line ends."""
    if not message.endswith("\n") or "\r" in message:
        return False
    lines = message.rstrip("\n").split("\n")
    word, _, _ = lines[0].partition(" ")
    if not lines[0].strip() or word.endswith("!"):  # "fixup!" and its like
        return False
    if lines[-1] != lines[-1].rstrip() or any(line[:1] in _COMMENTS for line in lines if line):
        return False
    return "This reverts commit " not in message and not trailers.block(message)[2]


def _stated(git_dir: str) -> tuple[str, str]:
    """The change, and where it is stated; nothing where the branch says one that need not be active."""
    head = (read_file(f"{git_dir}/HEAD") or b"").rstrip(b"\n")
    branch = head[len(_HEADS) :].decode("latin-1") if head.startswith(_HEADS) else ""
    if change := change_of_branch(branch):
        return change, f"branch {branch}"
    return (read_file(f"{git_dir}/GITSPEC_CHANGE") or b"").decode("latin-1").strip(), "gitspec use"


def _exists(path: str) -> bool:
    try:
        posix.lstat(path)
    except OSError:
        return False
    return True


def _write(path: str, data: bytes) -> bool:
    """Replace the message file as a whole."""
    temporary = f"{path}.gitspec"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        posix.replace(temporary, path)
    except OSError:
        return False
    return True
