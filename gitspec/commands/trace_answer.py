"""The answer of `gitspec trace`, remembered with the history index under all that it depends on."""

from typing import Any, NamedTuple

from gitspec.domain.gc_paused import gc_paused
from gitspec.domain.places import POLICY
from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.store.cache import Cache
from gitspec.store.history_opening import open_history
from gitspec.store.policies import Policies

_KEPT = 500
"""So many answers stay."""
_SHAPE = 4
"""Raise it when answers have other keys, or say more: those that were remembered before are not asked then."""


class Answer(NamedTuple):
    """``trace`` is shaped as docs/json.md tells; ``tip`` is the commit whose history was asked."""

    tip: str
    trace: dict[str, Any]


def answer(
    repo: Repository, name: str, *, at: str | None = None, kind: str | None = None, use_cache: bool = True
) -> Answer:
    """What stands behind a name in the history of ``at`` (HEAD).

    The policy that says which tags are releases and how commits named changes before is that of HEAD, if it has one, else
    that of ``at``. Raises UsageError L011 for a name of nothing, CannotJudge: G005 `at` names no commit, L010 the policy
    cannot be read.
    """
    with gc_paused():  # models and commits are many, and nearly all stay
        tip, policies = _places(repo, at)
        cache = Cache(repo) if use_cache else None
        policy = _policy(repo, policies, cache)
        history = open_history(repo, tip, policy=policy, use_cache=use_cache)
        try:
            state = history.state()
            key = f"{_SHAPE} {tip} {kind or ''} {' '.join(policies)} {name!a}\n{state}"  # a name may be any bytes
            held = history.fact("trace", key) if use_cache and state else None
            if held is None:
                from gitspec.commands.trace import trace

                held = trace(history, name, kind, policy, cache)
                if state and held["is"] != "commit":  # the name of a commit may be that of a branch, which moves
                    history.keep_fact("trace", key, held)
                    history.forget_keys("trace", _KEPT)
            return Answer(tip, held)
        finally:
            history.close()


def _places(repo: Repository, at: str | None) -> tuple[str, list[str]]:
    """The commit, and the blobs of the policies of HEAD and of it; empty for none. One child for all."""
    rev = "HEAD" if at is None else at
    if not rev or rev.startswith("^") or "\0" in rev or "\n" in rev:  # one line, and no negation
        raise _no_commit(rev)
    asked = f"{rev}^{{commit}}\nHEAD:{POLICY}\n{rev}:{POLICY}\n"
    out = git(
        repo, "cat-file", "--batch-check=%(objecttype) %(objectname)", input=asked.encode("utf-8", "surrogateescape")
    )
    found = [line.split(" ") for line in out.decode("utf-8", "surrogateescape").splitlines()]
    commit, *blobs = (
        row[1] if row[0] == kind else "" for row, kind in zip(found, ("commit", "blob", "blob"), strict=True)
    )
    if not commit:
        raise _no_commit(rev)
    return commit, blobs


def _no_commit(rev: str) -> CannotJudge:
    if rev == "HEAD":
        return CannotJudge("G005", "there is no commit yet", help="make a first commit")
    return CannotJudge("G005", f"'{rev}' names no commit", help="git log --oneline --all shows what there is")


def _policy(repo: Repository, blobs: list[str], cache: Cache | None) -> Any:
    oid = next((blob for blob in blobs if blob), "")
    if not oid:
        from gitspec.domain.policy import Policy

        return Policy()
    return Policies(repo, cache).at_blob(oid)
