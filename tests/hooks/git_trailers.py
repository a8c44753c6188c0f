"""Git's own parser, free of configuration: the oracle for ours."""

import os
import subprocess


def parsed_by_git(message: bytes) -> bytes:
    """What ``git interpret-trailers --parse --no-divider`` prints."""
    env = {**os.environ, "GIT_DIR": "/dev/null", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message,
        capture_output=True,
        check=True,
        env=env,
    )
    return done.stdout


def parsed_by_us(message: bytes) -> bytes:
    """The same from our parser."""
    from gitspec.domain import trailers

    found = trailers.parse(message.decode("latin-1"))
    return "".join(f"{key}: {value}\n" for key, value in found).encode("latin-1")


PIECES = (
    "\n", "\n", "\n", "\n\n", "subject", "Change: x", "change : y", "CHANGE:\tz", "Signed-off-by: a", "Co-authored-by: b",
    "(cherry picked from commit 1)", "# c", "#", "  folded", "\t", "\tbase", "Conflicts:", "Conflicts:\n", "\r", "\r\n",
    "# ------------------------ >8 ------------------------\n", ":", "Key:", "K k:v", " ", "prose here", "\x0b", "\x0c",
    "\xe9", "---\n", "Foo=bar", "-:1", "\0", "https://x.y/z", "a_b: c", "\ufeff".encode().decode("latin-1"),
)  # fmt: skip
