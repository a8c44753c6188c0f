"""A governed repository without hooks, as a gate sees it: whatever way its commits came into being."""

from collections.abc import Sequence

from gitspec.commands.check import check_range
from gitspec.commands.gate import RefUpdate, judge_updates
from gitspec.domain.report import Report
from gitspec.git.repository import discover
from tests.archive.project import gitspec, project
from tests.conftest import Repo

ZERO = ""


def team(repo: Repo) -> Repo:
    """On main: a policy, two capabilities, the finished change add-2fa, and code; branch `base` stays there."""
    project(repo)
    repo.git("branch", "base")
    return repo


def code(repo: Repo, message: str, path: str = "src/code.py", text: str = "more\n") -> str:
    """Commit a file without hooks."""
    repo.write(path, text)
    return repo.commit(message)


def archive(repo: Repo, change: str = "add-2fa") -> str:
    """Archive a change with gitspec; the new commit."""
    done = gitspec(repo, "archive", change)
    assert done.code == 0, done.err
    return repo.head()


def codes(report: Report) -> list[str]:
    """The codes of all errors, sorted."""
    return sorted({f.code for _, f in report.findings() if f.severity == "error"})


def checked(repo: Repo, words: str = "base..HEAD", onto: str | None = None) -> list[str]:
    """What `gitspec check` finds wrong with a range."""
    return codes(check_range(discover(str(repo.path)), words, onto))


def pushed(repo: Repo, *updates: Sequence[str], known: Sequence[str] = ("--all",)) -> list[str]:
    """What a gate says to ref updates: (ref, old, new)."""
    return codes(judge_updates(discover(str(repo.path)), [RefUpdate(*u) for u in updates], known))


def onto_main(repo: Repo, new: str = "HEAD") -> list[str]:
    """What a gate says to moving main from `base` to ``new``."""
    old, tip = repo.git("rev-parse", "base"), repo.git("rev-parse", new)
    return pushed(repo, ("refs/heads/main", old, tip))
