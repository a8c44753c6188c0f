"""What a project's policy says, key by key, and where each value comes from."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.git.repository import Repository
from gitspec.git.run import run
from gitspec.git.snapshot import WorkTree
from gitspec.store import layout
from gitspec.store.spec import Spec

if TYPE_CHECKING:
    from gitspec.domain.model import Model
    from gitspec.yaml.reader import Document

Loc = tuple[str | int, ...]


class Value(NamedTuple):
    """A key (dots and indices lead to it) and its value as plain data.

    ``line`` is where the file says it, 0: it does not, and this is the default. ``commit`` and ``day`` are those of the
    commit that wrote the line; empty for a default and for a line that is not committed.
    """

    key: str
    value: Any
    line: int = 0
    commit: str = ""
    day: str = ""


class ShownPolicy(NamedTuple):
    """``values`` is empty when the file has errors; ``findings`` say which, and what else looks wrong."""

    has_file: bool
    values: tuple[Value, ...]
    findings: tuple[Finding, ...]


def show_policy(spec: Spec) -> ShownPolicy:
    """The policy of a snapshot; every key, also those that have their default."""
    from gitspec.store.severities import policy_findings

    loaded = spec.policy()
    if loaded.value is None:
        return ShownPolicy(spec.has_policy, (), loaded.findings)
    written = _written_by(spec) if spec.has_policy else {}
    values = tuple(
        value._replace(commit=commit, day=day)
        for value in _values((), loaded.value, loaded.document)
        for commit, day in [written.get(value.line, ("", ""))]
    )
    return ShownPolicy(spec.has_policy, values, (*loaded.findings, *policy_findings(spec)))


def _values(loc: Loc, model: "Model", document: "Document") -> Iterator[Value]:
    from gitspec.domain.model import Model
    from gitspec.yaml.shape import fields_of

    for field in fields_of(type(model)):
        value = getattr(model, field.name)
        here = (*loc, field.key)
        if isinstance(value, Model):
            yield from _values(here, value, document)
        elif isinstance(value, dict) and value:
            for key, one in value.items():
                yield _value((*here, key), _plain(one), document)
        elif isinstance(value, tuple) and value and isinstance(value[0], Model):
            for index, one in enumerate(value):
                yield _value((*here, index), _plain(one), document)
        else:
            yield _value(here, _plain(value), document)


def _value(loc: Loc, value: Any, document: "Document") -> Value:
    from gitspec.yaml.binding import locate, node_at

    line = locate(document, loc)[0] if node_at(document, loc) is not None else 0
    return Value("".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)[1:], value, line)


def _plain(value: Any) -> Any:
    from gitspec.domain.model import Model

    if isinstance(value, Model):
        return value.model_dump(mode="json", exclude_defaults=True)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _written_by(spec: Spec) -> dict[int, tuple[str, str]]:
    """Line to (commit, day) of the policy's file; nothing for lines that are not committed."""
    from gitspec.git.identity import utc_date

    repo: Repository = spec.snapshot.repo
    at = () if isinstance(spec.snapshot, WorkTree) else (spec.snapshot.name,)
    config = ("-c", "blame.ignoreRevsFile=")
    result = run(repo, *config, "blame", "--no-textconv", "--line-porcelain", *at, "--", layout.POLICY)
    found: dict[int, tuple[str, str]] = {}
    line, oid = 0, ""
    for row in os.fsdecode(result.out).split("\n") if result.status == 0 else ():
        words = row.split(" ")
        if not row.startswith("\t") and len(words) in (3, 4) and len(words[0]) in (40, 64) and words[2].isdigit():
            oid, line = words[0], int(words[2])
        elif row.startswith("committer-time ") and oid.strip("0"):
            found[line] = oid, utc_date(int(words[1]))
    return found
