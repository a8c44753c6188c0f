"""The chain behind a name, both ways: requirement, changes, tasks, commits, tests, archive commit and tag, release.

What is found is plain data, shaped as `gitspec trace --json` prints it (docs/json.md): it is remembered with the index
under all that it depends on, so that the same question costs little more than the start of a program.
"""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from gitspec.commands.trace_names import Sources, What, named
from gitspec.domain.requirement_changes import RequirementChange
from gitspec.domain.reverted import reverting
from gitspec.git.identity import utc_date
from gitspec.git.release_tags import ARCHIVE_TAGS, TAGS
from gitspec.git.run import git
from gitspec.store import layout
from gitspec.store.history_index import CommitLine, History
from gitspec.store.landings import archived_by, landings
from gitspec.store.spec_contents import SpecContents
from gitspec.store.spec_files import SpecFiles

if TYPE_CHECKING:
    from gitspec.domain.citations import Citation
    from gitspec.domain.policy import Policy
    from gitspec.store.cache import Cache

Trace = dict[str, Any]
"""See docs/json.md."""


def trace(history: History, name: str, kind: str | None, policy: "Policy", cache: "Cache | None") -> Trace:
    """What stands behind ``name`` at the tip of ``history``, and what it stands behind.

    ``kind`` says what the name is, where it may be several things. Raises UsageError L011 for a name of nothing.
    """
    files = SpecFiles(history)
    try:
        sources = Sources(history, files, SpecContents(files))
        return _Tracing(sources, _Citations(history, policy, cache)).of(named(sources, name, kind))
    finally:
        files.close()


