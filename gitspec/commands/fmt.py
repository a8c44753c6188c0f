"""Format the YAML of spec/ in the work tree.

The policy and active changes. A living spec is left alone, because only archive commits may change it; archived folders
never change.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.errors import CannotJudge, Refused, UsageError
from gitspec.git.repository import Repository
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.domain.model import Model


class Formatting(NamedTuple):
    """What `gitspec fmt` did. ``changed`` are paths that were written, or with ``check`` would have been.

    ``left`` are living specs below the given paths that were not looked at.
    """

    checked: tuple[str, ...]
    changed: tuple[str, ...]
    findings: tuple[Finding, ...]
    left: tuple[str, ...] = ()


def format_spec(
    repo: Repository, paths: Sequence[str] = (), *, check: bool = False, living: bool = False
) -> Formatting:
    """Format files below the given paths (from the current folder), or what may be formatted without being named.

    With ``check`` nothing is written, and each file that would be is a finding; with ``living`` living specs are
    formatted too, where they are named. Raises CannotJudge G007 in a bare repository, UsageError for a path with no YAML
    of spec/ below it, Refused Y022 for an archived one, and for living specs when there is nothing else.
    """
    from gitspec.git.snapshot import at_work_tree
    from gitspec.store.writing import write_file
    from gitspec.yaml.fmt import format_file

    if repo.top is None:
        raise CannotJudge("G007", "a bare repository has no files to format", help="run it in a clone")
    snapshot = at_work_tree(repo)
    known = [e.path for e in snapshot.entries() if e.mode == 0o100644 and _model_name(e.path)]
    named = _named(repo.top, known, paths)
    left = [path for path in named if _is_living(path)] if paths and not living else []
    chosen = [path for path in named if path not in left]
    if left and not chosen:
        raise Refused("Y022", "only archive commits may change living specs", place=left[0], help=_FORCE)
    changed: list[str] = []
    found: list[Finding] = []
    for path, data in zip(chosen, snapshot.read_many(chosen), strict=True):
        result = format_file(_model_of(path), data, path)
        if result.data != data:
            changed.append(path)
            if check:
                found.append(finding("Y021", "is not in its form", path, help=f"gitspec fmt {path}"))
            else:
                write_file(repo, path, result.data)
        found += result.findings
    return Formatting(tuple(chosen), tuple(changed), tuple(found), tuple(left))


_FORCE = "leave them as they are; one that is not committed yet: gitspec fmt --living <path>"


def _named(top: str, known: Sequence[str], paths: Sequence[str]) -> list[str]:
    if not paths:
        return [path for path in known if not _is_living(path) and not _is_archived(path)]
    chosen: set[str] = set()
    for given in paths:
        path = os.path.relpath(os.path.realpath(given), os.path.realpath(top))
        below = [p for p in known if path in (".", p) or p.startswith(f"{path}/")]
        free = [p for p in below if not _is_archived(p)]
        if below and not free:
            raise Refused("Y022", "archived folders never change", place=path, help="leave it as it is")
        if not free:
            raise UsageError("L011", f"no YAML of spec/ at '{given}'", help="gitspec fmt spec/changes/<change>")
        chosen.update(free)
    return sorted(chosen)


def _is_living(path: str) -> bool:
    return path.startswith(f"{layout.CAPABILITIES}/")


def _is_archived(path: str) -> bool:
    return path.startswith(f"{layout.ARCHIVE}/")


def _model_name(path: str) -> str:
    kind = layout.classify(path).kind
    return kind if kind in ("capability", "change", "delta", "policy") else ""


def _model_of(path: str) -> "type[Model]":
    from gitspec.domain.capability import Capability
    from gitspec.domain.change import Change
    from gitspec.domain.delta import Delta
    from gitspec.domain.policy import Policy

    models: dict[str, type[Model]] = {"capability": Capability, "change": Change, "delta": Delta, "policy": Policy}
    return models[_model_name(path)]
