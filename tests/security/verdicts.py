"""One verdict: what `gitspec check`, a push and a server say to the same commits, in a clone and in a bare repository."""

import itertools

from gitspec.commands.check import check_range
from gitspec.commands.gate import RefUpdate, judge_updates
from gitspec.errors import CannotJudge
from gitspec.git.repository import discover
from tests.conftest import Repo
from tests.gates.team import codes

_NUMBERS = itertools.count()


def everywhere(repo: Repo) -> list[str]:
    """The codes of all errors in `base..main`, as every gate gives them; when one cannot judge, ["exit 3"]."""
    bare = repo.bare(repo.path.parent / f"bare-{next(_NUMBERS)}.git")
    verdicts = {
        f"{gate} {'bare' if at is bare else 'clone'}": _verdict(at, gate) for at in (repo, bare) for gate in GATES
    }
    first = next(iter(verdicts.values()))
    assert all(verdict == first for verdict in verdicts.values()), verdicts
    return first


GATES = ("check", "--all", "--remotes=origin")


def _verdict(at: Repo, gate: str) -> list[str]:
    repo = discover(str(at.path))
    try:
        if gate == "check":
            return codes(check_range(repo, "base..main"))
        update = RefUpdate("refs/heads/main", at.git("rev-parse", "base"), at.git("rev-parse", "main"))
        return codes(judge_updates(repo, [update], (gate,)))
    except CannotJudge:
        return ["exit 3"]
