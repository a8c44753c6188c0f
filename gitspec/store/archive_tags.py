"""Archive tags: each is derived from the commit that landed the change, so it can be told whether it is the right one,
and made again anywhere with the same object id.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from gitspec.domain.archive_message import tag_message
from gitspec.git.commit_write import tag_object
from gitspec.git.objects import Objects, oid_of
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.spec_history import branch_tips, parse_commit, present, reached
from gitspec.store import layout
from gitspec.store.verdicts import History

_PREFIX = "refs/tags/archive/"
State = Literal["ok", "missing", "wrong"]


class Landing(NamedTuple):
    """A commit that archives or closes a change."""

    commit: str
    committer: str
    is_proven: bool
    is_closed: bool


class ArchiveTag(NamedTuple):
    """One archive tag that there is or should be.

    ``commit`` is what it names, or must name; ``oid`` the tag object that it is or must become; ``problem`` says what
    is wrong with it. ``is_optional``: of a change that was closed, or whose commit is not proven.
    """

    name: str
    state: State
    commit: str
    oid: str
    problem: str = ""
    is_optional: bool = False

    @property
    def ref(self) -> str:
        """The full name of the ref."""
        return f"{_PREFIX}{self.name}"


class TagRef(NamedTuple):
    """A tag that there is: the id and type of what it holds, and the commit that this names in the end."""

    oid: str
    kind: str
    target: str


def archive_tags(repo: Repository, history: History, tips: Sequence[str], *, whole: bool) -> list[ArchiveTag]:
    """All archive tags, by name: of the changes that ``history`` lands, and when it is ``whole`` also all others.

    Of several commits that land a change (on a branch, in the merge of it) any may have the tag; a missing one belongs
    to the first that is proven.
    """
    landings = _landings(history)
    refs = _refs(repo)
    objects = Objects(repo)
    try:
        found = {name: _tag(objects, name, refs.get(name), all_) for name, all_ in landings.items()}
        apart = {name: refs[name] for name, tag in found.items() if tag is None}
        if whole:
            apart |= {n: ref for n, ref in refs.items() if n not in landings and layout.split_archive_name(n)}
        return sorted(tag for tag in (*found.values(), *_elsewhere(repo, objects, apart, tips, landings)) if tag)
    finally:
        objects.close()


def tag_data(name: str, commit: str, committer: str) -> bytes:
    """The content of the tag ``archive/<name>`` for the commit that landed the change."""
    return tag_object(commit, committer, f"archive/{name}", tag_message(name[11:], name))


def _landings(history: History) -> dict[str, list[Landing]]:
    found: dict[str, list[Landing]] = {}
    for verdict in history.verdicts:
        for one in verdict.landed:
            if one.kind != "imported":
                landing = Landing(verdict.commit, verdict.committer, verdict.is_proven, one.kind == "closed")
                found.setdefault(one.name, []).append(landing)
    return found


def _refs(repo: Repository) -> dict[str, TagRef]:
    form = "%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)"
    listed = git(repo, "for-each-ref", f"--format={form}", _PREFIX).decode("utf-8", "surrogateescape")
    found = {}
    for line in listed.split("\n")[:-1]:
        ref, oid, kind, target = line.split("\0")
        found[ref.removeprefix(_PREFIX)] = TagRef(oid, kind, target or oid)
    return found


def _tag(objects: Objects, name: str, ref: TagRef | None, landings: Sequence[Landing]) -> ArchiveTag | None:
    """The tag of a change that landed; None when it names another commit."""
    if ref is None:
        best = next((one for one in landings if one.is_proven), landings[0])
        oid = oid_of("tag", tag_data(name, best.commit, best.committer), objects.repo.object_format)
        return ArchiveTag(name, "missing", best.commit, oid, is_optional=best.is_closed or not best.is_proven)
    right = next((one for one in landings if one.commit == ref.target), None)
    return compared(objects, name, ref, right.committer) if right else None


def compared(objects: Objects, name: str, ref: TagRef, committer: str) -> ArchiveTag:
    """A tag that names the right commit: it must be the object that follows from it, perhaps signed."""
    data = tag_data(name, ref.target, committer)
    problem = "is not the tag that follows from its commit"
    if ref.kind != "tag":
        problem = "is no annotated tag"
    elif ref.oid == oid_of("tag", data, objects.repo.object_format):
        problem = ""
    else:
        held = objects.read(ref.oid)
        if held.startswith(data) and held[len(data) :].startswith(b"-----BEGIN "):
            problem = ""
    return ArchiveTag(name, "wrong" if problem else "ok", ref.target, ref.oid, problem)


def _elsewhere(
    repo: Repository,
    objects: Objects,
    refs: Mapping[str, TagRef],
    tips: Sequence[str],
    landings: Mapping[str, Sequence[Landing]],
) -> list[ArchiveTag]:
    """Tags that name no commit that landed the change here: right when the commit did so on another branch, as with a
    cherry-pick to a release branch, which has no tag of its own.
    """
    if not refs:
        return []
    others = reached(repo, branch_tips(repo), tips)
    there = {name: parse_commit(objects.read(ref.target)) for name, ref in refs.items() if ref.target in others}
    asked = [
        (name, commit, f"{layout.ARCHIVE}/{name}/change.yaml")
        for name, text in there.items()
        for commit in (refs[name].target, *text.parents[:1])
    ]
    has = dict(zip(((n, c) for n, c, _ in asked), present(repo, [(c, path) for _, c, path in asked]), strict=True))
    tags = []
    for name, ref in refs.items():
        text = there.get(name)
        if text and has[name, ref.target] and not any(has[name, parent] for parent in text.parents[:1]):
            tags.append(compared(objects, name, ref, text.committer))
            continue
        here = landings.get(name)
        why = f"and the change landed with {here[0].commit[:12]}" if here else "which archives no such change"
        tags.append(ArchiveTag(name, "wrong", ref.target, ref.oid, f"names {ref.target[:12]}, {why}"))
    return tags
