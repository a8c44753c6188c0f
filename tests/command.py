"""gitspec as a user calls it: in this process where only the answer counts, and as a process where that is the point."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from gitspec.__main__ import run
from gitspec.git import repository

ROOT = Path(__file__).parents[1]


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What ``--json`` printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """The lines of standard output."""
        return self.out.splitlines()


Cli = Callable[..., Ran]


def here(*args: str, stdin: str | bytes = b"", fails: int = 0) -> Ran:
    """What ``gitspec <args>`` says in the current folder, where it must end with ``fails``."""
    ran = called(Path.cwd(), *args, stdin=stdin.encode() if isinstance(stdin, str) else stdin)
    assert ran.code == fails, ran
    return ran


def called(folder: Path, *args: str, stdin: bytes = b"", **env: str) -> Ran:
    """What ``gitspec <args>`` in ``folder`` says, in this process: a child of Python for each would take longer than all
    that it does. ``env`` adds variables."""
    streams = [
        io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="backslashreplace") for data in (stdin, b"", b"")
    ]
    repository.NOTICES.clear()  # what an earlier call said
    replaced = dict(zip(("stdin", "stdout", "stderr"), streams, strict=True))
    with chdir(folder), patch.dict(os.environ, {**environment(), **env}), patch.multiple(sys, **replaced):
        code = run(args)
    out, err = (_text(stream) for stream in streams[1:])
    assert "Traceback" not in err, err
    return Ran(code, out, err)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    data = stream.buffer
    assert isinstance(data, io.BytesIO)
    return data.getvalue().decode()


def process(folder: Path, *args: str) -> Ran:
    """The same as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "gitspec", *args], cwd=folder, capture_output=True, check=False, env=environment()
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def environment() -> dict[str, str]:
    """The environment in which any Python finds this gitspec."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}
