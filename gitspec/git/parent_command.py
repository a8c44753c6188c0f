"""The command line of the git process that runs this hook: what no argument and no variable of a hook tells.

Known on Linux only (/proc). Elsewhere, and wherever a tool stands between Git and the hook, nothing is known.
"""

import os

_VALUED = frozenset(
    ["-m", "-F", "-C", "-c", "-t", "--message", "--file", "--author", "--date", "--template", "--trailer"]
)
_DEPTH = 5


def git_arguments() -> tuple[str, ...]:
    """The arguments of the nearest ``git commit`` or ``git merge`` above this process, from that word on; or nothing."""
    pid = os.getppid()
    for _ in range(_DEPTH):
        if pid <= 1:
            break
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = tuple(os.fsdecode(file.read()).split("\0")[:-1])
            with open(f"/proc/{pid}/stat", "rb") as file:
                above = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, ValueError, IndexError):  # not Linux, or gone: nothing is known
            break
        if words and os.path.basename(words[0]) in ("git", "git.exe"):
            for command in ("commit", "merge"):
                if command in words:
                    return words[words.index(command) :]
        pid = above
    return ()


def amends(arguments: tuple[str, ...]) -> bool:
    """Whether these are the arguments of a ``git commit --amend``, which Git lets one abbreviate."""
    return any(len(a) >= len("--am") and "--amend".startswith(a) for a in _options(arguments))


def cleanup_option(arguments: tuple[str, ...]) -> str:
    """The value of ``--cleanup``; empty when it was not given."""
    found = ""
    options = _options(arguments)
    for at, option in enumerate(options):
        if option.startswith("--cleanup="):
            found = option.partition("=")[2]
        elif option == "--cleanup" and at + 1 < len(options):
            found = options[at + 1]
    return found


def _options(arguments: tuple[str, ...]) -> list[str]:
    """The words that are options or their values, without those that hold free text."""
    found = []
    skip = False
    for word in arguments[1:]:
        if word == "--":
            break
        if not skip:
            found.append(word)
        skip = not skip and (
            word in _VALUED or (word.startswith("-") and not word.startswith("--") and word[-1:] in "mF")
        )
    return found
