"""Work on many files: without the garbage collector, and on all cores where that pays."""

import marshal
import os
from collections.abc import Callable, Iterator
from typing import Any

from gitspec.domain.gc_paused import gc_paused

PARALLEL_ABOVE = 200
"""From so many files on, a second process is cheaper than doing them one after another."""
_MOST = 8


def map_many(
    work: Callable[[int], Any],
    count: int,
    *,
    parallel_above: int = PARALLEL_ABOVE,
    meanwhile: Callable[[], None] | None = None,
) -> list[Any]:
    """``[work(0), …, work(count - 1)]``, in forked children when there are many.

    ``work`` gives plain data (None, bool, int, str, bytes, tuple, list, dict) and must leave no trace in memory that
    the caller needs. What a child fails to answer is worked out here, so that errors show up as they would alone.
    ``meanwhile`` is called once, here; with children at work it costs least.
    """
    workers = min(_cores(), _MOST, max(1, count // (parallel_above // 2 or 1)))
    with gc_paused():
        if count <= parallel_above or workers < 2 or not hasattr(os, "fork"):
            if meanwhile:
                meanwhile()
            return [work(i) for i in range(count)]
        return _shared_out(work, count, workers, meanwhile)


def _shared_out(
    work: Callable[[int], Any], count: int, workers: int, meanwhile: Callable[[], None] | None
) -> list[Any]:
    results: list[Any] = [_MISSING] * count
    chunks = _queue(count)
    children = [_start(work, chunks, count) for _ in range(1, workers)]
    try:
        if meanwhile:
            meanwhile()
        for i, result in _share(work, chunks, count):
            results[i] = result
    finally:
        os.close(chunks)
        answers = [_answer(child) for child in children]
    for answer in answers:
        for i, result in answer or ():
            results[i] = result
    return [work(i) if result is _MISSING else result for i, result in enumerate(results)]


_MISSING = object()
_CHUNKS = 128
"""So many pieces of work at most, two bytes each: all fit into a pipe at once."""


def _queue(count: int) -> int:
    """A pipe that holds the numbers of all chunks: whoever is free reads the next one."""
    read, write = os.pipe()
    os.write(write, b"".join(chunk.to_bytes(2, "big") for chunk in range(min(count, _CHUNKS))))
    os.close(write)
    return read


def _share(work: Callable[[int], Any], chunks: int, count: int) -> Iterator[tuple[int, Any]]:
    """(index, result) of the chunks that this process gets hold of."""
    step = min(count, _CHUNKS)
    while number := os.read(chunks, 2):
        for i in range(int.from_bytes(number, "big"), count, step):
            yield i, work(i)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def _start(work: Callable[[int], Any], chunks: int, count: int) -> tuple[int, int]:
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
            data = memoryview(marshal.dumps(list(_share(work, chunks, count))))
            while data:
                data = data[pipe.write(data) or 0 :]
        status = 0
    finally:
        os._exit(status)


def _answer(child: tuple[int, int]) -> list[tuple[int, Any]] | None:
    pid, read = child
    with open(read, "rb") as pipe:
        data = pipe.read()
    if not pid or os.waitpid(pid, 0)[1]:
        return None
    answer = marshal.loads(data)
    return answer if isinstance(answer, list) else None
