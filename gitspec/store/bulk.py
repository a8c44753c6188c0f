"""Work on many files: without the garbage collector, and on all cores where that pays."""

import marshal
import os
from collections.abc import Callable, Sequence
from typing import Any

from gitspec.yaml.binding import gc_paused

__all__ = ["PARALLEL_ABOVE", "gc_paused", "map_many"]

PARALLEL_ABOVE = 200
"""From so many files on, a second process is cheaper than doing them one after another."""
_MOST = 8


def map_many(work: Callable[[int], Any], count: int, *, parallel_above: int = PARALLEL_ABOVE) -> list[Any]:
    """``[work(0), …, work(count - 1)]``, in forked children when there are many.

    ``work`` gives plain data (None, bool, int, str, bytes, tuple, list, dict) and must leave no trace in memory that
    the caller needs. What a child fails to answer is worked out here, so that errors show up as they would alone.
    """
    workers = min(_cores(), _MOST, max(1, count // (parallel_above // 2 or 1)))
    with gc_paused():
        if count <= parallel_above or workers < 2 or not hasattr(os, "fork"):
            return [work(i) for i in range(count)]
        children = [_start(work, range(share, count, workers)) for share in range(1, workers)]
        results: list[Any] = [None] * count
        try:
            for i in range(0, count, workers):
                results[i] = work(i)
        finally:
            answers = [_answer(child) for child in children]
        for share, answer in enumerate(answers, 1):
            indices = range(share, count, workers)
            done = answer if answer is not None and len(answer) == len(indices) else [work(i) for i in indices]
            for i, result in zip(indices, done, strict=True):
                results[i] = result
        return results


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def _start(work: Callable[[int], Any], indices: Sequence[int]) -> tuple[int, int]:
    read, write = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(write)
        return 0, read
    if pid:
        os.close(write)
        return pid, read
    # A child never returns: whatever happens, it ends here, without the parent's exit handlers and buffers.
    status = 1
    try:
        os.close(read)
        with open(write, "wb", buffering=0, closefd=False) as pipe:
            data = memoryview(marshal.dumps([work(i) for i in indices]))
            while data:
                data = data[pipe.write(data) or 0 :]
        status = 0
    finally:
        os._exit(status)


def _answer(child: tuple[int, int]) -> list[Any] | None:
    pid, read = child
    with open(read, "rb") as pipe:
        data = pipe.read()
    if not pid or os.waitpid(pid, 0)[1]:
        return None
    answer = marshal.loads(data)
    return answer if isinstance(answer, list) else None
