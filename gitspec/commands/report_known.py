"""What history and tests know of the things that a report shows, by what it is about."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.report_data import NamedCommit, Place, Stray, Touch
from gitspec.domain.reverted import reverting
from gitspec.errors import CannotJudge
from gitspec.store import layout
from gitspec.store.citable import Outline, citable
from gitspec.store.cited import citations_of
from gitspec.store.documents import Document
from gitspec.store.history_index import History
from gitspec.store.history_opening import open_history
from gitspec.store.landings import landings
from gitspec.store.requirement_changes import RequirementChange, requirement_changes
from gitspec.store.spec import Spec

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy


class Known(NamedTuple):
    """What history and tests say, by what it is about."""

    time: int
    changes: Mapping[str, Sequence[NamedCommit]]
    """The commits that name a change, without those that archive."""
    requirements: Mapping[str, Sequence[NamedCommit]]
    touches: Mapping[str, Sequence[Touch]]
    touched: Mapping[str, Sequence[tuple[str, str]]]
    """By the folder of a change: what it does, to which requirement."""
    landed: Mapping[str, tuple[str, str]]
    """Of archived changes: the commit that archived it, and the release of that."""
    tests: Mapping[str, Sequence[Place]]
    strays: tuple[Stray, ...]
    cited: Mapping[str, Sequence[Place]]


def known_of(spec: Spec, policy: "Policy", tip: str, documents: Mapping[str, Document]) -> Known:
    """Raises CannotJudge G016 when a shallow clone hides commits."""
    by_change: Mapping[str, Sequence[NamedCommit]] = {}
    by_requirement: Mapping[str, Sequence[NamedCommit]] = {}
    landed: dict[str, tuple[str, str]] = {}
    time = 0
    changes = requirement_changes(spec, spec.cache)
    if tip:
        history = open_history(spec.snapshot.repo, tip, policy=policy, use_cache=spec.cache is not None)
        try:
            if history.is_cut_off:
                why = "a shallow clone hides commits, so what they did cannot be told"
                raise CannotJudge("G016", why, help="git fetch --unshallow")
            line = history.line(tip)
            time = line.time if line else 0
            archiving = {commit.oid for commit, _ in history.mentions("Archived")}
            reverted = _reverted(history)
            by_change = _naming(history, "Change", archiving, reverted, lambda change: (change,))
            now = _names_of(changes)
            by_requirement = _naming(
                history, "Spec", archiving, reverted, lambda name: {(one := name.partition("#")[0]), *now.get(one, ())}
            )
            archived = {one.id for one in spec.archived()}
            landed = {
                c: (oid, history.release_of(oid))
                for c, oid in landings(history, spec.cache).items()
                if oid and c in archived
            }
        finally:
            history.close()
    citations = citations_of(spec)
    names = citable(spec, {capability: _outlines(capability, document) for capability, document in documents.items()})
    return Known(
        time,
        by_change,
        by_requirement,
        {name: tuple(_touch(one, landed) for one in touches) for name, touches in changes.items()},
        _touched(changes),
        landed,
        _places((c.name, c.path, c.line) for c in citations if c.is_test),
        tuple(Stray(c.name, c.path, c.line) for c in citations if c.is_test and not names.exists(c.name)),
        _places((c.name, c.path, c.line) for c in citations if not c.is_test),
    )


def _reverted(history: History) -> set[str]:
    reverts: defaultdict[str, list[str]] = defaultdict(list)
    for commit, mention in history.mentions("Reverts"):
        reverts[mention.value].append(commit.oid)
    reverted_by = reverting(lambda oid: reverts.get(oid, ()))
    return {oid for oid in reverts if reverted_by(oid)}


def _naming(
    history: History, key: str, without: set[str], reverted: set[str], owners: Callable[[str], Iterable[str]]
) -> dict[str, list[NamedCommit]]:
    """The commits that name something under ``key``, each once, newest first, by the ``owners`` of what they name."""
    found: defaultdict[str, list[NamedCommit]] = defaultdict(list)
    for commit, mention in history.mentions(key):
        if commit.oid in without:
            continue
        named = NamedCommit(commit.oid, commit.subject, commit.time, commit.oid in reverted)
        for owner in owners(mention.value):
            if not (found[owner] and found[owner][-1].oid == commit.oid):
                found[owner].append(named)
    return found


def _names_of(changes: Mapping[str, Sequence[RequirementChange]]) -> dict[str, list[str]]:
    """By each name that a requirement has, has had or shall have, what it is called now."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for now, touches in changes.items():
        for name in {name for one in touches for name in (one.name, one.was) if name not in ("", now)}:
            found[name].append(now)
    return found


def _touch(one: RequirementChange, landed: Mapping[str, tuple[str, str]]) -> Touch:
    day = _day_of(one.folder)
    commit, release = landed.get(one.change, ("", "")) if day else ("", "")
    return Touch(one.change, one.kind, day, one.was if one.was != one.name else "", commit, release)


def _day_of(folder: str) -> str:
    split = layout.split_archive_name(folder.rpartition("/")[2]) if folder.startswith(f"{layout.ARCHIVE}/") else None
    return split[0] if split else ""


def _touched(changes: Mapping[str, Sequence[RequirementChange]]) -> dict[str, list[tuple[str, str]]]:
    """By the folder of a change, under the names that requirements have today."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for now, touches in changes.items():
        for one in touches:
            found[one.folder].append((one.kind, now))
    return {folder: sorted(set(touched), key=lambda pair: (pair[1], pair[0])) for folder, touched in found.items()}


def _outlines(capability: str, document: Document) -> tuple[Outline, ...] | None:
    """What may be cited, without reading the file again; where it stands is not asked for."""
    if document.data is None:
        return None
    return tuple(
        Outline(f"{capability}/{r['id']}", "", 0, "deferred" in r, tuple((s["id"], 0) for s in r.get("scenarios", ())))
        for r in document.data.get("requirements", ())
    )


def _places(citations: Iterable[tuple[str, str, int]]) -> dict[str, list[Place]]:
    """By requirement; a place that names one of its scenarios says which."""
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for name, path, line in citations:
        requirement, _, scenario = name.partition("#")
        found[requirement].append(Place(path, line, scenario))
    return found
