"""What `gitspec init` sets up in Git: attributes that a repository carries along, configuration that each clone needs.

A clone without the configuration has Git's own diff and merge; Git ignores attributes that name unknown drivers.
`gitspec hooks install`, which each clone needs anyway, configures it too.
"""

import os
import sys
from collections.abc import Iterator

from gitspec.errors import Refused
from gitspec.git.repository import Repository
from gitspec.git.run import git, run

ATTRIBUTES = ".gitattributes"
DIFF_KEY = "diff.gitspec-yaml.xfuncname"
_BLOCKS = (
    (
        "# gitspec: hunks of specs are headed by the requirement or scenario that they are in",
        ("spec/**/*.yaml diff=gitspec-yaml",),
    ),
    (
        "# gitspec: edits of different requirements, scenarios and tasks merge",
        ("spec/**/*.yaml merge=gitspec", "spec/**/tasks.md merge=gitspec"),
    ),
)
_MERGE_MAIN = "merge_main.py"


def attributes(repo: Repository) -> bytes | None:
    """.gitattributes with our lines at its end, or None when it has them already.

    Raises Refused L009 when it is a link.
    """
    from pathlib import Path

    path = Path(repo.top or "", ATTRIBUTES)
    if path.is_symlink():
        raise Refused("L009", "is a link; Git does not follow it and neither does gitspec", place=ATTRIBUTES)
    before = path.read_bytes() if path.exists() else b""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    there = {line.strip() for line in before.split(b"\n")}
    after = before
    for comment, lines in _BLOCKS:
        missing = [line.encode() for line in lines if line.encode() not in there]
        if missing:
            gap = b"" if not after else end if after.endswith(b"\n") else end + end
            after += gap + end.join([comment.encode(), *missing, b""])
    return after if after != before else None


def missing_settings(repo: Repository) -> tuple[dict[str, str], tuple[str, ...]]:
    """Settings that this clone lacks (or has from another installation of gitspec), and keys that the user has set."""
    found: dict[str, str] = {}
    kept = []
    for key, wanted in _settings():
        current = os.fsdecode(run(repo, "config", "--local", "--get", key).out).removesuffix("\n")
        if not current or (_MERGE_MAIN in current and current != wanted):
            found[key] = wanted
        elif current != wanted:
            kept.append(key)
    return found, tuple(kept)


def lacking(repo: Repository) -> dict[str, str]:
    """The settings that this clone lacks although .gitattributes names the drivers: configuration is not cloned."""
    try:
        with open(f"{repo.top}/{ATTRIBUTES}", "rb") as file:  # noqa: PTH123
            names_ours = b"=gitspec" in file.read(1 << 20)
    except OSError:
        return {}
    return missing_settings(repo)[0] if names_ours and repo.top is not None else {}


def configure(repo: Repository) -> tuple[str, ...]:
    """Set what this clone lacks; the keys."""
    wanted = lacking(repo)
    for key, value in wanted.items():
        git(repo, "config", "--local", key, value)
    return tuple(wanted)


def _settings() -> Iterator[tuple[str, str]]:
    yield DIFF_KEY, "^((capability|change): .*)$\n^ *- (id: .*)$"
    yield "merge.gitspec.name", "gitspec: by requirement, scenario and task"
    yield "merge.gitspec.driver", merge_command("%L")
    yield "merge.gitspec.recursive", "gitspec-base"
    yield "merge.gitspec-base.name", "gitspec: merge bases"
    yield "merge.gitspec-base.driver", merge_command("0")


def merge_command(size: str) -> str:
    """The shell command that Git runs for a file: this interpreter, or plain text merge when it is gone."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    python, script = _quoted(sys.executable), _quoted(f"{package}/{_MERGE_MAIN}")
    return (
        f"if test -x {python} && test -f {script}; then exec {python} -IS {script} %O %A %B {size} %P %S %X %Y; "
        "else exec git merge-file --marker-size=%L %A %O %B; fi"
    )


def _quoted(path: str) -> str:
    """A path as one word of the shell; Git replaces what stands behind a percent sign."""
    return "'" + path.replace("'", "'\\''").replace("%", "%%") + "'"
