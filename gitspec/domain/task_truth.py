"""Whether tasks are done as history has it: what tasks.md says, beside the commits that name tasks. Pure.

A commit names a task by `Change: <id>` together with `Task: <number>`. What was said last counts: the revert of a commit
that names a task takes back what was said of it up to there, and the revert of that revert gives it again. A done task
has also to be checked again when the delta entry of its requirement is not as any commit had it that ticked or names it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.domain.task_status import Item

Verdict = Literal["unnamed", "reverted", "check-again", "unknown", "named"]
"""Where file and history disagree: a done task that no commit names (any more), whose requirement has changed, or of which
a shallow clone does not tell; a pending one that a commit names."""
_SHORT = 12


class Naming(NamedTuple):
    """A commit that names a task."""

    commit: str
    task: str
    """The task's number as tasks.md has it now."""


class Revert(NamedTuple):
    """A commit that takes others back."""

    commit: str
    undone: frozenset[str]
    """What it takes back: commits that it builds on."""
    after: frozenset[str]
    """The commits that name tasks and that it builds on."""


class Past(NamedTuple):
    """What history says of the tasks of one change."""

    namings: tuple[Naming, ...] = ()
    """Newest first."""
    reverts: tuple[Revert, ...] = ()
    """Descendants before what they build on."""
    as_now: Mapping[str, Sequence[bool]] = {}
    """Of done tasks that serve a requirement: for each commit that ticked or names it, whether the delta entries of that
    requirement were as they are now."""
    hidden: bool = False
    """Whether a shallow clone leaves out commits that may name tasks."""
    blind: Collection[str] = ()
    """Commits that a revert may take back which the shallow clone leaves out."""
    unseen: Collection[str] = ()
    """Done tasks that were ticked before the history that the shallow clone has."""


class Doubt(NamedTuple):
    """A task of which file and history say different things."""

    item: Item
    verdict: Verdict
    commit: str = ""
    """The commit that names it, if there is one."""
    revert: str = ""
    """The commit that took that back."""

    @property
    def why(self) -> str:
        """The disagreement in words."""
        return f"task {self.item.id} {self.what}"

    @property
    def what(self) -> str:
        """The same of a task that is told already."""
        commit = self.commit[:_SHORT]
        if self.verdict == "unnamed":
            return "is ticked, and no commit names it"
        if self.verdict == "reverted":
            return f"is ticked, and commit {commit} that names it was reverted by {self.revert[:_SHORT]}"
        if self.verdict == "check-again":
            return f"is to be checked again: what the change says of {self.item.requirement} has changed since"
        if self.verdict == "named":
            return f"is {self.item.status}, and commit {commit} names it"
        return "is ticked, and the shallow clone hides whether history bears that out"


def doubts(items: Sequence[Item], past: Past, *, need_commit: bool) -> tuple[Doubt, ...]:
    """The tasks of which file and history disagree, in the order of the file. ``need_commit``: as the policy asks."""
    words = _words(past)
    found = []
    for at, item in enumerate(items):
        doubt = None
        if need_commit and not _has_done_parts(items, at):
            doubt = _unborne(item, words.get(item.id, _Word()), past)
        if doubt is None and item.status == "done":
            doubt = _outdated(item, past)
        if doubt is not None:
            found.append(doubt)
    return tuple(found)


def held_open(found: Iterable[Doubt], *, need_commit: bool) -> tuple[Doubt, ...]:
    """The ticked tasks that count as open: all in doubt, where the policy asks for commits; else none."""
    return tuple(doubt for doubt in found if need_commit and doubt.item.status == "done")


def findings_about(found: Iterable[Doubt], path: str, change: str, *, need_commit: bool) -> list[Finding]:
    """The doubts about the tasks of a change as findings at their lines of ``path``; none of them is an error."""
    said = []
    for doubt in found:
        code = {"check-again": "T025", "named": "T026"}.get(doubt.verdict, "T024")
        one = finding(code, doubt.why, path, doubt.item.line, help=way_out(doubt, change))
        is_noted = doubt.verdict == "unknown" and not need_commit
        said.append(one._replace(severity="info") if is_noted else one)
    return said


def way_out(doubt: Doubt, change: str) -> str:
    """What to type."""
    confirm = f"gitspec task done {change} {doubt.item.id} --commit"
    if doubt.verdict == "unknown":
        return "git fetch --unshallow (in GitHub Actions: fetch-depth: 0)"
    if doubt.verdict == "named":
        return f"if it is done: {confirm}"
    reopen = f"gitspec task set {change} {doubt.item.id} in-progress"
    what = {"check-again": "look at it again", "reverted": "do it again"}.get(doubt.verdict, "commit what does it")
    return f"{what} with 'Change: {change}' and 'Task: {doubt.item.id}', or: {confirm}; if it is not done: {reopen}"


class _Word(NamedTuple):
    """What commits say of one task: those that name it, newest first, and which of them count no more, by what revert."""

    named: tuple[str, ...] = ()
    lost: Mapping[str, str] = {}


def _words(past: Past) -> dict[str, _Word]:
    taken: set[str] = set()
    active = []
    for revert in past.reverts:  # newest first: whoever could take it back has been seen
        if revert.commit not in taken:
            active.append(revert)
            taken |= revert.undone
    by_task: dict[str, list[str]] = {}
    for naming in past.namings:
        by_task.setdefault(naming.task, []).append(naming.commit)
    return {task: _word(commits, past.reverts, active) for task, commits in by_task.items()}


def _word(commits: Sequence[str], reverts: Sequence[Revert], active: Sequence[Revert]) -> _Word:
    takes: dict[str, bool] = {}  # reverts of namings, and of such reverts; what takes a naming back or gives it is none
    for revert in reversed(reverts):
        undone = [takes.get(commit) for commit in revert.undone if commit in takes or commit in commits]
        if undone:
            takes[revert.commit] = not all(undone)
    named = [commit for commit in commits if commit not in takes]
    lost: dict[str, str] = {}
    for revert in active:
        if takes.get(revert.commit):
            lost |= {commit: revert.commit for commit in named if commit in revert.after and commit not in lost}
    return _Word(tuple(named), lost)


def _unborne(item: Item, word: _Word, past: Past) -> Doubt | None:
    """Whether commits bear out what the file says, where the policy asks for it."""
    standing = [commit for commit in word.named if commit not in word.lost]
    if item.status == "pending":
        return Doubt(item, "named", standing[0]) if standing else None
    if item.status != "done":
        return None
    if standing:
        return Doubt(item, "unknown", standing[0]) if all(commit in past.blind for commit in standing) else None
    if word.named:
        return Doubt(item, "reverted", word.named[0], word.lost[word.named[0]])
    return Doubt(item, "unknown" if past.hidden else "unnamed")


def _outdated(item: Item, past: Past) -> Doubt | None:
    """Whether the requirement of a done task says something else than when it was ticked, or named."""
    if any(past.as_now.get(item.id, (True,))):
        return None
    return Doubt(item, "unknown" if item.id in past.unseen else "check-again")


def _has_done_parts(items: Sequence[Item], at: int) -> bool:
    """Whether tasks nested below are done: their commits are its own."""
    for other in items[at + 1 :]:
        if other.depth <= items[at].depth:
            return False
        if other.status == "done":
            return True
    return False
