"""What the reading commands share: opening the spec, and printing a result."""

from collections.abc import Iterable, Mapping
from typing import Any

from gitspec.git.repository import discover
from gitspec.git.snapshot import open_snapshot
from gitspec.store.cache import Cache
from gitspec.store.spec import Spec


def open_spec(at: str | None, *, cached: bool = True) -> Spec:
    """spec/ of the repository around the current folder: at a revision, or as it lies in the work tree.

    Raises CannotJudge outside a repository, and when the revision names no commit.
    """
    repo = discover()
    return Spec(open_snapshot(repo, at), Cache(repo) if cached else None)


def open_living(at: str | None, *, cached: bool = True) -> Spec:
    """The living specs of a commit, HEAD's by default, without its changes: those may be thousands.

    Raises CannotJudge as ``open_spec``.
    """
    from gitspec.git.objects import Objects
    from gitspec.store.layout import CAPABILITIES
    from gitspec.store.part_spec import SpecParts

    repo = discover()
    commit = Objects(repo).resolve("HEAD" if at is None else at)
    return SpecParts(repo, commit, Cache(repo) if cached else None).of([CAPABILITIES])


def put_json(spec: Spec, kind: str, data: Mapping[str, Any]) -> None:
    """Print JSON, with where it was read: a commit's id, or `work tree`."""
    from gitspec.render.json import document
    from gitspec.render.output import write

    write(document(kind, at=spec.snapshot.name, **data))


def put_lines(lines: Iterable[str]) -> None:
    """Print lines, which are safe to show already."""
    from gitspec.render.output import write_lines

    write_lines(lines)


def put_notes(lines: Iterable[str]) -> None:
    """Print what keeps a result from being whole to standard error; the lines are safe to show already."""
    import sys

    from gitspec.render.text import inert

    for line in lines:
        sys.stderr.write(f"{inert(line)}\n")
