"""What commit messages say of tasks: who names them, and what takes that back."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.origins import REVERTED
from gitspec.domain.references import KEY, TASK_KEY
from gitspec.domain.task_truth import Naming, Past, Revert
from gitspec.git.ref_tips import commit_of, is_ancestor
from gitspec.git.run import git
from gitspec.git.spec_history import shallow_boundary

if TYPE_CHECKING:
    from gitspec.git.repository import Repository
    from gitspec.store.history_index import History
    from gitspec.store.spec import Spec
    from gitspec.store.task_ticks import ChangeThen

_REVERTS = "Reverts"
_QUOTED = re.compile(r'(?:Revert|Reapply) "(.*)"\s*')


class _Row(NamedTuple):
    """A commit that takes others back: what its message says that it does."""

    commit: str
    targets: tuple[tuple[str, str], ...]
    """(reverted, the parent that a reverted merge goes back to, or nothing)."""
    quoted: str
    """The subject that it quotes as reverted."""
    subject: str


class Said:
    """What the messages say of tasks up to a tip; read when somebody asks."""

    def __init__(self, spec: "Spec", tip: str) -> None:
        self._spec = spec
        self.repo: Repository = spec.snapshot.repo
        self.tip = tip
        self._history: History | None = None
        self._reverts: list[_Row] | None = None
        self._cut_off: frozenset[str] | None = None

    def close(self) -> None:
        """Let the index of history go."""
        if self._history is not None:
            self._history.close()

    @property
    def cut_off(self) -> frozenset[str]:
        """The commits up to the tip whose parents a shallow clone leaves out."""
        if self._cut_off is None:
            ends = shallow_boundary(self.repo)
            if ends:
                ends &= set(git(self.repo, "rev-list", "--max-parents=0", self.tip).decode().split())
            self._cut_off = ends
        return self._cut_off

    def of(self, change: str, then: "ChangeThen") -> Past:
        """All but what was wanted of requirements."""
        history = self._open()
        subjects: dict[str, str] = {}
        namings: list[Naming] = []
        for line in history.naming(KEY, change):
            tasks = [m.value for m in history.of(line.oid) if m.key == TASK_KEY]
            if not tasks:
                continue
            subjects[line.oid] = line.subject
            numbers = then.numbers_at((line.oid, *self._parents(line.oid)))
            namings += [Naming(line.oid, now) for task in tasks if (now := numbers.get(task, "" if numbers else task))]
        reverts = self._relevant(subjects)
        taken = {revert.commit for revert in reverts}
        kept = [n for n in namings if n.commit in taken or not subjects[n.commit].startswith('Revert "')]
        blind = [commit for commit in subjects if self.cut_off and not self._builds_on(commit, self.cut_off)]
        return Past(tuple(kept), tuple(reverts), hidden=bool(self.cut_off), blind=blind)

    def _open(self) -> "History":
        if self._history is None:
            from gitspec.domain.policy import Policy
            from gitspec.store.history_index import open_history

            policy = self._spec.policy().value or Policy()
            self._history = open_history(self.repo, self.tip, policy=policy, use_cache=self._spec.cache is not None)
        return self._history

    def _parents(self, commit: str) -> list[str]:
        return git(self.repo, "rev-list", "--no-walk", "--parents", commit).decode().split()[1:2]

    def _relevant(self, subjects: dict[str, str]) -> list[Revert]:
        """The reverts of these commits, and of such reverts, the newest first."""
        if not subjects:
            return []
        of_interest = dict(subjects)
        undone: set[str] = set()
        rows = self._all_reverts()
        while True:
            new = [row for row in rows if row.commit not in undone and self._undoes(row, of_interest)]
            if not new:
                break
            undone |= {row.commit for row in new}
            of_interest |= {row.commit: row.subject for row in new}
        below = {commit: self._below(commit, of_interest) for commit in undone}
        by_id = {row.commit: row for row in rows}
        found = []
        for commit in sorted(undone, key=lambda one: -len(below[one])):
            taken = self._named(by_id[commit], of_interest) & below[commit]
            if not taken:
                quoted = by_id[commit].quoted
                taken = frozenset(
                    [c for c, subject in of_interest.items() if subject == quoted and c in below[commit]][:1]
                )
            found.append(Revert(commit, taken, below[commit]))
        return found

    def _undoes(self, row: _Row, of_interest: dict[str, str]) -> bool:
        """Whether a revert says that it takes one of these back: by the subject, where a rebase has made the id stale."""
        if self._named(row, of_interest):
            return True
        is_quoted = any(subject == row.quoted and commit != row.commit for commit, subject in of_interest.items())
        return is_quoted and not any(self._is_reached(target) for target, _ in row.targets)

    def _named(self, row: _Row, of_interest: dict[str, str]) -> frozenset[str]:
        found: set[str] = set()
        for target, mainline in row.targets:
            found |= {commit for commit in of_interest if commit.startswith(target)}
            if mainline:
                found |= self._brought(target, mainline) & of_interest.keys()
        return frozenset(found)

    def _all_reverts(self) -> list[_Row]:
        if self._reverts is None:
            from gitspec.git.commit_messages import commit_messages

            oids = dict.fromkeys(line.oid for line, _ in self._open().mentions(_REVERTS))
            self._reverts = [
                _Row(m.oid, tuple(REVERTED.findall(m.message)), _quoted(m.subject), m.subject)
                for m in commit_messages(self.repo, oids).values()
            ]
        return self._reverts

    def _brought(self, merge: str, mainline: str) -> set[str]:
        """What a merge brought to the parent that it is reverted to."""
        if not commit_of(self.repo, merge) or not commit_of(self.repo, mainline):
            return set()  # what a message says may never have been here
        return set(git(self.repo, "rev-list", "--end-of-options", f"{mainline}..{merge}").decode().split())

    def _is_reached(self, commit: str) -> bool:
        oid = commit_of(self.repo, commit)
        return bool(oid) and is_ancestor(self.repo, oid, self.tip)

    def _below(self, commit: str, among: Iterable[str]) -> frozenset[str]:
        """Those of ``among`` that the commit builds on."""
        rest = [one for one in among if one != commit]
        asked = "".join(f"{one}\n" for one in rest) + f"^{commit}\n"
        above = set(git(self.repo, "rev-list", "--stdin", input=asked.encode()).decode().split())
        return frozenset(rest) - above

    def _builds_on(self, commit: str, others: Iterable[str]) -> bool:
        return self._below(commit, others) | {commit} >= set(others)


def _quoted(subject: str) -> str:
    """The subject of what a revert takes back, from the one that Git gives to it."""
    match = _QUOTED.fullmatch(subject)
    if match is None:
        return ""
    return f'Revert "{match[1]}"' if subject.startswith("Reapply") else match[1]
