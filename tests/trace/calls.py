"""The command in this process: questions are many, and starting a program for each would be most of the time."""

import io
from contextlib import chdir, redirect_stderr, redirect_stdout

from gitspec.__main__ import run
from tests.command import Ran
from tests.conftest import Repo


def gitspec(repo: Repo, *args: str) -> Ran:
    """What ``gitspec <args>`` does in the work tree."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2))
    with chdir(repo.path), redirect_stdout(out), redirect_stderr(err):
        code = run(args)
    return Ran(code, *(_text(stream) for stream in (out, err)))


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
