"""`gitspec init --ci`: the pipelines that judge and archive on a forge, from the templates in gitspec/data/ci."""

import os
from collections.abc import Sequence
from typing import Literal, NamedTuple

from gitspec import __version__
from gitspec.git.ref_tips import HEADS, REMOTES, default_branch
from gitspec.git.repository import Repository

Forge = Literal["github", "gitlab"]
_FILES: dict[Forge, dict[str, str]] = {
    "github": {
        ".github/workflows/gitspec.yml": "github.yml",
        ".github/workflows/gitspec-archive.yml": "github-archive.yml",
    },
    "gitlab": {".gitlab/gitspec.gitlab-ci.yml": "gitlab.yml"},
}
_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "ci")  # noqa: PTH118, PTH120


class PipelineFile(NamedTuple):
    """A file of a pipeline. ``state``: ``new``, the ``same`` as there, or there and ``different``: then it stays."""

    path: str
    data: bytes
    state: Literal["new", "same", "different"]


def pipeline_files(repo: Repository, forges: Sequence[Forge]) -> tuple[PipelineFile, ...]:
    """The files for ``forges``, compared with what the work tree has at their paths."""
    found = []
    for path, template in ((path, name) for forge in dict.fromkeys(forges) for path, name in _FILES[forge].items()):
        data = rendered(template, _branch(repo))
        there = _there(f"{repo.top}/{path}")
        found.append(PipelineFile(path, data, "new" if there is None else "same" if there == data else "different"))
    return tuple(found)


def rendered(template: str, branch: str) -> bytes:
    """A template for a default branch, and for this version of gitspec."""
    with open(os.path.join(_TEMPLATES, template), "rb") as file:  # noqa: PTH118, PTH123
        text = file.read().decode()
    return text.replace("@BRANCH@", _pattern(branch)).replace("@VERSION@", __version__).encode()


def _pattern(branch: str) -> str:
    """A branch as a quoted YAML value in which nothing is a pattern; Git allows no other special characters in it."""
    escaped = "".join(f"\\{char}" if char in "+!" else char for char in branch)
    return "'{}'".format(escaped.replace("'", "''"))


def _branch(repo: Repository) -> str:
    """The default branch of origin, else the one that is checked out, else main."""
    ref = default_branch(repo, "origin") or default_branch(repo)
    name = ref.removeprefix(f"{REMOTES}origin/").removeprefix(HEADS)
    return name if name and name.isprintable() else "main"


def _there(path: str) -> bytes | None:
    """What lies at ``path``, not following a link; None when nothing does."""
    if os.path.islink(path):  # noqa: PTH114
        return b""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    except FileNotFoundError:
        return None
    except OSError:
        return b""
