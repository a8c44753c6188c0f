"""Versioning tools that read tags, and the line that keeps archive tags out of their sight.

Archive tags are annotated, so a plain ``git describe`` finds them, and their dates look like versions to tools that
look for digits.
"""

import os
import re
from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.git.run import git, run

MAX_READERS = 20
_WORDS = (
    "git describe", "use_scm_version", "setuptools_scm", "setuptools-scm", "hatch-vcs", "tool.hatch.version", "versioningit", "pdm-backend",
    "setuptools-git-versioning", "goreleaser", '"describe"', "'describe'",
)  # fmt: skip
_NOT_THERE = (":!spec", ":!*.md", ":!*.rst", ":!*.txt", ":!*.lock", ":!*lock.json", ":!*.svg", ":!.gitattributes")


class TagReader(NamedTuple):
    """One place that reads tags. ``advice`` is the line to write, ``where`` says where it goes."""

    path: str
    line: int
    tool: str
    advice: str
    where: str


def find_tag_readers(repo: Repository) -> tuple[TagReader, ...]:
    """The versioning tools that this repository's files set up, by path; at most ``MAX_READERS``."""
    if repo.top is None:
        return ()
    pattern = version_pattern(repo)
    found: dict[tuple[str, str], TagReader] = {}
    for path, line, text in _matches(repo):
        name = path.rpartition("/")[2]
        reader = (
            _from_pyproject(repo, path, pattern) if name == "pyproject.toml" else _from_line(path, line, text, pattern)
        )
        if reader and len(found) < MAX_READERS:
            found.setdefault((reader.path, reader.tool), reader)
    return tuple(found[key] for key in sorted(found))


def version_pattern(repo: Repository) -> str:
    """A glob for the tags that are versions here: what most tags start with, ``v*`` when there are none."""
    tags = git(repo, "for-each-ref", "--format=%(refname:strip=2)", "refs/tags/").decode("utf-8", "replace").split("\n")
    tags = [tag for tag in tags if tag and not tag.startswith("archive/")]
    bare = sum(tag[0].isdigit() for tag in tags)
    if bare > sum(bool(re.match("v[0-9]", tag)) for tag in tags):
        return "[0-9]*"
    return "v*"


def _matches(repo: Repository) -> list[tuple[str, int, str]]:
    """(path, line, text) of every line of a tracked or new file that holds one of the words."""
    words = [argument for word in _WORDS for argument in ("-e", word)]
    result = run(
        repo, "grep", "--untracked", "-n", "-z", "-I", "-F", "--no-color", "--full-name", *words, "--", ".", *_NOT_THERE,
        env={"GIT_LITERAL_PATHSPECS": None},
    )  # fmt: skip
    if result.status > 1:
        said = result.err.decode("utf-8", "replace").strip()
        raise CannotJudge("G004", f"git grep failed: {said}")
    found = []
    for row in os.fsdecode(result.out).split("\n"):
        path, _, rest = row.partition("\0")
        line, _, text = rest.partition("\0")
        if line.isdigit():
            found.append((path, int(line), text[:500]))
    return found


def _from_line(path: str, line: int, text: str, pattern: str) -> TagReader | None:
    name = path.rpartition("/")[2]
    if name.startswith(".goreleaser."):
        return TagReader(path, line, "goreleaser", 'ignore_tags: ["archive/*"]', "below 'git:'")
    if "use_scm_version" in text:
        advice = f'use_scm_version={{"git_describe_command": {describe_command(pattern)}}}'
        return TagReader(path, line, "setuptools_scm", advice, "in the call of setup()")
    describes = "git describe" in text or re.search(r"""["']git["'],\s*["']describe["']""", text)
    if not describes or "--match" in text or "--exclude" in text or text.lstrip().startswith("#"):
        return None
    return TagReader(path, line, "git describe", "--exclude 'archive/*'", "add to the options of git describe")


def _from_pyproject(repo: Repository, path: str, pattern: str) -> TagReader | None:
    import tomllib
    from pathlib import Path

    try:
        with Path(repo.top or "", path).open("rb") as file:
            project = tomllib.load(file)
    except (OSError, ValueError, RecursionError):  # somebody else's file, and not ours to judge
        return None
    for tool, keys, set_up, where, advice in _settings(_table(project, "tool"), pattern):
        if set_up and not _CHOSEN & set(_table(project, "tool", *keys)):
            return TagReader(path, 0, tool, advice, f"below [tool.{where}]")
    return None


_CHOSEN = frozenset(["git_describe_command", "describe_command", "match", "exclude", "tag_filter", "scm"])
"""Keys with which a project says already which tags it means."""


def _settings(tool: dict[str, object], pattern: str) -> list[tuple[str, tuple[str, ...], bool, str, str]]:
    """For each tool: its name, the keys of its table, whether it is set up, the table for people, the line to write."""
    describe = f"git_describe_command = {describe_command(pattern)}"
    source = _table(tool, "hatch", "version").get("source")
    git_versioning = _table(tool, "setuptools-git-versioning")
    regex = "[0-9].*" if pattern.startswith("[") else "v.*"
    raw, vcs = ("hatch", "version", "raw-options"), ("versioningit", "vcs")
    return [
        ("setuptools_scm", ("setuptools_scm",), "setuptools_scm" in tool, "setuptools_scm", describe),
        ("hatch-vcs", raw, source == "vcs", ".".join(raw), describe),
        (
            "versioningit", vcs, "versioningit" in tool or source == "versioningit", ".".join(vcs),
            'exclude = ["archive/*"]',
        ),
        (
            "pdm-backend", ("pdm", "version"), _table(tool, "pdm", "version").get("source") == "scm", "pdm.version",
            f'tag_filter = "{pattern}"',
        ),
        (
            "setuptools-git-versioning", ("setuptools-git-versioning",), bool(git_versioning.get("enabled")),
            "setuptools-git-versioning", f'tag_filter = "{regex}"',
        ),
    ]  # fmt: skip


def describe_command(pattern: str) -> str:
    """What setuptools_scm runs by default, held to the tags that are versions."""
    return f'["git", "describe", "--dirty", "--tags", "--long", "--match", "{pattern}"]'


def _table(data: object, *names: str) -> dict[str, object]:
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}
