"""A repository in which whatever is written is gone afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from gitspec.git.repository import Repository


@contextmanager
def scratch(repo: Repository) -> Iterator[Repository]:
    """The same repository with a folder for new objects of its own, which is removed again. May be nested."""
    from tempfile import TemporaryDirectory

    objects = repo.env.get("GIT_OBJECT_DIRECTORY") or os.environ.get("GIT_OBJECT_DIRECTORY")
    objects = os.path.abspath(objects) if objects else f"{repo.common_dir}/objects"
    name = "GIT_ALTERNATE_OBJECT_DIRECTORIES"
    others = repo.env.get(name) or os.environ.get(name)
    with TemporaryDirectory(prefix="gitspec-") as folder:
        env: dict[str, str | None] = {
            **repo.env,
            "GIT_OBJECT_DIRECTORY": folder,
            name: os.pathsep.join(filter(None, (_quoted(objects), others))),
        }
        yield Repository(repo.git_dir, repo.common_dir, repo.top, repo.object_format, env)


def _quoted(path: str) -> str:
    """A path as the variable takes it: in C quotes where a colon or a quote would end it."""
    if os.pathsep not in path and not path.startswith('"'):
        return path
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
