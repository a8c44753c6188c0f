"""What a name means to history: a requirement, a scenario, a change, a tag or a commit, also of things that are gone."""

from typing import Literal, NamedTuple

from gitspec.domain.ids import RequirementRef, parse_requirement_ref, problem_with_change_id
from gitspec.domain.nearest import nearest
from gitspec.errors import UsageError
from gitspec.git.objects import Objects
from gitspec.git.release_tags import ARCHIVE_TAGS, TAGS
from gitspec.git.run import git
from gitspec.store import layout
from gitspec.store.history_index import History
from gitspec.store.spec_files import SpecFiles

Kind = Literal["requirement", "scenario", "change", "release", "commit"]
KINDS = ("requirement", "change", "tag", "commit")
_MOST_TAGS = 2000


class What(NamedTuple):
    """``id`` is the name that holds now; ``scenario`` the id of one within the requirement, ``commit`` the full id."""

    kind: Kind
    id: str
    scenario: str = ""
    commit: str = ""


def named(history: History, files: SpecFiles, name: str, kind: str | None) -> What:
    """What ``name`` means: a requirement or scenario, else a change, else a tag, else a commit, or only a ``kind`` of KINDS.

    Raises UsageError L011, with the nearest names, when it means nothing that the tip has or reaches.
    """
    ways = {"requirement": _requirement, "change": _change, "tag": _tag, "commit": _commit}
    for way in [ways[kind]] if kind else ways.values():
        if found := way(history, files, name):
            return found
    raise _unknown(history, files, name)


def _requirement(_history: History, files: SpecFiles, name: str) -> What | None:
    ref = parse_requirement_ref(name) if "/" in name else ""
    if not isinstance(ref, RequirementRef):
        return None
    whole = f"{ref.capability}/{ref.requirement}"
    names, chains = files.changes_of(whole)
    if not chains.of(names[0]) and ref.requirement not in _living(files, ref.capability):
        return None
    if ref.scenario is None:
        return What("requirement", names[0])
    capability, _, requirement = names[0].rpartition("/")
    there = _living(files, capability).get(requirement, [])
    if ref.scenario not in there:
        help_ = f"it has {', '.join(there) or 'none'}"
        raise UsageError("L011", f"{names[0]} has no scenario '{ref.scenario}'", help=help_)
    return What("scenario", names[0], ref.scenario)


def _change(history: History, files: SpecFiles, name: str) -> What | None:
    split = layout.split_archive_name(name)
    for change in (name, split[1] if split else ""):
        if change and (files.change(change)[0] or history.naming("Change", change)):
            return What("change", change)
    return None


def _tag(history: History, files: SpecFiles, name: str) -> What | None:
    short = name.removeprefix(TAGS)
    commit = Objects(history.repo).find(f"{TAGS}{short}")
    if not commit:
        return None
    if short.startswith(ARCHIVE_TAGS) and (found := _change(history, files, short.removeprefix(ARCHIVE_TAGS))):
        return found
    if any(tag.name == short for tag in history.releases()):
        return What("release", short, commit=commit)
    return _reached(history, commit)


def _commit(history: History, _files: SpecFiles, name: str) -> What | None:
    commit = Objects(history.repo).find(name)
    return _reached(history, commit) if commit else None


def _reached(history: History, commit: str) -> What:
    if history.line(commit) is None:
        raise UsageError(
            "L011",
            f"commit {commit[:12]} is not in the history of {history.tip[:12]}",
            help=f"gitspec trace {commit[:12]} --at {commit[:12]}",
        )
    return What("commit", commit, commit=commit)


def _living(files: SpecFiles, capability: str) -> dict[str, list[str]]:
    """Requirement to scenarios of a living capability."""
    from gitspec.domain.capability import Capability
    from gitspec.yaml.binding import load

    oid = files.living(capability)
    model = load(Capability, files.read(oid), layout.capability_path(capability)).value if oid else None
    return {r.id: [s.id for s in r.scenarios] for r in model.requirements} if model else {}


def _unknown(history: History, files: SpecFiles, name: str) -> UsageError:
    capability, _, requirement = name.partition("#")[0].rpartition("/")
    if name in files.living_ids():
        some = [f"{name}/{id_}" for id_ in list(_living(files, name))[:3]]
        hint = f"name one of its requirements: gitspec trace {some[0] if some else name + '/<requirement>'}"
        return UsageError("L011", f"'{name}' is a capability", help=f"{hint}; its history: gitspec log {name}")
    if capability and files.living(capability):
        near = [f"{capability}/{id_}" for id_ in nearest(requirement, _living(files, capability))]
        listed = f"gitspec show {capability} shows what there is"
        message = f"there is no requirement '{name}', and there was none"
    else:
        tags = git(history.repo, "for-each-ref", f"--count={_MOST_TAGS}", "--format=%(refname:lstrip=2)", TAGS)
        pool = [*files.change_ids(), *files.living_ids(), *tags.decode("utf-8", "replace").split()]
        near = nearest(name, pool)
        listed = "gitspec list --specs, or gitspec list --archived; only what is committed counts"
        message = f"there is no requirement, change, tag or commit '{name}'"
        if problem_with_change_id(name) is None and _lies_here(history, name):
            message, near, listed = (
                f"the change '{name}' is not committed",
                [],
                "git commit it first: history knows commits",
            )
    if history.is_cut_off:
        listed = "the clone is shallow, and it may be older: git fetch --unshallow"
    return UsageError("L011", message, help=f"did you mean {' or '.join(near)}?" if near else listed)


def _lies_here(history: History, change: str) -> bool:
    from pathlib import Path

    return bool(history.repo.top) and Path(history.repo.top or "", layout.change_folder(change)).is_dir()
