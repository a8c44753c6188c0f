"""Every system call by which an operation writes, in Python and in each git child: to be killed or refused at just that one.

strace traces the calls of one run and injects into another. The process of Python is attached to before it starts; a
shim on the path stands before each git child, which are counted.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.campaigns.killing import started

STRACE = shutil.which("strace")
CALLS = (
    "write,pwrite64,writev,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
    "open,openat,creat,fsync,fdatasync,truncate,ftruncate,fallocate,chmod,fchmod,fchmodat,utimensat,copy_file_range,sendfile"
)
SHIM = """#!/bin/sh
read n < "$SHIM/count"; n=$((n + 1)); echo $n > "$SHIM/count"
if [ -z "$SHIM_RUN" ]; then exec strace -y -qq -e trace=$SHIM_CALLS -o "$SHIM/$n.log" "$SHIM_GIT" "$@"; fi
if [ $n != "$SHIM_RUN" ]; then exec "$SHIM_GIT" "$@"; fi
strace -qq -e trace=$SHIM_CALLS -e inject=$SHIM_INJECT -o /dev/null "$SHIM_GIT" "$@"
code=$?
[ $code -gt 128 ] && [ -n "$SHIM_ALL" ] && kill -9 $PPID
exit $code
"""


class Point(NamedTuple):
    """The ``at``-th ``call`` of the ``run``-th git child; run 0 is Python itself."""

    run: int
    call: str
    at: int
    to_pipe: bool = False


class WriteCalls:
    """All calls by which ``action`` writes; ``folder`` is for the shim and its traces."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "git").write_text(SHIM)
        (folder / "git").chmod(0o755)

    def of(self, action: Callable[[], object]) -> list[Point]:
        """Run it to its end, traced."""
        log = self.folder / "0.log"
        self._run(action, ["-e", f"trace={CALLS}", "-o", str(log)], {})
        return [point for file in sorted(self.folder.glob("*.log")) for point in _points(file)]

    def run(self, action: Callable[[], object], point: Point, inject: str, *, alone: bool = False) -> None:
        """Run it with ``inject`` (as strace has it) at one call; with ``alone`` a killed git child dies without Python."""
        injected = f"{point.call}:{inject}:when={point.at}"
        if point.run == 0:
            args = ["-e", f"trace={point.call}", "-e", f"inject={injected}", "-o", "/dev/null"]
            self._run(action, args, {"SHIM_RUN": "0"})
        else:
            facts = {"SHIM_RUN": str(point.run), "SHIM_INJECT": injected, "SHIM_ALL": "" if alone else "1"}
            self._run(action, None, {**facts, "SHIM_CALLS": point.call})

    def _run(self, action: Callable[[], object], trace: list[str] | None, env: dict[str, str]) -> None:
        (self.folder / "count").write_text("0\n")

        def shimmed() -> None:
            facts = {
                "SHIM": str(self.folder),
                "SHIM_GIT": str(shutil.which("git")),
                "SHIM_CALLS": CALLS,
                "SHIM_RUN": "",
            }
            os.environ.update({**facts, **env, "PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}"})
            action()

        with started(shimmed) as (pid, go):
            tracer = None
            if trace is not None:
                tracer = subprocess.Popen([str(STRACE), "-y", "-qq", "-p", str(pid), *trace], stderr=subprocess.PIPE)
                _wait_for_tracer(pid, tracer)
            go()
            os.waitpid(pid, 0)
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            if tracer:
                tracer.communicate()


def _wait_for_tracer(pid: int, tracer: "subprocess.Popen[bytes]") -> None:
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        assert tracer.poll() is None, tracer.communicate()
        time.sleep(0.001)


def _points(log: Path) -> list[Point]:
    """The writing calls of a trace."""
    counts: dict[str, int] = {}
    found = []
    for call, rest in re.findall(r"^(\w+)\((.*)", log.read_text(errors="replace"), re.M):
        counts[call] = counts.get(call, 0) + 1
        if call not in ("open", "openat") or "O_CREAT" in rest:
            found.append(Point(int(log.stem), call, counts[call], "<pipe:" in rest.partition(",")[0]))
    return found
