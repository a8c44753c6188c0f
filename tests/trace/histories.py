"""Random histories of commits that name things, as Git makes them, and what Git itself says about them."""

import random
from collections.abc import Iterator

from tests.conftest import Repo

CHANGES = ("one", "two", "three")


class Histories:
    """A repository that one step after the other is done to: commits, merges, rebases, tags, lost branches, gc."""

    def __init__(self, repo: Repo, seed: int) -> None:
        self.repo = repo
        self.chance = random.Random(seed)
        self._count = 0
        self._commit("main")

    def branches(self) -> list[str]:
        return self.repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def step(self) -> None:
        """Do something, mostly commits."""
        steps = (self._commit,) * 5 + (
            self._branch,
            self._merge,
            self._rebase,
            self._tag,
            self._untag,
            self._lose,
            self._gc,
        )
        self.chance.choice(steps)(self.chance.choice(self.branches()))

    def tips(self) -> Iterator[str]:
        yield from (self.repo.git("rev-parse", branch) for branch in self.branches())

    def _commit(self, branch: str) -> None:
        self._count += 1
        named = [f"Change: {c}" for c in CHANGES if self.chance.random() < 0.4]
        body = self.chance.choice(("", "\n\nChange: one is what this is about."))
        message = "\n".join([f"Step {self._count}{body}", "", *named])
        parent = self.repo.run_git("rev-parse", "--verify", "-q", f"refs/heads/{branch}").stdout.decode().split()
        self._put(branch, message, *parent)

    def _put(self, branch: str, message: str, *parents: str) -> str:
        blob = self.repo.git("hash-object", "-w", "--stdin", input=str(self._count))
        tree = self.repo.git("mktree", input=f"100644 blob {blob}\tf{self._count}\n")
        when = f"@{1_700_000_000 + self.chance.randint(-50, 50) + self._count} +0000"  # clocks go wrong
        flags = [flag for parent in parents for flag in ("-p", parent)]
        oid = self.repo.git("commit-tree", tree, *flags, input=message, GIT_COMMITTER_DATE=when)
        self.repo.git("update-ref", f"refs/heads/{branch}", oid)
        return oid

    def _branch(self, branch: str) -> None:
        self.repo.git("update-ref", f"refs/heads/b{self._count}", branch)

    def _merge(self, branch: str) -> None:
        other = self.chance.choice(self.branches())
        parents = list(dict.fromkeys(self.repo.git("rev-parse", one) for one in (branch, other)))
        if len(parents) > 1:
            self._put(branch, "Merge\n\nChange: two", *parents)

    def _rebase(self, branch: str) -> None:
        """Leave the last commits of a branch behind, as rebase and a forced push do."""
        back = self.repo.run_git("rev-parse", "--verify", "-q", f"{branch}~{self.chance.randint(1, 4)}").stdout
        if oid := back.decode().strip():
            self.repo.git("update-ref", f"refs/heads/{branch}", oid)
            self._commit(branch)

    def _tag(self, branch: str) -> None:
        self._count += 1
        kind = self.chance.choice((("tag",), ("tag", "-m", "x"), ("tag", "-f")))
        name = f"v{self._count}" if kind[-1] != "-f" else "v-latest"
        self.repo.git(*kind, name, f"{branch}~{self.chance.randint(0, 3)}", check=False)

    def _untag(self, _branch: str) -> None:
        if tags := self.repo.git("tag").split():
            self.repo.git("tag", "-d", self.chance.choice(tags))

    def _lose(self, branch: str) -> None:
        if branch != "main":
            self.repo.git("update-ref", "-d", f"refs/heads/{branch}")

    def _gc(self, _branch: str) -> None:
        self.repo.git("reflog", "expire", "--expire=now", "--all")
        self.repo.git("gc", "-q", "--prune=now")


def releases_by_git(repo: Repo, oid: str) -> set[str]:
    """The tags that contain a commit and contain no other such tag of another commit: the first ones."""
    names = repo.git("tag", "--contains", oid).split()
    commits = {name: repo.git("rev-parse", f"{name}^{{commit}}") for name in names}
    return {
        name
        for name in names
        if not any(
            commits[other] != commits[name]
            and repo.run_git("merge-base", "--is-ancestor", commits[other], commits[name]).returncode == 0
            for other in names
        )
    }