class _Tracing:
    """Collects requirements, changes and commits, each once."""

    def __init__(self, sources: Sources, citations: "_Citations") -> None:
        self._history, self._files, self._contents = sources
        self._citations = citations
        self._commits: dict[str, CommitLine] = {}
        self._tags: frozenset[str] | None = None
        self._reverted_by = reverting(lambda oid: (line.oid for line in self._history.naming("Reverts", oid)))

    def of(self, what: What) -> Trace:
        requirements: list[dict[str, Any]] = []
        changes: list[dict[str, Any]] = []
        if what.kind in ("requirement", "scenario"):
            requirements = [self._requirement(what.id)]
            changes = [self._change(id_, requirements) for id_ in _ids(requirements[0]["changes"])]
        elif what.kind == "change":
            requirements = [self._requirement(name) for name in self._touched(what.id)]
            changes = [self._change(what.id, requirements)]
        elif what.kind == "release":
            ids = self._released(what.id)
            names = dict.fromkeys(name for id_ in ids for name in self._touched(id_))
            requirements = [self._requirement(name) for name in names]
            changes = [self._change(id_, requirements, only_archive=True) for id_ in ids]
        else:
            requirements, changes = self._commit(what.commit)
        return {
            "name": what.id,
            "is": what.kind,
            "scenario": what.scenario or None,
            "complete": not self._history.is_cut_off,
            "requirements": requirements,
            "changes": changes,
            "commits": [self._line(one) for one in self._newest_first()],
        }

    # -- parts

    def _requirement(self, name: str) -> dict[str, Any]:
        names, chains = self._files.changes_of(name)
        now = names[0]
        capability, _, requirement = now.rpartition("/")
        outline = self._contents.requirements(capability).get(requirement)
        title, scenarios = outline or (None, [])
        tests: dict[str, list[dict[str, Any]]] = {}
        code: list[dict[str, Any]] = []
        for path, line, cited, is_test in self._citations.of(now):
            place = {"path": path, "line": line}
            if is_test:
                tests.setdefault(cited.partition("#")[2], []).append(place)
            else:
                code.append({**place, "name": cited})
        chain = chains.of(now)
        lines = (line for one in _names(now, chain) for line in self._history.naming_requirement(one))
        commits = {line.oid: line for line in lines}  # once, whichever of its names a commit says
        self._commits |= commits
        return {
            "id": now,
            "state": _state(outline, chain) if self._contents.is_readable(capability) else "unknown",
            "title": title,
            "path": f"spec/capabilities/{capability}.yaml" if outline else None,
            "was": [one for one in _names(now, chain) if one != now],
            "changes": [
                {"change": c.change, "kind": c.kind, "name": c.name or None, "was": c.was or None} for c in chain
            ],
            "scenarios": [{"id": one, "tests": tests.pop(one, [])} for one in scenarios],
            "tests": [place for places in tests.values() for place in places],
            "code": code,
            "commits": list(commits),
        }

    def _change(self, change: str, requirements: list[dict[str, Any]], *, only_archive: bool = False) -> dict[str, Any]:
        folder, _ = self._files.change(change)
        head = self._contents.head(change)
        commits = self._history.naming("Change", change)
        archived = self._history.archived_in(change) if folder.startswith("spec/archive/") else ""
        release = self._history.release_of(archived) if archived else ""
        tag = f"archive/{folder.rpartition('/')[2]}"
        state = "unknown"
        if folder:
            closed = "closed" if head.is_closed else "archived"
            state = "active" if folder.startswith("spec/changes/") else closed
        if only_archive:
            commits = [line for line in commits if line.oid == archived]
        self._commits |= {line.oid: line for line in commits}
        by_task: dict[str, list[str]] = {}
        for line in commits:
            for mention in self._history.of(line.oid):
                if mention.key == "Task":
                    by_task.setdefault(mention.value, []).append(line.oid)
        ids = {one["id"] for one in requirements}
        return {
            "id": change,
            "title": head.title,
            "state": state,
            "path": folder or None,
            "requirements": [one for one in self._touched(change) if one in ids],
            "tasks": [{**task, "commits": by_task.get(task["id"], [])} for task in self._contents.tasks(change)],
            "commits": [line.oid for line in commits],
            "archive": {"commit": archived or None, "tag": tag if tag in self._archive_tags() else None}
            if folder.startswith("spec/archive/")
            else None,
            "release": release or None,
        }

    def _commit(self, oid: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What a commit names or archives: its changes, and the requirements of its `Spec:`, of its tasks, or of its changes."""
        said = self._history.of(oid)
        ids = [m.value for m in said if m.key == "Change"]
        ids += [id_ for id_ in archived_by(self._history, oid) if id_ not in ids]
        names = [m.value.partition("#")[0] for m in said if m.key == "Spec"]
        done = {m.value for m in said if m.key == "Task"}
        for id_ in ids if not names and done else ():
            tasks = self._contents.tasks(id_)
            names += [task["requirement"] for task in tasks if task["id"] in done and task["requirement"]]
        names = names or [name for id_ in ids for name in self._touched(id_)]
        found = {one["id"]: one for name in dict.fromkeys(names) for one in (self._requirement(name),)}
        requirements = list(found.values())
        changes = [self._change(id_, requirements) for id_ in ids]
        line = self._history.line(oid)
        self._commits = {oid: line} if line else {}
        for one in (*requirements, *changes):
            one["commits"] = [oid] if oid in one["commits"] else []
        for change in changes:
            for task in change["tasks"]:
                task["commits"] = [oid] if oid in task["commits"] else []
        return requirements, changes

    def _line(self, line: CommitLine) -> dict[str, Any]:
        said: dict[str, list[str]] = {}
        for mention in self._history.of(line.oid):
            said.setdefault(mention.key, []).append(mention.value)
        return {
            "id": line.oid,
            "author": line.author,
            "date": utc_date(line.time),
            "subject": line.subject,
            "changes": said.get("Change", []),
            "tasks": said.get("Task", []),
            "specs": said.get("Spec", []),
            "tickets": said.get("ticket", []),
            "skips": said.get("Change-Skip", []),
            "reverts": said.get("Reverts", []),
            "reverted_by": self._reverted_by(line.oid) or None,
            "release": self._history.release_of(line.oid) or None,
        }

    # -- what they are made of

    def _newest_first(self) -> list[CommitLine]:
        return sorted(self._commits.values(), key=lambda line: (-self._history.moment(line.oid), line.oid))

    def _touched(self, change: str) -> list[str]:
        """The requirements that a change touches, by the names that they have now."""
        found: dict[str, None] = {}
        for names in self._files.steps_of(change):
            ids = [*names.added, *names.modified, *names.removed, *(old for old, _ in names.renamed)]
            ids += [old for old, _ in names.moved]
            renamed = {new: old for old, new in names.renamed}
            whole = dict.fromkeys(f"{names.capability}/{renamed.get(id_, id_)}" for id_ in ids)
            for name in whole:
                capability, _, id_ = name.rpartition("/")
                after = dict(names.moved).get(id_) or f"{capability}/{dict(names.renamed).get(id_, id_)}"
                tries = (self._files.changes_of(one)[0][0] for one in dict.fromkeys((after, name)))
                found[next((one for one in tries if self._is_of(one, change)), name)] = None
        return list(found)

    def _is_of(self, name: str, change: str) -> bool:
        return any(c.change == change for c in self._files.changes_of(name)[1].of(name))

    def _released(self, tag: str) -> list[str]:
        """The changes whose archive commit is first in that release, newest first."""
        claims = [(line, mention.value[11:]) for line, mention in self._history.mentions("Archived")]
        ids = [id_ for line, id_ in claims if self._history.release_of(line.oid) == tag]
        landed = {id_: self._history.archived_in(id_) for id_ in dict.fromkeys(ids)}
        if not self._files.archived_ids() <= {id_ for _, id_ in claims}:  # an import, or a move by hand
            landed |= landings(self._history)
        found = [id_ for id_, oid in landed.items() if self._history.release_of(oid) == tag]
        return sorted(found, key=lambda id_: (-self._history.moment(landed[id_]), id_))

    def _archive_tags(self) -> frozenset[str]:
        if self._tags is None:
            listed = git(self._history.repo, "for-each-ref", "--format=%(refname:lstrip=2)", f"{TAGS}{ARCHIVE_TAGS}")
            self._tags = frozenset(os.fsdecode(listed).splitlines())
        return self._tags


class _Citations:
    """What tests and code cite at the tip: all of it is found at once, when the first is asked for."""

    def __init__(self, history: History, policy: "Policy", cache: "Cache | None") -> None:
        self._history = history
        self._policy = policy
        self._cache = cache
        self._found: dict[str, list[Citation]] | None = None

    def of(self, name: str) -> "Sequence[Citation]":
        """The citations of a requirement and of its scenarios."""
        if self._found is None:
            from gitspec.git.citations import citations_at

            self._found = {}
            for one in citations_at(self._history.repo, self._history.tip, self._policy, self._cache):
                self._found.setdefault(one.name.partition("#")[0], []).append(one)
        return self._found.get(name, ())


def _state(outline: object, chain: Iterable[RequirementChange]) -> str:
    """``living``, ``gone``, ``proposed`` by active changes alone, or ``unknown`` when only commits and code name it."""
    if outline is not None:
        return "living"
    folders = [one.folder for one in chain]
    if any(folder.startswith(f"{layout.ARCHIVE}/") for folder in folders):
        return "gone"
    return "proposed" if folders else "unknown"


def _ids(changes: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(one["change"] for one in changes))


def _names(now: str, chain: Iterable[RequirementChange]) -> list[str]:
    return list(dict.fromkeys(name for name in (now, *(n for c in chain for n in (c.name, c.was))) if name))
