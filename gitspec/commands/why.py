"""`gitspec why`: from lines of a file to their commits, the changes that these are for, and what stands behind those."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.why_changes import ChangeAnswer, change_answers
from gitspec.commands.why_commits import Answered, Asked, answers
from gitspec.commands.why_names import with_names_of_today
from gitspec.commands.why_place import place_of
from gitspec.domain.attribution import NAMED, Because
from gitspec.domain.places import CHANGES, POLICY
from gitspec.domain.reference_patterns import pattern_finder
from gitspec.domain.references import SETTLES_KEY
from gitspec.errors import CannotJudge
from gitspec.git.line_origins import LineOrigins, Span, Wanted, line_origins
from gitspec.git.ref_tips import commit_of
from gitspec.git.run import git
from gitspec.store.part_spec import SpecParts
from gitspec.store.policies import Policies

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy
    from gitspec.git.repository import Repository
    from gitspec.store.history_index import History

_MANY = 500
_FEW = 3
"""Changes of which more is looked at than what is at hand: who archived them, who merged them, what approvals count."""


class CommitLines(NamedTuple):
    """The lines of one commit. ``answer`` is None for lines that are not committed; ``release`` is the first that has it."""

    answer: Answered | None
    spans: tuple[Span, ...]
    release: str = ""

    @property
    def lines(self) -> int:
        """How many lines they are."""
        return sum(span.lines for span in self.spans)


class Group(NamedTuple):
    """Lines that are there for the same changes, or that have the same answer when there is no change."""

    because: Because
    changes: tuple[str, ...]
    commits: tuple[CommitLines, ...]

    @property
    def lines(self) -> int:
        """How many lines they are."""
        return sum(one.lines for one in self.commits)


class Why(NamedTuple):
    """The answer. ``first`` and ``last`` are 0 when all of the file was asked about; ``text`` is the first line's.

    ``groups``: most lines first. ``notes``: what makes the answer weaker than it looks.
    """

    path: str
    first: int
    last: int
    text: bytes
    lines: int
    groups: tuple[Group, ...]
    changes: Mapping[str, ChangeAnswer]
    notes: tuple[str, ...]


def why(parts: SpecParts, argument: str, wanted: Wanted) -> Why:
    """What stands behind `PATH[:LINE[-LINE]]`.

    Raises UsageError U009 for a place that is not there, CannotJudge G005 before the first commit, G016 when a shallow
    clone hides all that was asked for.
    """
    repo = parts.repo
    tip = parts.commit or commit_of(repo, "HEAD")
    if not tip:
        raise CannotJudge("G005", "nothing is committed yet", help="git commit")
    place = place_of(repo, argument, parts.commit)
    origins = line_origins(repo, place.path, wanted._replace(first=max(place.first, 1), last=place.last), parts.commit)
    policy = Policies(repo, parts.cache).of(parts.of([POLICY]))
    asked = Asked(repo, tip, parts.folders(), pattern_finder(policy.references.patterns if policy else ()))
    oids = {span.commit for span in origins.spans}
    answered = answers(asked, sorted(oids - {""}))
    if oids and oids <= answered.keys() and all(one.because.how == "shallow" for one in answered.values()):
        message = "the clone is shallow: the commits of these lines are not here"
        raise CannotJudge("G016", message, place=place.path, help="git fetch --unshallow")
    history = _history(parts, tip, policy)
    try:
        groups = _grouped(_by_commit(origins, _with_settlers(answered, history), history))
        named = change_answers(parts, (change for group in groups for change in group.changes))
        changes = with_names_of_today(parts, named)
        changes = _with_judged(parts, _with_archives(changes, history), tip)
        if policy is not None and policy.approvals.need == "merged" and not history.is_cut_off:
            changes = _with_merges(changes, repo, tip)
    finally:
        history.close()
    last = place.first and place.first + origins.lines - 1
    notes = tuple(_notes(origins, answered))
    return Why(place.path, place.first, last, origins.text, origins.lines, groups, changes, notes)


def _history(parts: SpecParts, tip: str, policy: "Policy | None") -> "History":
    from gitspec.store.history_opening import open_history

    if policy is None:
        from gitspec.domain.policy import Policy

        policy = Policy()
    return open_history(parts.repo, tip, policy=policy, use_cache=parts.cache is not None)


def _with_settlers(answered: Mapping[str, Answered], history: "History") -> dict[str, Answered]:
    """With the commits that settle those that skipped: `via` of their answers."""
    skipped = [oid for oid, one in answered.items() if one.because.how == "skip"]
    settlers = [(line.oid, said.value) for line, said in history.mentions(SETTLES_KEY)] if skipped else []
    via = {oid: by for oid in skipped for by, name in reversed(settlers) if len(name) >= 7 and oid.startswith(name)}
    return dict(answered) | {
        oid: answered[oid]._replace(because=answered[oid].because._replace(via=by)) for oid, by in via.items()
    }


def _by_commit(origins: LineOrigins, answered: Mapping[str, Answered], history: "History") -> list[CommitLines]:
    spans: dict[str, list[Span]] = {}
    for span in origins.spans:
        spans.setdefault(span.commit, []).append(span)
    return [
        CommitLines(answered.get(oid), tuple(several), history.release_of(oid) if oid else "")
        for oid, several in spans.items()
    ]


def _grouped(lines: Sequence[CommitLines]) -> tuple[Group, ...]:
    found: dict[tuple[object, ...], list[CommitLines]] = {}
    reasons: dict[tuple[object, ...], Because] = {}
    for one in lines:
        because = one.answer.because if one.answer else Because("uncommitted")
        key: tuple[object, ...] = because.changes
        if because.how not in NAMED:
            key = (because.how, because.said, because.via) if because.how == "skip" else (because.how,)
        found.setdefault(key, []).append(one)
        reasons.setdefault(key, because)
    groups = (
        Group(
            reasons[key], reasons[key].changes, tuple(sorted(several, key=lambda one: (-one.lines, one.spans[0].first)))
        )
        for key, several in found.items()
    )
    return tuple(sorted(groups, key=lambda group: (-group.lines, group.commits[0].spans[0].first)))


def _with_archives(changes: Mapping[str, ChangeAnswer], history: "History") -> dict[str, ChangeAnswer]:
    """With the commits that archived them and their tags: two children for any number of changes."""
    archived = {one.id: one for one in changes.values() if one.day and not one.imported}
    if not archived:
        return dict(changes)
    commits = _archiving(archived, history)
    tags = _tags(history.repo, [one.folder.rpartition("/")[2] for one in archived.values()])
    return dict(changes) | {
        id_: one._replace(
            archived_in=commits.get(id_, ""),
            tag=name if (name := f"archive/{one.folder.rpartition('/')[2]}") in tags else "",
        )
        for id_, one in archived.items()
    }


def _archiving(archived: Mapping[str, ChangeAnswer], history: "History") -> dict[str, str]:
    from gitspec.git.spec_history import present

    claims = [(change, line.oid) for change in archived for line, _ in history.archiving(change)]
    paths = {change: f"{one.folder}/change.yaml" for change, one in archived.items()}
    here = present(history.repo, [(oid, paths[change]) for change, oid in claims])
    before = present(history.repo, [(f"{oid}^1", paths[change]) for change, oid in claims])
    commits: dict[str, str] = {}
    for (change, oid), is_here, was_before in zip(claims, here, before, strict=True):
        if is_here and not was_before:
            commits.setdefault(change, oid)
    for change in [c for c in archived if c not in commits][:_FEW]:
        commits[change] = history.archived_in(change)
    return commits


def _with_merges(changes: Mapping[str, ChangeAnswer], repo: "Repository", tip: str) -> dict[str, ChangeAnswer]:
    """With the commits that brought the proposals in, of a few changes: where approved means merged."""
    from gitspec.git.spec_history import merged_in

    few = [one for one in changes.values() if one.has_proposal and not one.imported][:_FEW]
    return dict(changes) | {
        one.id: one._replace(merged_in=merged_in(repo, tip, f"{CHANGES}/{one.id}/proposal.md")) for one in few
    }


def _with_judged(parts: SpecParts, changes: Mapping[str, ChangeAnswer], tip: str) -> dict[str, ChangeAnswer]:
    """With whether their recorded approvals count, of a few."""
    few = [one for one in changes.values() if one.approvals][:_FEW]
    if not few:
        return dict(changes)
    from gitspec.commands.why_approvals import judged

    return dict(changes) | {one.id: one._replace(judged=judged(parts, one, tip)) for one in few}


def _tags(repo: "Repository", names: Sequence[str]) -> set[str]:
    """Those of the archive tags that there are."""
    refs = [f"refs/tags/archive/{name}" for name in names]
    listed = git(repo, "for-each-ref", "--format=%(refname)", *(refs if len(refs) <= _MANY else ["refs/tags/archive/"]))
    return {os.fsdecode(ref).removeprefix("refs/tags/") for ref in listed.splitlines()}


def _notes(origins: LineOrigins, answered: Mapping[str, Answered]) -> Sequence[str]:
    notes = []
    if origins.missing_ignores:
        notes.append(f"blame.ignoreRevsFile names {origins.missing_ignores}, which is not there: no commit is ignored")
    if any(one.because.how == "shallow" for one in answered.values()):
        notes.append("the clone is shallow: whose lines are older than it cannot be told; git fetch --unshallow")
    return notes
