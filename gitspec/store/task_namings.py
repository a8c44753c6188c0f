"""What commit messages say of tasks: who names them, and what takes that back."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.origins import REVERTED
from gitspec.domain.references import KEY, TASK_KEY
from gitspec.domain.task_truth import Naming, Past, Revert
from gitspec.git.built_on import BuiltOn
from gitspec.git.ref_tips import commits_of
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
        self._reverting: tuple[str, ...] | None = None
        self._is_reached: dict[str, bool] = {}
        self._brought: dict[tuple[str, str], frozenset[str]] = {}
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
            numbers = then.numbers_at(self._with_parents(line.oid))
            namings += [Naming(line.oid, now) for task in tasks if (now := numbers.get(task, "" if numbers else task))]
        reverts = self._relevant(subjects)
        taken = {revert.commit for revert in reverts}
        kept = [n for n in namings if n.commit in taken or not subjects[n.commit].startswith('Revert "')]
        blind = [commit for commit in subjects if self.cut_off and not self._builds_on(commit, self.cut_off)]
        return Past(tuple(kept), tuple(reverts), hidden=bool(self.cut_off), blind=blind)

    def _open(self) -> "History":
        if self._history is None:
            from gitspec.domain.policy import Policy
            from gitspec.store.history_opening import open_history

            policy = self._spec.policy().value or Policy()
            self._history = open_history(self.repo, self.tip, policy=policy, use_cache=self._spec.cache is not None)
        return self._history

    def _with_parents(self, commit: str) -> Iterator[str]:
        yield commit
        yield from git(self.repo, "rev-list", "--no-walk", "--parents", commit).decode().split()[1:2]

    def _relevant(self, subjects: dict[str, str]) -> list[Revert]:
        """The reverts of these commits, and of such reverts, the newest first."""
        reverting = self._all_reverting() if subjects else ()
        if not reverting:
            return []
        after = BuiltOn(self.repo, self.tip, subjects)
        later = after.later()
        rows = self._rows([commit for commit in reverting if commit in later])
        of_interest = dict(subjects)
        undone: dict[str, _Row] = {}
        while new := self._undoing([row for row in rows if row.commit not in undone], of_interest):
            undone |= {row.commit: row for row in new}
            of_interest |= {row.commit: row.subject for row in new}
        below = after.below(undone, of_interest)
        by_subject: dict[str, list[str]] = {}
        for commit, subject in of_interest.items():
            by_subject.setdefault(subject, []).append(commit)
        known = sorted(of_interest)
        found = []
        for commit, row in sorted(undone.items(), key=lambda one: -len(below[one[0]])):
            taken = self._named(row, known) & below[commit]
            if not taken:
                quoted = (one for one in by_subject.get(row.quoted, ()) if one in below[commit])
                taken = frozenset([one] if (one := next(quoted, "")) else ())
            found.append(Revert(commit, taken, below[commit]))
        return found

    def _undoing(self, rows: Sequence[_Row], of_interest: Mapping[str, str]) -> list[_Row]:
        """The reverts that say that they take one of these back: by the subject, where a rebase has made the id stale."""
        known, subjects = sorted(of_interest), set(of_interest.values())
        found = [row for row in rows if self._named(row, known)]
        named = {row.commit for row in found}
        quoting = [row for row in rows if row.commit not in named and row.quoted in subjects]
        self._look_up({target for row in quoting for target, _ in row.targets})
        return found + [row for row in quoting if not any(self._is_reached[target] for target, _ in row.targets)]

    def _named(self, row: _Row, known: Sequence[str]) -> frozenset[str]:
        """Those of ``known``, sorted, that a revert names, or that a merge brought which it names."""
        found: set[str] = set()
        for target, mainline in row.targets:
            for commit in known[bisect_left(known, target) :]:
                if not commit.startswith(target):
                    break
                found.add(commit)
            if mainline:
                found |= self._brought_by(target, mainline).intersection(known)
        return frozenset(found)

    def _all_reverting(self) -> tuple[str, ...]:
        """The commits that take others back."""
        if self._reverting is None:
            self._reverting = tuple(dict.fromkeys(line.oid for line, _ in self._open().mentions(_REVERTS)))
        return self._reverting

    def _rows(self, commits: Sequence[str]) -> list[_Row]:
        from gitspec.git.commit_messages import commit_messages

        return [
            _Row(m.oid, tuple(REVERTED.findall(m.message)), _quoted(m.subject), m.subject)
            for m in commit_messages(self.repo, commits).values()
        ]

    def _brought_by(self, merge: str, mainline: str) -> frozenset[str]:
        """What a merge brought to the parent that it is reverted to."""
        if (merge, mainline) not in self._brought:
            found = ""
            if all(commits_of(self.repo, (merge, mainline)).values()):  # what a message says may never have been here
                found = git(self.repo, "rev-list", "--end-of-options", f"{mainline}..{merge}").decode()
            self._brought[merge, mainline] = frozenset(found.split())
        return self._brought[merge, mainline]

    def _look_up(self, targets: Iterable[str]) -> None:
        """Learn which of some ids in messages name commits that the tip builds on."""
        new = [target for target in targets if target not in self._is_reached]
        found = commits_of(self.repo, new)
        here = {oid for oid in found.values() if oid}
        reached = self._below(self.tip, here) | {self.tip} if here else set()
        self._is_reached |= {target: oid in reached for target, oid in found.items()}

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
