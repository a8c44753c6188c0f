"""`gitspec check A..B` where all is plainly fine: click, the engine and colours are for what is not, or for a terminal."""

import sys

from gitspec.git.plain_check import plain_commits
from gitspec.render.words import judged


def run_check(words: str) -> bool:
    """Judge the range and say that it is fine; False, and nothing said, when the engine has to judge it."""
    commits = plain_commits(words)
    if commits is None:
        return False
    line = f"fine: {judged(commits)}"
    if sys.stdout.isatty():
        from gitspec.render.output import paint

        line = paint().good(line)
    sys.stdout.write(f"{line}\n")
    return True
