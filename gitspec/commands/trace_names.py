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
from gitspec.store.spec_contents import SpecContents
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


class Sources(NamedTuple):
    """Where it is looked up: all of one tip."""

    history: History
    files: SpecFiles
    contents: SpecContents


def named(sources: Sources, name: str, kind: str | None) -> What:
    """What ``name`` means: a requirement or scenario, else a change, else a tag, else a commit, or only a ``kind`` of KINDS.

    Raises UsageError L011, with the nearest names, when it means nothing that the tip has or reaches.
    """
    ways = {"requirement": _requirement, "change": _change, "tag": _tag, "commit": _commit}
    for way in [ways[kind]] if kind else ways.values():
        if found := way(sources, name):
            return found
    raise _unknown(sources, name)


def _requirement(sources: Sources, name: str) -> What | None:
    ref = parse_requirement_ref(name) if "/" in name else ""
    if not isinstance(ref, RequirementRef):
        return None
    whole = f"{ref.capability}/{ref.requirement}"
    names, chains = sources.files.changes_of(whole)
    if not chains.of(names[0]) and ref.requirement not in sources.contents.requirements(ref.capability):
        return None
    if ref.scenario is None:
        return What("requirement", names[0])
    capability, _, requirement = names[0].rpartition("/")
    living = sources.contents.requirements(capability).get(requirement)
    there = living.scenarios if living else []
    if ref.scenario not in there:
        help_ = f"it has {', '.join(there) or 'none'}"
        raise UsageError("L011", f"{names[0]} has no scenario '{ref.scenario}'", help=help_)
    return What("scenario", names[0], ref.scenario)


def _change(sources: Sources, name: str) -> What | None:
    split = layout.split_archive_name(name)
    for change in (name, split[1] if split else ""):
        if change and (sources.files.change(change)[0] or sources.history.naming("Change", change)):
            return What("change", change)
    return None


def _tag(sources: Sources, name: str) -> What | None:
    history = sources.history
    short = name.removeprefix(TAGS)
    commit = Objects(history.repo).find(f"{TAGS}{short}")
    if not commit:
        return None
    if short.startswith(ARCHIVE_TAGS) and (found := _change(sources, short.removeprefix(ARCHIVE_TAGS))):
        return found
    if any(tag.name == short for tag in history.releases()):
        return What("release", short, commit=commit)
    return _reached(history, commit)


def _commit(sources: Sources, name: str) -> What | None:
    commit = Objects(sources.history.repo).find(name)
    return _reached(sources.history, commit) if commit else None


def _reached(history: History, commit: str) -> What:
    if history.line(commit) is None:
        raise UsageError(
            "L011",
            f"commit {commit[:12]} is not in the history of {history.tip[:12]}",
            help=f"gitspec trace {commit[:12]} --at {commit[:12]}",
        )
    return What("commit", commit, commit=commit)


def _unknown(sources: Sources, name: str) -> UsageError:
    history, files, contents = sources
    capability, _, requirement = name.partition("#")[0].rpartition("/")
    if name in files.living_ids():
        some = [f"{name}/{id_}" for id_ in list(contents.requirements(name))[:3]]
        hint = f"name one of its requirements: gitspec trace {some[0] if some else name + '/<requirement>'}"
        return UsageError("L011", f"'{name}' is a capability", help=f"{hint}; its history: gitspec log {name}")
    if capability and files.living(capability):
        near = [f"{capability}/{id_}" for id_ in nearest(requirement, contents.requirements(capability))]
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
